"""The plan: who is created under whom and at which address, what is refused, and that order changes nothing."""

import json
import random
import sys
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from provisioning.plan import Plan, PlannedSite, RefusedRow, plan
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


# Supervision


def test_supervisors_stand_before_the_supervised_whatever_the_order_of_the_list() -> None:
    done = planned(TOWN, BUREAU, COUNTY, CITY, PROVINCE)
    assert [(site.row, site.request.code) for site in done.sites] == [
        (6, "430000"), (5, "430100"), (4, "430102"), (2, "430102001"), (3, "430102-jiaoyu"),
    ]  # fmt: skip
    assert {code: site.request.supervisor_code for code, site in by_code(done).items()} == {
        "430000": "", "430100": "430000", "430102": "430100", "430102001": "430102", "430102-jiaoyu": "430102",
    }  # fmt: skip
    assert done.counts == {"create": 5, "change": 0, "unchanged": 0, "refused": 0}


def test_towns_and_departments_are_mounted_under_their_county() -> None:
    sites = by_code(planned(COUNTY, TOWN, BUREAU))
    town, bureau = sites["430102001"].request, sites["430102-jiaoyu"].request
    assert (town.host, town.mount, town.mounted_under_code) == ("", "wenyilu", "430102")
    assert (bureau.host, bureau.mount, bureau.mounted_under_code) == ("", "jiaoyu", "430102")
    assert (sites["430102"].request.mount, sites["430102"].request.supervisor_code) == ("", "")


def test_a_new_site_gets_its_defaults() -> None:
    town = by_code(planned(COUNTY, TOWN))["430102001"].request
    assert (town.status, town.short_name, town.theme, town.template_version) == ("draft", "文艺路街道", "", 3)
    asked = by_code(planned({**COUNTY, "status": "试运行", "template_version": "2", "theme": "红色"}))["430102"].request
    assert (asked.status, asked.template_version, asked.theme) == ("trial", 2, "")
    assert by_code(planned(COUNTY, default_status="live"))["430102"].request.status == "live"


def test_the_nearest_portal_above_supervises_where_the_own_one_is_missing() -> None:
    site = by_code(planned(CITY, TOWN))["430102001"]
    assert (site.request.supervisor_code, site.request.mounted_under_code) == ("430100", "430100")
    assert "'430102' has no portal yet" in site.warnings[0].sentence


def test_a_town_without_any_portal_above_is_refused() -> None:
    assert "no site above it has a host" in only_sentence(planned(TOWN), 2)


def test_a_site_below_a_channel_site_is_mounted_under_its_registered_ancestor() -> None:
    office = {"name": "招生办公室", "kind": "department", "region_code": "430102", "supervisor_code": "430102-jiaoyu"}
    site = next(site for site in planned(office, COUNTY, BUREAU).sites if site.request.name == "招生办公室")
    assert (site.request.supervisor_code, site.request.mounted_under_code) == ("430102-jiaoyu", "430102")


def test_a_site_below_a_department_with_a_host_is_mounted_there() -> None:
    bureau = {**BUREAU, "host": "jyj.furong.gov.cn"}
    school = {"name": "招生办公室", "kind": "department", "region_code": "430102", "supervisor_code": "430102-jiaoyu"}
    site = next(site for site in planned(school, COUNTY, bureau).sites if site.request.name == "招生办公室")
    assert site.request.mounted_under_code == "430102-jiaoyu"


def test_an_unknown_supervisor_is_refused() -> None:
    assert "supervisor '999999' is neither in the list nor among the sites" in only_sentence(
        planned({**COUNTY, "supervisor_code": "999999"}), 2
    )


def test_a_supervisor_may_be_given_by_a_short_region_code() -> None:
    assert by_code(planned(PROVINCE, {**CITY, "supervisor_code": "43"}))["430100"].request.supervisor_code == "430000"


def test_a_supervisor_of_a_lower_level_is_refused() -> None:
    done = planned({**COUNTY, "supervisor_code": "430102001"}, TOWN)
    assert any("can't supervise" in problem.sentence for problem in done.refused[0].problems)


