"""Small sub-sites made page by page: what the steps of a lifecycle need, and no template."""

from __future__ import annotations

from typing import Any

from wagtail.models import Site

from sites import addresses
from sites.models import Article, Column, HomePage, RegionPage, SitePage
from tenants import versions
from tenants.models import Region, Tenant

PROVINCE, CITY, FURONG, TIANXIN, TOWN = "430000", "430100", "430102", "430103", "430102001"


def regions() -> dict[str, Region]:
    """Make a province, a city, two counties and a town; return them by code."""
    made: dict[str, Region] = {}
    for code, name, level, parent in [
        (PROVINCE, "湖南省", "province", ""),
        (CITY, "长沙市", "city", PROVINCE),
        (FURONG, "芙蓉区", "county", CITY),
        (TIANXIN, "天心区", "county", CITY),
        (TOWN, "文艺路街道", "town", FURONG),
    ]:
        above = made.get(parent)
        lineage = f"{above.lineage if above else ''}{code}/"
        made[code] = Region.objects.create(code=code, name=name, level=level, parent=above, lineage=lineage)
    return made


def open_site(code: str, name: str, region: Region, **values: Any) -> Tenant:
    """Make a tenant with home, one column (zwdt) and one article (a1) in it; `values` are the tenant's fields."""
    tenant = Tenant.objects.create(
        code=code, name=name, short_name=name[:10], region=region, **{"kind": "county", "status": "live", **values}
    )
    holder = region.parent if region.level == "town" and region.parent else region
    region_page = RegionPage.objects.filter(slug=holder.code).first()
    if region_page is None:
        region_page = RegionPage(title=holder.name, slug=holder.code)
        SitePage.get_first_root_node().add_child(instance=region_page)
    home = HomePage(title=name, slug=code.lower(), tenant=tenant)
    region_page.add_child(instance=home)
    column = Column(title="政务动态", slug="zwdt", show_in_menus=True)
    home.add_child(instance=column)
    column.add_child(instance=Article(title=f"{name}一号文", slug="a1"))
    if tenant.host:
        Site.objects.create(hostname=tenant.host, port=80, root_page=home, site_name=name)
    versions.bump([tenant.pk])
    addresses.book.clear()
    return tenant


def channel_site(code: str, name: str, mount: str, under: Tenant, **values: Any) -> Tenant:
    """Make a channel site below the host of `under`, supervised by it."""
    filled = {"kind": "department", "region": under.region, "supervisor": under, **values}
    return open_site(code, name, mount=mount, mounted_under=under, **filled)
