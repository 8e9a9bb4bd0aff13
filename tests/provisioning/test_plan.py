"""The plan: what fits a region, what changes of a present site, and that order changes nothing."""

import json
import random
import sys
from dataclasses import replace
from datetime import date

import pytest

from provisioning.plan import RefusedRow, plan
from provisioning.requests import SiteRequest, parse_request
from tenants.tables import RawRow
from tests.provisioning.plans import (
    BUREAU,
    CITY,
    COUNTY,
    EMPTY,
    FURONG,
    PATTERN,
    PROVINCE,
    TOWN,
    TOWN_2,
    TOWN_3,
    applied,
    by_code,
    only_sentence,
    planned,
)

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
