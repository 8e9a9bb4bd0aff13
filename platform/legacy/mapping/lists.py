"""What the decision about an old column says of its addresses (旧栏目地址): entered into the ledger.

List pages lead to the new column; the pages of a column that is not moved are gone, for the same reason and by the same
person. What somebody decided about a single address stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from legacy.ledger import registering
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical
from legacy.ledger.registering import Landed
from legacy.mapping.deciding import DROP, MOVE
from legacy.models import (
    AddressKind,
    AddressResult,
    LegacyColumn,
    LegacyItem,
    LegacyRaw,
    OldAddress,
    RawKind,
    Transition,
)
from legacy.survey import reading

CHUNK = 500


def register(transition: Transition) -> Counter[str]:
    """Enter what people decided about the columns; return registering's counts and "gone". Safe to repeat.

    A list page that became an item stays one; a column with several targets has no single place to lead to.
    """
    columns = LegacyColumn.objects.filter(transition=transition, proposed=False)
    moved = columns.filter(decision=MOVE, target__isnull=False)
    targets = dict(moved.values_list("key", "target_id"))
    survey = reading.newest(transition) if targets else None
    ids = survey.get("list_pages", []) if survey else []
    counts = registering.loaded(transition, _rows(transition, ids, targets))
    for column in columns.filter(decision=DROP, decided_by__isnull=False):
        counts["gone"] += _close(transition, column)
    return counts


def reopen(transition: Transition, key: str, reason: str) -> int:
    """Take back that a column's addresses are gone for a reason; return how many are unresolved again."""
    count = 0
    for digests in _digests(transition, key):
        rows = OldAddress.objects.filter(
            transition=transition, digest__in=digests, result=AddressResult.GONE, reason=reason
        )
        count += rows.update(result=AddressResult.UNRESOLVED, reason="", decided_by=None, decided_at=None)
    return count


def _rows(transition: Transition, ids: list[int], targets: dict[str, int]) -> Iterator[Landed]:
    for at in range(0, len(ids), CHUNK):
        raws = LegacyRaw.objects.filter(pk__in=ids[at : at + CHUNK], column_key__in=targets).order_by("pk")
        found = list(raws.values_list("pk", "key", "url", "column_key"))
        items = LegacyItem.objects.filter(transition=transition, key__in=[key for _pk, key, _url, _column in found])
        taken = set(items.values_list("key", flat=True))
        for pk, key, url, column in found:
            if url and key not in taken:
                yield Landed(url, AddressKind.LIST, page_id=targets[column], raw_id=pk)


def _close(transition: Transition, column: LegacyColumn) -> int:
    said: dict[str, Any] = {
        "result": AddressResult.GONE,
        "reason": column.reason,
        "decided_by": column.decided_by,
        "decided_at": timezone.now(),
    }
    count = 0
    for digests in _digests(transition, column.key):
        rows = OldAddress.objects.filter(transition=transition, digest__in=digests, result=AddressResult.UNRESOLVED)
        count += rows.update(**said)
    return count


def _digests(transition: Transition, key: str) -> Iterator[list[str]]:
    """Yield the digests of the column's pages, some hundreds at a time."""
    rule = Rule.from_json(transition.address_rule)
    raws = LegacyRaw.objects.filter(
        transition=transition, column_key=key, kind__in=(RawKind.PAGE, RawKind.READY)
    ).exclude(url="")
    found: list[str] = []
    for url in raws.values_list("url", flat=True).iterator(chunk_size=2000):
        found.append(canonical(url, rule).digest)
        if len(found) == CHUNK:
            yield found
            found = []
    if found:
        yield found
