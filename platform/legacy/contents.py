"""What an item holds: its body out of the store, and what follows from its values."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from legacy import blobs, bodies
from legacy.models import LegacyItem

TITLE_MOST = 255


def body_of(item: LegacyItem) -> bodies.Body:
    """Return the item's body; an empty one where there is none, or where it is not in the store any more."""
    try:
        return bodies.load(blobs.get(item.body_sha256)) if item.body_sha256 else bodies.empty()
    except (OSError, ValueError):
        return bodies.empty()


def moment(value: str) -> dt.datetime:
    """Return an ISO day or moment as a moment; a day is its midnight in Shanghai. Raises ValueError."""
    made = dt.datetime.fromisoformat(value)
    return made if made.tzinfo else made.replace(tzinfo=timezone.get_default_timezone())


def follow(item: LegacyItem) -> None:
    """Bring what follows from the item's values and body up to date, unsaved: title, date, kind, content hash.

    An item with a document number or an index number is an official document.
    """
    plain = {name: value.get("value") for name, value in item.values.items()}
    published = plain.get("published_at")
    item.title = (plain.get("title") or "")[:TITLE_MOST]
    item.published_at = moment(published) if published else None
    item.kind = "document" if plain.get("document_number") or plain.get("index_number") else "article"
    item.content_hash = bodies.digest(plain, item.body_sha256)
