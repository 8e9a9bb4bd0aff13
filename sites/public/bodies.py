"""The text of a page as HTML, block after block, without the wrappers that would stand between paragraphs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe


def body_html(stream: Any, request: HttpRequest | None = None) -> SafeString:
    """Return the rendered blocks of a StreamField value, "" for an empty one. Rich text goes through Wagtail's filter."""
    if not stream:
        return mark_safe("")
    context = {"request": request} if request is not None else None
    # Each block's own template has escaped what it places.
    return mark_safe("\n".join(str(block.render(context)).strip() for block in stream))


def has_picture(stream: Any) -> bool:
    """Say whether the body shows a picture of its own."""
    return any(block.block_type in {"image", "gallery"} for block in stream or ())
