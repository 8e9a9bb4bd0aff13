"""Closing a column (关闭栏目) and opening it again. It is never deleted but retired; what stays in it is readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from sites.column_edits import Edit
from sites.column_state import ColumnPlace
from sites.columns import rules
from sites.columns.adding import own_columns
from sites.columns.care import Work, at_work
from sites.columns.moving import move_items
from sites.columns.rules import CareRefused
from sites.item_types import ITEM_TYPES
from sites.messages import _, sentence
from sites.models import Column, Review, ReviewState, SitePage
from tenants.models import Tenant

# Written beside the changed fields: what closing did, so that it can be taken back.
CLOSED = "govsites.column_closed"


@dataclass(frozen=True)
class Contents:
    """What closing a column would touch: it and the columns below it, and what stands in them."""

    columns: Sequence[str]  # titles, the column's own first
    by_type: dict[str, int]
    published: int
    drafts: int
    in_review: int
    targets: Sequence[tuple[int, str]]  # columns that can take all the items: (page id, title with the line above)

    @property
    def items(self) -> int:
        return self.published + self.drafts


def contents_of(work: Work, place: ColumnPlace) -> Contents:
    """Return what stands in a column and below it. Four queries."""
    branch = [each for each in work.branch(place) if each.retired_on is None]
    items = _items(branch)
    labels = {model._meta.model_name: str(model._meta.verbose_name) for model in ITEM_TYPES}
    types = Counter(items.order_by().values_list("content_type__model", flat=True))
    published = items.filter(live=True).count()
    return Contents(
        columns=[each.present.title for each in branch],
        by_type={labels.get(name, name): number for name, number in sorted(types.items())},
        published=published,
        drafts=sum(types.values()) - published,
        in_review=Review.objects.filter(page__in=items, state=ReviewState.WAITING).count(),
        targets=[(each.pk, _line(work, each)) for each in _targets(work, branch, set(types))],
    )


def close(tenant: Tenant, pk: int, *, into: int | None, by: Any) -> int:
    """Close a column with those below it; return how many items moved. Raises CareRefused.

    `into` names the column that takes the items; None leaves them in the closed column, readable at their addresses.
    """
    with at_work(tenant, by=by) as work:
        place = work.place(pk)
        if fault := closing_fault(work, place):
            raise CareRefused(fault)
        branch = [each for each in work.branch(place) if each.retired_on is None]
        moved: dict[str, list[int]] = {}
        if into is not None:
            moved = _move_out(work, branch, into)
        in_menu = [each.pk for each in branch if each.present.show_in_menus]
        closing = {"retired_on": timezone.localdate(), "show_in_menus": False}
        work.amend([Edit(each, dict(closing)) for each in branch])
        note = {"columns": [each.pk for each in branch], "in_menu": in_menu, "moved": moved, "into": into}
        log(instance=Column.objects.get(pk=pk), action=CLOSED, user=by, data=note)
        return sum(map(len, moved.values()))


def closing_fault(work: Work, place: ColumnPlace) -> Any:
    """Return the sentence that says why a column can't be closed, None where it can."""
    if place.retired_on is not None:
        return sentence(_("This column is closed already."))
    if any(each.present.mandatory for each in work.branch(place)):
        return sentence(_("A mandatory column, or one that holds one, can't be closed by the site itself."))
    return None


def reopen(tenant: Tenant, pk: int, *, bring_back: bool, by: Any) -> int:
    """Open a closed column again, with those closed together with it; return how many items came back.

    `bring_back` returns the items that closing moved away and that still stand where it put them. Raises CareRefused.
    """
    with at_work(tenant, by=by) as work:
        place = work.place(pk)
        if fault := reopening_fault(work, place):
            raise CareRefused(fault)
        note = note_of(pk)
        pks = set(note.get("columns", [])) | {pk}
        in_menu = set(note.get("in_menu", []))
        branch = [each for each in work.branch(place) if each.pk in pks and each.retired_on is not None]
        work.amend([Edit(each, {"retired_on": None, "show_in_menus": each.pk in in_menu}) for each in branch])
        return _bring_back(note, {each.pk for each in branch}, by) if bring_back else 0


def reopening_fault(work: Work, place: ColumnPlace) -> Any:
    """Return the sentence that says why a closed column can't be opened again, None where it can."""
    parent = work.parent(place)
    if place.retired_on is None:
        return sentence(_("This column is open."))
    if parent is not None and parent.retired_on is not None:
        return sentence(_("Open “%(parent)s” first: this column stands below it."), parent=parent.present.title)
    if place.present.code and (work.template is None or place.present.code not in work.template.by_code):
        return sentence(_("The template no longer has this column. Open one of your own instead."))
    if not place.present.code:
        return rules.number_fault(len(own_columns(work.state)), settings.MAX_OWN_COLUMNS)
    return None


def note_of(pk: int) -> dict[str, Any]:
    """Return what was written down when the column was closed last, {} where a roll-out retired it."""
    entries = PageLogEntry.objects.filter(page_id=pk, action=CLOSED).order_by("-timestamp", "-pk")
    entry = entries.first()
    return dict(entry.data) if entry else {}


def still_there(note: dict[str, Any]) -> int:
    """Return how many of the items that closing moved away still stand where it put them."""
    ids = [pk for pks in note.get("moved", {}).values() for pk in pks]
    return SitePage.objects.filter(pk__in=ids, column_id=note.get("into")).count() if ids else 0


def _move_out(work: Work, branch: Sequence[ColumnPlace], into: int) -> dict[str, list[int]]:
    items = _items(branch)
    types = set(items.order_by().values_list("content_type__model", flat=True))
    target = next((each for each in _targets(work, branch, types) if each.pk == into), None)
    if target is None:
        raise CareRefused(sentence(_("The items can't go into this column. Choose another one.")))
    moved: dict[str, list[int]] = {}
    for item_id, column_id in items.order_by("path").values_list("pk", "column_id"):
        moved.setdefault(str(column_id), []).append(item_id)
    move_items([pk for pks in moved.values() for pk in pks], Column.objects.get(pk=target.pk), by=work.by)
    return moved


def _bring_back(note: dict[str, Any], opened: set[int], by: Any) -> int:
    back = 0
    for column_id, item_ids in note.get("moved", {}).items():
        here = SitePage.objects.filter(pk__in=item_ids, column_id=note["into"]).values_list("pk", flat=True)
        if int(column_id) in opened and here:
            back += move_items(list(here), Column.objects.get(pk=int(column_id)), by=by)
    return back


def _items(branch: Sequence[ColumnPlace]) -> Any:
    return SitePage.objects.filter(column_id__in=[each.pk for each in branch])


def _targets(work: Work, branch: Sequence[ColumnPlace], types: set[str]) -> list[ColumnPlace]:
    """Return the open columns outside the branch whose kind takes every type of item that is there."""
    allowed = [model.allowed_in for model in ITEM_TYPES if model._meta.model_name in types]
    closing = {each.pk for each in branch}
    return [
        each
        for each in work.state.columns
        if types
        and each.pk not in closing
        and each.retired_on is None
        and each.present.live
        and all(each.present.kind in kinds for kinds in allowed)
    ]


def _line(work: Work, place: ColumnPlace) -> str:
    parent = work.parent(place)
    return f"{parent.present.title} › {place.present.title}" if parent else place.present.title
