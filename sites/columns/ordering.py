"""The order of columns beside each other: own and optional ones move, mandatory ones keep the template's. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sites.columns.rules import CareRefused
from sites.messages import _, sentence

STEP = 10


@dataclass(frozen=True, slots=True)
class Sibling:
    """A column among its siblings. `fixed`: mandatory, its position is the template's."""

    pk: int
    position: int
    fixed: bool = False


def moved(siblings: Sequence[Sibling], pk: int, *, up: bool) -> dict[int, int]:
    """Return the new positions (by column) that move a column one place up or down; empty at the end of the line.

    `siblings` stand in their order. Mandatory columns are passed, never renumbered: a new position is looked for
    between theirs. Raises CareRefused for a mandatory column, and where two of them leave no room.
    """
    place = next(number for number, sibling in enumerate(siblings) if sibling.pk == pk)
    if siblings[place].fixed:
        raise CareRefused(sentence(_("A mandatory column keeps the place that the template gives it.")))
    other = place - 1 if up else place + 1
    if not 0 <= other < len(siblings):
        return {}
    order = list(siblings)
    order[place], order[other] = order[other], order[place]
    before = order[other - 1].position if other else 0
    after = order[other + 1].position if other + 1 < len(order) else None
    between = before + STEP if after is None else (before + after) // 2
    if before < between and (after is None or between < after):
        return {pk: between}
    return _spread(order, other)


def _spread(order: Sequence[Sibling], place: int) -> dict[int, int]:
    """Return new positions for the movable columns around `place`, up to the mandatory ones on both sides."""
    first = last = place
    while first > 0 and not order[first - 1].fixed:
        first -= 1
    while last + 1 < len(order) and not order[last + 1].fixed:
        last += 1
    run = order[first : last + 1]
    low = order[first - 1].position if first else 0
    if last + 1 == len(order):
        return {sibling.pk: low + STEP * number for number, sibling in enumerate(run, start=1)}
    high = order[last + 1].position
    if high - low <= len(run):
        raise CareRefused(sentence(_("There is no room for another column between these two. Put it elsewhere.")))
    return {sibling.pk: low + (high - low) * number // (len(run) + 1) for number, sibling in enumerate(run, start=1)}


def shown_order(siblings: Sequence[Sibling]) -> list[tuple[Sibling, bool, bool]]:
    """Return each sibling with whether it may go up and down."""
    end = len(siblings) - 1
    return [(each, not each.fixed and n > 0, not each.fixed and n < end) for n, each in enumerate(siblings)]
