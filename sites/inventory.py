"""What a sub-site consists of, for whoever looks after it: its columns as a tree, with their articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from sites.models import Column, ColumnKind, HomePage, SitePage

STEP = SitePage.steplen
HOME_DEPTH = 3


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column in the order in which citizens see it; `depth` is 1 at the top. `items` are pages, drafts included."""

    page_id: int
    title: str
    code: str
    kind: str
    depth: int
    mandatory: bool
    retired: bool
    live: bool
    items: int
    update_within_days: int | None
    last_published_at: datetime | None


def home_id(tenant_id: int) -> int | None:
    """Return the id of the home page, None where the pages are not built yet."""
    return HomePage.objects.filter(tenant_id=tenant_id).values_list("pk", flat=True).first()


def columns_of(tenant_id: int) -> list[ColumnLine]:
    """Return all columns of one sub-site: one query, whose cost does not grow with the number of articles."""
    # One step in the listing index for each column, however many items it holds.
    newest = (
        SitePage.objects.filter(column_id=OuterRef("pk"), published_at__isnull=False, live=True, loaded_at=None)
        .order_by("-published_at")
        .values("published_at")[:1]
    )
    rows = list(
        Column.objects.filter(tenant_id=tenant_id)
        .annotate(newest=Subquery(newest))
        .values(
            "pk", "path", "title", "code", "kind", "mandatory", "retired_on", "live", "numchild", "position",
            "update_within_days", "newest",
        )
    )  # fmt: skip
    child_columns = Counter(row["path"][:-STEP] for row in rows)
    below: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["position"], row["path"])):
        below[row["path"][:-STEP]].append(row)
    lines: list[ColumnLine] = []
    for path in sorted({row["path"][: HOME_DEPTH * STEP] for row in rows}):
        _walk(path, below, child_columns, lines)
    return lines


def _walk(
    path: str, below: dict[str, list[dict[str, Any]]], child_columns: Counter[str], lines: list[ColumnLine]
) -> None:
    for row in below.get(path, ()):
        lines.append(
            ColumnLine(
                page_id=row["pk"],
                title=row["title"],
                code=row["code"],
                kind=str(ColumnKind(row["kind"]).label),
                depth=len(row["path"]) // STEP - HOME_DEPTH,
                mandatory=row["mandatory"],
                retired=row["retired_on"] is not None,
                live=row["live"],
                items=row["numchild"] - child_columns[row["path"]],
                update_within_days=row["update_within_days"],
                last_published_at=row["newest"],
            )
        )
        _walk(row["path"], below, child_columns, lines)
