"""Runs of a transition: begun from the overview, watched, stopped, taken up again; their lines by level."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access, starting
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.console.starts import label_of_count
from legacy.models import LegacyItem, LegacyRun, LineLevel, RunLine, RunState, Step, Transition
from legacy.overview import counted
from legacy.running import RunRefused
from legacy.sentences import tell


def _find(transition: Transition, run_id: int) -> LegacyRun:
    rows = LegacyRun.objects.select_related("started_by", "transition")
    return get_object_or_404(rows, pk=run_id, transition=transition)


@require_safe
def run_list(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    rows = LegacyRun.objects.filter(transition=transition).select_related("started_by").order_by("-pk")
    page = paged(rows, request)
    context = frame(transition, pgettext("old site", "Runs"), request, icon="history") | {
        "page": page,
        "lines": [(row, counts_of(row)) for row in page],
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "legacy/runs.html", context)


@require_safe
def run_view(request: HttpRequest, transition_id: int, run_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    row = _find(transition, run_id)
    lines = RunLine.objects.filter(run=row)
    by_level = counted(lines, "level")
    level = request.GET.get("level", "")
    level = level if level in LineLevel.values else ""
    page = paged(lines.filter(level=level) if level else lines, request)
    still = starting.stands_still(row)
    running = row.state in (RunState.RUNNING, RunState.WAITING) and not still
    title = _("Run %(number)s: %(step)s") % {"number": row.pk, "step": row.get_step_display()}
    above = (pgettext("old site", "Runs"), reverse("legacy:runs", args=[transition.pk]))
    context = frame(transition, title, request, above, icon="history") | {
        "run": row,
        "running": running,
        "still": still,
        "may_go_on": still or row.state in (RunState.STOPPED, RunState.FAILED),
        "percent": percent(row),
        "text": progress_text(row),
        "counts": counts_of(row),
        "levels": [
            {"value": value, "label": label, "count": by_level[value], "current": value == level}
            for value, label in LineLevel.choices
            if by_level.get(value)
        ],
        "level": level,
        "all_lines": sum(by_level.values()),
        "page": page,
        "lines": [(line, tell(line.sentence, _)) for line in page],
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "state_url": reverse("legacy:run_state", args=[transition.pk, row.pk]),
        "next_url": reverse("legacy:transition", args=[transition.pk]),
        "rollback_url": "" if running else _rollback_url(row),
    }
    return render(request, "legacy/run.html", context)


def _rollback_url(row: LegacyRun) -> str:
    """Return where what this run loaded can be taken back, "" where nothing of it is left."""
    loaded = row.step == Step.LOAD and LegacyItem.objects.filter(load_run=row, loaded_at__isnull=False).exists()
    return reverse("legacy:rollback_run", args=[row.transition_id, row.pk]) if loaded else ""


@require_safe
def run_state(request: HttpRequest, transition_id: int, run_id: int) -> HttpResponse:
    """Return the state of a run as JSON, for the page that watches it."""
    row = _find(access.find(request, transition_id), run_id)
    over = row.state not in (RunState.RUNNING, RunState.WAITING) or starting.stands_still(row)
    return JsonResponse({"state": row.state, "over": over, "percent": percent(row), "text": progress_text(row)})


@require_POST
def run_stop(request: HttpRequest, transition_id: int, run_id: int) -> HttpResponse:
    row = _find(access.find(request, transition_id), run_id)
    starting.ask_to_stop(row)
    messages.info(request, _("The run stops after what it has in hand. What is done stays done."))
    return HttpResponseRedirect(reverse("legacy:run", args=[transition_id, row.pk]))


@require_POST
def run_go_on(request: HttpRequest, transition_id: int, run_id: int) -> HttpResponse:
    row = _find(access.find(request, transition_id), run_id)
    try:
        starting.go_on(row)
    except RunRefused as refused:
        messages.error(request, refused.say(_))
    return HttpResponseRedirect(reverse("legacy:run", args=[transition_id, row.pk]))


def percent(row: LegacyRun) -> int | None:
    """Return how much of the run is done, None where its size is not known."""
    return min(100, row.done * 100 // row.total) if row.total else None


def progress_text(row: LegacyRun) -> str:
    if row.state == RunState.WAITING:
        return _("Waiting for a worker to take it.")
    if row.total:
        return _("%(done)d of %(total)d") % {"done": row.done, "total": row.total}
    return _("%(done)d done") % {"done": row.done}


def counts_of(row: LegacyRun) -> list[tuple[Any, int]]:
    return [
        (label_of_count(name), count) for name, count in sorted(row.counts.items()) if count and isinstance(count, int)
    ]


urlpatterns = [
    path("<int:transition_id>/runs/", run_list, name="runs"),
    path("<int:transition_id>/runs/<int:run_id>/", run_view, name="run"),
    path("<int:transition_id>/runs/<int:run_id>/state.json", run_state, name="run_state"),
    path("<int:transition_id>/runs/<int:run_id>/stop/", run_stop, name="run_stop"),
    path("<int:transition_id>/runs/<int:run_id>/continue/", run_go_on, name="run_go_on"),
]
