"""Writing a batch of items: page, type, revision, log, attachments, search rows, reference index, numbers.

One COPY a table. tests/sites/loading/test_writing.py compares every row of the database with items that were added and
published one by one. A batch is the caller's transaction: all of it is there, or nothing. Locks are taken in the
documented order: tree, column rows (what adding a child locks, too), pages; `published` comes last and takes the
version counter. Nobody is notified.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from sites import bulk_rows
from sites.building import lock_tree, next_child_path
from sites.bulk_rows import RowPrototype, slot_text
from sites.loading import holding, numbering, referring, searching, texts
from sites.loading.items import Attached, Item
from sites.loading.rows import MODELS, TEXTS, Prototypes, json_moment, null, prototypes, stored_moment
from sites.loading.sending import Sender, sending
from sites.models import Attachment, SiteFile, SiteImage, SitePage
from tenants import versions

_JSON = json.JSONEncoder(ensure_ascii=False)
CHUNK = 100  # items whose rows are sent while the next ones' are made


def create(tenant_id: int, items: Sequence[Item], *, by: Any = None) -> list[tuple[int, int]]:
    """Write new items and return (page id, revision id) of each, in their order. Call inside a transaction.

    The items hold to `items.fault`, and their columns are the tenant's. Slugs that are taken get another one.
    """
    if not items:
        return []
    held = holding.hold_columns(tenant_id, {item.column_id for item in items})
    last = holding.last_children(held)
    slugs = holding.free_slugs(tenant_id, items)
    now = timezone.now()
    page_ids = bulk_rows.reserve_ids(SitePage, len(items))
    revision_ids = bulk_rows.reserve_ids(Revision, len(items))
    attached = iter(bulk_rows.reserve_ids(Attachment, sum(len(item.attachments) for item in items)))
    common = _common(tenant_id, now, by)
    kinds = {kind: prototypes(kind) for kind in {item.kind for item in items}}
    references: list[tuple[Any, ...]] = []
    for model in (SitePage, SiteFile, SiteImage):
        referring.type_id(model)  # remembered from here on: the connection is the sender's for a while
    with sending() as sender:
        made = zip(items, slugs, page_ids, revision_ids, strict=True)
        while chunk := list(islice(made, CHUNK)):
            rows = Rows()
            for item, slug, page_id, revision_id in chunk:
                path = next_child_path(held[item.column_id][0], last)
                place = _Place(path, f"{held[item.column_id][1]}{slug}/", slug, page_id, revision_id)
                pairs = [(next(attached), attachment) for attachment in item.attachments]
                _add(rows, kinds[item.kind], item, place, pairs, common)
                references.extend(referring.found_in(kinds[item.kind], item, page_id, pairs))
            rows.send(sender, kinds)
    referring.write(references)
    numbering.take(tenant_id, items, page_ids)
    holding.count_children(items)
    return list(zip(page_ids, revision_ids, strict=True))


class Rows:
    """Rows of a chunk by table, and what is searched of its pages by kind."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Sequence[str], list[Any]]] = {}
        self._searched: dict[str, list[searching.Texts]] = {}

    def add(self, prototype: RowPrototype, slots: dict[str, Any]) -> None:
        self._rows.setdefault(prototype.table, (prototype.columns, []))[1].append(prototype.fill(slots))

    def search(self, item: Item, page_id: int) -> None:
        self._searched.setdefault(item.kind, []).append(_searched(item, page_id))

    def send(self, sender: Sender, kinds: dict[str, Prototypes]) -> None:
        for table, (columns, lines) in self._rows.items():
            sender.rows(table, columns, lines)
        for kind, pages in self._searched.items():
            searching.write(kind, kinds[kind].content_type, pages, sender)


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    url_path: str
    slug: str
    page_id: int
    revision_id: int


