"""Numbers of official documents written in bulk: taken as sites.numbers.issue takes them, in a few queries a batch."""

from __future__ import annotations

from collections.abc import Sequence

from sites.loading.items import Item
from sites.models import Column, IssuedNumber, NumberCounter
from sites.numbers import issue, patterns
from tenants.models import Tenant
from tenants.scope import tenant_scope


def take(tenant_id: int, items: Sequence[Item], page_ids: Sequence[int]) -> None:
    """Write the numbers of the items down as their pages'. One that is, or was, another page's is left to that page."""
    if not any(item.kind == "document" for item in items):
        return
    tenant = Tenant.objects.select_related("region").get(pk=tenant_id)
    columns = {column.pk: column for column in Column.objects.filter(pk__in={item.column_id for item in items})}
    with tenant_scope(tenant_id):
        for kind, name in issue.FIELDS.items():
            wanted = [
                (number, page_id, item.column_id)
                for item, page_id in zip(items, page_ids, strict=True)
                if item.kind == "document" and (number := item.fields.get(name, ""))
            ]
            _take(tenant, kind, wanted, columns)


def _take(tenant: Tenant, kind: str, wanted: Sequence[tuple[str, int, int]], columns: dict[int, Column]) -> None:
    numbers = {number for number, _page, _column in wanted}
    held = dict(IssuedNumber.objects.filter(kind=kind, number__in=numbers).values_list("number", "page_id"))
    new: list[IssuedNumber] = []
    stems: dict[int, str] = {}  # by column
    by_stem: dict[str, list[str]] = {}
    for number, page_id, column_id in wanted:
        if number not in held:
            held[number] = page_id
            new.append(IssuedNumber(tenant=tenant, kind=kind, number=number, page_id=page_id))
        if held[number] == page_id:
            if column_id not in stems:
                stems[column_id] = issue.stem(tenant, kind, columns.get(column_id))
            by_stem.setdefault(stems[column_id], []).append(number)
    IssuedNumber.objects.bulk_create(new)
    for stem in sorted(by_stem):
        counter, _new = NumberCounter.objects.select_for_update().get_or_create(
            tenant=tenant, kind=kind, stem=stem, defaults={"last": 0}
        )
        last = counter.last
        for number in by_stem[stem]:
            if number == patterns.number(stem, last + 1):
                last += 1
        if last != counter.last:
            counter.last = last
            counter.save(update_fields=["last"])


def give_back(page_ids: Sequence[int]) -> None:
    """Forget the numbers of pages that are taken back as if they had never come in."""
    IssuedNumber.objects.filter(page_id__in=page_ids).delete()
