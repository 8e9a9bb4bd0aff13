"""The plan: who stands under whom, and what is refused of it."""

from dataclasses import replace

from tests.provisioning.plans import (
    BUREAU,
    CITY,
    COUNTY,
    FURONG,
    PROVINCE,
    TOWN,
    TOWN_2,
    applied,
    by_code,
    only_sentence,
    planned,
)


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
