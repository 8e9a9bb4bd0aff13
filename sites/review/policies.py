"""Sets how many steps the review of sub-sites has, for one or for all below a region."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from sites.models import ReviewPolicy
from tenants.models import LifecycleEvent

CHANGED = "review_rules"
# What a change is recorded of; the history of a sub-site shows these names and choices.
FIELDS = {name: ReviewPolicy._meta.get_field(name) for name in ("steps", "allow_urgent")}


def set_rules(tenant_ids: Collection[int], *, steps: int, allow_urgent: bool | None = None, by: Any = None) -> int:
    """Give the tenants these rules, in a fixed number of queries; return how many changed. Each change is recorded.

    `allow_urgent` None leaves that as it is. Open rounds keep the rules they began with.
    """
    if steps not in {1, 2, 3}:
        raise ValueError(f"A review has 1, 2 or 3 steps, not {steps}.")
    with transaction.atomic():
        present = {row.tenant_id: row for row in ReviewPolicy.objects.filter(tenant_id__in=tenant_ids)}
        changed, events = [], []
        for tenant_id in tenant_ids:
            row = present.get(tenant_id) or ReviewPolicy(tenant_id=tenant_id)
            before = {"steps": row.steps, "allow_urgent": row.allow_urgent}
            row.steps = steps
            row.allow_urgent = row.allow_urgent if allow_urgent is None else allow_urgent
            after = {"steps": row.steps, "allow_urgent": row.allow_urgent}
            if before != after:
                changed.append(row)
                events.append(LifecycleEvent(tenant_id=tenant_id, action=CHANGED, by=by, before=before, after=after))
        ReviewPolicy.objects.bulk_create([row for row in changed if row.pk is None], batch_size=500)
        ReviewPolicy.objects.bulk_update(
            [row for row in changed if row.tenant_id in present], ["steps", "allow_urgent"], batch_size=200
        )
        LifecycleEvent.objects.bulk_create(events, batch_size=500)
    return len(changed)
