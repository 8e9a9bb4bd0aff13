"""Where items go in the tree: their columns, held for a batch, the next place and a free address below each.

Locks are taken in the documented order: tree, column rows (what adding a child locks, too), pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from sites.building import lock_tree
from sites.loading.items import Item
from sites.loading.rows import MODELS
from sites.models import SitePage


class ColumnGone(RuntimeError):
    """A column to write to was deleted or taken out of its site meanwhile."""


def hold_columns(tenant_id: int, column_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Lock the tree and the columns, and return the tree path and address of each. Raises ColumnGone."""
    lock_tree()
    rows = SitePage.objects.filter(pk__in=column_ids, tenant_id=tenant_id).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    found = {pk: (path, url_path) for pk, path, url_path in rows.values_list("pk", "path", "url_path")}
    missing = set(column_ids) - found.keys()
    if missing:
        raise ColumnGone(f"Columns {sorted(missing)} are not the tenant's any more.")
    return found


def locked_pages(page_ids: Collection[int]) -> dict[int, Any]:
    """Return the pages with their own fields by id, locked in the order of their ids."""
    rows = SitePage.objects.filter(pk__in=page_ids).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    types = dict(rows.values_list("pk", "content_type__model"))
    found: dict[int, Any] = {}
    for model in MODELS.values():
        wanted = [pk for pk, name in types.items() if name == model._meta.model_name]
        found |= model.objects.in_bulk(wanted) if wanted else {}
    return found


def last_children(places: dict[int, tuple[str, str]]) -> dict[str, str]:
    """Return the tree path of the last child below each column that has one."""
    found = {}
    for path, _url in places.values():
        below = SitePage.objects.filter(path__range=SitePage._get_children_path_interval(path))
        last = (
            below.filter(depth=len(path) // SitePage.steplen + 1).order_by("-path").values_list("path", flat=True)[:1]
        )
        if last:
            found[path] = last[0]
    return found


def free_slugs(tenant_id: int, items: Sequence[Item]) -> list[str]:
    """Return a slug for each item: its own, or where that is taken below its column a longer one."""
    wanted = [item.slug for item in items]
    taken = set(SitePage.objects.filter(tenant_id=tenant_id, slug__in=wanted).values_list("column_id", "slug"))
    slugs = []
    for item in items:
        slug, number = item.slug, 1
        while (item.column_id, slug) in taken:
            number += 1
            slug = f"{item.slug}-{number}"
            if SitePage.objects.filter(tenant_id=tenant_id, column_id=item.column_id, slug=slug).exists():
                taken.add((item.column_id, slug))
        taken.add((item.column_id, slug))
        slugs.append(slug)
    return slugs


def count_children(items: Sequence[Item]) -> None:
    counts: dict[int, int] = {}
    for item in items:
        counts[item.column_id] = counts.get(item.column_id, 0) + 1
    for column_id, count in counts.items():
        SitePage.objects.filter(pk=column_id).update(numchild=F("numchild") + count)
