"""Who could do what on a day: the page, its export and the command; each sees what he may."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from sites.members import grants
from tenants.models import Membership, Role, User
from tests.cast import Cast, first_column, person, signed_in

pytestmark = pytest.mark.django_db
DAY = {"on": "2026-03-03"}


@pytest.fixture
def long_ago(cast: Cast) -> Cast:
    """The cast, in office since the first of January 2026; a reviewer of county A went on the 3rd of March."""
    since = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    Membership.objects.update(granted_at=since)
    User.objects.update(date_joined=since)
    gone = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    Membership.objects.filter(user=cast.reviewer_a).update(revoked_at=gone, revoked_by=cast.operator)
    return cast


def seen(user: User, **query: str) -> set[str]:
    answer = signed_in(user).get(reverse("govsites_members:past"), DAY | query)
    rows = {row.user.username for row in answer.context["page"]}
    return rows | {user.username for user in answer.context["superusers"]}


SITE_A = {"contributor-a", "reviewer-a", "manager-a"}
SITE_B = {"contributor-b", "reviewer-b", "manager-b"}


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("operator", {*SITE_A, *SITE_B, "supervisor", "operator"}),
        ("manager_a", SITE_A),
        ("manager_b", SITE_B),
        ("supervisor", {*SITE_A, "supervisor"}),
    ],
)
def test_each_sees_what_he_answers_for(long_ago: Cast, who: str, found: set[str]) -> None:
    assert seen(getattr(long_ago, who)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, SITE_A),
        ({"at": "11:59"}, SITE_A),
        ({"at": "12:01"}, SITE_A - {"reviewer-a"}),
        ({"on": "2026-03-04"}, SITE_A - {"reviewer-a"}),
        ({"on": "2025-12-31"}, set()),
        ({"person": "reviewer"}, {"reviewer-a"}),
        ({"unit": "430102"}, SITE_A),
        ({"unit": "天心"}, set()),
    ],
)
def test_a_manager_asks_by_day_time_person_and_unit(long_ago: Cast, query: dict[str, str], found: set[str]) -> None:
    assert seen(long_ago.manager_a, **query) == found


@pytest.mark.parametrize("query", [{"on": "gestern"}, {"at": "noon"}])
def test_a_day_that_is_none_is_told_at_its_field(long_ago: Cast, query: dict[str, str]) -> None:
    answer = signed_in(long_ago.manager_a).get(reverse("govsites_members:past"), DAY | query)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(query)


def export(user: User, form: str, **query: str) -> list[list[str]]:
    answer = signed_in(user).get(reverse("govsites_members:past"), DAY | query | {"export": form})
    assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
    if form == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_the_export_holds_every_row_and_names_the_columns_of_a_limited_right(long_ago: Cast) -> None:
    column = first_column(long_ago.county_a)
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=long_ago.department_a)
    held = grants.grant(
        clerk, Role.CONTRIBUTOR, by=long_ago.manager_a, tenant=long_ago.county_a, columns=[column.pk], reason="=1+1"
    )
    Membership.objects.filter(pk=held.pk).update(granted_at=datetime(2026, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
    for form in ("csv", "xlsx"):
        _header, *rows = export(long_ago.manager_a, form)
        assert {row[1] for row in rows} == {*SITE_A, "clerk"}
        [row] = [row for row in rows if row[1] == "clerk"]
        assert column.title in row
        assert "manager-a" in row
    assert "'=1+1" in str(export(long_ago.manager_a, "csv"))
    assert {row[1] for row in export(long_ago.operator, "csv")[1:]} > {"operator", "supervisor"}


# The command


def told(capsys: Any, *options: str) -> str:
    call_command("rights", "--on", "2026-03-03", *options)
    return capsys.readouterr().out


def test_the_command_tells_the_same(long_ago: Cast, capsys: Any, tmp_path: Any) -> None:
    rows = json.loads(told(capsys, "--format", "json", "--tenant", "430102"))
    names = {name for row in rows for name in row.values() if name in SITE_A | SITE_B}
    assert names == SITE_A
    assert len(json.loads(told(capsys, "--format", "json", "--user", "supervisor"))) == 1
    assert "reviewer-a" in told(capsys)
    assert told(capsys, "--format", "csv").count("\n") >= 8
    told(capsys, "--format", "xlsx", "--output", str(tmp_path / "rights.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "rights.xlsx").active.max_row == 9


@pytest.mark.parametrize(
    "options",
    [["--on", "gestern"], ["--on", "2026-13-01"], ["--on", "2026-03-03", "--tenant", "x"],
     ["--on", "2026-03-03", "--user", "x"]],
)  # fmt: skip
def test_a_misused_command_says_what_to_write(long_ago: Cast, options: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("rights", *options)
    assert refused.value.returncode == 2


def test_the_command_takes_a_moment_in_the_platforms_time(long_ago: Cast, capsys: Any) -> None:
    call_command("rights", "--on", "2026-03-03T12:00", "--format", "json", "--tenant", "430102")
    assert "reviewer-a" not in capsys.readouterr().out
