"""The old columns in the admin: what is proposed, a person's decisions, rules, the table, and what they cover."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from legacy import access
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.mapping import decisions, exchange
from legacy.mapping.deciding import DROP, MOVE, Change, Decision
from legacy.models import LegacyColumn, LegacyItem, LegacyRaw, Transition
from legacy.survey.report import indented
from sites.columns.targets import TargetColumn
from sites.downloads import attachment
from tenants.digits import whole
from tenants.tables import TableError

STATES = (
    ("", gettext_lazy("All")),
    ("open", gettext_lazy("Not decided yet")),
    ("proposed", gettext_lazy("Proposed")),
    ("decided", gettext_lazy("Already decided")),
)
EMPTY_RULES = 3
PER_PAGE = 100  # each line has a select with all columns of the new site
SAMPLES = 12


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    if request.method == "POST":
        return _save(request, transition)
    places = decisions.targets(transition)
    by_id = {place.page_id: place for place in places}
    rows = decisions.columns(transition)
    wanted = request.GET.get("state", "")
    lines = [line for line in _lines(transition, rows, by_id) if not wanted or line["state"] == wanted]
    page = paged(lines, request, PER_PAGE)
    covered = decisions.coverage(transition)
    context = frame(transition, pgettext("old site", "Columns"), request, icon="list-ul") | {
        "page": page,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "lines": list(page),
        "places": places,
        "covered": covered,
        "figures": _figures(covered),
        "arriving": [
            (by_id[pk], count)
            for pk, count in sorted(covered["targets"].items(), key=lambda pair: -pair[1])
            if pk in by_id
        ],
        "complete": decisions.complete(transition),
        "states": [{"value": value, "label": label, "current": value == wanted} for value, label in STATES],
        "upload": TableForm(),
    }
    return render(request, "legacy/mapping/page.html", context)


def _figures(covered: dict[str, Any]) -> list[tuple[str, int]]:
    items, columns = covered["items"], covered["columns"]
    return [
        (_("Columns decided"), columns["decided"]),
        (_("Columns proposed"), columns["proposed"]),
        (_("Columns open"), columns["open"]),
        (_("Articles to move"), items[MOVE]),
        (_("Articles not to move"), items[DROP]),
        (_("Articles only proposed"), items["proposed"]),
        (_("Articles not decided"), items["open"]),
        (_("Mandatory columns that stay empty"), len(covered["empty"])),
    ]


def _lines(transition: Transition, rows: list[LegacyColumn], by_id: dict[int, TargetColumn]) -> list[dict[str, Any]]:
    found = decisions.item_counts(transition)
    by_key = {row.key: row for row in rows}
    tree = indented([{"key": row.key, "title": row.title, "parent_key": row.parent_key} for row in rows])
    lines = []
    for one in tree:
        row = by_key[one["key"]]
        state = "open" if not row.decision else "proposed" if row.proposed else "decided"
        choice = DROP if row.decision == DROP else str(row.target_id) if row.target_id else "rules" if row.rules else ""
        lines.append(
            {
                "row": row,
                "indent": one["indent"],
                "items": max(row.items_found, found.get(row.key, 0)),
                "state": state,
                "state_name": exchange.state_name(row),
                "choice": choice,
                "target": by_id.get(row.target_id),
                "foreign": row.target_id and row.target_id not in by_id,
            }
        )
    return lines


def _save(request: HttpRequest, transition: Transition) -> HttpResponse:
    """Take what the selects say: of the changed lines, and with "confirm" of the shown proposals, too."""
    kept = urlencode({name: request.GET[name] for name in ("state", "p") if request.GET.get(name)})
    here = HttpResponseRedirect(reverse("legacy:mapping", args=[transition.pk]) + (f"?{kept}" if kept else ""))
    if "propose" in request.POST:
        counts = decisions.propose_all(transition)
        messages.success(
            request,
            ngettext("%(number)d proposal was changed.", "%(number)d proposals were changed.", counts["changed"])
            % {"number": counts["changed"]},
        )
        return here
    changes, confirmed = [], []
    for row in decisions.columns(transition):
        choice = request.POST.get(f"target-{row.pk}")
        if choice is None:
            continue
        reason = request.POST.get(f"reason-{row.pk}", "").strip()
        decision = _decision(row, choice, reason)
        if decision is not None:
            changes.append(Change(row.key, decision))
        elif row.proposed and "confirm" in request.POST:
            confirmed.append(row.key)
    outcome = decisions.decide(transition, changes, by=request.user)
    number = len(outcome.changed)
    if confirmed:
        number += decisions.confirm(transition, by=request.user, keys=confirmed)
    messages.success(
        request,
        ngettext("%(number)d column was decided.", "%(number)d columns were decided.", number) % {"number": number},
    )
    for refused in outcome.refused[:10]:
        messages.error(request, f"{refused.key}: {refused.say(_)}")
    return here


def _decision(row: LegacyColumn, choice: str, reason: str) -> Decision | None:
    """Return the decision of a line that was changed, None for one that says what it said."""
    before = DROP if row.decision == DROP else str(row.target_id) if row.target_id else "rules" if row.rules else ""
    if choice == before and reason == row.reason:
        return None
    if choice == DROP:
        return Decision(DROP, reason=reason)
    if choice == "rules":
        return Decision(MOVE, None, tuple(row.rules), reason)
    if (target := whole(choice)) is not None:
        return Decision(MOVE, target, tuple(row.rules), reason)
    return Decision("")


@require_http_methods(["GET", "HEAD", "POST"])
def mapping_column(request: HttpRequest, transition_id: int, column_id: int) -> HttpResponse:
    """One old column: its rules (one to many), and some of its articles to write them by."""
    transition = access.find(request, transition_id)
    row = get_object_or_404(LegacyColumn, pk=column_id, transition=transition)
    places = decisions.targets(transition)
    if request.method == "POST":
        rules = tuple(
            {"title": words.strip(), "target": whole(target) or 0}
            for words, target in zip(
                request.POST.getlist("rule-title"), request.POST.getlist("rule-target"), strict=False
            )
            if words.strip()
        )
        decision = Decision(
            MOVE, whole(request.POST.get("target", "")), rules, row.reason if row.decision == MOVE else ""
        )
        outcome = decisions.decide(transition, [Change(row.key, decision)], by=request.user)
        if not outcome.refused:
            messages.success(request, _("The column was decided."))
            return HttpResponseRedirect(reverse("legacy:mapping", args=[transition.pk]))
        messages.error(request, outcome.refused[0].say(_))
        row.rules, row.target_id = list(rules), decision.target
    above = (pgettext("old site", "Columns"), reverse("legacy:mapping", args=[transition.pk]))
    numbered = [
        *({"title": rule["title"], "target": int(rule["target"])} for rule in row.rules),
        *({"title": "", "target": 0} for _at in range(EMPTY_RULES)),
    ]
    context = frame(transition, row.title or row.key, request, above, icon="list-ul") | {
        "row": row,
        "places": places,
        "rules": list(enumerate(numbered, start=1)),
        "samples": _samples(transition, row),
        "loaded": LegacyItem.objects.filter(
            transition=transition, column_key=row.key, loaded_at__isnull=False
        ).exists(),
    }
    return render(request, "legacy/mapping/column.html", context)


def _samples(transition: Transition, row: LegacyColumn) -> list[tuple[str, str]]:
    """Return (title, old address) of some articles; before extraction only addresses are known."""
    items = LegacyItem.objects.filter(transition=transition, column_key=row.key).order_by("pk")[:SAMPLES]
    found = [(item.title, item.url) for item in items]
    if found:
        return found
    raws = LegacyRaw.objects.filter(transition=transition, column_key=row.key).order_by("pk")[:SAMPLES]
    return [(str(raw.fields.get("title", "")), raw.url or raw.key) for raw in raws]


class TableForm(forms.Form):
    table = forms.FileField(label=gettext_lazy("The filled-in table (CSV or XLSX)"))


@require_POST
def mapping_import(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    here = HttpResponseRedirect(reverse("legacy:mapping", args=[transition.pk]))
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose the filled-in table first."))
        return here
    file = form.cleaned_data["table"]
    try:
        table = exchange.read(file.read(), file.name)
    except TableError as error:
        messages.error(request, _(error.msgid) % error.params)
        return here
    changes, refused = exchange.changes(transition, table)
    outcome = decisions.decide(transition, changes, by=request.user)
    number = len(outcome.changed)
    messages.success(
        request,
        ngettext("%(number)d column was decided.", "%(number)d columns were decided.", number) % {"number": number},
    )
    for problem in [*refused, *outcome.refused][:10]:
        messages.error(request, f"{problem.key} {problem.say(_)}")
    return here


@require_safe
def mapping_export(request: HttpRequest, transition_id: int, form: str) -> HttpResponse:
    transition = access.find(request, transition_id)
    if form == "csv":
        return attachment(exchange.as_csv(transition), f"columns-{transition.code}.csv", "csv")
    return attachment(exchange.as_xlsx(transition), f"columns-{transition.code}.xlsx", "xlsx")


urlpatterns = [
    path("<int:transition_id>/columns/", mapping, name="mapping"),
    path("<int:transition_id>/columns/import/", mapping_import, name="mapping_import"),
    path("<int:transition_id>/columns/<int:column_id>/", mapping_column, name="mapping_column"),
    path("<int:transition_id>/columns/export.<str:form>", mapping_export, name="mapping_export"),
]
