"""Changing fields of many columns at once: the row, the newest revision, the history and the search index together.

A publication of a draft that was begun earlier must not bring the old value back. So a page without unpublished
changes gets one new revision; a page with a draft gets two, the new live one and its draft with the same change. What
an editor changed in the draft alone stays the editor's, where the template leaves the field to the site.

The dates of publication stay as they are: a roll-out is no update of content.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from wagtail.actions.move_page import MovePageAction
from wagtail.models import PageLogEntry, Revision, TaskState
from wagtail.search.backends import get_search_backend

from sites import bulk_rows, locks
from sites.column_state import ColumnPlace
from sites.models import Column, SitePage

ROLLED_OUT = "govsites.template_rollout"
UNDONE = "govsites.template_rollout_undo"
_NOT_CONTENT = frozenset({"live", "template_version"})
# Said of the page or its place, not of what a reader sees: they tell no draft from the live page.
_BOOKKEEPING = frozenset({
    "live", "has_unpublished_changes", "first_published_at", "last_published_at", "latest_revision", "live_revision",
    "latest_revision_created_at", "draft_title", "path", "depth", "numchild", "url_path", "published_at",
    "template_version", "expired", "locked", "locked_at", "locked_by", "owner", "tenant", "column", "withdrawn_at",
    "republished_at",
})  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """New values of one column by model field. `site_fields` are those where a draft's own value goes first."""

    place: ColumnPlace
    values: dict[str, Any] = field(default_factory=dict)
    site_fields: frozenset[str] = frozenset()


def amend_columns(edits: Collection[Edit], *, action: str, version: int, by: Any) -> None:
    """Make the edits. Call inside a transaction that has locked the columns; bump the tenants' versions after."""
    edits = [edit for edit in edits if edit.values]
    if not edits:
        return
    _update_rows(edits)
    now = timezone.now()
    published = [edit.place.pk for edit in edits if edit.values.get("live")]
    if published:
        SitePage.objects.filter(pk__in=published, published_at=None).update(
            published_at=now, first_published_at=now, last_published_at=now
        )
    _add_revisions(edits, now=now, by=by)
    _log(edits, action=action, version=version, now=now, by=by)
    retitled = [edit.place.pk for edit in edits if "title" in edit.values]
    if retitled:
        get_search_backend().add_bulk(Column, list(Column.objects.filter(pk__in=retitled)))


def _update_rows(edits: Collection[Edit]) -> None:
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for edit in edits:
        alike.setdefault(tuple(sorted(edit.values.items())), []).append(edit.place.pk)
    for values, pks in alike.items():
        Column.objects.filter(pk__in=pks).update(**dict(values))


def _add_revisions(edits: Collection[Edit], *, now: datetime, by: Any) -> None:
    ids = {edit.place.latest_revision_id for edit in edits}
    ids |= {edit.place.live_revision_id for edit in edits if edit.place.has_draft}
    contents = dict(Revision.objects.filter(pk__in=ids - {None}).values_list("pk", "content"))
    made: list[tuple[Edit, dict[str, Any]]] = []  # the last one of an edit is its newest
    heads: list[_Head] = []
    for edit in edits:
        head = _head(edit, contents)
        heads.append(head)
        made += [(edit, content) for content in head.contents]
    new_ids = iter(bulk_rows.reserve_ids(Revision, len(made)))
    column_type = ContentType.objects.get_for_model(Column)
    page_type = ContentType.objects.get_for_model(SitePage)
    revisions, rows = [], []
    moment = connection.ops.adapt_datetimefield_value(now)
    for head in heads:
        head.ids = [next(new_ids) for _content in head.contents]
        revisions += [
            Revision(
                pk=pk,
                content_type=column_type,
                base_content_type=page_type,
                object_id=str(head.edit.place.pk),
                created_at=now,
                user=by,
                object_str=str(content["title"]),
                content=content,
            )
            for pk, content in zip(head.ids, head.contents, strict=True)
        ]
        live_id = head.ids[0] if head.live else None
        title = head.contents[-1]["title"]
        rows.append((head.ids[-1], moment, live_id, head.live, head.has_draft, title, head.edit.place.pk))
    Revision.objects.bulk_create(revisions, batch_size=500)
    table = connection.ops.quote_name(SitePage._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET latest_revision_id = %s, latest_revision_created_at = %s, live_revision_id = %s, "
            "live = %s, has_unpublished_changes = %s, draft_title = %s WHERE id = %s",
            rows,
        )
    _hand_over([head for head in heads if head.edit.place.has_draft])


