"""The number on the bell."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from sites.models import Notice
from sites.reach import reach_of
from tenants.scope import every_tenant


def unread_of(user: Any) -> int:
    """Return how many notices a person has not opened, in one query; sites the person has left do not count."""
    ids = reach_of(user).tenant_ids()
    with every_tenant("a person's own notices, counted by site"):
        rows = Notice.objects.filter(user=user, read_at=None).order_by().values_list("tenant_id")
        counted = list(rows.annotate(notices=Count("pk")))
    return sum(notices for tenant_id, notices in counted if ids is None or tenant_id in ids)
