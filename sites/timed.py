"""What sub-sites do at its time: signed articles go public, items whose date has passed come off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from sites.checks.outside import try_due
from sites.models import Review, ReviewState, SitePage
from sites.review import actions, telling
from sites.review.errors import ReviewError
from tenants.scope import every_tenant, tenant_scope
from tenants.tasks import durable
from tenants.tasks.timer import every_day, every_minute

logger = logging.getLogger("sites.timed")

AT_ONCE = 500  # more wait for the next minute


@durable(tries=2, first_wait_seconds=5, quick=True)
def publish_due() -> dict[str, int]:
    """Publish the signed articles whose time has come; returns counts."""
    with every_tenant("scheduled publishing"):
        due: QuerySet[Review] = Review.objects.filter(
            state=ReviewState.SIGNED, revision__approved_go_live_at__lte=timezone.now()
        )
        found = list(due.select_related("revision").order_by("publish_at", "pk")[:AT_ONCE])
    return _each(_publish, found)


def _publish(review: Review) -> bool:
    try:
        return actions.publish_signed(review)
    except ReviewError as error:
        telling.of_not_published(review, error.say(gettext))
        raise


@durable(tries=2, first_wait_seconds=5, quick=True)
def expire_due() -> dict[str, int]:
    """Take the items off whose date of expiry has passed; returns counts."""
    due = SitePage.objects.filter(live=True, expire_at__lte=timezone.now(), tenant__isnull=False)
    return _each(actions.expire_due, list(due.order_by("expire_at", "pk")[:AT_ONCE]))


def _each(act: Callable[[Any], bool], rows: Iterable[Any]) -> dict[str, int]:
    """Do the act on each row in its tenant's scope; one that fails is logged and does not hold up the others."""
    counts = {"done": 0, "unchanged": 0, "failed": 0}
    for row in rows:
        try:
            with tenant_scope(row.tenant_id):
                counts["done" if act(row) else "unchanged"] += 1
        except Exception:
            logger.exception("%s could not be done for %r", act.__name__, row)
            counts["failed"] += 1
    return counts


every_minute(publish_due)
every_minute(expire_due)
every_day(try_due, hour=2)
