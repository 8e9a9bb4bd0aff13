"""The ledger as a list to take away, in the form in which lists are imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legacy.ledger.lists import HEAD, NAMES, RefusedRow, read_list
from legacy.models import OldAddress, Transition
from sites import downloads, old_hosts

AT_ONCE = 2000


def written(transition: Transition, form: str, rows: Any = None) -> bytes:
    """Return the ledger (or chosen lines of it) as CSV or XLSX."""
    chosen = OldAddress.objects.filter(transition=transition) if rows is None else rows
    return downloads.written(form, HEAD, _rows(transition, chosen))


def understood(file: Path) -> dict[str, int]:
    """Return what a list says, without doing it: how many rows of each result, and how many cannot be read."""
    counts: Counter[str] = Counter()
    for row in read_list(file.read_bytes(), file.name):
        counts["refused" if isinstance(row, RefusedRow) else row.result or "known"] += 1
    return dict(counts)


def _rows(transition: Transition, rows: Any) -> Iterator[list[str]]:
    last = 0
    names = ("pk", "host", "path", "result", "page_id", "target_url", "reason", "hits")
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list(*names)[:AT_ONCE]):
        last = chunk[-1][0]
        places = old_hosts.places(transition.tenant_id, [row[4] for row in chunk if row[4]])
        for _pk, host, path, result, page_id, target_url, reason, hits in chunk:
            target = places.get(page_id, {}).get("url", "") if page_id else target_url
            yield [f"http://{host}{path}", NAMES.get(result, result), target, reason, str(hits)]
