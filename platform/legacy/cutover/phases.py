"""Phases and check list of transitions, from their facts: what pages, commands and scripts show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from legacy.cutover import checks
from legacy.cutover.facts import gather
from legacy.models import Transition


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase in the language at work; `state` is done, now or later."""

    code: str
    title: str
    state: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    code: str
    phase: str
    title: str
    state: str
    text: str
    part: str

    @property
    def ok(self) -> bool:
        return self.state == checks.OK


def phases(transition: Transition) -> list[PhaseView]:
    """Return the eight phases in their order."""
    return [_phase(phase) for phase in checks.phases(gather([transition])[transition.pk])]


def current(transitions: Collection[Transition]) -> dict[int, PhaseView]:
    """Return the present phase by transition, in the same number of queries however many there are."""
    return {pk: _phase(checks.current(facts)) for pk, facts in gather(transitions).items()}


def check_list(transition: Transition) -> list[CheckView]:
    """Return the check list of one transition."""
    return _lines(gather([transition])[transition.pk])


def boards(transitions: Collection[Transition]) -> dict[int, dict[str, Any]]:
    """Return by transition: the phase, the check list, and how many of its lines are settled."""
    found = {}
    for pk, facts in gather(transitions).items():
        lines = _lines(facts)
        found[pk] = {
            "phase": _phase(checks.current(facts)),
            "checks": lines,
            "ok": sum(line.ok for line in lines),
            "facts": facts,
        }
    return found


def titles() -> list[tuple[str, str]]:
    """Return code and title of the phases, for filters and headings."""
    return [(code, gettext(title)) for code, title in checks.PHASES]


def _phase(phase: checks.Phase) -> PhaseView:
    return PhaseView(phase.code, gettext(phase.title), phase.state, tuple(line.say(gettext) for line in phase.missing))


def _lines(facts: checks.Facts) -> list[CheckView]:
    return [
        CheckView(line.code, line.phase, gettext(line.title), line.state, line.said.say(gettext), line.part)
        for line in checks.checks(facts)
    ]
