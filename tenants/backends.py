"""Model-level rights of members: to enter the admin. Rights over pages, media and people come from policies.

More is not given on purpose: what Wagtail decides by model-level rights alone (its log of everything, lists of snippets)
shows the rows of every tenant.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied

from tenants import memberships

OF_A_MEMBER = frozenset({"wagtailadmin.access_admin"})


class MembershipBackend(BaseBackend):
    """Says what an account's memberships give, and is the last word: rows of groups and permissions give nothing.

    A platform operator may do everything.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        if memberships.is_operator(user_obj):
            return True
        if perm in self.get_all_permissions(user_obj, obj):
            return True
        raise PermissionDenied  # Django asks no further backend

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return set(OF_A_MEMBER) if memberships.active(user_obj) else set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        if memberships.is_operator(user_obj):
            return True
        if any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj)):
            return True
        raise PermissionDenied