def test_all_rows_of_a_circle_are_refused_and_shown_it() -> None:
    one = {"name": "甲局", "kind": "department", "region_code": "430102", "code": "a1", "supervisor_code": "a2"}
    two = {"name": "乙局", "kind": "department", "region_code": "430102", "code": "a2", "supervisor_code": "a3"}
    three = {"name": "丙局", "kind": "department", "region_code": "430102", "code": "a3", "supervisor_code": "a1"}
    below = {"name": "丁局", "kind": "department", "region_code": "430102", "code": "a4", "supervisor_code": "a1"}
    done = planned(COUNTY, one, two, three, below)
    assert "supervision runs in a circle: a1 → a2 → a3 → a1." in only_sentence(done, 3)
    assert "a2 → a3 → a1 → a2" in only_sentence(done, 4)
    assert "a3 → a1 → a2 → a3" in only_sentence(done, 5)
    assert "its supervisor 'a1' in row 3 is refused" in only_sentence(done, 6)
    assert done.counts["create"] == 1


def test_a_site_that_supervises_itself_is_refused() -> None:
    assert "430102 → 430102" in only_sentence(planned({**COUNTY, "supervisor_code": "430102"}), 2)


def test_a_circle_through_present_sites_is_refused() -> None:
    moved = {**BUREAU, "supervisor_code": "430102-zsb"}
    office = {"name": "招生办", "kind": "department", "region_code": "430102", "code": "430102-zsb"}
    present = applied(planned({**office, "supervisor_code": "430102-jiaoyu"}, present=FURONG), FURONG)
    assert "circle: 430102-jiaoyu → 430102-zsb → 430102-jiaoyu" in only_sentence(planned(moved, present=present), 2)


def test_a_long_circle_is_shown_in_short() -> None:
    rows = [
        {
            "name": f"第{n}局",
            "kind": "department",
            "region_code": "430102",
            "code": f"d{n:02}",
            "supervisor_code": f"d{(n + 1) % 30:02}",
        }
        for n in range(30)
    ]
    assert "d08 → d09 → … → d00." in only_sentence(planned(COUNTY, *rows), 3)


def test_subordinates_of_a_refused_new_site_are_refused_with_that_reason() -> None:
    bad_county = {**COUNTY, "host": "http://x"}
    done = planned(TOWN, bad_county, {**BUREAU, "supervisor_code": "430102"}, CITY)
    assert "its supervisor '430102' in row 3 is refused" in only_sentence(done, 2)
    assert "its supervisor '430102' in row 3 is refused" in only_sentence(done, 4)
    assert done.counts == {"create": 1, "change": 0, "unchanged": 0, "refused": 3}


def test_subordinates_of_a_refused_change_go_through() -> None:
    done = planned({**COUNTY, "host": "http://x"}, TOWN_2, present=FURONG)
    assert [site.request.code for site in done.sites] == ["430102002"]
    assert done.sites[0].request.mounted_under_code == "430102"


def test_a_refusal_found_late_still_reaches_the_subordinates() -> None:
    office = {
        "name": "招生办",
        "kind": "department",
        "region_code": "430102",
        "code": "430102-zsb",
        "supervisor_code": "430102-xx",
    }
    taken = {"name": "新局", "kind": "department", "region_code": "430102", "code": "430102-xx", "mount": "jiaoyu"}
    done = planned(office, taken, present=FURONG)
    assert "belongs to '430102-jiaoyu' already" in only_sentence(done, 3)
    assert "its supervisor '430102-xx' in row 3 is refused" in only_sentence(done, 2)


def test_a_closed_supervisor_takes_no_new_sites() -> None:
    closed = replace(FURONG.tenants["430102-jiaoyu"], status="closed")
    present = replace(FURONG, tenants={**FURONG.tenants, "430102-jiaoyu": closed})
    office = {
        "name": "招生办",
        "kind": "department",
        "region_code": "430102",
        "code": "430102-zsb",
        "supervisor_code": "430102-jiaoyu",
    }
    assert "is closed. Name another" in only_sentence(planned(office, present=present), 2)


# Regions, kinds, templates


def test_an_unknown_region_is_refused_and_the_good_rows_go_through() -> None:
    done = planned(COUNTY, {**TOWN, "region_code": "430199001"})
    assert "region '430199001' is not known" in only_sentence(done, 3)
    assert done.counts["create"] == 1


