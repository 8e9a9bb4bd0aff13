"""What is written in bulk: one article or official document, and what it must hold to. No Django here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sites.messages import Sentence, _, sentence

SHANGHAI = ZoneInfo("Asia/Shanghai")
SLUG_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
TITLE_MOST = 255
# Characters that a field may hold. What is too long for a number is refused; of the others the end is cut, and said.
MOST = {
    "subtitle": 255,
    "source": 100,
    "author": 100,
    "keywords": 200,
    "summary": 500,
    "issuing_authority": 100,
    "index_number": 60,
    "document_number": 100,
}
NUMBERS = ("index_number", "document_number")
DOCUMENT_FIELDS = ("index_number", "document_number", "issuing_authority")
# Neither a database nor JSON takes these.
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file offered below the text, under a name of its own."""

    file_id: int
    title: str = ""


@dataclass(slots=True)
class Item:
    """One item to write. `body` is in the stored form of a body: [{"type", "value", "id"}], types of `texts.KNOWN`.

    `fields` are texts by name (see MOST); `published_at` is aware: when it was published, wherever that was.
    """

    kind: str  # "article" or "document"
    column_id: int
    title: str
    published_at: datetime
    slug: str
    body: list[dict[str, Any]]
    fields: dict[str, str] = field(default_factory=dict)
    written_on: date | None = None
    attachments: tuple[Attached, ...] = ()


def storable(text: str) -> str:
    """Return the text without the characters that no database stores (NUL, halves of surrogate pairs)."""
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


def fault(item: Item) -> Sentence | None:
    """Return why the item cannot be written, None where it can."""
    if not item.title.strip():
        return sentence(_("It has no title."))
    if len(item.title) > TITLE_MOST:
        return sentence(
            _("Its title has %(length)s characters; at most %(most)s are kept."),
            length=len(item.title),
            most=TITLE_MOST,
        )
    for name in NUMBERS:
        number = item.fields.get(name, "")
        if len(number) > MOST[name]:
            return sentence(
                _("Its number “%(number)s” is longer than %(most)s characters."), number=number[:150], most=MOST[name]
            )
    return None


def fitted(fields: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the fields cut to what they may hold (numbers are never cut), and the names of those that were cut."""
    out, cut = {}, []
    for name, text in fields.items():
        most = MOST[name]
        if len(text) > most and name not in NUMBERS:
            text = text[: most - 1] + "…"
            cut.append(name)
        out[name] = text
    return out, cut


def slug_for(published_at: datetime, seed: str, length: int = 6) -> str:
    """Return the address part of an item: its day in Shanghai and characters that the seed gives, always the same."""
    number = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:16], "big")
    characters = []
    for _unused in range(length):
        number, place = divmod(number, len(SLUG_ALPHABET))
        characters.append(SLUG_ALPHABET[place])
    return f"{published_at.astimezone(SHANGHAI):%Y%m%d}-{''.join(characters)}"


def block_id(seed: str, number: int) -> str:
    """Return the id of the n-th block of an item, always the same for the same seed (a UUID's form)."""
    text = hashlib.sha256(f"{number} {seed}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
