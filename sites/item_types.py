"""The types of item a column can hold, in the order in which they are offered."""

from __future__ import annotations

from typing import Any

from sites.models import Article, Leader, OfficialDocument, ServiceGuide

ITEM_TYPES: tuple[Any, ...] = (Article, OfficialDocument, Leader, ServiceGuide)


def types_for(kind: str) -> list[Any]:
    """Return the types that a column of this kind takes, the usual one first; none for one that only leads on."""
    found = [model for model in ITEM_TYPES if kind in model.allowed_in]
    # A catalogue is one of documents, and news are the exception.
    return found[::-1] if kind == "catalogue" else found
