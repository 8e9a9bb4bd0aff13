"""Page rights from memberships (decision 2): the explorer, search and editing show a person the own sub-sites alone.

The rights over everything else are registered here, too; they are in sites/doors/rights.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy

from sites.doors import rights
from sites.models import SitePage
from sites.reach import reach_of
from tenants import memberships
from tenants.models import Membership, Role

# Nobody below the operator publishes by a form: a signature in the review does (sites/review).
ACTIONS: dict[str, tuple[str, ...]] = {
    Role.CONTRIBUTOR: ("add", "change"),
    Role.REVIEWER: ("add", "change"),
    Role.SITE_MANAGER: ("add", "change"),
    Role.SUPERVISOR: (),
    Role.PLATFORM_OPERATOR: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
STEP = SitePage.steplen  # a page's path is its parent's and this many characters more


@dataclass(frozen=True)
class _Codename:
    codename: str


@dataclass(frozen=True)
class PageRight:
    """What Wagtail reads of a page permission: which page, which action."""

    page: Any
    permission: _Codename

    @property
    def page_id(self) -> int:
        return self.page.pk


class MembershipPagePolicy(PagePermissionPolicy):
    def _base_user_has_permission(self, user: Any) -> bool | None:
        return True if memberships.is_operator(user) else super()._base_user_has_permission(user)

    def _base_queryset_for_user(self, user: Any) -> Any:
        """Return all pages for every operator: a condition on the root's path would walk the whole index."""
        if memberships.is_operator(user):
            return self.model._default_manager.all()
        return super()._base_queryset_for_user(user)

    def get_all_permissions_for_user(self, user: Any) -> list[PageRight]:
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return []
        if memberships.is_operator(user):
            root = SitePage.get_first_root_node()
            return [PageRight(root, _Codename(f"{action}_sitepage")) for action in ACTIONS[Role.PLATFORM_OPERATOR]]
        paths = reach_of(user).paths("write") or []
        pages = SitePage.objects.filter(path__in=paths).order_by()
        return [PageRight(page, _Codename(f"{action}_sitepage")) for page in pages for action in ("add", "change")]

    def explorable_root_instance(self, user: Any) -> Any:
        """Return the page the explorer begins at. Of a single home nothing need be asked: it is at hand."""
        pages = {page.pk: page for page in self.instances_with_direct_explore_permission(user)}
        if len(pages) == 1:
            return next(iter(pages.values()))
        return super().explorable_root_instance(user)

    def explorable_instances(self, user: Any) -> Any:
        """Return the pages the explorer shows: those in reach, and between them the way from what they share.

        Wagtail's own adds the parent of what they share: the region, with the neighbours below it.
        """
        pages = self.model._default_manager
        if memberships.is_operator(user):
            return pages.all()
        reach = reach_of(user)
        paths = reach.paths("write")
        if not paths:
            return pages.none()
        low, high = min(paths), max(paths)  # what these share, all share
        shared = max(end for end in range(0, len(low) + 1, STEP) if low[:end] == high[:end])
        way = {path[:end] for path in paths for end in range(max(shared, STEP), len(path), STEP)}
        return pages.filter(reach.pages("write") | Q(path__in=way))

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        return self._users(self._roles(actions), None, include_superusers)

    def users_with_any_permission_for_instance(
        self, actions: Any, instance: Any, include_superusers: bool = True
    ) -> Any:
        return self._users(self._roles(actions), instance, include_superusers)

    def _roles(self, actions: Any) -> list[str]:
        return [role for role, allowed in ACTIONS.items() if set(allowed) & set(actions)]

    def _users(self, roles: list[str], instance: Any, include_superusers: bool) -> Any:
        held = Membership.objects.active().filter(role__in=roles)
        if instance is not None:
            whole = Q(tenant_id=instance.tenant_id, limited_to_columns=False)
            above = [instance.path[:end] for end in range(4, len(instance.path) + 1, 4)]
            column = Q(tenant_id=instance.tenant_id, column_grants__column__path__in=above)
            held = held.filter(whole | column | Q(role=Role.PLATFORM_OPERATOR))
        found = Q(pk__in=held.values("user_id"))
        if include_superusers:
            found |= Q(is_superuser=True)
        return get_user_model().objects.filter(found, is_active=True)


register_permission_policy(SitePage, MembershipPagePolicy(SitePage))
rights.register()