@pytest.mark.parametrize(
    ("kind", "region"),
    [("county", "430100"), ("town", "430102"), ("city", "430000"), ("province", "430100"), ("department", "430102001")],
)
def test_a_kind_that_does_not_fit_the_level_of_its_region_is_refused(kind: str, region: str) -> None:
    row = {"name": "甲", "kind": kind, "region_code": region, "code": "x1", "host": "www.x.gov.cn"}
    assert f"a site of kind '{kind}' can't stand in" in only_sentence(planned(PROVINCE, CITY, COUNTY, row), 5)


def test_a_second_portal_of_a_region_is_refused() -> None:
    second = {**COUNTY, "code": "furong2", "host": "www.furong2.gov.cn"}
    assert "has the site '430102' already" in only_sentence(planned(COUNTY, second), 3)
    assert "has the site '430102' already" in only_sentence(planned(second, present=FURONG), 2)


def test_the_kind_of_a_present_site_never_changes() -> None:
    row = {**BUREAU, "code": "430102001"}
    assert "is of kind 'town' and can't become 'department'" in only_sentence(planned(row, present=FURONG), 2)


def test_an_unknown_template_version_is_refused() -> None:
    assert "template 'county' has no version 9, only 1, 2, 3" in only_sentence(
        planned({**COUNTY, "template_version": "9"}), 2
    )
    assert "no column template for kind 'county'" in only_sentence(
        planned(COUNTY, present=replace(EMPTY, template_versions={})), 2
    )


# Doubles


def test_the_second_row_with_a_code_is_refused_and_names_the_first() -> None:
    done = planned(COUNTY, {**COUNTY, "host": "www.other.gov.cn"}, {**COUNTY, "host": "www.third.gov.cn"})
    assert "code '430102' stands in row 2 already" in only_sentence(done, 3)
    assert "code '430102' stands in row 2 already" in only_sentence(done, 4)
    assert done.counts["create"] == 1


def test_a_host_is_given_once() -> None:
    other = {"name": "天心区人民政府", "kind": "county", "region_code": "430103", "host": "WWW.Furong.gov.cn"}
    assert "host 'www.furong.gov.cn' stands in row 2 already" in only_sentence(planned(COUNTY, other), 3)
    assert "is the host of '430102' already" in only_sentence(planned(other, present=FURONG), 2)
    former = replace(FURONG, former_hosts={"old.furong.gov.cn": "430102"})
    assert "former host of '430102'" in only_sentence(
        planned({**other, "host": "old.furong.gov.cn"}, present=former), 2
    )
    back = planned({**COUNTY, "host": "old.furong.gov.cn"}, present=former)
    assert back.sites[0].changes["host"] == ("www.furong.gov.cn", "old.furong.gov.cn")


def test_a_site_code_is_given_once() -> None:
    bureau = {**BUREAU, "host": "jyj.furong.gov.cn", "site_code": "4301020001"}
    county = {**COUNTY, "site_code": "4301020001"}
    assert "site code '4301020001' stands in row 2 already" in only_sentence(planned(county, bureau), 3)
    present = applied(planned(county))
    assert "belongs to '430102'" in only_sentence(planned(bureau, present=present), 2)


def test_a_channel_site_that_repeats_the_site_code_of_its_portal_inherits_it() -> None:
    site = by_code(planned({**COUNTY, "site_code": "4301020001"}, {**TOWN, "site_code": "4301020001"}))["430102001"]
    assert site.request.site_code == ""
    assert "inherited" in site.warnings[0].sentence


def test_a_path_is_given_once_below_one_portal() -> None:
    done = planned(COUNTY, {**TOWN, "mount": "jiaoyu"}, {**TOWN_2, "mount": "jiaoyu"})
    assert "path 'jiaoyu' below '430102' stands in row 3 already" in only_sentence(done, 4)
    assert "belongs to '430102-jiaoyu' already" in only_sentence(
        planned({**TOWN_2, "mount": "jiaoyu"}, present=FURONG), 2
    )
    former = replace(FURONG, former_mounts={("430102", "old"): "430102001"})
    assert "former address of '430102001'" in only_sentence(planned({**TOWN_2, "mount": "old"}, present=former), 2)


