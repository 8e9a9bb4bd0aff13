"""Quotas (报送任务): how much each unit of a region must deliver. The nearest region upwards with a row counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from sites.models import Quota
from tenants.models import Region

DEFAULT_ITEMS_A_MONTH: int = Quota._meta.get_field("items_a_month").default
DEFAULT_DISCLOSURES_A_WEEK: int = Quota._meta.get_field("disclosures_a_week").default
HIGHEST = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """What a unit must publish; 0 means that nothing is asked. `region` is whose rule it is, '' the platform's."""

    items_a_month: int = DEFAULT_ITEMS_A_MONTH
    disclosures_a_week: int = DEFAULT_DISCLOSURES_A_WEEK
    region: str = ""


def task_at(lineage: str) -> Task:
    """Return the task of the units in the region with this lineage ("430000/430100/"). One query."""
    codes = [code for code in lineage.split("/") if code]
    found = {
        quota.region.code: quota for quota in Quota.objects.filter(region__code__in=codes).select_related("region")
    }
    for code in reversed(codes):
        if code in found:
            quota = found[code]
            return Task(quota.items_a_month, quota.disclosures_a_week, quota.region.name)
    return Task()


@transaction.atomic
def set_quota(region: Region, *, items_a_month: int, disclosures_a_week: int, by: Any) -> bool:
    """Give the region a quota of its own; return whether anything changed. Raises ValueError beyond 0 to HIGHEST."""
    for value in (items_a_month, disclosures_a_week):
        if not 0 <= value <= HIGHEST:
            raise ValueError(f"A quota of {value} is out of range. Write 0 (none) to {HIGHEST}.")
    wanted = {"items_a_month": items_a_month, "disclosures_a_week": disclosures_a_week}
    quota = Quota.objects.select_for_update().filter(region=region).first()
    before = {name: getattr(quota, name) for name in wanted} if quota else None
    if before == wanted:
        return False
    quota, created = Quota.objects.update_or_create(region=region, defaults=wanted)
    action = "wagtail.create" if created else "wagtail.edit"
    log(instance=quota, action=action, user=by, title=region.name, data={"before": before, "after": wanted})
    return True


@transaction.atomic
def clear_quota(region: Region, *, by: Any) -> bool:
    """Take the region's own quota away: the next region upwards counts again. Return whether there was one."""
    quota = Quota.objects.select_for_update().filter(region=region).first()
    if quota is None:
        return False
    before = {"items_a_month": quota.items_a_month, "disclosures_a_week": quota.disclosures_a_week}
    log(instance=quota, action="wagtail.delete", user=by, title=region.name, deleted=True, data={"before": before})
    quota.delete()
    return True