def _add(
    rows: Rows, made: Prototypes, item: Item, place: _Place, pairs: Sequence[tuple[int, Attached]], common: _Common
) -> None:
    """Add all rows of a new item."""
    key = uuid.uuid4()
    identity = {
        "path": place.path,
        "depth": len(place.path) // SitePage.steplen,
        "url_path": place.url_path,
        "slug": place.slug,
    }
    values = _values(item)
    own = identity | values.json
    own |= {
        "pk": place.page_id,
        "column": item.column_id,
        "title": item.title,
        "draft_title": item.title,
        "published_at": json_moment(item.published_at),
        "translation_key": str(key),
        "attachments": [
            {"pk": pk, "sort_order": number, "page": place.page_id, "file": file.file_id, "title": file.title}
            for number, (pk, file) in enumerate(pairs)
        ],
    }
    slots = {
        **common.slots,
        **identity,
        **values.slots,
        "pk": place.page_id,
        "revision": place.revision_id,
        "column": item.column_id,
        "title": slot_text(item.title),
        "key": key.hex,
        "published_at": stored_moment(item.published_at),
        "content": slot_text(f"{common.opening(made, own)}, {_JSON.encode(own)[1:]}"),
        "data": "{}",
    }
    for prototype in (made.revision, made.page, made.own, made.created, made.published):
        rows.add(prototype, slots)
    _attach(rows, made, place.page_id, pairs)
    rows.search(item, place.page_id)


def _attach(rows: Rows, made: Prototypes, page_id: int, pairs: Sequence[tuple[int, Attached]]) -> None:
    for number, (pk, file) in enumerate(pairs):
        slots = {"attachment": pk, "number": number, "pk": page_id, "file": file.file_id}
        rows.add(made.attachment, {**slots, "name": slot_text(file.title)})


def update(tenant_id: int, pages: Sequence[tuple[int, Item]], *, by: Any = None) -> list[int]:
    """Publish the items anew on their pages, as saving a revision and publishing it would; return the revision ids.

    A page keeps its place, its address and when it came in. Its publication date follows the item's: what was read
    wrong from the old site can be put right, and the log says so. Call inside a transaction; no editor has touched the
    pages since (see `touched`), and they hold the same kind of item.
    """
    if not pages:
        return []
    lock_tree()
    now = timezone.now()
    stored = holding.locked_pages([pk for pk, _item in pages])
    revision_ids = bulk_rows.reserve_ids(Revision, len(pages))
    attached = iter(bulk_rows.reserve_ids(Attachment, sum(len(item.attachments) for _pk, item in pages)))
    Attachment.objects.filter(page_id__in=[pk for pk, _item in pages])._raw_delete(connection.alias)
    rows = Rows()
    common = _common(tenant_id, now, by)
    kinds = {kind: prototypes(kind) for kind in {item.kind for _pk, item in pages}}
    references: list[tuple[Any, ...]] = []
    logged: list[PageLogEntry] = []
    for (page_id, item), revision_id in zip(pages, revision_ids, strict=True):
        made, page = kinds[item.kind], stored[page_id]
        old_title, old_date = page.title, page.published_at
        pairs = [(next(attached), attachment) for attachment in item.attachments]
        page.title = item.title
        page.published_at = item.published_at
        for name in TEXTS[item.kind]:
            setattr(page, name, item.fields.get(name, ""))
        page.body, page.written_on = item.body, item.written_on
        page.attachments = [
            Attachment(pk=pk, sort_order=number, file_id=file.file_id, title=file.title)
            for number, (pk, file) in enumerate(pairs)
        ]
        content = page.serializable_data()
        _save(page, item, revision_id, now)
        slots = {
            **common.slots,
            "pk": page_id,
            "revision": revision_id,
            "title": slot_text(item.title),
            "content": slot_text(_as_json(content)),
        }
        data: dict[str, Any] = {}
        if old_title != item.title:
            data["title"] = {"old": old_title, "new": item.title}
            logged.append(_renamed(made, page_id, item.title, data, revision_id, now, by))
        if old_date != item.published_at:
            data["published_at"] = {"old": json_moment(old_date), "new": json_moment(item.published_at)}
        slots["data"] = slot_text(json.dumps(data, ensure_ascii=False))
        for prototype in (made.revision, made.published):
            rows.add(prototype, slots)
        _attach(rows, made, page_id, pairs)
        rows.search(item, page_id)
        references.extend(referring.found_in(made, item, page_id, pairs))
    PageLogEntry.objects.bulk_create(logged)
    referring.remove([pk for pk, _item in pages])
    referring.write(references)
    searching.remove([made.content_type for made in kinds.values()], [pk for pk, _item in pages])
    with sending() as sender:
        rows.send(sender, kinds)
    numbering.take(tenant_id, [item for _pk, item in pages], [pk for pk, _item in pages])
    return revision_ids


