"""Where the items of an old column go: the decisions about old columns, and what the new columns take."""

from __future__ import annotations

from dataclasses import dataclass

from legacy.mapping import deciding
from legacy.models import LegacyColumn, Transition
from sites.loading.places import Place, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(deciding.Decision):
    """What is decided about one old column; `decision` is "" where nobody has."""

    key: str
    title: str


class Targets:
    """The decisions of a transition, read once a run."""

    def __init__(self, transition: Transition, *, accept_proposals: bool = False) -> None:
        rows = LegacyColumn.objects.filter(transition=transition)
        self._decided = {row.key: _decided(row, accept_proposals) for row in rows}
        wanted = {page_id for found in self._decided.values() for page_id in deciding.targets_in(found)}
        self._places = places(transition.tenant_id, wanted)

    def of(self, key: str) -> Decided:
        return self._decided.get(key) or Decided("", key=key, title="")

    def place(self, decided: Decided, title: str) -> Place | None:
        """Return the new column of an item of this title; None where the decision names none that still stands."""
        target = deciding.target_of(decided, title)
        return None if target is None else self._places.get(target)


def _decided(row: LegacyColumn, accept_proposals: bool) -> Decided:
    return Decided(
        row.decision if accept_proposals or not row.proposed else "",
        row.target_id,
        tuple(row.rules),
        row.reason,
        key=row.key,
        title=row.title or row.key,
    )
