"""The ledger of old addresses (旧地址台账): the list with its coverage, decisions on one or many, lists and logs handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from legacy import access, blobs, starting
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.ledger import deciding, exporting
from legacy.ledger.coverage import LOST, WITHDRAWN, coverage
from legacy.ledger.deciding import DecisionRefused
from legacy.models import AddressKind, AddressResult, OldAddress, Step, Transition
from legacy.running import RunRefused
from sites import old_hosts
from sites.downloads import attachment
from tenants.digits import whole

MOST_AT_ONCE = 20_000  # lines decided by one click
SHOWN_REFUSALS = 5
# Beside the results: redirects that end in 410.
SPECIAL = {
    "lost": (gettext_lazy("Target deleted"), LOST),
    "withdrawn": (gettext_lazy("Target withdrawn"), WITHDRAWN),
}
RESULTS = (
    (AddressResult.REDIRECT, gettext_lazy("Lead to a new address")),
    (AddressResult.ARCHIVE, gettext_lazy("Show the archived copy")),
    (AddressResult.GONE, gettext_lazy("Say that it was not moved")),
    (AddressResult.UNRESOLVED, gettext_lazy("Leave open")),
)


class ImportForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("What is it"),
        choices=[
            ("list", gettext_lazy("A list of old and new addresses (CSV, XLSX)")),
            ("log", gettext_lazy("An access log of the old site (also .gz)")),
        ],
        widget=forms.RadioSelect,
        initial="list",
    )
    file = forms.FileField(label=pgettext_lazy("to hand in", "File"))
    reason = forms.CharField(
        label=gettext_lazy("Reason for rows that give none"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("What is not moved, or only archived, needs a reason."),
    )


@require_safe
def ledger_list(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    rows = chosen(transition, request.GET)
    page = paged(rows.order_by(*_order(request.GET)).select_related("decided_by"), request)
    found = coverage(transition)
    result = request.GET.get("result", "")
    hosts = OldAddress.objects.filter(transition=transition).order_by().values_list("host", flat=True).distinct()
    context = frame(transition, _("Old addresses"), request, icon="redirect") | {
        "page": page,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "lines": _lines(transition, page.object_list),
        "coverage": found,
        "tabs_of_result": [
            *(
                {"value": value, "label": label, "count": found.addresses[value], "current": value == result}
                for value, label in AddressResult.choices
            ),
            *(
                {"value": name, "label": label, "count": getattr(found, name), "current": name == result}
                for name, (label, _where) in SPECIAL.items()
                if getattr(found, name)
            ),
        ],
        "all": sum(found.addresses.values()),
        "result": result,
        "kind": request.GET.get("kind", ""),
        "kinds": AddressKind.choices,
        "host": request.GET.get("host", ""),
        "hosts": sorted(hosts),
        "search": request.GET.get("q", "").strip(),
        "sort": request.GET.get("sort", ""),
        "results": RESULTS,
        "matching": page.paginator.count,
        "query": request.GET.urlencode(),
    }
    return render(request, "legacy/ledger/list.html", context)


def chosen(transition: Transition, query: QueryDict) -> QuerySet[OldAddress]:
    """Return the lines that the filters ask for."""
    rows = OldAddress.objects.filter(transition=transition)
    result, kind, host = query.get("result", ""), query.get("kind", ""), query.get("host", "")
    search = query.get("q", "").strip().replace("\0", "")
    if result in AddressResult.values:
        rows = rows.filter(result=result)
    elif result in SPECIAL:
        rows = rows.filter(SPECIAL[result][1])
    if kind in AddressKind.values:
        rows = rows.filter(kind=kind)
    if host:
        rows = rows.filter(host=host.replace("\0", ""))
    if search:
        rows = rows.filter(Q(path__icontains=search) | Q(url__icontains=search) | Q(reason__icontains=search))
    return rows


def _order(query: QueryDict) -> tuple[str, ...]:
    return ("path", "pk") if query.get("sort") == "path" else ("-hits", "pk")


def _lines(transition: Transition, rows: Any) -> list[dict[str, Any]]:
    rows = list(rows)
    places = old_hosts.places(transition.tenant_id, [row.page_id for row in rows if row.page_id])
    return [{"row": row, "place": places.get(row.page_id)} for row in rows]


@require_POST
def ledger_decide(request: HttpRequest, transition_id: int) -> HttpResponse:
    """Decide on the ticked lines, or on all that the filters show."""
    transition = access.find(request, transition_id)
    back = _back(request, transition)
    if request.POST.get("all"):
        rows = chosen(transition, QueryDict(request.POST.get("query", "")))
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    else:
        ids = [pk for text in request.POST.getlist("address") if (pk := whole(text)) is not None]
    if not ids:
        messages.warning(request, _("No address was ticked."))
        return HttpResponseRedirect(back)
    if request.POST.get("all") and not request.POST.get("sure") and len(ids) <= MOST_AT_ONCE:
        return _ask(request, transition, back, len(ids))
    if len(ids) > MOST_AT_ONCE:
        said = _("More than %(most)d addresses at once: narrow the filter, or hand in a list.") % {"most": MOST_AT_ONCE}
        messages.error(request, said)
        return HttpResponseRedirect(back)
    try:
        what = deciding.decision(
            transition,
            request.POST.get("result", ""),
            reason=request.POST.get("reason", ""),
            target=request.POST.get("target", ""),
        )
        done = deciding.decide(transition, ids, what, by=request.user)
    except DecisionRefused as refused:
        messages.error(request, refused.say(_))
        return HttpResponseRedirect(back)
    if done.changed:
        said = ngettext("%(number)d address was decided.", "%(number)d addresses were decided.", done.changed)
        messages.success(request, said % {"number": done.changed})
    elif not done.refused:
        messages.success(request, _("It was decided so already."))
    for place, sentence in done.refused[:SHOWN_REFUSALS]:
        messages.warning(request, f"{place}: {sentence.say(_)}")
    more = len(done.refused) - SHOWN_REFUSALS
    if more > 0:
        said = ngettext("%(number)d more was refused.", "%(number)d more were refused.", more)
        messages.warning(request, said % {"number": more})
    return HttpResponseRedirect(back)


def _ask(request: HttpRequest, transition: Transition, back: str, number: int) -> HttpResponse:
    """Ask once more before all that the filter shows is decided."""
    above = (_("Old addresses"), back)
    result = request.POST.get("result", "")
    context = frame(transition, _("Decide on all of them?"), request, above, icon="redirect") | {
        "number": number,
        "result": dict(RESULTS).get(result, result),
        "given": [(name, request.POST.get(name, "")) for name in ("query", "result", "target", "reason")],
        "target": request.POST.get("target", ""),
        "reason": request.POST.get("reason", ""),
        "back": back,
    }
    return render(request, "legacy/ledger/sure.html", context)


def _back(request: HttpRequest, transition: Transition) -> str:
    url = reverse("legacy:ledger_list", args=[transition.pk])
    query = request.POST.get("query", "")
    back = f"{url}?{query}" if query else url
    return back if url_has_allowed_host_and_scheme(back, None) else url


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_import(request: HttpRequest, transition_id: int) -> HttpResponse:
    """Take a list or a log, and read it in the background."""
    transition = access.find(request, transition_id)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, what = form.cleaned_data["file"], form.cleaned_data["what"]
        options = {"what": what, "sha256": blobs.put_stream(file.chunks()), "name": file.name}
        if what == "list":
            options["reason"] = form.cleaned_data["reason"]
        try:
            row = starting.begin(transition, Step.ADDRESSES, by=request.user, label=file.name[:300], **options)
        except RunRefused as refused:
            messages.error(request, refused.say(_))
        else:
            return HttpResponseRedirect(reverse("legacy:run", args=[transition.pk, row.pk]))
    above = (_("Old addresses"), reverse("legacy:ledger_list", args=[transition.pk]))
    context = frame(transition, _("Hand in a list or a log"), request, above, icon="upload") | {"form": form}
    return render(request, "legacy/ledger/import.html", context)


@require_safe
def ledger_export(request: HttpRequest, transition_id: int, form: str) -> HttpResponse:
    """Return the lines that the filters show, as a list that can be handed in again."""
    transition = access.find(request, transition_id)
    if form not in {"csv", "xlsx"}:
        raise Http404
    data = exporting.written(transition, form, chosen(transition, request.GET))
    return attachment(data, f"{transition.code}-addresses.{form}", form)


urlpatterns = [
    path("<int:transition_id>/ledger/", ledger_list, name="ledger_list"),
    path("<int:transition_id>/ledger/decide/", ledger_decide, name="ledger_decide"),
    path("<int:transition_id>/ledger/import/", ledger_import, name="ledger_import"),
    path("<int:transition_id>/ledger/export.<slug:form>", ledger_export, name="ledger_export"),
]
