"""Building sub-sites in bulk: home, columns, revisions, log, search rows, host record, as add_child and publish would.

Page by page Wagtail takes seconds a site. Here every row of a template is prepared once (sites.prototypes) and a batch of
sites is written with one COPY a table. tests/sites/test_building.py compares the result field by field with pages made
one by one. Runs inside the caller's transaction: a site is there whole, or not at all.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Substr
from django.utils import timezone
from wagtail.models import Revision, Site

from sites import bulk_rows, prototypes
from sites.column_templates import ColumnSpec, ColumnTemplate
from sites.models import HomePage, RegionPage, SitePage
from tenants import versions
from tenants.models import Region, Tenant


@dataclass(frozen=True)
class SiteSpec:
    """A sub-site to build: a saved tenant without pages, and the template it gets."""

    tenant: Tenant
    template: ColumnTemplate


class Rows:
    """Rows gathered by table, in the order in which foreign keys allow them."""

    def __init__(self) -> None:
        self.by_table: dict[str, tuple[Sequence[str], list[Any]]] = {}

    def add(self, made: prototypes.PagePrototype, slots: dict[str, Any]) -> None:
        for row in made.rows:
            self.by_table.setdefault(row.table, (row.columns, []))[1].append(row.fill(slots))

    def write(self) -> None:
        for table in prototypes.TABLE_ORDER:
            if table in self.by_table:
                bulk_rows.insert(table, *self.by_table[table])


def build_sites(specs: Sequence[SiteSpec], *, by: Any = None, with_optional: bool = False) -> None:
    """Build the pages of the tenants in `specs`. Call inside a transaction; the tenants are saved and have no pages yet."""
    if not specs:
        return
    lock_tree()
    now = timezone.now()
    region_pages = ensure_region_pages({spec.tenant.region_id for spec in specs}, by=by, now=now)
    # Towns stand with their county: a home always stands at depth 3, below the page of the nearest county or above.
    last = last_home_paths([page.path for page in region_pages.values()])
    rows = Rows()
    made = [prototypes.for_template(spec.template, with_optional=with_optional) for spec in specs]
    page_ids = iter(bulk_rows.reserve_ids(SitePage, sum(1 + len(site.columns) for site in made)))
    revision_ids = iter(bulk_rows.reserve_ids(Revision, sum(1 + len(site.columns) for site in made)))
    base = moment_slots(now, by)
    titles = prototypes.search_slots([spec.tenant.name for spec in specs], HomePage)
    added: dict[str, int] = {}
    homes: list[tuple[Tenant, int]] = []
    for spec, site, search in zip(specs, made, titles, strict=True):
        region_page = region_pages[spec.tenant.region_id]
        home_path = next_child_path(region_page.path, last)
        added[region_page.path] = added.get(region_page.path, 0) + 1
        slug = home_slug(spec.tenant)
        shared = {
            **base,
            "tenant": spec.tenant.pk,
            "home_path": home_path,
            "home_url": f"{region_page.url_path}{slug}/",
            "slug": slug,
            **search,
            **prototypes.title_slots(spec.tenant.name),
        }
        home_id = next(page_ids)
        homes.append((spec.tenant, home_id))
        rows.add(site.home, {**shared, **identity_slots(home_id, next(revision_ids))})
        for column in site.columns:
            rows.add(column, {**shared, **identity_slots(next(page_ids), next(revision_ids))})
    rows.write()
    for path, count in added.items():
        SitePage.objects.filter(path=path).update(numchild=F("numchild") + count)
    ensure_site_records(homes)
    versions.bump([spec.tenant.pk for spec in specs])


@dataclass(frozen=True)
class ColumnToAdd:
    """A column that an existing sub-site gets. `parent` is a code, '' at the top; `places` are the site's own columns
    and its home (under ''): code -> (tree path, address in the tree)."""

    tenant_id: int
    spec: ColumnSpec
    slug: str
    places: dict[str, tuple[str, str]]


def add_columns(
    template: ColumnTemplate, wanted: Sequence[ColumnToAdd], last: dict[str, str], *, by: Any = None
) -> list[tuple[int, int]]:
    """Build single columns of existing sub-sites; return (page id, revision id) of each, in the order of `wanted`.

    A site's parents stand before their children; `last` is the last child's tree path by parent path. Both `last` and
    the sites' `places` are kept up to date. Call inside a transaction that holds lock_tree(), and bump versions after.
    """
    page_ids = bulk_rows.reserve_ids(SitePage, len(wanted))
    revision_ids = bulk_rows.reserve_ids(Revision, len(wanted))
    children = Counter((column.tenant_id, column.spec.parent) for column in wanted)
    base = moment_slots(timezone.now(), by)
    rows = Rows()
    added: dict[str, int] = {}
    made_here: set[str] = set()
    for column, page_id, revision_id in zip(wanted, page_ids, revision_ids, strict=True):
        parent_path, parent_address = column.places[column.spec.parent]
        path, url_path = next_child_path(parent_path, last), f"{parent_address}{column.slug}/"
        column.places[column.spec.code] = (path, url_path)
        made_here.add(path)
        if parent_path not in made_here:
            added[parent_path] = added.get(parent_path, 0) + 1
        made = prototypes.for_column(
            template,
            column.spec,
            slug=column.slug,
            depth=len(path) // SitePage.steplen,
            numchild=children[column.tenant_id, column.spec.code],
        )
        slots = {"tenant": column.tenant_id, "path": path, "url_path": url_path}
        rows.add(made, {**base, **slots, **identity_slots(page_id, revision_id)})
    rows.write()
    by_count: dict[int, list[str]] = {}
    for path, count in added.items():
        by_count.setdefault(count, []).append(path)
    for count, paths in by_count.items():
        SitePage.objects.filter(path__in=paths).update(numchild=F("numchild") + count)
    return list(zip(page_ids, revision_ids, strict=True))


def lock_tree() -> None:
    """Let one builder at a time work on the tree. SQLite's IMMEDIATE transactions do that by themselves."""
    if connection.features.has_select_for_update:
        SitePage.objects.select_for_update().filter(depth=1).values_list("pk").first()


