"""Transitions (旧站迁移): the list, a new one, and the overview of one with its phases and what comes next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _, gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from legacy import access
from legacy.console.forms import TransitionForm
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.console.runs import counts_of
from legacy.console.starts import starts_of
from legacy.cutover import phases
from legacy.models import AddressResult, ItemState, RawKind
from legacy.opening import OpeningRefused, open_transition
from legacy.overview import figures, last_runs, phases_of, totals
from sites.admin_pages import frame as page_frame


@require_safe
def transition_list(request: HttpRequest) -> HttpResponse:
    if not access.manages_any(request.user):
        raise PermissionDenied
    search = request.GET.get("q", "").strip()
    rows = access.transitions_of(request.user).order_by("-pk")
    if search:
        rows = rows.filter(name__icontains=search) | rows.filter(code__icontains=search)
    page = paged(rows, request, 20)
    found, counts = phases_of(page.object_list), totals(page.object_list)
    context = page_frame(_("Old sites"), "redirect") | {
        "page": page,
        "lines": [(row, found[row.pk], counts[row.pk]) for row in page],
        "search": search,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "legacy/transitions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def transition_new(request: HttpRequest) -> HttpResponse:
    if not access.manages_any(request.user):
        raise PermissionDenied
    form = TransitionForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = open_transition(
                values["tenant"],
                code=values["code"],
                name=values["name"],
                hosts=values["hosts"],
                notes=values["notes"],
                by=request.user,
            )
        except OpeningRefused as refused:
            form.add_error(refused.field, refused.say(_))
        else:
            messages.success(request, _("The transition “%(name)s” has begun.") % {"name": made.name})
            return HttpResponseRedirect(reverse("legacy:transition", args=[made.pk]))
    if form.errors:
        messages.validation_error(request, _("The transition was not begun."), form)
    above = (_("Old sites"), reverse("legacy:transitions"))
    return render(
        request, "legacy/transition_new.html", page_frame(_("New transition"), "plus", above) | {"form": form}
    )


@require_safe
def transition_view(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    counts, runs = figures(transition), last_runs(transition)
    starts = starts_of(transition, counts, runs)
    context = frame(transition, transition.name, request) | {
        "phases": [(phase, *_door(transition, phase.code)) for phase in phases.phases(transition)],
        "starts": starts,
        "runs": runs,
        "lines": [(row, counts_of(row)) for row in runs.values()],
        "figures": _figures(transition, counts),
        "by": transition.created_by,
    }
    return render(request, "legacy/transition.html", context)


# Where each phase is worked on: the part's view, and what its button says.
_DOORS = {
    "survey": ("survey", gettext_lazy("To the survey")),
    "plan": ("recipe_list", gettext_lazy("To the recipes")),
    "apply": ("mapping", gettext_lazy("To the columns")),
    "prepare": ("mapping", gettext_lazy("To the columns")),
    "execute": ("items", gettext_lazy("To the items")),
    "test": ("acceptance", gettext_lazy("To the acceptance report")),
    "trial": ("cutover", gettext_lazy("To the cut-over")),
    "live": ("cutover", gettext_lazy("To the cut-over")),
}


def _door(transition: Any, phase: str) -> tuple[str, Any]:
    """Return address and label of the page on which the phase is worked on, ("", "") where there is none."""
    name, label = _DOORS.get(phase, ("", ""))
    return _door_of(name, transition), label


def _door_of(name: str, transition: Any) -> str:
    try:
        return reverse(f"legacy:{name}", args=[transition.pk])
    except NoReverseMatch:
        return ""


def _figures(transition: Any, counts: dict[str, Any]) -> list[tuple[Any, list[tuple[Any, int, str]]]]:
    """Return (heading, [(label, count, url)]) of what the old site gave, its items, its addresses."""
    items = reverse("legacy:items", args=[transition.pk])
    ledger = _door_of("ledger_list", transition)
    groups = (
        (_("What the old site gave"), "raws", RawKind.choices, ""),
        (pgettext("old site", "Items"), "items", ItemState.choices, f"{items}?state="),
        (_("Old addresses"), "addresses", AddressResult.choices, f"{ledger}?result=" if ledger else ""),
    )
    return [
        (
            heading,
            [
                (label, counts[group][value], f"{url}{value}" if url else "")
                for value, label in choices
                if counts[group].get(value)
            ],
        )
        for heading, group, choices, url in groups
        if counts[group]
    ]


urlpatterns = [
    path("", transition_list, name="transitions"),
    path("new/", transition_new, name="transition_new"),
    path("<int:transition_id>/", transition_view, name="transition"),
]
