"""Where the items of an old column go: the decisions about old columns, and what the new columns take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from legacy.models import LegacyColumn, Transition
from sites.loading.places import Place, places


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about an old column. `rules`: (pattern of the title, new column), the first that fits."""

    key: str
    title: str
    kind: str  # "move", "drop", "" (nobody has decided)
    target: int | None
    rules: tuple[tuple[re.Pattern[str], int], ...]
    reason: str


class Targets:
    """The decisions of a transition, read once a run."""

    def __init__(self, transition: Transition, *, accept_proposals: bool = False) -> None:
        rows = LegacyColumn.objects.filter(transition=transition)
        self._decisions = {row.key: _decision(row, accept_proposals) for row in rows}
        wanted = {found.target for found in self._decisions.values()} | {
            target for found in self._decisions.values() for _pattern, target in found.rules
        }
        self._places = places(transition.tenant_id, wanted - {None})

    def of(self, key: str) -> Decision:
        return self._decisions.get(key) or Decision(key, "", "", None, (), "")

    def place(self, decision: Decision, title: str) -> Place | None:
        """Return the new column of an item of this title; None where the decision names none that still stands."""
        for pattern, target in decision.rules:
            if pattern.search(title):
                return self._places.get(target)
        return self._places.get(decision.target) if decision.target else None


def _decision(row: Any, accept_proposals: bool) -> Decision:
    kind = row.decision if accept_proposals or not row.proposed else ""
    rules = []
    for rule in row.rules:
        try:
            rules.append((re.compile(rule["title"]), int(rule["target"])))
        except (re.error, KeyError, TypeError, ValueError):
            continue  # mapping refuses such rules; one that got in some other way fits nothing
    return Decision(row.key, row.title or row.key, kind, row.target_id, tuple(rules), row.reason)