def test_the_address_of_a_column_is_not_a_sub_sites_to_take() -> None:
    present = replace(EMPTY, reserved_mounts=frozenset({"zwgk", "wenyilu"}))
    assert "address of a column" in only_sentence(planned(COUNTY, {**TOWN, "mount": "zwgk"}, present=present), 3)
    assert by_code(planned(COUNTY, TOWN, present=present))["430102001"].request.mount == "wenyilu-001"


# Paths and hosts made from names


def test_sites_of_the_same_name_get_the_end_of_their_code_in_any_order() -> None:
    for rows in ((COUNTY, TOWN_2, TOWN_3), (TOWN_3, TOWN_2, COUNTY)):
        sites = by_code(planned(*rows))
        assert sites["430102002"].request.mount == "zhaoyang-002"
        assert sites["430102003"].request.mount == "zhaoyang-003"


def test_a_present_site_keeps_its_path_and_the_newcomer_gets_the_longer_one() -> None:
    present = applied(planned(COUNTY, TOWN_2))
    assert present.tenants["430102002"].mount == "zhaoyang"
    sites = by_code(planned(TOWN_2, TOWN_3, present=present))
    assert (sites["430102002"].action, sites["430102002"].request.mount) == ("unchanged", "zhaoyang")
    assert sites["430102003"].request.mount == "zhaoyang-003"


def test_a_path_asked_for_wins_over_one_that_is_made() -> None:
    sites = by_code(planned(COUNTY, TOWN_2, {**BUREAU, "mount": "zhaoyang"}))
    assert sites["430102002"].request.mount == "zhaoyang-002"


def test_sites_whose_names_and_tails_agree_get_their_whole_code() -> None:
    regions = {**REGIONS, "430103002": RegionState("430103002", "朝阳街道", "town", "430103")}
    twin = {**TOWN_2, "region_code": "430103002"}
    sites = by_code(planned(CITY, TOWN_2, twin, present=replace(EMPTY, regions=regions)))
    assert {code: sites[code].request.mount for code in ("430102002", "430103002")} == {
        "430102002": "zhaoyang-430102002",
        "430103002": "zhaoyang-430103002",
    }


def test_a_portal_without_a_host_gets_the_default_or_is_refused() -> None:
    row = {key: value for key, value in COUNTY.items() if key != "host"}
    assert "a portal needs a host" in only_sentence(planned(row), 2)
    assert planned(row, default_host_pattern=PATTERN).sites[0].request.host == "furong.example.gov.cn"
    assert planned(row, default_host_pattern="s{code}.example.gov.cn").sites[0].request.host == "s430102.example.gov.cn"
    local = planned(row, default_host_pattern="{slug}.localhost", allow_local_hosts=True)
    assert local.sites[0].request.host == "furong.localhost"


def test_portals_of_the_same_name_get_their_code_in_the_default_host() -> None:
    one = {"name": "城区", "kind": "county", "region_code": "430102"}
    two = {"name": "城区", "kind": "county", "region_code": "430103"}
    hosts = {site.request.host for site in planned(one, two, default_host_pattern=PATTERN).sites}
    assert hosts == {"cheng-430102.example.gov.cn", "cheng-430103.example.gov.cn"}


def test_a_present_portal_keeps_its_host_whatever_the_default() -> None:
    row = {key: value for key, value in COUNTY.items() if key != "host"}
    assert planned(row, present=FURONG, default_host_pattern=PATTERN).sites[0].action == "unchanged"


@pytest.mark.parametrize("pattern", ["{slugg}.gov.cn", "http://{slug}.gov.cn", "{slug", "{0}.gov.cn"])
def test_a_bad_default_host_is_a_fault_of_the_setting(pattern: str) -> None:
    row = {key: value for key, value in COUNTY.items() if key != "host"}
    with pytest.raises(ValueError, match="default_host_pattern"):
        planned(row, default_host_pattern=pattern)
    with pytest.raises(ValueError, match="default_status"):
        planned(COUNTY, default_status="closed")


