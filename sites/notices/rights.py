"""Who may write announcements, and whose receipts a person sees."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sites.models import Announcement, Notice
from sites.reach import reach_of
from tenants.models import Membership


def may_announce(user: Any) -> bool:
    """Return whether the person manages a site, or the platform."""
    return reach_of(user).tenant_ids("manage") != frozenset()


def receipts_of(announcement: Announcement, user: Any) -> QuerySet[Notice]:
    """Return the notices of an announcement whose receipts the person may see: the own sites' members, or everybody's."""
    rows = Notice.objects.filter(announcement=announcement)
    ids = reach_of(user).tenant_ids("manage")
    if ids is None:
        return rows
    members = Membership.objects.active().filter(tenant__in=ids)
    return rows.filter(tenant__in=ids, user__in=members.values("user_id"))


def announcements_seen_by(user: Any) -> QuerySet[Announcement]:
    """Return the announcements that reached people of sites the person manages, and the person's own."""
    ids = reach_of(user).tenant_ids("manage")
    if ids is None:
        return Announcement.objects.all()
    reached = Notice.objects.filter(announcement=OuterRef("pk"), tenant__in=ids)
    return Announcement.objects.filter(Q(by=user, tenant__in=ids) | Exists(reached))
