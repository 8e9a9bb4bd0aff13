"""The columns of a site as the table of column care shows them: what is locked, and why; what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sites.column_state import STEP, ColumnPlace
from sites.columns.adding import HOME_DEPTH
from sites.columns.care import Work
from sites.columns.changing import as_sibling
from sites.columns.closing import closing_fault
from sites.columns.ordering import shown_order
from sites.models import ColumnKind


@dataclass(frozen=True, slots=True)
class CareLine:
    """One open column, in the order in which citizens see it. `sort` is mandatory, optional or own."""

    pk: int
    title: str
    depth: int
    kind: str
    sort: str
    in_menu: bool
    at_top: bool
    responsible: str
    update_within_days: int | None
    items: int
    why: str  # why it is locked, "" where it is not
    may_close: bool
    up: bool
    down: bool

    @property
    def up_id(self) -> str:
        return f"{self.pk}-up"

    @property
    def down_id(self) -> str:
        return f"{self.pk}-down"


@dataclass(frozen=True, slots=True)
class ClosedLine:
    pk: int
    title: str
    above: str
    closed_on: str
    items: int


def lines(work: Work) -> list[CareLine]:
    """Return the site's open columns as a tree, depth first."""
    return list(_below(work, work.state.path))


def closed_lines(work: Work) -> list[ClosedLine]:
    """Return the columns that are closed and stand in one that is open: opening one opens what was closed with it."""
    found = []
    for place in work.state.columns:
        parent = work.parent(place)
        if place.retired_on is None or (parent is not None and parent.retired_on is not None):
            continue
        above = parent.present.title if parent else ""
        found.append(
            ClosedLine(place.pk, place.present.title, above, place.retired_on.isoformat(), place.present.items)
        )
    return found


def _below(work: Work, path: str) -> Iterator[CareLine]:
    siblings = work.siblings(path)
    by_pk = {place.pk: place for place in siblings}
    for sibling, up, down in shown_order([as_sibling(place) for place in siblings]):
        place = by_pk[sibling.pk]
        yield _line(work, place, up=up, down=down)
        yield from _below(work, place.path)


def _line(work: Work, place: ColumnPlace, *, up: bool, down: bool) -> CareLine:
    present = place.present
    depth = len(place.path) // STEP - HOME_DEPTH
    return CareLine(
        pk=place.pk,
        title=present.title,
        depth=depth,
        kind=str(ColumnKind(present.kind).label),
        sort="mandatory" if present.mandatory else "optional" if present.code else "own",
        in_menu=present.show_in_menus,
        at_top=depth == 1,
        responsible=present.responsible,
        update_within_days=present.update_within_days,
        items=present.items,
        why=why_locked(work, place) if present.mandatory else "",
        may_close=closing_fault(work, place) is None,
        up=up,
        down=down,
    )


def why_locked(work: Work, place: ColumnPlace) -> str:
    """Return why a mandatory column is locked: the template that demands it, and the rule behind it where it names one."""
    spec = work.spec(place)
    if work.template is None or spec is None:
        return _("Mandatory: the column template demands it.")
    said = _("Mandatory: “%(template)s”, version %(version)d, demands it.") % {
        "template": work.template.title,
        "version": work.template.version,
    }
    laws = law_names(spec.disclosure)
    grounds = "；".join([*laws, *([spec.source] if spec.source else [])])
    return f"{said}{_('Grounds: %(grounds)s.') % {'grounds': grounds}}" if grounds else said


def law_names(nodes: Sequence[str]) -> list[str]:
    """Return the rules behind disclosure nodes ("20.2", "21.town.3", "54.10") by article and item."""
    names = []
    for node in nodes:
        article, _dot, rest = node.partition(".")
        item = rest.rpartition(".")[2]
        if article == "54":
            names.append(_("2019 No. 54 of the General Office of the State Council, field %(item)s") % {"item": item})
        elif item:
            names.append(
                _("Regulation on Open Government Information, article %(article)s item %(item)s")
                % {"article": article, "item": item}
            )
        else:
            names.append(_("Regulation on Open Government Information, article %(article)s") % {"article": article})
    return names
