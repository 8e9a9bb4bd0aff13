"""A small province to plan with, and what its plans say."""

from dataclasses import fields, replace
from typing import Any

from provisioning.plan import Plan, PlannedSite, plan
from provisioning.plan_picture import Present, RegionState, TenantState
from provisioning.requests import KINDS, Refusal, SiteRequest, parse_request
from tenants.tables import RawRow

REGIONS = {
    region.code: region
    for region in (
        RegionState("430000", "湖南省", "province"),
        RegionState("430100", "长沙市", "city", "430000"),
        RegionState("430102", "芙蓉区", "county", "430100"),
        RegionState("430103", "天心区", "county", "430100"),
        RegionState("430121", "长沙县", "county", "430100"),
        RegionState("430102001", "文艺路街道", "town", "430102"),
        RegionState("430102002", "朝阳街道", "town", "430102"),
        RegionState("430102003", "朝阳镇", "town", "430102"),
        RegionState("430103001", "坡子街街道", "town", "430103"),
    )
}
VERSIONS = dict.fromkeys(KINDS, (1, 2, 3))
EMPTY = Present(REGIONS, {}, {}, {}, VERSIONS)
PATTERN = "{slug}.example.gov.cn"

PROVINCE = {"name": "湖南省人民政府", "kind": "province", "region_code": "43", "host": "www.hunan.gov.cn"}
CITY = {"name": "长沙市人民政府", "kind": "city", "region_code": "4301", "host": "www.changsha.gov.cn"}
COUNTY = {"name": "芙蓉区人民政府", "kind": "county", "region_code": "430102", "host": "www.furong.gov.cn"}
TOWN = {"name": "文艺路街道办事处", "kind": "town", "region_code": "430102001"}
TOWN_2 = {"name": "朝阳街道办事处", "kind": "town", "region_code": "430102002"}
TOWN_3 = {"name": "朝阳镇人民政府", "kind": "town", "region_code": "430102003"}
BUREAU = {"name": "芙蓉区教育局", "kind": "department", "region_code": "430102"}


def planned(*rows: dict[str, str], present: Present = EMPTY, **options: Any) -> Plan:
    """Plan rows numbered from 2, as they stand in a sheet below its header."""
    parsed = [parse_request(RawRow(number, row)) for number, row in enumerate(rows, 2)]
    requests = [each for each in parsed if isinstance(each, SiteRequest)]
    return plan(requests, [each for each in parsed if isinstance(each, Refusal)], present, **options)


def applied(done: Plan | list[PlannedSite], present: Present = EMPTY) -> Present:
    """Return what is there after the sites were applied."""
    tenants = dict(present.tenants)
    for site in done.sites if isinstance(done, Plan) else done:
        tenants[site.request.code] = TenantState(
            **{field.name: getattr(site.request, field.name) for field in fields(TenantState)}
        )
    return replace(
        present,
        tenants=tenants,
        hosts={tenant.host: tenant.code for tenant in tenants.values() if tenant.host},
        mounts={(tenant.mounted_under_code, tenant.mount): tenant.code for tenant in tenants.values() if tenant.mount},
    )


def by_code(done: Plan) -> dict[str, PlannedSite]:
    return {site.request.code: site for site in done.sites}


def only_sentence(done: Plan, row: int) -> str:
    refused = {each.row: each for each in done.refused}
    assert row in refused, done
    assert len(refused[row].problems) == 1, refused[row]
    return refused[row].problems[0].sentence


FURONG = applied(planned(PROVINCE, CITY, COUNTY, TOWN, BUREAU))
