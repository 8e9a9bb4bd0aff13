"""The columns that sub-sites have now, read for many sub-sites in a handful of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sites.column_templates import ColumnTemplate
from sites.models import Column, HomePage, SitePage
from sites.rollout_plan import LOCAL_PARENT, PresentColumn
from tenants.models import Tenant

STEP = SitePage.steplen
MAX_NUMBERED_SLUG = 5
_FIELDS = (
    "pk", "path", "url_path", "numchild", "tenant_id", "has_unpublished_changes", "latest_revision_id",
    "live_revision_id", "retired_on", "disclosure", "code", "title", "kind", "slug", "position", "mandatory",
    "update_within_days", "column_type", "keeper", "responsible", "intro", "keywords", "show_in_menus",
    "template_version", "live",
)  # fmt: skip
_SAME_NAME = (
    "code", "title", "kind", "slug", "position", "mandatory", "update_within_days", "column_type", "keeper",
    "responsible", "intro", "keywords", "show_in_menus", "template_version", "live",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Where a column's page stands, and what the planner reads of it."""

    pk: int
    path: str
    url_path: str
    numchild: int
    has_draft: bool
    latest_revision_id: int | None
    live_revision_id: int | None
    retired_on: date | None
    present: PresentColumn

    def value(self, field: str) -> Any:
        """Return what the model field `field` holds, in the model's own form."""
        if field == "retired_on":
            return self.retired_on
        value = getattr(self.present, field)
        return ",".join(value) if field == "disclosure" else value


@dataclass(frozen=True)
class HomeState:
    """The home and all columns of one sub-site, parents before children.

    `taken_slugs` are slugs beside the columns by parent code: channel sites mounted below, and items of a column
    that the template may want to put a column into.
    """

    tenant_id: int
    home_id: int
    path: str
    url_path: str
    columns: tuple[ColumnPlace, ...]
    taken_slugs: Mapping[str, Collection[str]]

    @cached_property
    def present(self) -> tuple[PresentColumn, ...]:
        return tuple(place.present for place in self.columns)

    @cached_property
    def by_code(self) -> dict[str, ColumnPlace]:
        return {place.present.code: place for place in self.columns if place.present.code}


def read_states(tenant_ids: Collection[int], template: ColumnTemplate | None = None) -> dict[int, HomeState]:
    """Return the state of each tenant that has pages, by tenant id: four queries for any number of tenants.

    `template` is the one that is going to be rolled out; without it `taken_slugs` stay empty.
    """
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in Column.objects.filter(tenant_id__in=tenant_ids).order_by("path").values(*_FIELDS):
        rows[row["tenant_id"]].append(row)
    places = {tenant_id: _places(found) for tenant_id, found in rows.items()}
    taken = _taken_slugs(tenant_ids, places, template) if template else {}
    return {
        tenant_id: HomeState(
            tenant_id=tenant_id,
            home_id=pk,
            path=path,
            url_path=url_path,
            columns=places.get(tenant_id, ()),
            taken_slugs=taken.get(tenant_id, {}),
        )
        for pk, path, url_path, tenant_id in HomePage.objects.filter(tenant_id__in=tenant_ids).values_list(
            "pk", "path", "url_path", "tenant_id"
        )
    }


def _places(rows: Sequence[Mapping[str, Any]]) -> tuple[ColumnPlace, ...]:
    codes = {row["path"]: row["code"] or LOCAL_PARENT for row in rows}
    child_columns = Counter(row["path"][:-STEP] for row in rows)
    return tuple(
        ColumnPlace(
            pk=row["pk"],
            path=row["path"],
            url_path=row["url_path"],
            numchild=row["numchild"],
            has_draft=row["has_unpublished_changes"],
            latest_revision_id=row["latest_revision_id"],
            live_revision_id=row["live_revision_id"],
            retired_on=row["retired_on"],
            present=PresentColumn(
                parent_code=codes.get(row["path"][:-STEP], ""),
                disclosure=tuple(row["disclosure"].split(",")) if row["disclosure"] else (),
                retired=row["retired_on"] is not None,
                items=row["numchild"] - child_columns[row["path"]],
                **{name: row[name] for name in _SAME_NAME},
            ),
        )
        for row in rows
    )


def _taken_slugs(
    tenant_ids: Collection[int], places: Mapping[int, Sequence[ColumnPlace]], template: ColumnTemplate
) -> dict[int, dict[str, set[str]]]:
    taken: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    mounts = Tenant.objects.filter(mounted_under_id__in=tenant_ids).values_list("mounted_under_id", "mount")
    for tenant_id, mount in mounts:
        taken[tenant_id][""].add(mount)
    parents = {spec.parent for spec in template.columns}
    holders = {
        place.pk: (tenant_id, place.present.code)
        for tenant_id, found in places.items()
        for place in found
        if place.present.code in parents and place.present.items
    }
    if holders:
        wanted = {spec.slug for spec in template.columns}
        wanted |= {place.present.slug for found in places.values() for place in found}
        # The planner's own way out of a clash must be free as well.
        wanted |= {f"{slug}-{number}" for slug in wanted for number in range(2, MAX_NUMBERED_SLUG + 1)}
        items = SitePage.objects.filter(tenant_id__in=tenant_ids, slug__in=wanted, column_id__in=holders)
        for column_id, slug in items.values_list("column_id", "slug"):
            tenant_id, code = holders[column_id]
            taken[tenant_id][code].add(slug)
    return taken
