"""Proposing, giving and keeping numbers. A number once given stays taken, whatever becomes of its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from sites.models.keeping import IssuedNumber, NumberCounter, NumberKind, NumberPattern
from sites.numbers import patterns
from tenants.models import Region, Tenant
from tenants.scope import tenant_scope

DEFAULTS = {NumberKind.INDEX: "{unit}/{year}-{serial:5}", NumberKind.DOCUMENT: "{short}发〔{year}〕{serial}号"}
FIELDS = {NumberKind.INDEX: "index_number", NumberKind.DOCUMENT: "document_number"}


class NumberTaken(ValueError):
    """Another page has, or once had, the number."""


def set_pattern(region: Region, kind: str, pattern: str) -> None:
    """Give a region and all below it a pattern. Raises patterns.WrongPattern."""
    patterns.check(pattern)
    NumberPattern.objects.update_or_create(region=region, kind=kind, defaults={"pattern": pattern})


def pattern_for(tenant: Tenant, kind: str) -> str:
    """Return the pattern of the nearest region upwards that has one, else the platform's default."""
    above = [code for code in tenant.region.lineage.split("/") if code]
    found = dict(NumberPattern.objects.filter(kind=kind, region__code__in=above).values_list("region__code", "pattern"))
    return next((found[code] for code in reversed(above) if code in found), DEFAULTS[NumberKind(kind)])


def propose(tenant: Tenant, kind: str, column: Any = None, on: date | None = None) -> str:
    """Return the next free number without taking it; two people may be shown the same one until one of them saves."""
    base = stem(tenant, kind, column, on)
    with tenant_scope(tenant):
        last = NumberCounter.objects.filter(tenant=tenant, kind=kind, stem=base).values_list("last", flat=True).first()
        serial = (last or 0) + 1
        while IssuedNumber.objects.filter(tenant=tenant, kind=kind, number=patterns.number(base, serial)).exists():
            serial += 1
        return patterns.number(base, serial)


@transaction.atomic
def take(page: Any, kind: str, number: str) -> None:
    """Write the number down as the page's. Raises NumberTaken where it is, or was, another page's.

    A page may take several one after the other (a corrected number); all of them stay taken.
    """
    with tenant_scope(page.tenant_id):
        try:
            with transaction.atomic():
                taken, _new = IssuedNumber.objects.get_or_create(
                    tenant_id=page.tenant_id, kind=kind, number=number, defaults={"page_id": page.pk}
                )
        except IntegrityError:  # another one was faster
            taken = IssuedNumber.objects.get(tenant_id=page.tenant_id, kind=kind, number=number)
        if taken.page_id != page.pk:
            raise NumberTaken(number)
        _count(page.tenant_id, kind, stem(page.tenant, kind, page.column), number)


def is_free(tenant_id: int, kind: str, number: str, page: Any = None) -> bool:
    """Return whether the page (None: a new one) may take the number in the tenant."""
    with tenant_scope(tenant_id):
        held = IssuedNumber.objects.filter(tenant_id=tenant_id, kind=kind, number=number)
        taken = list(held.values_list("page_id", flat=True))
    return not taken or (page is not None and page.pk is not None and taken == [page.pk])


def stem(tenant: Tenant, kind: str, column: Any, on: date | None = None) -> str:
    """Return the pattern with everything but the serial filled in."""
    values = {
        "unit": tenant.code,
        "short": tenant.short_name,
        "region": tenant.region.code,
        "column": getattr(getattr(column, "specific", column), "code", "") if column else "",
    }
    return patterns.stem(pattern_for(tenant, kind), values, on or timezone.localdate())


def _count(tenant_id: int, kind: str, stem: str, number: str) -> None:
    """Move the counter on where the number is the next one of the stem, so that proposals need not search."""
    counter, _new = NumberCounter.objects.select_for_update().get_or_create(
        tenant_id=tenant_id, kind=kind, stem=stem, defaults={"last": 0}
    )
    if number == patterns.number(stem, counter.last + 1):
        counter.last += 1
        counter.save(update_fields=["last"])
