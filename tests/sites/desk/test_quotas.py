"""Quotas of regions, and a unit's figures against them."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from sites.desk.figures import delivery
from sites.desk.quotas import Task, clear_quota, set_quota, task_at
from sites.models import Quota
from tenants.models import Tenant
from tests.cast import Cast, column_of, signed_in
from tests.sites.desk.build import published

pytestmark = pytest.mark.django_db
URL = "/admin/desk/quotas/"


def task_of(tenant: Tenant) -> Task:
    return task_at(Tenant.objects.select_related("region").get(pk=tenant.pk).region.lineage)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("quotas", *arguments, stdout=out)
    return out.getvalue().strip()


def test_without_an_entry_the_platforms_own_figures_count(cast: Cast) -> None:
    assert task_of(cast.town_a) == Task(10, 2, "")


def test_the_nearest_region_upwards_counts(cast: Cast) -> None:
    places = cast.regions()
    set_quota(places["430100"], items_a_month=8, disclosures_a_week=1, by=None)
    assert task_of(cast.town_a) == Task(8, 1, "长沙市")
    set_quota(places["430102"], items_a_month=0, disclosures_a_week=3, by=None)
    assert task_of(cast.town_a) == Task(0, 3, "芙蓉区")
    assert task_of(cast.town_b) == Task(8, 1, "长沙市")
    assert clear_quota(places["430102"], by=None)
    assert task_of(cast.town_a) == Task(8, 1, "长沙市")


def test_items_of_this_month_and_disclosures_of_this_week_count(cast: Cast) -> None:
    today = timezone.localdate()
    news, money = column_of(cast.town_a, "gzdt"), column_of(cast.town_a, "czxx")
    published(news, "今天的动态")
    published(money, "今天的预算公开")
    published(news, "上月的动态", days_ago=today.day)
    published(money, "上周的预算公开", days_ago=today.weekday() + 1)
    published(money, "撤下的决算公开").unpublish()
    found = delivery(cast.town_a.pk, Task(10, 2), today=today)
    last_week_is_this_month = today.day > today.weekday() + 1
    assert found.items.done == 2 + last_week_is_this_month
    assert (found.disclosures.done, found.disclosures.missing) == (1, 1)
    assert delivery(cast.town_b.pk, Task(10, 2), today=today).items.done == 0


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 11, 30), date(2027, 1, 1)])
def test_the_figures_take_the_same_queries_on_every_day(
    cast: Cast, today: date, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        delivery(cast.town_a.pk, Task(10, 2), today=today)


def test_an_operator_sets_changes_and_takes_away_a_quota(cast: Cast) -> None:
    client = signed_in(cast.operator)
    client.post(URL, {"region": "芙蓉区", "items_a_month": 12, "disclosures_a_week": 0})
    quota = Quota.objects.get(region__code="430102")
    assert (quota.items_a_month, quota.disclosures_a_week) == (12, 0)
    assert ModelLogEntry.objects.filter(user=cast.operator, object_id=str(quota.pk), action="wagtail.create").exists()
    client.post(URL, {"region": "430102", "items_a_month": 9, "disclosures_a_week": 1})
    assert Quota.objects.get().items_a_month == 9
    assert "芙蓉区" in client.get(URL).content.decode()
    client.post(f"{URL}{quota.pk}/clear/")
    assert not Quota.objects.exists()


@pytest.mark.parametrize(
    ("region", "items", "field"),
    [
        ("没有这个区", 10, "region"),
        ("", 10, "region"),
        ("430102", -1, "items_a_month"),
        ("430102", 5000, "items_a_month"),
    ],
)
def test_a_bad_entry_is_refused_at_its_field(cast: Cast, region: str, items: int, field: str) -> None:
    data = {"region": region, "items_a_month": items, "disclosures_a_week": 2}
    answer = signed_in(cast.operator).post(URL, data)
    assert answer.context["form"].errors.keys() == {field}
    assert not Quota.objects.exists()


@pytest.mark.parametrize("who", ["contributor_a", "manager_a", "supervisor"])
def test_for_members_there_is_no_such_page(cast: Cast, who: str) -> None:
    set_quota(cast.regions()["430102"], items_a_month=8, disclosures_a_week=1, by=None)
    client = signed_in(getattr(cast, who))
    assert client.get(URL).status_code == 404
    assert client.post(f"{URL}{Quota.objects.get().pk}/clear/").status_code == 404
    assert Quota.objects.exists()


def test_the_command_sets_shows_and_clears(cast: Cast) -> None:
    assert run("set", "430102", "--items", "12", "--disclosures", "3") == "430102 changed"
    assert run("set", "430102", "--items", "12", "--disclosures", "3") == "430102 unchanged"
    assert run("list") == "430102 芙蓉区: 12 / 3"
    assert json.loads(run("list", "--format", "json"))[0]["items_a_month"] == 12
    run("clear", "430102")
    assert run("list") == ""


@pytest.mark.parametrize("arguments", [("999999", "1"), ("430102", "-1")])
def test_the_command_refuses_what_cannot_be(cast: Cast, arguments: tuple[str, str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("set", arguments[0], "--items", arguments[1], "--disclosures", "1")
    assert stopped.value.code == 1
    assert not Quota.objects.exists()