def test_a_town_with_its_own_host_goes_through_with_a_warning() -> None:
    site = by_code(planned(COUNTY, {**TOWN, "host": "wenyi.furong.gov.cn"}))["430102001"]
    assert (site.request.host, site.request.mount, site.request.mounted_under_code) == ("wenyi.furong.gov.cn", "", "")
    assert "normally" in site.warnings[0].sentence


# Changes


def test_the_same_list_again_is_unchanged() -> None:
    done = planned(PROVINCE, CITY, COUNTY, TOWN, BUREAU, present=FURONG)
    assert done.counts == {"create": 0, "change": 0, "unchanged": 5, "refused": 0}


def test_a_change_names_old_and_new_and_empty_cells_leave_what_is_there() -> None:
    full = {**TOWN, "address": "五一大道1号", "contact_name": "张三", "opened_on": "2024-05-01", "theme": "blue"}
    present = applied(planned(COUNTY, full))
    site = planned({**TOWN, "address": "人民路2号", "theme": "红"}, present=present).sites[0]
    assert site.action == "change"
    assert site.changes == {"address": ("五一大道1号", "人民路2号"), "theme": ("blue", "")}
    assert (site.request.contact_name, site.request.opened_on) == ("张三", date(2024, 5, 1))


def test_a_status_asked_of_a_present_site_is_a_warning() -> None:
    site = planned({**TOWN, "status": "live"}, present=FURONG).sites[0]
    assert site.action == "unchanged"
    assert "the status stays 'draft'. To make it 'live', use 'manage.py" in site.warnings[0].sentence
    assert planned({**TOWN, "status": "draft"}, present=FURONG).sites[0].warnings == ()


def test_a_new_site_is_asked_for_as_draft_trial_or_live_only() -> None:
    assert "a new site can't be 'closed'" in only_sentence(planned({**COUNTY, "status": "closed"}), 2)


def test_a_template_version_asked_of_a_present_site_is_a_warning() -> None:
    site = planned({**TOWN, "template_version": "2"}, present=FURONG).sites[0]
    assert site.action == "unchanged"
    assert "the template stays at version 3" in site.warnings[0].sentence


def test_a_closed_site_can_be_listed_and_not_changed() -> None:
    closed = replace(FURONG.tenants["430102001"], status="closed")
    present = replace(FURONG, tenants={**FURONG.tenants, "430102001": closed})
    assert planned(TOWN, present=present).counts["unchanged"] == 1
    assert "is closed and can't change" in only_sentence(planned({**TOWN, "address": "x"}, present=present), 2)


def test_a_town_that_moves_to_another_county_is_mounted_there_and_keeps_its_path() -> None:
    other = {"name": "天心区人民政府", "kind": "county", "region_code": "430103", "host": "www.tianxin.gov.cn"}
    site = by_code(planned({**TOWN, "supervisor_code": "430103"}, other, present=FURONG))["430102001"]
    assert site.changes == {"supervisor_code": ("430102", "430103"), "mounted_under_code": ("430102", "430103")}


def test_a_department_may_get_its_own_host_and_go_back() -> None:
    own = planned({**BUREAU, "host": "jyj.furong.gov.cn"}, present=FURONG)
    assert own.sites[0].changes == {
        "host": ("", "jyj.furong.gov.cn"), "mount": ("jiaoyu", ""), "mounted_under_code": ("430102", ""),
    }  # fmt: skip
    present = applied(own, FURONG)
    assert planned(BUREAU, present=present).counts["unchanged"] == 1
    back = planned({**BUREAU, "code": "430102-jiaoyu", "mount": "jy"}, present=present).sites[0]
    assert (back.changes["host"], back.changes["mount"]) == (("jyj.furong.gov.cn", ""), ("", "jy"))


def test_a_site_that_carries_others_keeps_a_host() -> None:
    present = applied(planned({**BUREAU, "host": "jyj.furong.gov.cn"}, present=FURONG), FURONG)
    school = {
        "name": "招生办",
        "kind": "department",
        "region_code": "430102",
        "code": "zsb",
        "supervisor_code": "430102-jiaoyu",
    }
    present = applied(planned(school, present=present), present)
    row = {**BUREAU, "code": "430102-jiaoyu", "mount": "jy"}
    assert "sites are mounted below '430102-jiaoyu'" in only_sentence(planned(row, present=present), 2)


