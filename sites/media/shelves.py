"""Shelves: the collection of each tenant, and those of its columns, made when they are first needed.

Collections are sorted by name in their tree, and an insertion in the middle would move all that stand behind it: the
zero-padded number in front of the name makes every insertion an append.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import Collection

from sites.models import MediaShelf
from sites.reach import Reach
from tenants.models import Tenant
from tenants.scope import tenant_scope


def shelf_for(tenant: Tenant, column: Any = None) -> Collection:
    """Return the tenant's collection, or the one of its column (a page of the tenant); made where it is missing."""
    if column is not None and column.tenant_id != tenant.pk:
        raise ValueError("The column belongs to another tenant.")
    with tenant_scope(tenant):
        found = _shelf(tenant, column)
        if found is None:
            found = _make(tenant, column)
    return found


def shelves_of(reach: Reach) -> Any:
    """Return the collections in which a person may put pictures and files, as a queryset; all are made by now.

    A member of the whole site has the tenant's shelf and those of its columns; a limited one the shelves of the
    columns alone.
    """
    paths = Collection.objects.none()
    for tenant in Tenant.objects.filter(pk__in=reach.tenant_ids("write") or ()):
        columns = reach.column_paths(tenant.pk)
        if columns is None:
            paths |= Collection.objects.descendant_of(shelf_for(tenant), inclusive=True)
        else:
            for column in _columns_at(columns):
                paths |= Collection.objects.filter(pk=shelf_for(tenant, column).pk)
    return paths


def _columns_at(paths: list[str]) -> Any:
    from sites.models import Column

    return Column.objects.filter(path__in=paths).order_by("path")


def _shelf(tenant: Tenant, column: Any) -> Collection | None:
    shelf = MediaShelf.objects.filter(tenant=tenant, column=column).select_related("collection").first()
    return shelf.collection if shelf else None


@transaction.atomic
def _make(tenant: Tenant, column: Any) -> Collection:
    root = Collection.get_first_root_node()
    Collection.objects.select_for_update().get(pk=root.pk)  # one insertion into the tree at a time
    found = _shelf(tenant, column)
    if found is not None:
        return found
    if column is None:
        parent, name = root, f"{tenant.pk:08d} {tenant.short_name or tenant.name}"
    else:
        parent, name = _shelf(tenant, None) or _make(tenant, None), f"{column.pk:010d} {column.title}"
    parent.refresh_from_db()
    made = parent.add_child(instance=Collection(name=name[:255]))
    MediaShelf.objects.create(tenant=tenant, column=column, collection=made)
    return made
