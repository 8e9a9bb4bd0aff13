"""The steps that a person can begin from the admin: which are offered, and the page on which a collection is begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from legacy import access, starting
from legacy.console.beginning import begun
from legacy.console.collect_form import CollectForm
from legacy.console.frame import frame
from legacy.loading import preview
from legacy.models import LegacyRun, RunState, Step, Transition

# The steps after collecting, in the order of the work. Loading shows a page before; the others need nothing but a click.
LATER = {
    Step.SURVEY: gettext_lazy("Survey the old site"),
    Step.EXTRACT: gettext_lazy("Extract the items"),
    Step.LOAD: gettext_lazy("Load what is new or changed"),
    Step.VERIFY: gettext_lazy("Verify and write the report"),
}
PLAIN = LATER.keys() - {Step.LOAD}
# What a load would do, as legacy.loading.preview counts it.
WOULD = {
    "created": gettext_lazy("new pages"),
    "changed": gettext_lazy("pages that change, unless an editor has worked on them"),
    "unchanged": gettext_lazy("pages that stay as they are"),
    "refused": gettext_lazy("refused: no publication date"),
    "in review": gettext_lazy("wait for a person's answer"),
    "undecided": gettext_lazy("wait for a column"),
    "dropped": gettext_lazy("not moved, by decision"),
}
COUNTS = {
    "created": pgettext_lazy("count", "created"),
    "updated": pgettext_lazy("count", "updated"),
    "unchanged": pgettext_lazy("count", "unchanged"),
    "changed": pgettext_lazy("count", "changed"),
    "refused": pgettext_lazy("count", "refused"),
    "conflict": pgettext_lazy("count", "conflicts"),
    "conflicts": pgettext_lazy("count", "conflicts"),
    "review": pgettext_lazy("count", "to review"),
    "extracted": pgettext_lazy("count", "extracted"),
    "dropped": pgettext_lazy("count", "not moved"),
    "skipped": pgettext_lazy("count", "skipped"),
    "failed": pgettext_lazy("count", "failed"),
    "new": pgettext_lazy("count", "new"),
    "pages": pgettext_lazy("count", "pages"),
    "page": pgettext_lazy("count", "pages"),
    "pictures": pgettext_lazy("count", "pictures"),
    "picture": pgettext_lazy("count", "pictures"),
    "files": pgettext_lazy("count", "files"),
    "file": pgettext_lazy("count", "files"),
    "ready": pgettext_lazy("count", "records"),
    "other": pgettext_lazy("count", "others"),
    "links": pgettext_lazy("count", "links rewritten"),
    "lists": pgettext_lazy("count", "lists"),
    "broken": pgettext_lazy("count", "broken links"),
    "columns": pgettext_lazy("count", "old columns"),
    "families": pgettext_lazy("count", "template families"),
    "records": pgettext_lazy("count", "records"),
    "undated": pgettext_lazy("count", "without date"),
    "parts": pgettext_lazy("count", "further parts of articles"),
    "withdrawn": pgettext_lazy("count", "no items any more"),
    "links_open": pgettext_lazy("count", "links that lead nowhere yet"),
    "kept": pgettext_lazy("count", "kept as they were"),
    "removed": pgettext_lazy("count", "taken back"),
    "undecided": pgettext_lazy("count", "column not decided"),
    "known": pgettext_lazy("count", "known already"),
    "requests": pgettext_lazy("count", "requests"),
    "junk": pgettext_lazy("count", "requests of scanners and robots"),
    "unanswered": pgettext_lazy("count", "requests that the old site refused"),
    "foreign": pgettext_lazy("count", "addresses of other hosts"),
    "addresses": pgettext_lazy("count", "addresses"),
    "found": pgettext_lazy("count", "found"),
    "loaded": pgettext_lazy("count", "loaded"),
    "open": pgettext_lazy("count", "open questions"),
    "too_large": pgettext_lazy("count", "too large"),
    "damaged": pgettext_lazy("count", "damaged"),
    "lines:info": pgettext_lazy("count", "notes"),
    "lines:warning": pgettext_lazy("count", "warnings"),
    "lines:refused": pgettext_lazy("count", "lines on refusals"),
    "lines:error": pgettext_lazy("count", "errors"),
}


@dataclass(frozen=True)
class Start:
    """A button of the overview. `form`: a POST at once; else a link to a page. `main`: what comes next."""

    step: str
    label: Any
    url: str
    form: bool
    main: bool


def starts_of(transition: Transition, counts: dict[str, Any], runs: dict[str, LegacyRun]) -> list[Start]:
    """Return what can be begun now; nothing while a run is at work."""
    if any(
        row.state in (RunState.WAITING, RunState.RUNNING) and not starting.stands_still(row) for row in runs.values()
    ):
        return []
    main = _next_step(counts, runs)
    found = [
        Start(
            Step.COLLECT,
            _("Collect again") if counts["raws"] else _("Collect the old site"),
            reverse("legacy:collect", args=[transition.pk]),
            form=False,
            main=main == Step.COLLECT,
        )
    ]
    for step, label in LATER.items():
        if counts["raws"] and (step in (Step.SURVEY, Step.EXTRACT) or counts["items"]):
            plain = step in PLAIN
            url = (
                reverse("legacy:start", args=[transition.pk, step])
                if plain
                else reverse("legacy:load", args=[transition.pk])
            )
            found.append(Start(step, label, url, form=plain, main=main == step))
    return found


def _next_step(counts: dict[str, Any], runs: dict[str, LegacyRun]) -> Step:
    if not counts["raws"]:
        return Step.COLLECT
    for step in (Step.SURVEY, Step.EXTRACT, Step.LOAD):
        if step not in runs or runs[step].state != RunState.FINISHED:
            return step
    return Step.VERIFY


def label_of_count(name: str) -> Any:
    return COUNTS.get(name, name)


@require_POST
def start(request: HttpRequest, transition_id: int, step: str) -> HttpResponse:
    """Begin a step that needs no more than a click."""
    transition = access.find(request, transition_id)
    if step not in PLAIN:
        raise Http404
    return begun(request, transition, step, back="legacy:transition")


@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, transition_id: int) -> HttpResponse:
    """Ask where the old site's content comes from, and begin to collect it."""
    transition = access.find(request, transition_id)
    form = CollectForm(request.POST or None, request.FILES or None, transition=transition)
    if request.method == "POST" and form.is_valid():
        return begun(request, transition, Step.COLLECT, back="legacy:transition", label=form.label(), **form.options())
    if form.errors:
        messages.validation_error(request, _("Nothing was begun."), form)
    context = frame(transition, _("Collect the old site"), request, icon="download") | {"form": form}
    return render(request, "legacy/collect.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest, transition_id: int) -> HttpResponse:
    """Say what a load would do, and begin it."""
    transition = access.find(request, transition_id)
    if request.method == "POST":
        return begun(request, transition, Step.LOAD, back="legacy:transition")
    counts = preview.counts(transition, {})
    context = frame(transition, str(LATER[Step.LOAD]), request, icon="upload") | {
        "figures": [(label, counts[name]) for name, label in WOULD.items() if counts.get(name)],
        "published": counts.get("created", 0) + counts.get("changed", 0),
        "undecided": counts.get("undecided", 0),
        "in_review": counts.get("in review", 0),
    }
    return render(request, "legacy/load.html", context)


urlpatterns = [
    path("<int:transition_id>/start/<slug:step>/", start, name="start"),
    path("<int:transition_id>/collect/", collect, name="collect"),
    path("<int:transition_id>/load/", load, name="load"),
]
