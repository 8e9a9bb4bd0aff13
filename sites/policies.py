"""Page rights from memberships (decision 2): the explorer, search and editing show a person the own sub-sites alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy

from sites.models import HomePage, SitePage
from tenants import memberships
from tenants.models import Membership, Role

ACTIONS: dict[str, tuple[str, ...]] = {
    Role.CONTRIBUTOR: ("add", "change"),
    Role.REVIEWER: ("add", "change", "publish"),
    Role.SITE_MANAGER: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    Role.SUPERVISOR: (),
    Role.PLATFORM_OPERATOR: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}


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
    def get_all_permissions_for_user(self, user: Any) -> list[PageRight]:
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return []
        held = memberships.active(user)
        homes = {
            home.tenant_id: home
            for home in HomePage.objects.filter(tenant_id__in=[m.tenant_id for m in held if m.tenant_id])
        }
        rights = []
        for membership in held:
            if membership.role == Role.PLATFORM_OPERATOR:
                pages = [SitePage.get_first_root_node()]
            else:
                pages = [homes[membership.tenant_id]] if membership.tenant_id in homes else []
            rights += [
                PageRight(page, _Codename(f"{action}_sitepage"))
                for page in pages
                for action in ACTIONS[membership.role]
            ]
        return rights

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
            held = held.filter(Q(tenant_id=instance.tenant_id) | Q(role=Role.PLATFORM_OPERATOR))
        found = Q(pk__in=held.values("user_id"))
        if include_superusers:
            found |= Q(is_superuser=True)
        return get_user_model().objects.filter(found, is_active=True)


register_permission_policy(SitePage, MembershipPagePolicy(SitePage))