def home_slug(tenant: Tenant) -> str:
    return tenant.code.lower()


def moment_slots(now: datetime, by: Any) -> dict[str, Any]:
    """Return the slots for the time and the person, in the database's and in JSON's form."""
    stored = connection.ops.adapt_datetimefield_value(now)
    null = "\\N" if connection.vendor == "postgresql" else None
    return {
        "now": str(stored),
        "now_json": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "by": by.pk if by else null,
        "by_json": by.pk if by else "null",
    }


def identity_slots(page_id: int, revision_id: int) -> dict[str, Any]:
    key = uuid.uuid4()
    return {"pk": page_id, "revision": revision_id, "key": key.hex, "key_json": str(key)}


def last_home_paths(region_paths: Sequence[str]) -> dict[str, str]:
    """Return the tree path of the last home below each region page that has one."""
    found = (
        HomePage.objects.annotate(region_path=Substr("path", 1, 8))
        .filter(region_path__in=set(region_paths))
        .values_list("region_path")
        .annotate(last=Max("path"))
    )
    return dict(found)


def next_child_path(parent_path: str, last: dict[str, str]) -> str:
    """Return the next free child path below `parent_path`, and note it in `last`."""
    previous = last.get(parent_path)
    step = SitePage._str2int(previous[-SitePage.steplen :]) + 1 if previous else 1
    path = SitePage._get_path(parent_path, len(parent_path) // SitePage.steplen + 1, step)
    last[parent_path] = path
    return path


def ensure_region_pages(region_ids: set[int], *, by: Any, now: datetime) -> dict[int, RegionPage]:
    """Return the region page for each region id, made where it is missing. A town's is its county's."""
    regions = {region.pk: region for region in Region.objects.filter(pk__in=region_ids).select_related("parent")}
    holders = {pk: region.parent if region.level == "town" else region for pk, region in regions.items()}
    codes = {region.code: region for region in holders.values() if region}
    present = {page.slug: page for page in RegionPage.objects.filter(slug__in=codes)}
    missing = [codes[code] for code in sorted(codes) if code not in present]
    if missing:
        _add_region_pages(missing, by=by, now=now)
        present = {page.slug: page for page in RegionPage.objects.filter(slug__in=codes)}
    return {pk: present[holder.code] for pk, holder in holders.items() if holder}


def _add_region_pages(regions: Sequence[Region], *, by: Any, now: datetime) -> None:
    root = SitePage.get_first_root_node()
    newest = SitePage.objects.filter(depth=2).order_by("-path").values_list("path", flat=True).first()
    last = {root.path: newest} if newest else {}
    made = prototypes.for_region()
    rows = Rows()
    base = moment_slots(now, by)
    searches = prototypes.search_slots([region.name for region in regions], RegionPage)
    ids = bulk_rows.reserve_ids(SitePage, len(regions))
    for region, page_id, search in zip(regions, ids, searches, strict=True):
        slots = {
            **base,
            **search,
            **prototypes.title_slots(region.name),
            **identity_slots(page_id, 0),
            "path": next_child_path(root.path, last),
            "slug": region.code,
        }
        rows.add(made, slots)
    rows.write()
    SitePage.objects.filter(pk=root.pk).update(numchild=F("numchild") + len(regions))


def ensure_site_records(homes: Sequence[tuple[Tenant, int]]) -> None:
    """Give every registered site its Wagtail site record, whose post_save is made up for at commit."""
    records = [
        Site(hostname=tenant.host, port=settings.PUBLIC_PORT, site_name=tenant.name, root_page_id=home_id)
        for tenant, home_id in homes
        if tenant.host
    ]
    if records:
        Site.objects.bulk_create(records)
        transaction.on_commit(Site.clear_site_root_paths_cache)
