"""Numbers as other people write them in forms, addresses and files. Pure."""

from __future__ import annotations

# As many digits as every database's id can hold.
MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """Return the whole number that `text` is in ASCII digits, None for anything else: a sign, “²”, “１”, 5,000 digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
