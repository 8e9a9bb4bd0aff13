"""Announcements (公告): one message to the people of a tenant, of a region with all below it, or of the platform."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from sites.messages import SaidError, _, sentence
from sites.models import Announcement, Notice, NoticeKind
from sites.notices import mail
from sites.reach import reach_of
from tenants.memberships import is_operator
from tenants.models import Membership, Region, Role, Tenant
from tenants.scope import every_tenant
from tenants.tasks import durable

TENANTS_AT_ONCE = 200


class AnnouncementRefused(SaidError):
    """The person may not write to these people; the message is a sentence."""


def managed_tenants(user: Any) -> QuerySet[Tenant]:
    """Return the tenants whose people a site manager may write to; for an operator none are listed."""
    ids = reach_of(user).tenant_ids("manage")
    return Tenant.objects.none() if ids is None else Tenant.objects.filter(pk__in=ids).order_by("code")


def announce(
    title: str, text: str, *, by: Any, tenant: Tenant | None = None, region: Region | None = None
) -> Announcement:
    """Write an announcement and have it spread in the background. Raises AnnouncementRefused.

    Site managers write to one tenant of theirs; operators to a tenant, a region, or (neither given) everybody.
    """
    allowed = reach_of(by).may_in("manage", tenant.pk) if tenant is not None else is_operator(by)
    if not allowed:
        raise AnnouncementRefused(sentence(_("You may write announcements only to the people of sites you manage.")))
    with transaction.atomic():
        made = Announcement.objects.create(title=title, text=text, tenant=tenant, region=region, by=by)
        spread.enqueue(made.pk)
    return made


@durable(tries=5, first_wait_seconds=30, quick=True)
def spread(announcement_id: int) -> int:
    """Make the notices of an announcement and have them mailed; returns how many people have one.

    Taken up again after a kill it goes on: nobody gets a second notice, nobody is left out.
    """
    announcement = Announcement.objects.select_related("region", "tenant").get(pk=announcement_id)
    with every_tenant("an announcement to the people of many sites"):
        tenants = list(_tenants(announcement).order_by("code").values_list("pk", flat=True))
        for start in range(0, len(tenants), TENANTS_AT_ONCE):
            _give(announcement, _members(tenants[start : start + TENANTS_AT_ONCE]))
        if announcement.tenant_id is None:
            _give(announcement, _supervisors(announcement.region))
        Announcement.objects.filter(pk=announcement.pk, sent_at=None).update(sent_at=timezone.now())
        return Notice.objects.filter(announcement=announcement).count()


def _tenants(announcement: Announcement) -> QuerySet[Tenant]:
    if announcement.tenant_id:
        return Tenant.objects.filter(pk=announcement.tenant_id)
    if announcement.region is not None:
        return Tenant.objects.filter(region__lineage__startswith=announcement.region.lineage)
    return Tenant.objects.all()


def _members(tenant_ids: list[int]) -> list[tuple[int, int]]:
    """Return (user id, tenant id) for the people of the tenants."""
    held = Membership.objects.active().filter(tenant__in=tenant_ids, user__is_active=True)
    return list(held.order_by("tenant__code", "user_id").values_list("user_id", "tenant_id").distinct())


def _supervisors(region: Region | None) -> list[tuple[int, int]]:
    """Return (user id, tenant id) for those who supervise the region or one in it; the tenant is their region's portal."""
    held = Membership.objects.active().filter(role=Role.SUPERVISOR, region__isnull=False, user__is_active=True)
    if region is not None:
        held = held.filter(region__lineage__startswith=region.lineage)
    people = list(held.order_by("user_id").values_list("user_id", "region_id"))
    portals = dict(
        Tenant.objects.filter(~Q(host=""), region__in={region_id for _user, region_id in people})
        .order_by("-code")
        .values_list("region_id", "pk")
    )
    return [(user_id, portals[region_id]) for user_id, region_id in people if region_id in portals]


def _give(announcement: Announcement, people: list[tuple[int, int]]) -> None:
    """Give each person a notice, unless there is one already, and have the new ones mailed (tenant by tenant)."""
    url = reverse("govsites_notices:announcement", args=[announcement.pk])
    with transaction.atomic():
        Notice.objects.bulk_create(
            [
                Notice(
                    tenant_id=tenant_id,
                    user_id=user_id,
                    kind=NoticeKind.ANNOUNCEMENT,
                    text=announcement.title,
                    url=url,
                    announcement=announcement,
                )
                for user_id, tenant_id in people
                if user_id != announcement.by_id
            ],
            ignore_conflicts=True,
        )
    by_tenant: dict[int, list[Notice]] = {}
    given = Notice.objects.filter(announcement=announcement, tenant__in={tenant_id for _user, tenant_id in people})
    for notice in given.order_by("pk"):
        by_tenant.setdefault(notice.tenant_id, []).append(notice)
    for notices in by_tenant.values():
        mail.queue(notices)
