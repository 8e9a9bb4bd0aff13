"""Who could do what (权限追溯) at a moment of the past, or during a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.models import Membership, User


def rights_on(moment: date | datetime, tenant: Any = None, user: Any = None) -> QuerySet[Membership]:
    """Return the memberships that held at `moment`, with user, tenant, region and who granted and ended them.

    A datetime (aware) is that moment; a date is the whole day in the platform's time zone: whatever held at any time of
    it. `tenant` and `user` (rows or ids) narrow it down. Accounts that were closed later are among them; superusers
    hold no membership: see `superusers_on`.
    """
    first, last = span(moment)
    rows = Membership.objects.filter(granted_at__lte=last)
    for end in ("revoked_at", "expires_at"):
        rows = rows.filter(Q(**{end: None}) | Q(**{f"{end}__gt": first}))
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    if user is not None:
        rows = rows.filter(user=user)
    people = ("user", "tenant", "region", "granted_by", "revoked_by")
    return rows.select_related(*people).order_by("tenant__code", "region__code", "role", "user__username", "pk")


def superusers_on(moment: date | datetime, user: Any = None) -> QuerySet[User]:
    """Return the accounts that are superusers today and existed then: since when they are is not on record."""
    rows = User.objects.filter(is_superuser=True, date_joined__lte=span(moment)[1])
    return (rows.filter(pk=getattr(user, "pk", user)) if user is not None else rows).order_by("username")


def span(moment: date | datetime) -> tuple[datetime, datetime]:
    """Return the first and the last moment that `moment` stands for."""
    if isinstance(moment, datetime):
        return moment, moment
    start = timezone.make_aware(datetime.combine(moment, time()))
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def ended_at(membership: Membership) -> datetime | None:
    """Return when the right ended or will end, None where no end is known."""
    ends = [end for end in (membership.revoked_at, membership.expires_at) if end is not None]
    return min(ends) if ends else None
