"""The version number that tells every process which tenants changed since it last looked."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from tenants.models import Tenant, VersionCounter


def bump(tenant_ids: Collection[int]) -> int | None:
    """Give the tenants the next version and return it; None where there is nothing to bump.

    Call it last in a transaction: the counter's row stays locked until commit, which makes versions visible in order
    (a reader that has seen n will never miss n-1), and makes everybody else's publishing wait.
    """
    if not tenant_ids:
        return None
    with transaction.atomic():
        VersionCounter.objects.filter(pk=1).update(value=F("value") + 1)
        value = VersionCounter.objects.values_list("value", flat=True).get(pk=1)
        Tenant.objects.filter(pk__in=tenant_ids).update(version=value)
    return value
