"""Carrying a plan out: any order, a second time, with differences, with rows that fail by themselves."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext
from wagtail.models import PageLogEntry, Revision, Site

from provisioning import apply, runs
from provisioning.models import ProvisioningRun, RunStatus
from sites.models import Column, HomePage, SitePage
from tenants.models import FormerAddress, LifecycleEvent, Tenant, User, VersionCounter
from tests.cast import home_of, own_column
from tests.provisioning.lists import (
    ALL,
    BUREAU,
    CITY,
    COUNTY,
    NEIGHBOUR,
    PROVINCE,
    TOWN,
    bureaus,
    hunan,
    pages,
    sheet,
    tenants,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> Any:
    return hunan()


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator")


def provision(*rows: dict[str, Any], by: User | None = None, **options: Any) -> ProvisioningRun:
    run, _planned = runs.create_run(sheet(*rows), "list.csv", by=by, options=runs.Options(**options))
    return runs.apply_run(run, by=by)


def outcomes(run: ProvisioningRun) -> dict[str, str]:
    return dict(run.rows.values_list("code", "outcome"))


def test_a_list_of_every_kind_is_opened_whole(operator: User) -> None:
    run = provision(*ALL, by=operator)
    assert outcomes(run) == dict.fromkeys((row["code"] for row in ALL), "created")
    assert tenants() == {
        "430000": ("湖南省人民政府", "province", "trial", "www.hunan.gov.cn", "", None, None, "430000"),
        "430100": ("长沙市人民政府", "city", "trial", "www.changsha.gov.cn", "", "430000", None, "430100"),
        "430102": ("芙蓉区人民政府", "county", "trial", "www.furong.gov.cn", "", "430100", None, "430102"),
        "430103": ("天心区人民政府", "county", "trial", "www.tianxin.gov.cn", "", "430100", None, "430103"),
        "430102001": ("文艺路街道办事处", "town", "trial", "", "wyl", "430102", "430102", "430102001"),
        "430102-jyj": ("芙蓉区教育局", "department", "trial", "", "jyj", "430102", "430102", "430102"),
    }
    assert HomePage.objects.count() == 6
    assert not Column.objects.filter(mandatory=False).exists()
    assert SitePage.find_problems() == ([], [], [], [], [])
    assert set(Site.objects.exclude(root_page__depth=1).values_list("hostname", "site_name")) == {
        ("www.hunan.gov.cn", "湖南省人民政府"),
        ("www.changsha.gov.cn", "长沙市人民政府"),
        ("www.furong.gov.cn", "芙蓉区人民政府"),
        ("www.tianxin.gov.cn", "天心区人民政府"),
    }
    assert set(PageLogEntry.objects.values_list("user_id", flat=True)) == {operator.pk}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    shuffled = [*ALL, *bureaus(3)]
    random.Random(seed).shuffle(shuffled)
    provision(*shuffled)
    assert {code: (values[5], values[6]) for code, values in tenants().items()} == {
        "430000": (None, None),
        "430100": ("430000", None),
        "430102": ("430100", None),
        "430103": ("430100", None),
        "430102001": ("430102", "430102"),
        "430102-jyj": ("430102", "430102"),
        "430102-b001": ("430102", "430102"),
        "430102-b002": ("430102", "430102"),
        "430102-b003": ("430102", "430102"),
    }
    assert HomePage.objects.count() == 9


def test_a_town_in_an_earlier_list_than_its_city_is_found_again_unchanged() -> None:
    provision(PROVINCE, COUNTY, TOWN)
    assert tenants()["430102"][5] == "430000"
    run = provision(CITY, COUNTY, TOWN)
    # A supervisor that was settled is not taken away by a portal that opens later.
    assert outcomes(run) == {"430100": "created", "430102": "unchanged", "430102001": "unchanged"}


def test_a_second_run_writes_nothing_but_its_own_record() -> None:
    provision(*ALL)

    def state() -> tuple[Any, ...]:
        return (
            tenants(),
            pages(),
            Revision.objects.count(),
            PageLogEntry.objects.count(),
            LifecycleEvent.objects.count(),
            VersionCounter.objects.get().value,
        )

    before = state()
    run = provision(*ALL)
    assert Counter(outcomes(run).values()) == {"unchanged": 6}
    assert state() == before


def test_a_changed_list_changes_what_differs_and_nothing_else(operator: User) -> None:
    provision(*ALL)
    versions = dict(Tenant.objects.values_list("code", "version"))
    run = provision(
        PROVINCE,
        CITY,
        {**COUNTY, "host": "neu.furong.gov.cn", "contact_phone": "0731-84683001"},
        {**TOWN, "name": "文艺路街道", "mount": "wenyilu"},
        BUREAU,
        by=operator,
    )
    assert outcomes(run) == {
        "430000": "unchanged",
        "430100": "unchanged",
        "430102": "changed",
        "430102001": "changed",
        "430102-jyj": "unchanged",
    }
    county, town = Tenant.objects.get(code="430102"), Tenant.objects.get(code="430102001")
    assert (county.host, county.contact_phone) == ("neu.furong.gov.cn", "0731-84683001")
    assert (town.name, town.mount, home_of(town).title) == ("文艺路街道", "wenyilu", "文艺路街道")
    assert Site.objects.filter(hostname="neu.furong.gov.cn", root_page=home_of(county)).exists()
    assert not Site.objects.filter(hostname="www.furong.gov.cn").exists()
    assert set(FormerAddress.objects.values_list("tenant__code", "host", "mount")) == {
        ("430102", "www.furong.gov.cn", ""),
        ("430102001", "", "wyl"),
    }
    assert set(LifecycleEvent.objects.values_list("tenant__code", "action", "by")) == {
        ("430102", "change_host", operator.pk),
        ("430102", "amend", operator.pk),
        ("430102001", "rename", operator.pk),
        ("430102001", "change_mount", operator.pk),
    }
    grown = {code for code, version in Tenant.objects.values_list("code", "version") if version > versions[code]}
    assert grown == {"430102", "430102001"}
    changed = {row.code: row.changes for row in run.rows.filter(outcome="changed")}
    assert changed["430102"] == {
        "host": ["www.furong.gov.cn", "neu.furong.gov.cn"],
        "contact_phone": ["", "0731-84683001"],
    }


def test_an_empty_cell_erases_nothing() -> None:
    provision(PROVINCE, CITY, {**COUNTY, "contact_phone": "0731-1", "site_code": "4301020001"})
    run = provision({**COUNTY, "host": "", "contact_phone": "", "site_code": ""})
    assert outcomes(run) == {"430102": "unchanged"}
    county = Tenant.objects.get(code="430102")
    assert (county.host, county.contact_phone, county.site_code) == ("www.furong.gov.cn", "0731-1", "4301020001")


def test_refused_rows_do_not_stop_the_good_ones() -> None:
    run = provision(
        PROVINCE,
        {**CITY, "region_code": "999999"},
        {**COUNTY, "supervisor_code": "430000"},
        {**NEIGHBOUR, "supervisor_code": "430000", "host": COUNTY["host"]},
        {**TOWN, "kind": "村"},
        {**BUREAU, "site_code": "123"},
        {"code": "430102-x", "name": "", "kind": "department", "region_code": "430102"},
    )
    assert outcomes(run) == {
        "430000": "created",
        "430100": "refused",
        "430102": "created",
        "430103": "refused",
        "430102001": "refused",
        "430102-jyj": "refused",
        "430102-x": "refused",
    }
    assert set(tenants()) == {"430000", "430102"}
    for row in run.rows.filter(outcome="refused"):
        assert len(row.problems) >= 1
        assert str(row.row) in row.problems[0]
    assert run.status == RunStatus.FINISHED
    assert run.counts == {"created": 2, "changed": 0, "unchanged": 0, "failed": 0, "refused": 5}


def clash(host: str) -> Site:
    """Leave a host record behind that belongs to no sub-site: the plan cannot see it, the database refuses it."""
    return Site.objects.create(hostname=host, port=settings.PUBLIC_PORT, root_page=SitePage.get_first_root_node())


def test_a_row_that_fails_in_a_batch_fails_alone() -> None:
    clash(NEIGHBOUR["host"])
    run = provision(*ALL)
    assert outcomes(run) == {
        "430000": "created",
        "430100": "created",
        "430102": "created",
        "430103": "failed",
        "430102001": "created",
        "430102-jyj": "created",
    }
    [failed] = run.rows.filter(outcome="failed")
    assert len(failed.problems) == 1
    assert run.counts == {"created": 5, "changed": 0, "unchanged": 0, "failed": 1, "refused": 0}
    # Nothing half-made is left of it.
    assert not Tenant.objects.filter(code="430103").exists()
    assert not SitePage.objects.filter(slug="430103", depth=3).exists()
    assert SitePage.find_problems() == ([], [], [], [], [])


def blocked_by(code: str) -> str:
    return gettext("The site “%(code)s” that it belongs to could not be opened.") % {"code": code}


def test_what_belongs_to_a_failed_row_fails_with_a_sentence_that_names_it() -> None:
    clash(COUNTY["host"])
    run = provision(*ALL, *bureaus(2))
    assert {code for code, outcome in outcomes(run).items() if outcome == "failed"} == {
        "430102",
        "430102001",
        "430102-jyj",
        "430102-b001",
        "430102-b002",
    }
    assert run.rows.get(code="430102001").problems == [blocked_by("430102")]
    assert set(tenants()) == {"430000", "430100", "430103"}


def test_what_failed_is_opened_by_the_next_run_once_the_fault_is_gone() -> None:
    record = clash(COUNTY["host"])
    provision(*ALL)
    record.delete()
    run = provision(*ALL)
    assert Counter(outcomes(run).values()) == {"created": 3, "unchanged": 3}
    assert len(tenants()) == 6


def test_a_change_that_fails_leaves_the_row_as_it_was_and_the_others_go_through() -> None:
    provision(*ALL)
    clash("belegt.gov.cn")
    run = provision(
        {**COUNTY, "host": "belegt.gov.cn", "contact_phone": "0731-1"}, {**NEIGHBOUR, "contact_phone": "0731-2"}
    )
    assert outcomes(run) == {"430102": "failed", "430103": "changed"}
    assert "belegt.gov.cn" in run.rows.get(code="430102").problems[0]
    county = Tenant.objects.get(code="430102")
    assert (county.host, county.contact_phone) == ("www.furong.gov.cn", "")
    assert Tenant.objects.get(code="430103").contact_phone == "0731-2"


def test_a_batch_is_committed_with_its_outcomes_before_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "BATCH", 4)
    run, planned = runs.create_run(sheet(*ALL, *bureaus(5)), "list.csv", by=None, options=runs.Options())
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total, run.rows.exclude(outcome="").count(), Tenant.objects.count()))

    runs.apply_run(run, by=None, progress=progress)
    assert seen == [(0, 11, 0, 0), (4, 11, 4, 4), (8, 11, 8, 8), (11, 11, 11, 11)]
    assert len(planned.sites) == 11


def test_a_broken_programme_stops_the_run_and_what_was_committed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "BATCH", 2)
    build, calls = apply.build_sites, []

    def break_the_second_time(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError("a fault in the programme")
        build(*args, **kwargs)

    monkeypatch.setattr(apply, "build_sites", break_the_second_time)
    run, _planned = runs.create_run(sheet(*ALL), "list.csv", by=None, options=runs.Options())
    with pytest.raises(ZeroDivisionError):
        runs.apply_run(run, by=None)
    run.refresh_from_db()
    assert (run.status, run.error) == (RunStatus.FAILED, "ZeroDivisionError: a fault in the programme")
    assert run.finished_at is not None
    assert set(tenants()) == {"430000", "430100"}
    monkeypatch.setattr(apply, "build_sites", build)
    assert Counter(outcomes(provision(*ALL)).values()) == {"unchanged": 2, "created": 4}


def test_a_batch_whose_database_error_belongs_to_no_row_fails_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    build = apply.build_sites

    def refuse_the_town(specs: Any, **kwargs: Any) -> None:
        if any(spec.tenant.code == "430102001" for spec in specs):
            raise IntegrityError("boom\nDETAIL: secret")
        build(specs, **kwargs)

    monkeypatch.setattr(apply, "build_sites", refuse_the_town)
    run = provision(*ALL)
    assert Counter(outcomes(run).values()) == {"created": 5, "failed": 1}
    [problem] = run.rows.get(code="430102001").problems
    assert "boom" in problem
    assert "secret" not in problem


def test_optional_columns_come_when_they_are_asked_for() -> None:
    provision(PROVINCE, with_optional=True)
    assert Column.objects.filter(tenant__code="430000", mandatory=False).exists()


def test_a_site_that_opens_live_has_an_opening_day(places: Any) -> None:
    provision(
        PROVINCE, {**CITY, "status": "live"}, {**COUNTY, "status": "live", "opened_on": "2026-01-05"}, status="draft"
    )
    opened = {t.code: (t.status, t.opened_on and t.opened_on.isoformat()) for t in Tenant.objects.all()}
    assert opened["430000"] == ("draft", None)
    assert opened["430100"][0] == "live"
    assert opened["430100"][1] is not None
    assert opened["430102"] == ("live", "2026-01-05")


def test_a_path_that_a_column_of_the_countys_own_has_is_not_given_away() -> None:
    provision(PROVINCE, CITY, COUNTY)
    own_column(home_of(Tenant.objects.get(code="430102")), "wyl")
    run = provision(
        TOWN, {"code": "430102-q", "name": "区教育局", "kind": "department", "region_code": "430102", "mount": "jyj"}
    )
    assert outcomes(run) == {"430102001": "refused", "430102-q": "created"}


@pytest.mark.parametrize(
    ("host", "outcome", "stored"),
    [
        ("WWW.Furong.GOV.CN.", "created", "www.furong.gov.cn"),
        ("ｗｗｗ．furong．gov．cn", "created", "www.furong.gov.cn"),
        ("芙蓉.政务", "created", "xn--ug1au8b.xn--zfr164b"),
        ("https://www.furong.gov.cn/", "refused", None),
        ("www.furong.gov.cn:8080", "refused", None),
        ("www.furong.gov.cn/zwgk", "refused", None),
        ("www.hunan.gov.cn", "refused", None),
        ("WWW.HUNAN.GOV.CN", "refused", None),
        ("localhost", "refused", None),
        ("192.168.1.1", "refused", None),
    ],
)
def test_hosts_as_people_write_them(host: str, outcome: str, stored: str | None) -> None:
    run = provision(PROVINCE, {**COUNTY, "host": host})
    assert outcomes(run) == {"430000": "created", "430102": outcome}
    assert Tenant.objects.filter(code="430102").values_list("host", flat=True).first() == stored
    if outcome == "refused":
        assert len(run.rows.get(code="430102").problems) == 1


def test_a_former_host_of_another_site_is_not_given_away() -> None:
    provision(*ALL)
    provision({**COUNTY, "host": "neu.furong.gov.cn"})
    run = provision({**NEIGHBOUR, "host": "www.furong.gov.cn"})
    assert outcomes(run) == {"430103": "refused"}
    # To its own site it may come back.
    assert outcomes(provision(COUNTY)) == {"430102": "changed"}
