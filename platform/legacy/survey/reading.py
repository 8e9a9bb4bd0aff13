"""The surveys that were made of a transition: the newest one, or that of a run."""

from __future__ import annotations

from typing import Any

from legacy import blobs
from legacy.models import LegacyRun, RunState, Step, Transition
from legacy.survey.making import unpack


def runs(transition: Transition) -> Any:
    """Return the finished survey runs of the transition, the newest first."""
    return LegacyRun.objects.filter(transition=transition, step=Step.SURVEY, state=RunState.FINISHED).order_by("-pk")


def newest(transition: Transition) -> dict[str, Any] | None:
    """Return the data of the newest finished survey, None where there is none."""
    row = runs(transition).first()
    return None if row is None else of_run(row)


def of_run(row: LegacyRun) -> dict[str, Any] | None:
    """Return the data of a finished survey run, None where it has none or its figures are not in the store any more."""
    sha256 = row.cursor.get("survey")
    if not sha256:
        return None
    try:
        found: dict[str, Any] = unpack(blobs.get(sha256))
    except OSError:
        return None
    return found
