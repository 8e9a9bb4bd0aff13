"""Model-level rights of a role: enough to enter the admin and keep media; page rights come from the page policy."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from tenants import memberships
from tenants.models import Role

EDITORS = frozenset({"wagtailadmin.access_admin"})
RIGHTS: dict[str, frozenset[str]] = {
    Role.CONTRIBUTOR: EDITORS,
    Role.REVIEWER: EDITORS,
    Role.SITE_MANAGER: EDITORS,
    Role.SUPERVISOR: EDITORS,
}


class MembershipBackend(BaseBackend):
    """Adds to the model backend what an account's memberships give. A platform operator may do everything."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        if memberships.is_operator(user_obj):
            return True
        return perm in self.get_all_permissions(user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return {perm for m in memberships.active(user_obj) for perm in RIGHTS.get(m.role, ())}

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
