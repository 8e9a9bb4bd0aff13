"""The columns of a site as places where items can go: for whoever brings content in from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sites.column_state import STEP
from sites.inventory import HOME_DEPTH
from sites.item_types import types_for
from sites.models import Column


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column that may take items. `titles` is its path from the top; `takes` names its item types, the usual first."""

    page_id: int
    code: str
    kind: str
    column_type: str
    titles: tuple[str, ...]
    mandatory: bool
    takes: tuple[str, ...]
    items: int
    update_within_days: int | None

    @property
    def title(self) -> str:
        return self.titles[-1]

    @property
    def path(self) -> str:
        return " / ".join(self.titles)


def targets_of(tenant_id: int) -> list[TargetColumn]:
    """Return the open columns of the site in the order in which citizens see them; one query."""
    rows = list(
        Column.objects.filter(tenant_id=tenant_id, retired_on=None)
        .order_by("path")
        .values(
            "pk", "path", "title", "code", "kind", "column_type", "mandatory", "numchild", "position", "update_within_days"
        )
    )  # fmt: skip
    by_path = {row["path"]: row for row in rows}
    children: dict[str, int] = {}
    for row in rows:
        children[row["path"][:-STEP]] = children.get(row["path"][:-STEP], 0) + 1
    found = []
    for row in rows:
        above = [row["path"][:end] for end in range((HOME_DEPTH + 1) * STEP, len(row["path"]) + 1, STEP)]
        if any(path not in by_path for path in above):
            continue  # below a column that is closed
        line = [by_path[path] for path in above]
        order = tuple((one["position"], one["path"]) for one in line)
        target = TargetColumn(
            page_id=row["pk"],
            code=row["code"],
            kind=row["kind"],
            column_type=row["column_type"],
            titles=tuple(one["title"] for one in line),
            mandatory=row["mandatory"],
            takes=tuple(model._meta.model_name for model in types_for(row["kind"])),
            items=row["numchild"] - children.get(row["path"], 0),
            update_within_days=row["update_within_days"],
        )
        found.append((order, target))
    return [target for _order, target in sorted(found, key=lambda pair: pair[0])]
