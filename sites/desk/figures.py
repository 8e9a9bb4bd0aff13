"""This month's and this week's figures of a unit against its quotas (本月报送、本周公开)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from sites.desk.quotas import Task
from sites.models import Column, SitePage


@dataclass(frozen=True, slots=True)
class Figure:
    """What was published in a period and what is asked. `wanted` 0: nothing is."""

    done: int
    wanted: int

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.done)

    @property
    def shown(self) -> int:
        """Return what the bar shows: never more than the quota."""
        return min(self.done, self.wanted)


@dataclass(frozen=True, slots=True)
class Delivery:
    items: Figure
    disclosures: Figure
    region: str  # whose quota it is, '' the platform's own


def delivery(tenant_id: int, task: Task, *, today: date | None = None) -> Delivery:
    """Return a unit's figures: items of this month, disclosures (items of columns with a disclosure node) of this week.

    A week begins on Monday, in Asia/Shanghai. Withdrawn items don't count, nor do legacy ones. Two queries.
    """
    today = today or timezone.localdate()
    month, week = _begin(today.replace(day=1)), _begin(today - timedelta(days=today.weekday()))
    columns = dict(Column.objects.filter(tenant_id=tenant_id).order_by().values_list("pk", "disclosure"))
    disclosing = [pk for pk, node in columns.items() if node]
    found = _published(columns, min(month, week)).aggregate(
        items=Count("pk", filter=Q(published_at__gte=month)),
        disclosures=Count("pk", filter=Q(published_at__gte=week, column_id__in=disclosing)),
    )
    return Delivery(
        items=Figure(found["items"], task.items_a_month),
        disclosures=Figure(found["disclosures"], task.disclosures_a_week),
        region=task.region,
    )


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _published(columns: Collection[int], since: datetime) -> QuerySet[SitePage]:
    # By column: there is an index on column and date, and a tenant may hold 100,000 items.
    return SitePage.objects.filter(column_id__in=list(columns), live=True, loaded_at=None, published_at__gte=since)
