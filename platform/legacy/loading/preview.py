"""What a load would do, from the rows alone: nothing is read from the store and nothing is written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import F, Sum

from legacy.loading.targets import Targets
from legacy.models import ItemState, LegacyItem, Transition


def counts(transition: Transition, options: dict[str, Any]) -> dict[str, int]:
    """Return how many items would be created, updated, unchanged, undated, dropped, and wait for a decision."""
    rows = LegacyItem.objects.filter(transition=transition)
    if "columns" in options:
        rows = rows.filter(column_key__in=options["columns"])
    if "items" in options:
        rows = rows.filter(pk__in=options["items"])
    loaded = rows.filter(loaded_at__isnull=False).exclude(state=ItemState.REVIEW)
    found = Counter(
        {
            "unchanged": loaded.filter(content_hash=F("loaded_hash")).count(),
            "changed": loaded.exclude(content_hash=F("loaded_hash")).count(),
            "in review": rows.filter(state=ItemState.REVIEW).count(),
        }
    )
    targets = Targets(transition, accept_proposals=bool(options.get("accept_proposals")))
    new = rows.filter(loaded_at=None, state__in=(ItemState.EXTRACTED, ItemState.REFUSED))
    names = {"move": "created", "drop": "dropped", "": "undecided"}
    for key in new.order_by().values_list("column_key", flat=True).distinct():
        mine = new.filter(column_key=key)
        kind = targets.of(key).decision
        undated = mine.filter(published_at=None).count() if kind == "move" else 0
        found["refused"] += undated
        found[names[kind]] += mine.count() - undated
    return {name: count for name, count in found.items() if count}


def open_links(transition: Transition) -> int:
    """Return how many links of loaded pages lead to the old site and to nothing here."""
    rows = LegacyItem.objects.filter(transition=transition, state=ItemState.LOADED)
    return rows.aggregate(total=Sum("open_links"))["total"] or 0
