"""The whole table of verdicts, and the list of all views to hold it against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.urls.resolvers import ResolverMatch, URLPattern

from sites.doors.own import OWN
from sites.doors.stock import STOCK
from sites.doors.verdicts import Verdict

VERDICTS: dict[str, Verdict] = STOCK | OWN
if not settings.SERVE_MEDIA:
    del VERDICTS["django.views.static.serve"]


def verdict_of(view_name: str) -> Verdict | None:
    """Return the verdict of a view (`namespace:name`), None where it has none and so is closed."""
    return VERDICTS.get(view_name)


def view_names() -> set[str]:
    """Return the name of every view that an address leads to, as a request would carry it."""
    return {_view_name(pattern, namespaces) for pattern, namespaces in _patterns(get_resolver().url_patterns, ())}


def _patterns(entries: Any, namespaces: tuple[str, ...]) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    for entry in entries:
        if hasattr(entry, "url_patterns"):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _patterns(entry.url_patterns, inner)
        else:
            yield entry, namespaces


def _view_name(pattern: URLPattern, namespaces: tuple[str, ...]) -> str:
    return ResolverMatch(pattern.callback, (), {}, pattern.name, namespaces=namespaces).view_name
