"""Who may get a notice of a tenant: people whose membership covers it now; and in which language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from tenants.models import Membership, Role, Tenant, User


def covering(tenant: Tenant) -> QuerySet[Membership]:
    """Return the active memberships over the tenant itself, over a region above it, or over the platform."""
    codes = tenant.region.lineage.strip("/").split("/")
    above = ["/".join(codes[: end + 1]) + "/" for end in range(len(codes))]
    return Membership.objects.active().filter(
        Q(tenant=tenant) | Q(region__lineage__in=above) | Q(role=Role.PLATFORM_OPERATOR)
    )


def belonging(tenant: Tenant, users: Iterable[Any]) -> list[User]:
    """Return those of `users` (accounts or ids) who are active and belong to the tenant, each once, profile loaded.

    The first account (a superuser) is a platform operator without a membership.
    """
    wanted = {getattr(user, "pk", user) for user in users}
    return list(
        User.objects.filter(pk__in=wanted, is_active=True)
        .filter(Q(pk__in=covering(tenant).values("user_id")) | Q(is_superuser=True))
        .select_related("wagtail_userprofile")
        .order_by("pk")
    )


def language_of(person: User) -> str:
    """Return the language a person reads the admin in; without a choice, the platform's."""
    profile = getattr(person, "wagtail_userprofile", None)
    return (profile.preferred_language if profile else "") or settings.LANGUAGE_CODE
