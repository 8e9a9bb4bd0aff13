"""From candidates to values (取舍): ways that agree make each other sure, a date that good ways dispute is unknown. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from legacy.extraction import dates
from legacy.extraction.candidate import Candidate
from legacy.extraction.text import squeezed
from legacy.values import Value

EVIDENCE_MOST = 200
_LEAST = {"published_at": 0.7, "title": 0.45}  # below, a value is unknown


def decide(candidates: list[Candidate]) -> tuple[dict[str, Value], list[tuple[str, str]]]:
    """Return the best value of each field, and the pairs of days between which two good ways leave the date open (unknown)."""
    by_field: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        by_field[one.name].append(one)
    values: dict[str, Value] = {}
    disputed: list[tuple[str, str]] = []
    for name, found in by_field.items():
        groups: dict[str, list[Candidate]] = defaultdict(list)
        for one in found:
            groups[_same(name, one.value)].append(one)
        ranked = sorted(groups.values(), key=_weight, reverse=True)
        best = max(ranked[0], key=lambda one: (one.confidence, len(one.value) if name == "published_at" else 0))
        sure = min(_weight(ranked[0]), 0.97)
        if sure < _LEAST.get(name, 0.5):
            # Too weak to be shown as a value; what was there stays as evidence.
            values[name] = Value(None, best.rule.name(), best.evidence[:EVIDENCE_MOST], round(sure, 3))
            continue
        if len(ranked) > 1 and name == "published_at":
            other = max(ranked[1], key=lambda one: one.confidence)
            if any(one.name == "written_on" and one.value == dates.day_of(other.value) for one in candidates):
                other = best
            if other.confidence >= 0.7 and _weight(ranked[1]) > sure - 0.25 and _far(best.value, other.value):
                disputed.append((best.value, other.value))
                # Which of them is the page's own only a person can say.
                values[name] = Value(None, best.rule.name(), best.evidence[:EVIDENCE_MOST], 0.6)
                continue
        values[name] = Value(best.value, best.rule.name(), best.evidence[:EVIDENCE_MOST], round(sure, 3))
    return values, disputed


def _same(name: str, value: str) -> str:
    return dates.day_of(value) if name == "published_at" else squeezed(value)


def _weight(group: list[Candidate]) -> float:
    """Return how sure a value is that several ways agree on; ways of one kind count once."""
    best: dict[str, float] = {}
    for one in group:
        best[one.rule.kind] = max(best.get(one.rule.kind, 0.0), one.confidence)
    ordered = sorted(best.values(), reverse=True)
    return ordered[0] + 0.06 * (len(ordered) - 1)


def _far(one: str, other: str) -> bool:
    """Return whether two dates are more than a day apart: the clock of a system and the day of a paper differ by one."""
    first, second = dt.date.fromisoformat(one[:10]), dt.date.fromisoformat(other[:10])
    return abs((first - second).days) > 1
