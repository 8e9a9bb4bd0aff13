"""Moving the items of columns to another column, thousands in one go.

Page by page a move takes some twenty queries; all of them would run while everybody else waits to publish. So the
rows are rewritten in bulk, as Wagtail's move and sites.signals would leave them: tests/sites/columns/test_moving.py
compares the two, field by field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from sites import addresses
from sites.building import next_child_path
from sites.columns.slugs import free
from sites.models import Column, Review, ReviewState, SitePage
from sites.old_addresses import redirect_to

CHUNK = 500


def move_items(item_ids: Collection[int], target: Column, *, by: Any) -> int:
    """Put items of the target's own sub-site below it, in their order; old addresses redirect. Return how many moved.

    Call inside a transaction that holds the tree, and bump the tenant's version after. What an address part clashes
    with in the new place is given a number. Items are leaves: a column is moved by sites.column_edits.
    """
    target = Column.objects.get(pk=target.pk)
    items = list(
        SitePage.objects.select_for_update(of=("self",))
        .filter(pk__in=list(item_ids), tenant_id=target.tenant_id, column__isnull=False)
        .exclude(column_id=target.pk)
        .select_related("content_type", "column")
        .order_by("path")
    )
    if not items:
        return 0
    taken = set(_slugs_below(target, {item.slug for item in items}))
    last = {target.path: path} if (path := _last_child(target)) else {}
    rows, logs, old, renamed = [], [], [], {}
    for item in items:
        slug = free(item.slug, taken)
        taken.add(slug)
        if slug != item.slug:
            renamed[item.pk] = slug
        if item.live:
            old.append((item.pk, item.url_path))
        path = next_child_path(target.path, last)
        rows.append((path, target.depth + 1, f"{target.url_path}{slug}/", slug, target.pk, item.pk))
        logs.append(_log(item, target, by))
    _write(rows)
    left = Counter(item.column_id for item in items)
    for column_id, number in left.items():
        SitePage.objects.filter(pk=column_id).update(numchild=F("numchild") - number)
    SitePage.objects.filter(pk=target.pk).update(numchild=F("numchild") + len(items))
    _rename_drafts(renamed)
    PageLogEntry.objects.bulk_create(logs, batch_size=CHUNK)
    waiting = Review.objects.filter(page_id__in=[item.pk for item in items], state=ReviewState.WAITING)
    waiting.update(column_id=target.pk)
    address = addresses.by_home_path(target.path[:12])
    if address is not None:
        redirect_to(address, old)
    return len(items)


def _slugs_below(target: Column, wanted: set[str]) -> set[str]:
    below = SitePage.objects.filter(path__startswith=target.path, depth=target.depth + 1, tenant_id=target.tenant_id)
    return set(below.filter(slug__in=wanted).values_list("slug", flat=True))


def _last_child(target: Column) -> str | None:
    below = SitePage.objects.filter(path__startswith=target.path, depth=target.depth + 1).order_by("-path")
    return below.values_list("path", flat=True).first()


def _write(rows: Collection[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(SitePage._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET path = %s, depth = %s, url_path = %s, slug = %s, column_id = %s WHERE id = %s", rows
        )


def _rename_drafts(renamed: dict[int, str]) -> None:
    """Write new address parts into the newest texts, too: publishing one would bring the old address back."""
    if not renamed:
        return
    of_pages = SitePage.objects.filter(pk__in=renamed)
    for revision in Revision.objects.filter(pk__in=of_pages.values("latest_revision")):
        revision.content["slug"] = renamed[int(revision.object_id)]
        revision.save(update_fields=["content"])


def _log(item: SitePage, target: Column, by: Any) -> PageLogEntry:
    return PageLogEntry(
        content_type=item.content_type,
        label=item.title,
        action="wagtail.move",
        data={
            "source": {"id": item.column_id, "title": item.column.title if item.column else ""},
            "destination": {"id": target.pk, "title": target.title},
        },
        timestamp=timezone.now(),
        user=by,
        page_id=item.pk,
    )
