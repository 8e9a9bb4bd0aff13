"""The column templates this installation offers: those shipped, then those in the operator's own folders."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from sites.column_templates import SHIPPED_FOLDER, ColumnTemplate, TemplateLibrary


@cache
def library() -> TemplateLibrary:
    """Return the library; read once a process, since a published version never changes."""
    return TemplateLibrary((SHIPPED_FOLDER, *settings.COLUMN_TEMPLATE_DIRS))


def template_of(kind: str, version: int) -> ColumnTemplate:
    return library().get(kind, version)
