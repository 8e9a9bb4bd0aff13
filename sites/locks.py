"""What a tenant may not take apart: its home, its region and the mandatory columns (必设栏目).

Three doors say no: the permission tester (every admin view, bulk action and API of Wagtail asks it), `check_slug` in
save(), and `check_delete` on the delete signal, which also stops querysets and shells. The platform's own work
(roll-outs, closing a site) opens them with `unlocked(reason)`.
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
    """Wagtail's tester, less what is locked for everyone below the platform operator."""

    def _may_take_apart(self) -> bool:
        return is_operator(self.user) or not is_locked(self.page)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if not super().can_delete(ignore_bulk=ignore_bulk):
            return False
        return is_operator(self.user) or not holds_locked(self.page)

    def can_move(self) -> bool:
        return super().can_move() and self._may_take_apart()

    def can_move_to(self, destination: Any) -> bool:
        if not self._may_take_apart():
            return False
        same_tenant = destination.path[:12] == self.page.path[:12]
        return (same_tenant or is_operator(self.user)) and super().can_move_to(destination)

    def can_unpublish(self) -> bool:
        return super().can_unpublish() and self._may_take_apart()

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return super().can_copy() and self.page.depth > 3
