"""What Wagtail's indexer and its reference index would find in a body, without building the blocks for it.

Building them asks the database for each picture and parses each text twice; here a known block is read as it is stored.
Anything unusual is handed to Wagtail's own functions. tests/sites/loading compare the results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.encoding import force_str
from wagtail.rich_text import extract_references_from_rich_text, get_text_for_indexing

from sites.models import SiteImage

KNOWN = frozenset({"paragraph", "table", "image"})
# The rich text that we write ourselves: tags with plain attributes, and complete character references.
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s+[a-zA-Z][a-zA-Z0-9-]*=\"[^\"<>]*\")*\s*/?>")
_REFERENCE = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);")
_SPACED = re.compile(r"(</(?:p|h\d|li|blockquote)>|<(?:br|hr)\s*/>)", re.IGNORECASE)


def text_of(html: str) -> str:
    """Return what `get_text_for_indexing` returns."""
    text = _TAG.sub("", _SPACED.sub(r"\1 ", html))
    if "<" in text:
        return get_text_for_indexing(html)
    if "&" in text:
        if len(_REFERENCE.findall(text)) != text.count("&"):
            return get_text_for_indexing(html)
        return unescape(text.strip())
    return text.strip()


def searchable(body: list[dict[str, Any]]) -> list[str]:
    """Return the texts of a body in the order in which the stream block gives them."""
    found: list[str] = []
    for block in body:
        kind, value = block["type"], block["value"]
        if kind == "paragraph":
            found.append(text_of(value))
        elif kind == "table":
            found.extend(cell for row in value.get("data", ()) for cell in row if cell)
        elif kind == "image":
            found.append(force_str(value["image"].get("alt_text") or ""))
            found.append(force_str(value.get("caption") or ""))
    return found


def referred(body: list[dict[str, Any]]) -> Iterator[tuple[type, str, str, str]]:
    """Yield (model, id, model path, content path) of each reference in a body."""
    for block in body:
        kind, value = block["type"], block["value"]
        if kind == "paragraph" and ("linktype" in value or "embedtype" in value):
            for model, pk, _model_path, _content_path in extract_references_from_rich_text(value):
                yield model, pk, "body.paragraph", f"body.{block['id']}"
        elif kind == "image":
            yield SiteImage, str(value["image"]["image"]), "body.image.image", f"body.{block['id']}.image"
