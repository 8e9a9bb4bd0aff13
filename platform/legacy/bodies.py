"""The body of an item between reading and loading: blocks as JSON, pictures and files by their old address. Pure.

A body is {"version": 1, "blocks": [...], "attachments": [...], "lost": [...]}:

    {"type": "text", "html": "..."}                       the editor's rich text; every href is a whole old address
    {"type": "table", "value": {...}}                     as sites.writing.stored_table makes it
    {"type": "picture", "url": "...", "alt": "...", "caption": "..."}
    attachments: {"url": "...", "name": "附件1.docx"}       files offered below the text
    lost: sentences, as legacy.sentences stores them

Pictures and files are named by their whole old address: their bytes are the raw records of these addresses, and what
has no bytes yet can be fetched later. Links are rewritten when everything is loaded (legacy.loading.links).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

VERSION = 1
Body = dict[str, Any]


def empty() -> Body:
    return {"version": VERSION, "blocks": [], "attachments": [], "lost": []}


def dump(body: Body) -> bytes:
    """Return the body as bytes for the store: the same body is the same bytes."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def load(data: bytes) -> Body:
    found: Body = json.loads(data)
    return found


def picture_urls(body: Body) -> Iterator[str]:
    return (block["url"] for block in body["blocks"] if block["type"] == "picture")


def file_urls(body: Body) -> Iterator[str]:
    return (attachment["url"] for attachment in body["attachments"])


def digest(values: dict[str, Any], body_sha256: str) -> str:
    """Return the content hash of an item: of its values (plain, by field) and its body."""
    text = json.dumps([values, body_sha256], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
