"""The rows of an item, with slots for what differs: page, its type, revision, log, attachments. See sites.bulk_rows.

As sites.prototypes does for columns, everything is taken from model instances, so that a new field is followed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from wagtail.models import Locale

from sites import page_rows
from sites.bulk_rows import RowPrototype, Slot, copies
from sites.models import Article, Attachment, OfficialDocument, SitePage

MODELS: dict[str, type[Any]] = {"article": Article, "document": OfficialDocument}
# Fields of the types whose values come with the item. "body" is JSON, "written_on" a day, the rest are texts.
TEXTS: dict[str, tuple[str, ...]] = {
    "article": ("subtitle", "source", "author", "keywords", "summary"),
    "document": (
        "subtitle", "source", "author", "keywords", "summary", "index_number", "document_number", "issuing_authority",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Prototypes:
    """What the rows of one kind of item are made from. `content` is the revision's JSON before the item's values."""

    content_type: int
    page: RowPrototype
    own: RowPrototype
    revision: RowPrototype
    created: RowPrototype
    published: RowPrototype
    attachment: RowPrototype
    content: dict[str, Any]


def null() -> Any:
    """Return NULL as a slot's value."""
    return "\\N" if copies() else None


def stored_moment(moment: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(moment.astimezone(UTC)))


def json_moment(moment: datetime) -> str:
    return str(DjangoJSONEncoder().default(moment.astimezone(UTC)))


def prototypes(kind: str) -> Prototypes:
    """Return the rows of a kind of item for the database at work."""
    return _prototypes(
        kind, connection.vendor, Locale.get_default().pk, ContentType.objects.get_for_model(MODELS[kind]).pk
    )


@lru_cache(maxsize=8)
def _prototypes(kind: str, vendor: str, locale_id: int, content_type: int) -> Prototypes:
    model = MODELS[kind]
    page = model(title="", slug="", depth=0, locale_id=locale_id)
    same = ("path", "depth", "title", "slug", "url_path")
    own = {field.column: page_rows.stored(field, page) for field in model._meta.local_concrete_fields}
    own |= {name: Slot(f"%({name})s") for name in (*TEXTS[kind], "body", "written_on")}
    base = {field.column: page_rows.stored(field, page) for field in SitePage._meta.local_concrete_fields}
    base |= {name: Slot(f"%({name})s") for name in same}
    base |= {name: Slot("%(now)s") for name in ("first_published_at", "last_published_at", "loaded_at")}
    base |= {
        "id": Slot("%(pk)s"),
        "draft_title": Slot("%(title)s"),
        "latest_revision_created_at": Slot("%(now)s"),
        "translation_key": Slot("%(key)s"),
        "owner_id": Slot("%(by)s"),
        "tenant_id": Slot("%(tenant)s"),
        "column_id": Slot("%(column)s"),
        "published_at": Slot("%(published_at)s"),
        "latest_revision_id": Slot("%(revision)s"),
        "live_revision_id": Slot("%(revision)s"),
    }
    title, data = Slot("%(title)s"), Slot("%(data)s")
    return Prototypes(
        content_type=content_type,
        page=RowPrototype(SitePage._meta.db_table, base),
        own=RowPrototype(model._meta.db_table, {**own, "sitepage_ptr_id": Slot("%(pk)s")}),
        revision=page_rows.revision(content_type, title, Slot("%(content)s")),
        created=page_rows.log(content_type, "wagtail.create", title, data=data),
        published=page_rows.log(content_type, "wagtail.publish", title, data=data, revision=Slot("%(revision)s")),
        attachment=RowPrototype(
            Attachment._meta.db_table,
            {
                "id": Slot("%(attachment)s"),
                "sort_order": Slot("%(number)s"),
                "page_id": Slot("%(pk)s"),
                "file_id": Slot("%(file)s"),
                "title": Slot("%(name)s"),
            },
        ),
        content=json.loads(json.dumps(page.serializable_data(), cls=DjangoJSONEncoder)),
    )


def child_tables() -> tuple[type[models.Model], ...]:
    """Return the models whose rows an item written here may have, besides its own two."""
    return (Attachment,)
