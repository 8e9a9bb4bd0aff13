"""Changing a column that is open: title, unit, update limit, place in the menu, order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sites.column_edits import Edit
from sites.column_state import STEP, ColumnPlace
from sites.columns import ordering, rules
from sites.columns.adding import HOME_DEPTH
from sites.columns.care import Work, at_work
from sites.columns.ordering import Sibling
from sites.columns.rules import CareRefused
from sites.messages import _, sentence
from tenants.models import Tenant

# Of a mandatory column the template says the rest.
FOR_ALL = frozenset({"responsible", "update_within_days"})
NOT_MANDATORY = FOR_ALL | {"title", "show_in_menus"}


def change(tenant: Tenant, pk: int, *, by: Any, **values: Any) -> list[str]:
    """Set fields of a column; return the names of those that changed. Raises CareRefused.

    The fields are `title`, `responsible`, `update_within_days`, `show_in_menus`.
    """
    with at_work(tenant, by=by) as work:
        place = work.place(pk)
        new = {name: value for name, value in values.items() if place.value(name) != value}
        _check(work, place, new)
        if new:
            work.amend([Edit(place, new)])
        return sorted(new)


def _check(work: Work, place: ColumnPlace, new: dict[str, Any]) -> None:
    if place.retired_on is not None:
        raise CareRefused(sentence(_("This column is closed. Open it again first.")))
    if new.keys() - (FOR_ALL if place.present.mandatory else NOT_MANDATORY):
        raise CareRefused(sentence(_("This is a mandatory column: the template sets its title and its place.")))
    siblings = {each.present.title for each in work.siblings(place.path[:-STEP]) if each.pk != place.pk}
    spec = work.spec(place)
    faults = []
    if "title" in new:
        faults.append(rules.title_fault(new["title"], siblings))
    if "update_within_days" in new:
        faults.append(rules.limit_fault(new["update_within_days"], spec.update_within_days if spec else None))
    for fault in faults:
        if fault:
            raise CareRefused(fault)


def move(tenant: Tenant, pk: int, *, up: bool, by: Any) -> bool:
    """Move a column one place up or down among its siblings; False at the end of the line. Raises CareRefused."""
    with at_work(tenant, by=by) as work:
        place = work.place(pk)
        line = work.siblings(place.path[:-STEP])
        if place not in line:
            raise CareRefused(sentence(_("This column is closed. Open it again first.")))
        positions = ordering.moved([as_sibling(each) for each in line], pk, up=up)
        by_pk = {each.pk: each for each in line}
        work.amend([Edit(by_pk[pk], {"position": position}) for pk, position in positions.items()])
        return bool(positions)


def as_sibling(place: ColumnPlace) -> Sibling:
    return Sibling(place.pk, place.present.position, fixed=place.present.mandatory)


def set_menu(tenant: Tenant, chosen: Collection[int], *, by: Any) -> int:
    """Let exactly the `chosen` of the movable columns at the top stand in the menu; return how many changed."""
    with at_work(tenant, by=by) as work:
        edits = [
            Edit(place, {"show_in_menus": place.pk in chosen})
            for place in menu_columns(work.siblings(work.state.path))
            if not place.present.mandatory and place.present.show_in_menus != (place.pk in chosen)
        ]
        work.amend(edits)
        return len(edits)


def menu_columns(siblings: Collection[ColumnPlace]) -> list[ColumnPlace]:
    """Return the columns that the menu can show: those at the top."""
    return [place for place in siblings if len(place.path) // STEP == HOME_DEPTH + 1]
