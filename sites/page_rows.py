"""Rows that every page written in bulk has beside its own, and how a field of it is stored. See sites.bulk_rows."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import PageLogEntry, Revision

from sites.bulk_rows import RowPrototype, Slot
from sites.models import SitePage


def stored(field: Any, page: Any) -> Any:
    """Return the field's value as its column stores it; JSON as text, since COPY knows no adapters."""
    value = field.get_db_prep_save(field.pre_save(page, add=False), connection)
    return json.dumps(value.adapted, ensure_ascii=False) if hasattr(value, "adapted") else value


def revision(content_type: int, title: Any, content: Slot) -> RowPrototype:
    """Return the page's only revision. Slots: revision, pk, now, by, and those of title and content."""
    return RowPrototype(
        Revision._meta.db_table,
        {
            "id": Slot("%(revision)s"),
            "content_type_id": content_type,
            "base_content_type_id": ContentType.objects.get_for_model(SitePage).pk,
            "object_id": Slot("%(pk)s"),
            "created_at": Slot("%(now)s"),
            "user_id": Slot("%(by)s"),
            "object_str": title,
            "content": content,
            "approved_go_live_at": None,
        },
    )


def log(
    content_type: int, action: str, title: Any, *, data: str | Slot = "{}", revision: Slot | None = None
) -> RowPrototype:
    """Return an entry of the page's log. Slots: pk, now, by, and those of what is given."""
    return RowPrototype(
        PageLogEntry._meta.db_table,
        {
            "content_type_id": content_type,
            "label": title,
            "action": action,
            "data": data,
            "timestamp": Slot("%(now)s"),
            "uuid": None,
            "user_id": Slot("%(by)s"),
            "revision_id": revision,
            "content_changed": True,
            "deleted": False,
            "page_id": Slot("%(pk)s"),
        },
    )