@dataclass
class _Head:
    """The newest revisions of one column after its edit: the live one first, then the draft if there is one."""

    edit: Edit
    contents: list[dict[str, Any]]
    live: bool
    has_draft: bool
    ids: list[int] = field(default_factory=list)


def _head(edit: Edit, contents: Mapping[int, dict[str, Any]]) -> _Head:
    place = edit.place
    live = edit.values.get("live", place.present.live)
    newest = contents.get(place.latest_revision_id or 0)
    if newest is None:
        return _Head(edit, [_row_content(place.pk)], live, has_draft=not live)
    if not place.has_draft:
        return _Head(edit, [_amended(newest, edit, draft=False)], live, has_draft=not live)
    draft = _amended(newest, edit, draft=True)
    if not live:
        return _Head(edit, [draft], live, has_draft=True)
    before = contents.get(place.live_revision_id or 0)
    public = _amended(before, edit, draft=False) if before else _row_content(place.pk)
    if before is None and _same_content(public, draft):
        return _Head(edit, [draft], live, has_draft=False)
    return _Head(edit, [public, draft], live, has_draft=True)


def _row_content(pk: int) -> dict[str, Any]:
    """Return the revision content of the row as it stands now, with the edit."""
    content: dict[str, Any] = Column.objects.get(pk=pk).serializable_data()
    return content


def _same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    names = (one.keys() & other.keys()) - _BOOKKEEPING
    return all(_json(one[name]) == _json(other[name]) for name in names)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _amended(content: dict[str, Any], edit: Edit, *, draft: bool) -> dict[str, Any]:
    content = copy.copy(content)
    for name, new in edit.values.items():
        if name in _NOT_CONTENT:
            continue
        own = content.get(name) != _json(edit.place.value(name))
        if draft and own and name in edit.site_fields:
            continue
        content[name] = _json(new)
    return content


def _hand_over(heads: Collection[_Head]) -> None:
    """Let what waits for approval or for its hour be the amended draft: it would bring the old values back."""
    newest = {head.edit.place.latest_revision_id: head for head in heads if head.edit.place.latest_revision_id}
    for state in TaskState.objects.filter(revision_id__in=newest, status=TaskState.STATUS_IN_PROGRESS):
        TaskState.objects.filter(pk=state.pk).update(revision_id=newest[state.revision_id].ids[-1])
    by_page = {str(head.edit.place.pk): head for head in heads}
    waiting = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(SitePage),
        object_id__in=by_page,
        approved_go_live_at__isnull=False,
    )
    for revision in list(waiting):
        head = by_page[revision.object_id]
        if revision.pk == head.edit.place.latest_revision_id:
            Revision.objects.filter(pk=head.ids[-1]).update(approved_go_live_at=revision.approved_go_live_at)
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        else:
            content = _amended(revision.content, head.edit, draft=True)
            Revision.objects.filter(pk=revision.pk).update(content=content)


def _log(edits: Collection[Edit], *, action: str, version: int, now: datetime, by: Any) -> None:
    column_type = ContentType.objects.get_for_model(Column)
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                content_type=column_type,
                label=edit.values.get("title", edit.place.present.title),
                action=action,
                data={
                    "version": version,
                    "fields": {name: [_json(edit.place.value(name)), _json(new)] for name, new in edit.values.items()},
                },
                timestamp=now,
                user=by,
                page_id=edit.place.pk,
                content_changed=True,
            )
            for edit in edits
        ],
        batch_size=500,
    )


def move_column(pk: int, parent_pk: int, slug: str, *, by: Any) -> None:
    """Put a column, with all below it, under another page of its site as the last child; old addresses redirect."""
    page = Column.objects.get(pk=pk)
    parent = SitePage.objects.get(pk=parent_pk)
    with locks.unlocked("a template roll-out moves a column"):
        if page.slug != slug:
            SitePage.objects.filter(pk=pk).update(slug=slug)
            page.slug = slug
        MovePageAction(page, parent, pos="last-child", user=by).execute(skip_permission_checks=True)
