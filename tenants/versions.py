"""The version number that tells every process which tenants changed since it last looked."""

from __future__ import annotations

from collections.abc import Collection

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from tenants.models import Tenant, VersionCounter


def current() -> int:
    """Return the newest version. Asked on every request, so it goes past the ORM (which costs more than the query).

    It is a request's first query, and so it is also what tells whether the connection still stands: where it does not,
    it is asked again on a new one. Django's own test of that would be one query more for every request.
    """
    if connection.connection is None or connection.in_atomic_block or connection.health_check_done:
        return _current()
    connection.health_check_done = True
    try:
        return _current()
    except (OperationalError, InterfaceError):
        connection.close()
        return _current()


def _current() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM tenants_versioncounter WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else 0


def hold() -> None:
    """Lock the counter until commit. Whoever writes a tenant row after pages calls it first: publishing locks in the
    order page, counter, tenant, and another order would deadlock with it.
    """
    VersionCounter.objects.select_for_update().filter(pk=1).values_list("pk").first()


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