def test_a_department_is_found_again_by_its_name_when_its_derived_code_differs() -> None:
    old = replace(FURONG.tenants["430102-jiaoyu"], code="430102-jy")
    present = replace(
        FURONG,
        tenants={"430102": FURONG.tenants["430102"], "430102-jy": old},
        mounts={("430102", "jiaoyu"): "430102-jy"},
    )
    done = planned(BUREAU, present=present)
    assert [(site.action, site.request.code) for site in done.sites] == [("unchanged", "430102-jy")]


# The whole


def a_county_list() -> list[dict[str, str]]:
    rows = [PROVINCE, CITY, COUNTY, {**COUNTY, "name": "天心区人民政府", "region_code": "430103", "host": ""}]
    rows += [TOWN, TOWN_2, TOWN_3, {"name": "坡子街街道", "kind": "town", "region_code": "430103001"}]
    for region in ("430102", "430103"):
        rows += [
            {"name": name, "kind": "department", "region_code": region}
            for name in ("教育局", "财政局", "朝阳局", "水利局")
        ]
    return rows


def test_the_order_of_the_list_changes_nothing() -> None:
    rows = a_county_list()
    expected = applied(planned(*rows, default_host_pattern=PATTERN)).tenants
    for seed in range(20):
        random.Random(seed).shuffle(rows)
        assert applied(planned(*rows, default_host_pattern=PATTERN)).tenants == expected


def test_a_run_broken_off_anywhere_ends_in_the_same_sites() -> None:
    rows = a_county_list()
    whole = planned(*rows, default_host_pattern=PATTERN)
    for length in range(len(whole.sites) + 1):
        halfway = applied(list(whole.sites[:length]))
        rest = planned(*rows, present=halfway, default_host_pattern=PATTERN)
        assert rest.counts["unchanged"] == length
        assert applied(rest, halfway).tenants == applied(whole).tenants


def test_refusals_of_the_parser_are_in_the_plan_with_their_problems() -> None:
    done = planned({"kind": "town", "region_code": "430102001"}, COUNTY)
    assert done.refused[0].code == "430102001"
    assert "the name of the organiser is missing" in only_sentence(done, 2)
    assert isinstance(done.rows[-1], RefusedRow)
    assert len(done.rows) == 2


def test_the_plan_is_plain_json_with_sentences_and_what_they_are_translated_from() -> None:
    row = {**TOWN, "address": "x", "opened_on": "2024-05-01", "status": "live"}
    data = json.loads(json.dumps(planned(row, {"kind": "town"}, present=FURONG).to_json()))
    assert data["counts"] == {"create": 0, "change": 1, "unchanged": 0, "refused": 1}
    site = data["sites"][0]
    assert (site["row"], site["action"], site["code"]) == (2, "change", "430102001")
    assert site["changes"] == {"address": ["", "x"], "opened_on": [None, "2024-05-01"]}
    problem = data["refused"][0]["problems"][0]
    assert problem["sentence"] == f"Row 3, {problem['field']}: {problem['msgid'] % problem['params']}"
    assert site["warnings"][0]["field"] == "status"


def test_an_empty_list_is_an_empty_plan() -> None:
    assert planned().counts == {"create": 0, "change": 0, "unchanged": 0, "refused": 0}


def test_the_work_grows_with_the_rows_and_not_faster() -> None:
    """Counts calls instead of seconds: a machine that is busy changes nothing."""

    def calls(number: int) -> int:
        rows = [
            SiteRequest(
                n + 3,
                f"d{n}",
                f"第{n}局",
                "department",
                "430102",
                slug=f"d{n % 7}",
                supervisor_code=f"d{n - 1}" if n else "",
            )
            for n in range(number)
        ]
        county = parse_request(RawRow(2, COUNTY))
        assert isinstance(county, SiteRequest)
        counted = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            done = plan([county, *reversed(rows)], [], EMPTY)
        finally:
            sys.setprofile(None)
        assert done.counts["create"] == number + 1
        return counted

    assert calls(4_000) < 12 * calls(400)
