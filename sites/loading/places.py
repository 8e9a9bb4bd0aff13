"""Where loaded items may stand: columns of a site, and the kinds of item that each takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sites.loading.rows import MODELS
from sites.models import Column


@dataclass(frozen=True, slots=True)
class Place:
    """A column that items can be loaded into. `takes`: "article", "document"."""

    column_id: int
    title: str
    takes: frozenset[str]


def places(tenant_id: int, column_ids: Collection[int]) -> dict[int, Place]:
    """Return the columns of the tenant among these pages, by id."""
    rows = Column.objects.filter(tenant_id=tenant_id, pk__in=column_ids).values_list("pk", "title", "kind")
    return {
        pk: Place(pk, title, frozenset(name for name, model in MODELS.items() if kind in model.allowed_in))
        for pk, title, kind in rows
    }
