"""The plan: codes, hosts and paths are given once, and those that are missing are made from names."""

from dataclasses import replace

import pytest

from provisioning.plan_picture import RegionState
from tests.provisioning.plans import (
    BUREAU,
    CITY,
    COUNTY,
    EMPTY,
    FURONG,
    PATTERN,
    REGIONS,
    TOWN,
    TOWN_2,
    TOWN_3,
    applied,
    by_code,
    only_sentence,
    planned,
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
