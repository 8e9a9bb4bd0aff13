"""Lists of sub-sites as operators hand them in, and what became of them in the database."""

from __future__ import annotations

import csv
import io
from typing import Any

from sites.models import SitePage
from tenants.models import Region, Tenant
from tests.cast import REGIONS, make_regions

# One of each kind, supervisors first.
PROVINCE = {
    "code": "430000",
    "name": "湖南省人民政府",
    "kind": "province",
    "region_code": "430000",
    "host": "www.hunan.gov.cn",
}
CITY = {
    "code": "430100",
    "name": "长沙市人民政府",
    "kind": "city",
    "region_code": "430100",
    "host": "www.changsha.gov.cn",
}
COUNTY = {
    "code": "430102",
    "name": "芙蓉区人民政府",
    "kind": "county",
    "region_code": "430102",
    "host": "www.furong.gov.cn",
}
NEIGHBOUR = {
    "code": "430103",
    "name": "天心区人民政府",
    "kind": "county",
    "region_code": "430103",
    "host": "www.tianxin.gov.cn",
}
TOWN = {"code": "430102001", "name": "文艺路街道办事处", "kind": "town", "region_code": "430102001", "mount": "wyl"}
BUREAU = {"code": "430102-jyj", "name": "芙蓉区教育局", "kind": "department", "region_code": "430102", "mount": "jyj"}
ALL = (PROVINCE, CITY, COUNTY, NEIGHBOUR, TOWN, BUREAU)


def sheet(*rows: dict[str, Any], encoding: str = "utf-8") -> bytes:
    """Return the rows as a CSV file with English headers."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def hunan() -> dict[str, Region]:
    return make_regions(REGIONS)


def bureaus(count: int, **values: Any) -> list[dict[str, Any]]:
    """Return departments of 芙蓉区, by number."""
    return [
        {
            "code": f"430102-b{n:03}",
            "name": f"第{n}局",
            "kind": "department",
            "region_code": "430102",
            "mount": f"b{n:03}",
            **values,
        }
        for n in range(1, count + 1)
    ]


def tenants() -> dict[str, tuple[Any, ...]]:
    """Return what the list says of each tenant, by code."""
    fields = ("name", "kind", "status", "host", "mount", "supervisor__code", "mounted_under__code", "region__code")
    return {code: tuple(values) for code, *values in Tenant.objects.values_list("code", *fields)}


def pages() -> set[tuple[Any, ...]]:
    """Return the pages as citizens and editors know them."""
    return set(SitePage.objects.values_list("url_path", "title", "live", "depth", "numchild", "tenant__code"))
