"""What a tenant may not take apart: its home, its region and the mandatory columns (必设栏目).

Three doors say no: the permission tester (every admin view, bulk action and API of Wagtail asks it), `check_slug` in
save(), and `check_delete` on the delete signal, which also stops querysets and shells. The platform's own work
(roll-outs, closing a site) opens the latter two with `unlocked(reason)`. A site's own work on its columns is column
care (sites.columns): it has rules of its own and asks nobody here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import PagePermissionTester

from tenants.memberships import is_operator

_unlocked: ContextVar[str] = ContextVar("unlocked", default="")


class LockedPage(PermissionDenied):
    """Raised when somebody takes apart what the template demands. The message is a sentence for the person."""


@contextmanager
def unlocked(reason: str) -> Iterator[None]:
    """Let the platform's own work change locked pages; `reason` names the work, so that a search lists every use."""
    token = _unlocked.set(reason)
    try:
        yield
    finally:
        _unlocked.reset(token)


def is_locked(page: Any) -> bool:
    """Return whether the page's own place, name and life belong to the platform and not to its tenant."""
    from sites.models import Column, HomePage, RegionPage

    specific = page.specific_class
    if specific is None or issubclass(specific, (HomePage, RegionPage)):
        return True
    if not issubclass(specific, Column):
        return False
    column = page if isinstance(page, Column) else Column.objects.filter(pk=page.pk).only("mandatory").first()
    return bool(column and column.mandatory)


def holds_locked(page: Any) -> bool:
    """Return whether the page or anything below it is locked."""
    from sites.models import Column

    return is_locked(page) or Column.objects.descendant_of(page).filter(mandatory=True).exists()


def holds_items(page: Any) -> bool:
    """Return whether items, and not columns alone, can stand right below the page."""
    from sites.item_types import types_for
    from sites.models.columns import kind_of

    return page.depth > 3 and bool(types_for(kind_of(page)))


def check_slug(page: Any, stored_slug: str, update_fields: Collection[str] | None) -> None:
    """Raise LockedPage where the slug of a locked page, or of a page that holds one, is being changed."""
    touched = update_fields is None or "slug" in update_fields
    if touched and page.slug != stored_slug and not _unlocked.get() and holds_locked(page):
        raise LockedPage(
            _("“%(title)s” is or holds a mandatory column: its address cannot be changed by the site itself.")
            % {"title": page.title}
        )


def check_delete(page: Any) -> None:
    """Raise LockedPage where a locked page is being deleted."""
    if not _unlocked.get() and is_locked(page):
        raise LockedPage(
            _("“%(title)s” belongs to the column template and cannot be deleted by the site itself.")
            % {"title": page.title}
        )


class SitePagePermissionTester(PagePermissionTester):
    """Wagtail's tester, less what nobody below the platform operator does by a stock view.

    Members publish and withdraw by a signature (sites.review), and change columns in column care (sites.columns).
    What is left to them here is a draft that was never public. Answers about a page in hand cost no query, unless it
    is such a draft: lists ask for every row.
    """

    def can_add_subpage(self) -> bool:
        return super().can_add_subpage() and (is_operator(self.user) or holds_items(self.page))

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if is_operator(self.user):
            return super().can_delete(ignore_bulk=ignore_bulk)
        return self._is_loose_draft() and (self.page.owner_id == self.user.pk or self._manages())

    def can_move(self) -> bool:
        return super().can_move() if is_operator(self.user) else self._is_loose_draft()

    def can_move_to(self, destination: Any) -> bool:
        if not is_operator(self.user) and destination.path[:12] != self.page.path[:12]:
            return False
        return super().can_move_to(destination)

    def can_unpublish(self) -> bool:
        return is_operator(self.user) and super().can_unpublish()

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return super().can_copy() and self.page.depth > 3 and (is_operator(self.user) or self._is_item())

    def _is_item(self) -> bool:
        return self.page.column_id is not None

    def _is_loose_draft(self) -> bool:
        """Return whether the page is an item in reach that was never public, and is not going to be by a signature."""
        return (
            self._is_item()
            and not self.page.live
            and self.page.published_at is None
            and self.user.is_active
            and "change" in self.permissions
            and not self.page.approved_schedule
        )

    def _manages(self) -> bool:
        from sites.reach import reach_of

        return reach_of(self.user).may("manage", self.page)
