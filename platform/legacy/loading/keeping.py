"""What became of a batch of items, written to their rows in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from legacy.models import LegacyItem
from tenants import scope

_COLUMNS = (
    "state", "page_id", "loaded_hash", "loaded_media", "open_links", "loaded_revision", "loaded_at", "load_run_id",
    "reason",
)  # fmt: skip
_TYPES = (
    "varchar", "bigint", "varchar", "varchar", "integer", "bigint", "timestamptz", "bigint", "jsonb",
)  # fmt: skip


@dataclass(slots=True)
class Kept:
    """The columns of an item that loading writes."""

    pk: int
    state: str
    page_id: int | None = None
    loaded_hash: str = ""
    loaded_media: str = ""
    open_links: int = 0
    loaded_revision: int | None = None
    loaded_at: datetime | None = None
    load_run_id: int | None = None
    reason: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, row: LegacyItem, **changed: Any) -> Kept:
        """Return the item's row as it is, but for what has changed."""
        return cls(**{"pk": row.pk, **{name: getattr(row, name) for name in _COLUMNS}, **changed})


def keep(tenant_id: int, rows: Sequence[Kept]) -> None:
    """Write the rows. `bulk_update` would take longer for this than writing the pages."""
    if not rows:
        return
    scope.check(tenant_id)
    table = connection.ops.quote_name(LegacyItem._meta.db_table)
    values = [(*(_stored(name, getattr(row, name)) for name in _COLUMNS), row.pk) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            assigned = ", ".join(f"{name} = v.{name}::{kind}" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
            marks = ", ".join(["(" + ", ".join(["%s"] * (len(_COLUMNS) + 1)) + ")"] * len(values))
            cursor.execute(
                f"UPDATE {table} AS i SET {assigned} FROM (VALUES {marks}) AS v ({', '.join(_COLUMNS)}, id)"
                " WHERE i.id = v.id::bigint AND i.tenant_id = %s",
                [*(value for row in values for value in row), tenant_id],
            )
        else:
            assigned = ", ".join(f"{name} = %s" for name in _COLUMNS)
            cursor.executemany(
                f"UPDATE {table} SET {assigned} WHERE id = %s AND tenant_id = %s",
                [(*row, tenant_id) for row in values],
            )


def _stored(name: str, value: Any) -> Any:
    if name == "reason":
        return json.dumps(value, ensure_ascii=False)
    if name == "loaded_at" and value is not None:
        return str(connection.ops.adapt_datetimefield_value(value.astimezone(UTC)))
    return value
