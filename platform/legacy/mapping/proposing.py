"""Where an old column's items should go (对应建议): by its name, by those above it, by its type. A person decides. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legacy.mapping.names import Synonyms, plain, score

LEAST = 0.5  # below this nothing is proposed
_ABOVE = 0.12  # how much the names above a column count


@dataclass(frozen=True, slots=True)
class Old:
    """An old column. `items`: how many articles were found in it."""

    key: str
    title: str
    parent_key: str
    items: int


@dataclass(frozen=True, slots=True)
class New:
    """A column of the new site. `titles`: its path from the top; `takes_items`: whether articles can stand in it."""

    page_id: int
    titles: tuple[str, ...]
    column_type: str = ""
    takes_items: bool = True
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for an old column: `decision` "move" to `target`, "drop" for `reason`, or "" where nobody knows.

    `why` is how it was found: name, synonym, alike, above (the column above goes there), frame (no content), empty.
    """

    key: str
    decision: str
    target: int | None = None
    reason: str = ""
    score: float = 0.0
    why: str = ""


def propose(
    olds: Sequence[Old], news: Sequence[New], synonyms: Synonyms, decided: Mapping[str, int] | None = None
) -> list[Proposal]:
    """Return one proposal for each old column, in their order.

    `decided`: targets by key that a person has chosen already; they pull the columns below with them.
    """
    by_key = {old.key: old for old in olds}
    places = [new for new in news if new.takes_items]
    found: dict[str, Proposal] = {}
    for old in olds:
        found[old.key] = _one(old, by_key, places, synonyms)
    for old in sorted(olds, key=lambda one: _depth(one, by_key)):
        if found[old.key].decision:
            continue
        above = by_key.get(old.parent_key)
        if above is None:
            continue
        target = (decided or {}).get(above.key) or found[above.key].target
        if target and old.items:
            found[old.key] = Proposal(old.key, "move", target, score=LEAST, why="above")
    return [found[old.key] for old in olds]


def _one(old: Old, by_key: Mapping[str, Old], places: Sequence[New], synonyms: Synonyms) -> Proposal:
    name = plain(old.title)
    if name in synonyms.drops:
        return Proposal(old.key, "drop", reason=synonyms.drops[name], score=1.0, why="frame")
    if not name:
        return Proposal(old.key, "")
    above = _names_above(old, by_key)
    ranked = sorted(
        ((_fit(name, above, new, synonyms), -at, new) for at, new in enumerate(places)),
        key=lambda row: (row[0], row[1]),
        reverse=True,
    )
    if not ranked or ranked[0][0] < LEAST:
        return Proposal(old.key, "")
    fit, _at, new = ranked[0]
    last = plain(new.titles[-1])
    why = "name" if name == last else "synonym" if synonyms.rank(name, last) is not None else "alike"
    return Proposal(old.key, "move", new.page_id, score=round(min(fit, 1.0), 3), why=why)


def _fit(name: str, above: Sequence[str], new: New, synonyms: Synonyms) -> float:
    own = score(name, plain(new.titles[-1]), synonyms)
    if own < LEAST and new.column_type:
        own = max(own, 0.6 * score(name, plain(new.column_type), synonyms))
    if own < 0.3:
        return own
    upper = [plain(title) for title in new.titles[:-1]]
    support = max((score(one, other, synonyms) for one in above for other in upper), default=0.0)
    # A deep place is a special one: among equals the plainer one wins.
    return own + _ABOVE * support - 0.01 * len(new.titles)


def _names_above(old: Old, by_key: Mapping[str, Old]) -> list[str]:
    names: list[str] = []
    seen = {old.key}
    above = by_key.get(old.parent_key)
    while above is not None and above.key not in seen:
        seen.add(above.key)
        if above.title:
            names.append(plain(above.title))
        above = by_key.get(above.parent_key)
    return names


def _depth(old: Old, by_key: Mapping[str, Old]) -> int:
    depth, seen = 0, {old.key}
    above = by_key.get(old.parent_key)
    while above is not None and above.key not in seen:
        seen.add(above.key)
        depth += 1
        above = by_key.get(above.parent_key)
    return depth
