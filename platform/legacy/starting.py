"""Runs in the background: begun, stopped and taken up again by a person or a script; a worker carries them out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from legacy.models import LegacyRun, RunState, Transition
from legacy.running import RunRefused, new_run
from legacy.tasks import run_step
from sites.messages import _, sentence

# A run writes its heartbeat between two batches. Without one for so long its process is taken for dead.
STILL_AFTER = timedelta(minutes=3)


def begin(transition: Transition, step: str, *, by: Any, label: str = "", **options: Any) -> LegacyRun:
    """Begin a step in the background and return its run. Raises RunRefused where one is at work or waits."""
    refuse_second(transition)
    row = new_run(transition, step, by=by, label=label, **options)
    run_step.enqueue(row.pk, row.tenant_id)
    return row


def go_on(row: LegacyRun) -> None:
    """Take up a run that was stopped, failed or whose process died. Raises RunRefused where there is nothing to do."""
    if row.state == RunState.FINISHED:
        raise RunRefused(sentence(_("This run has finished. Start a new one.")))
    if row.state in (RunState.WAITING, RunState.RUNNING) and not stands_still(row):
        raise RunRefused(sentence(_("This run is at work.")))
    refuse_second(row.transition, but=row)
    LegacyRun.objects.filter(pk=row.pk).update(
        state=RunState.WAITING, stop_requested=False, error="", finished_at=None, heartbeat_at=timezone.now()
    )
    run_step.enqueue(row.pk, row.tenant_id)


def ask_to_stop(row: LegacyRun) -> None:
    """Ask a run to stop after its batch; one that waits, or whose process died, is stopped at once."""
    LegacyRun.objects.filter(pk=row.pk, state=RunState.RUNNING).update(stop_requested=True)
    if row.state == RunState.WAITING or stands_still(row):
        LegacyRun.objects.filter(pk=row.pk, state__in=(RunState.WAITING, RunState.RUNNING)).update(
            state=RunState.STOPPED, finished_at=timezone.now()
        )


def stands_still(row: LegacyRun) -> bool:
    """Return whether the run's process seems to be gone: it says it runs, or waits, and has not been heard of."""
    if row.state not in (RunState.RUNNING, RunState.WAITING):
        return False
    heard = row.heartbeat_at or row.started_at or row.created_at
    return row.state == RunState.RUNNING and timezone.now() - heard > STILL_AFTER


def refuse_second(transition: Transition, *, but: LegacyRun | None = None) -> None:
    """Raise RunRefused where another run of the transition is at work or waits."""
    others = LegacyRun.objects.filter(transition=transition, state__in=(RunState.RUNNING, RunState.WAITING))
    for other in others.exclude(pk=but.pk if but else None):
        if not stands_still(other):
            raise RunRefused(
                sentence(
                    _("Run %(number)s of this old site is at work. Wait for it, or stop it, and start again."),
                    number=other.pk,
                )
            )
