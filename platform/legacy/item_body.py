"""The body of an item out of the store."""

from __future__ import annotations

from legacy import blobs, bodies
from legacy.models import LegacyItem


def body_of(item: LegacyItem) -> bodies.Body:
    """Return the item's body; an empty one where there is none, or where it is not in the store any more."""
    try:
        return bodies.load(blobs.get(item.body_sha256)) if item.body_sha256 else bodies.empty()
    except (OSError, ValueError):
        return bodies.empty()
