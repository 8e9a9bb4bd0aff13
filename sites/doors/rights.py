"""Rights over what is no page, from memberships alone: media, people, rows of a tenant, and the platform's own things."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Locale, Site, Task, Workflow
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from sites.media.shelves import shelf_for, shelves_of
from sites.models import MediaShelf, SiteFile, SiteImage, SitePage
from sites.reach import Reach, reach_of
from tenants.memberships import is_operator
from tenants.models import Membership, Role
from tenants.scope import TenantOwned, tenant_scope

WRITERS = (Role.CONTRIBUTOR, Role.REVIEWER, Role.SITE_MANAGER)
MEDIA_ACTIONS = frozenset({"add", "change", "delete", "choose", "view"})
PLATFORM_ONLY = (Redirect, Collection, Site, Locale, Group, Task, Workflow)


def holders(held: Any) -> Any:
    """Return the active accounts that hold one of the memberships in the queryset, and the operators."""
    operators = Membership.objects.active().filter(role=Role.PLATFORM_OPERATOR)
    found = Q(is_superuser=True) | Q(pk__in=operators.values("user_id")) | Q(pk__in=held.values("user_id"))
    return get_user_model().objects.filter(found, is_active=True)


class OperatorPolicy(BasePermissionPolicy):
    """For what belongs to the platform: operators may do everything, nobody else anything."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return is_operator(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        return holders(Membership.objects.none())


class RowPolicy(BasePermissionPolicy):
    """For rows that have an owner. Subclasses say which actions exist, and which rows are in a member's reach."""

    actions = frozenset({"add", "change", "delete", "view"})

    def somewhere(self, reach: Reach) -> bool:
        """Return whether a member has rights over any row at all."""
        raise NotImplementedError

    def rows(self, reach: Reach) -> Q:
        """Return the condition for the rows in a member's reach."""
        raise NotImplementedError

    def user_has_permission(self, user: Any, action: str) -> bool:
        return is_operator(user) or (action in self.actions and self.somewhere(reach_of(user)))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if is_operator(user):
            return True
        reach = reach_of(user)
        if action not in self.actions or not self.somewhere(reach):
            return False
        return self.model._default_manager.filter(self.rows(reach), pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        rows = self.model._default_manager
        if is_operator(user):
            return rows.all()
        reach = reach_of(user)
        if not self.actions & set(actions) or not self.somewhere(reach):
            return rows.none()
        return rows.filter(self.rows(reach))


class MediaPolicy(RowPolicy):
    """Pictures and files: those of the tenants one writes for; a limited member's are on the shelves of the columns.

    The platform's own media (without a tenant) are for operators alone, choosing included: what was uploaded before
    it was given to a tenant lies there, too, and would show to everybody.
    """

    actions = MEDIA_ACTIONS

    def somewhere(self, reach: Reach) -> bool:
        return bool(reach.tenant_ids("write"))

    def rows(self, reach: Reach) -> Q:
        # Through the shelves, not through the tenant: the search index can filter by collection.
        written = [stretch for stretch in reach.stretches if "write" in stretch.abilities]
        shelves = Q(tenant_id__in={stretch.tenant_id for stretch in written if stretch.whole_site})
        for stretch in written:
            if not stretch.whole_site:
                shelves |= Q(column__path__startswith=stretch.path)
        return Q(collection_id__in=list(MediaShelf.objects.filter(shelves).values_list("collection_id", flat=True)))

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        return holders(Membership.objects.active().filter(role__in=WRITERS))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> Any:
        if instance.tenant_id is None:
            return holders(Membership.objects.none())
        with tenant_scope(instance.tenant_id):
            shelf = MediaShelf.objects.filter(collection_id=instance.collection_id, column__isnull=False)
            path = shelf.values_list("column__path", flat=True).first() or ""
        held = Membership.objects.active().filter(role__in=WRITERS, tenant_id=instance.tenant_id)
        above = [path[:end] for end in range(SitePage.steplen, len(path) + 1, SitePage.steplen)]
        return holders(held.filter(Q(limited_to_columns=False) | Q(column_grants__column__path__in=above)))

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        """Return where the person may put media: never more than the own shelves, for operators either.

        An operator puts them on the working site's shelf where one is chosen, else into the platform's collection.
        """
        if is_operator(user):
            tenant = getattr(user, "working_tenant", None)  # set by the middleware, for the length of a request
            if tenant:
                return Collection.objects.descendant_of(shelf_for(tenant), inclusive=True)
            return Collection.objects.filter(depth=1)
        return shelves_of(reach_of(user)) if MEDIA_ACTIONS & set(actions) else Collection.objects.none()

    def collections_user_has_permission_for(self, user: Any, action: str) -> Any:
        return self.collections_user_has_any_permission_for(user, [action])


class PeoplePolicy(RowPolicy):
    """Accounts: a site manager's are those with a membership that holds in the managed sites."""

    def somewhere(self, reach: Reach) -> bool:
        return bool(reach.tenant_ids("manage"))

    def rows(self, reach: Reach) -> Q:
        held = Membership.objects.active().filter(tenant_id__in=reach.tenant_ids("manage") or ())
        return Q(pk__in=held.values("user_id"))

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        return holders(Membership.objects.active().filter(role=Role.SITE_MANAGER))


class TenantRowPolicy(RowPolicy):
    """Any other row of a tenant (snippets, settings of a site): its site managers."""

    def somewhere(self, reach: Reach) -> bool:
        return bool(reach.tenant_ids("manage"))

    def rows(self, reach: Reach) -> Q:
        return Q(tenant_id__in=reach.tenant_ids("manage") or ())

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        return holders(Membership.objects.active().filter(role=Role.SITE_MANAGER))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> Any:
        held = Membership.objects.active().filter(role=Role.SITE_MANAGER, tenant_id=instance.tenant_id)
        return holders(held)


def register() -> None:
    """Register the policies. `exact_class`: Wagtail's apps register their own for these models later."""
    for model in PLATFORM_ONLY:
        register_permission_policy(model, OperatorPolicy(model), exact_class=True)
    for model in (SiteImage, SiteFile):
        register_permission_policy(model, MediaPolicy(model), exact_class=True)
    register_permission_policy(get_user_model(), PeoplePolicy(get_user_model()), exact_class=True)
    for model in apps.get_models():
        if issubclass(model, TenantOwned):
            register_permission_policy(model, TenantRowPolicy(model), exact_class=True)
