"""Records whose fields the source knows (WordPress, dumps, databases, tables): values under our field names. Pure.

`fields` of such a record: legacy.values.FIELDS, and body (HTML), attachments ([{"url", "name"}]), column (key of the
old column), column_title. Moments are ISO text with +08:00, days without. What is empty is left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from legacy.sources import moments
from legacy.values import FIELDS
from sites.messages import Sentence, _, sentence

NAMES = frozenset(FIELDS) | {"body", "attachments", "column", "column_title"}
_WRITTEN_OUT = re.compile(r"<p[\s>]|<pre[\s>]|<!-- wp:", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:div|table|ul|ol|dl|h[1-6]|blockquote|section|article|hr|iframe|figure)[\s/>]", re.IGNORECASE
)
_URL = re.compile(r"(?:https?://|/)[^\s;；,，|<>\"']+")


def ready_fields(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Sentence]]:
    """Return the fields and what is doubtful about them. Names that we do not know are left out."""
    fields: dict[str, Any] = {}
    doubts: list[Sentence] = []
    for name, value in values.items():
        if name not in NAMES or value is None:
            continue
        if name == "attachments":
            if found := attachments(value):
                fields[name] = found
        elif name in {"published_at", "written_on"}:
            read = moments.moment(value) if name == "published_at" else moments.day(value)
            if read:
                fields[name] = read
            elif str(value).strip() and not re.fullmatch(r"[0\s:-]+", str(value)):
                doubts.append(
                    sentence(_("“%(value)s” is no date that can be read; the record has none."), value=str(value)[:60])
                )
        elif text := text_of(value):
            fields[name] = text if name == "body" else " ".join(text.split())
    return fields, doubts


def text_of(value: Any) -> str:
    """Return a value of a table or a database as text."""
    if isinstance(value, bytes | memoryview):
        data = bytes(value)
        try:
            return data.decode("utf-8").strip()
        except UnicodeDecodeError:
            return data.decode("gb18030", "replace").strip()
    if isinstance(value, float | Decimal) and value == value // 1:
        return str(int(value))
    return str(value).strip()


def attachments(value: Any) -> list[dict[str, str]]:
    """Return attachments from a list, JSON text, or addresses between blanks, commas or semicolons."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                value = json.loads(text)
            except ValueError:
                value = _URL.findall(text)
        else:
            value = _URL.findall(text)
    found: list[dict[str, str]] = []
    for one in value if isinstance(value, list) else []:
        if isinstance(one, Mapping) and one.get("url"):
            found.append({"url": str(one["url"]), "name": str(one.get("name") or "") or name_of(str(one["url"]))})
        elif isinstance(one, str) and one.strip():
            found.append({"url": one.strip(), "name": name_of(one)})
    return found


def name_of(url: str) -> str:
    return unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2])


def paragraphs(text: str) -> str:
    """Return text in which blank lines part paragraphs, as WordPress keeps it, as HTML; HTML stays as it is."""
    if not text or _WRITTEN_OUT.search(text):
        return text
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "\n".join(part if _BLOCK.match(part) else "<p>" + part.replace("\n", "<br>") + "</p>" for part in parts)


def plain_paragraphs(text: str) -> str:
    """Return text that holds no markup as HTML paragraphs, a line each; HTML stays as it is."""
    if not text or re.search(r"<[a-zA-Z!/]", text):
        return text
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