def published(tenant_id: int) -> None:
    """Tell every process that the site has changed. Call it last in the transaction: everybody's publishing waits."""
    versions.bump([tenant_id])


class _Common:
    """Slots and JSON values that all rows of a batch share."""

    def __init__(self, slots: dict[str, Any], json: dict[str, Any]) -> None:
        self.slots, self.json = slots, json
        self._openings: dict[int, str] = {}  # by content type

    def opening(self, made: Prototypes, own: Collection[str]) -> str:
        """Return the beginning of a revision's JSON, up to what each item has of its own: `own` names that."""
        if made.content_type not in self._openings:
            same = {name: value for name, value in (made.content | self.json).items() if name not in own}
            self._openings[made.content_type] = _JSON.encode(same)[:-1]
        return self._openings[made.content_type]


def _common(tenant_id: int, now: datetime, by: Any) -> _Common:
    slots = {"now": stored_moment(now), "by": by.pk if by else null(), "tenant": tenant_id}
    return _Common(slots, {"owner": by.pk if by else None, "tenant": tenant_id, "loaded_at": json_moment(now)})


def _values(item: Item) -> _Common:
    fields = {name: item.fields.get(name, "") for name in TEXTS[item.kind]}
    body = _JSON.encode(item.body)
    written_on = item.written_on.isoformat() if item.written_on else None
    slots = {name: slot_text(text) for name, text in fields.items()}
    slots |= {"body": slot_text(body), "written_on": written_on or null()}
    return _Common(slots, {**fields, "body": body, "written_on": written_on})


def _searched(item: Item, page_id: int) -> searching.Texts:
    parts = tuple(
        ", ".join(texts.searchable(item.body)) if name == "body" else item.fields.get(name, "")
        for name in searching.part_names(item.kind)
    )
    return searching.Texts(page_id, item.title, parts)


def _save(page: Any, item: Item, revision_id: int, now: datetime) -> None:
    """Write the page's own columns as publishing the revision leaves them, without asking `SitePage.save`.

    That would refuse a corrected date, raise the version and rebuild indexes for each page alone.
    """
    SitePage.objects.filter(pk=page.pk).update(
        title=item.title,
        draft_title=item.title,
        live=True,
        has_unpublished_changes=False,
        expired=False,
        published_at=item.published_at,
        last_published_at=now,
        latest_revision_created_at=now,
        latest_revision_id=revision_id,
        live_revision_id=revision_id,
    )
    own = {name: getattr(page, name) for name in TEXTS[item.kind]}
    MODELS[item.kind].objects.filter(pk=page.pk).update(**own, body=page.body, written_on=item.written_on)


def _as_json(content: Any) -> str:
    from django.core.serializers.json import DjangoJSONEncoder

    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False)


def _renamed(
    made: Prototypes, page_id: int, title: str, data: dict[str, Any], revision_id: int, now: datetime, by: Any
) -> PageLogEntry:
    return PageLogEntry(
        content_type_id=made.content_type,
        label=title,
        action="wagtail.rename",
        data={"title": dict(data["title"])},
        timestamp=now,
        user_id=by.pk if by else None,
        revision_id=revision_id,
        content_changed=False,
        page_id=page_id,
    )
