"""A small fleet for roll-outs: a county, its towns, and templates of their own in a folder of the test's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction

from sites.building import SiteSpec, build_sites
from sites.models import Article, Column, HomePage, SitePage
from sites.templates_library import library
from tenants.models import Region, Tenant

COUNTY = "430121"
HEAD = 'kind = "town"\nversion = {version}\ntitle = "乡镇子站栏目模板"\nissued_on = 2026-11-01\n'
# Code -> what the file says, in the file's order. Town templates of the product begin at 1, so these stand far above.
V1: dict[str, dict[str, Any]] = {
    "gk": {"title": "政务公开", "kind": "section", "menu": True},
    "gk-zn": {"title": "公开指南", "kind": "single", "parent": "gk"},
    "dt": {"title": "工作动态", "menu": True, "update_within_days": 14},
    "tz": {"title": "通知公告", "menu": True},
    "zt": {"title": "专题专栏", "kind": "topic", "mandatory": False, "menu": True},
}
# One column new, one renamed, one gone.
V2: dict[str, dict[str, Any]] = {
    "gk": V1["gk"],
    "gk-zn": V1["gk-zn"],
    "gk-nb": {"title": "公开年报", "parent": "gk"},
    "dt": V1["dt"] | {"title": "本地要闻"},
    "zt": V1["zt"],
}
OLD, NEW, NEWER = 101, 102, 103


def write_template(folder: Path, version: int, columns: Mapping[str, Mapping[str, Any]]) -> None:
    """Write one version of the town template; fields that `columns` leaves out get plain values."""
    text = HEAD.format(version=version)
    for code, given in columns.items():
        said = {
            "code": code, "kind": "list", "mandatory": True, "responsible": "党政办公室", "intro": "栏目说明",
            "keywords": "栏目", **given,
        }  # fmt: skip
        text += "\n[[column]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in said.items())
    (folder / f"town-{version}.toml").write_text(text, encoding="utf-8")
    library.cache_clear()


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else '"' + str(value) + '"'


@contextmanager
def template_folder(settings: Any, folder: Path) -> Iterator[Path]:
    settings.COLUMN_TEMPLATE_DIRS = [folder]
    write_template(folder, OLD, V1)
    write_template(folder, NEW, V2)
    yield folder
    library.cache_clear()


def open_county() -> Tenant:
    province = Region.objects.create(code="430000", name="湖南省", level="province", lineage="430000/")
    county = Region.objects.create(
        code=COUNTY, name="长沙县", level="county", parent=province, lineage=f"430000/{COUNTY}/"
    )
    return Tenant.objects.create(
        code=COUNTY, name="长沙县人民政府", short_name="长沙县", kind="county", region=county, host="csx.gov.cn",
        site_code="4301210001", status="live",
    )  # fmt: skip


def open_towns(county: Tenant, count: int, *, version: int = OLD, first: int = 1) -> list[Tenant]:
    """Open towns with the template's mandatory columns and the optional ones, mounted below the county."""
    regions = Region.objects.bulk_create(
        Region(
            code=f"{COUNTY}{number:03}",
            name=f"{number}镇",
            level="town",
            parent=county.region,
            lineage=f"{county.region.lineage}{COUNTY}{number:03}/",
        )
        for number in range(first, first + count)
    )
    with transaction.atomic():
        towns = Tenant.objects.bulk_create(
            Tenant(
                code=region.code, name=f"{region.name}人民政府", short_name=region.name, kind="town", region=region,
                mount=f"t{region.code[-3:]}", mounted_under=county, status="live", template_version=version,
                conformance=1.0,
            )
            for region in regions
        )  # fmt: skip
        template = library().get("town", version)
        build_sites([SiteSpec(town, template) for town in towns], with_optional=True)
    return towns


def open_county_site(county: Tenant) -> None:
    with transaction.atomic():
        county.template_version = library().latest("county").version
        county.save()
        build_sites([SiteSpec(county, library().latest("county"))])


def column(tenant: Tenant, code: str) -> Column:
    return Column.objects.get(tenant=tenant, code=code)


def write_article(below: Column, title: str) -> Article:
    article = Article(title=title, slug=f"a{below.pk}-{below.numchild + 1}")
    Column.objects.get(pk=below.pk).add_child(instance=article)
    article.save_revision().publish()
    return article


def snapshot(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Return all that a roll-out may touch of a sub-site, without ids of revisions and without times."""
    tenant.refresh_from_db()
    names = (
        "path", "url_path", "depth", "numchild", "slug", "title", "draft_title", "live", "has_unpublished_changes",
        "column_id", "pk",
    )  # fmt: skip
    own = (
        "code", "kind", "mandatory", "position", "show_in_menus", "intro", "keywords", "responsible", "disclosure",
        "update_within_days", "column_type", "keeper", "template_version", "retired_on",
    )  # fmt: skip
    pages = list(SitePage.objects.filter(tenant=tenant).order_by("path").values_list(*names))
    columns = list(Column.objects.filter(tenant=tenant).order_by("path").values_list(*own))
    return [("tenant", tenant.template_version, tenant.conformance), *pages, *columns]


def assert_tree_is_sound() -> None:
    problems = SitePage.find_problems()
    assert not any(problems), problems
    for page in SitePage.objects.filter(depth__gt=1):
        parent = page.get_parent()
        assert page.url_path == f"{parent.url_path}{page.slug}/"
    assert HomePage.objects.exclude(depth=3).count() == 0


def codes(columns: Sequence[Column]) -> list[str]:
    return [found.code for found in columns]
