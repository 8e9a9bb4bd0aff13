"""Who could do what on a day of the past: exactly what held then, whatever happened since."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tenants import people
from tenants.models import Membership, Role, User
from tenants.past import ended_at, rights_on, superusers_on
from tests.cast import person
from tests.tenants.conftest import Neighbours

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Asia/Shanghai")


def at(day: str, time: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=HERE)


def held(n: Neighbours, name: str, since: datetime, **ends: Any) -> Membership:
    user = User.objects.create_user(name)
    return Membership.objects.create(user=user, role=Role.REVIEWER, tenant=n.a, granted_at=since, **ends)


def names(rows: Any) -> set[str]:
    return {row.user.username for row in rows}


@pytest.fixture
def past(neighbours: Neighbours) -> Neighbours:
    n = neighbours
    held(n, "all along", at("2026-01-01"))
    held(n, "revoked at noon of the 3rd", at("2026-01-01"), revoked_at=at("2026-03-03", "12:00"))
    held(n, "ran out on the 2nd", at("2026-01-01"), expires_at=at("2026-03-03"))
    held(n, "from the evening of the 3rd", at("2026-03-03", "20:00"))
    held(n, "from the 4th", at("2026-03-04"))
    held(
        n, "revoked before it would run out", at("2026-01-01"), revoked_at=at("2026-02-01"), expires_at=at("2026-12-31")
    )
    held(n, "ran out before it was revoked", at("2026-01-01"), revoked_at=at("2026-05-01"), expires_at=at("2026-02-01"))
    return n


def test_a_day_is_the_whole_day_here(past: Neighbours) -> None:
    assert names(rights_on(date(2026, 3, 3))) == {
        "all along",
        "revoked at noon of the 3rd",
        "from the evening of the 3rd",
    }
    assert names(rights_on(date(2026, 3, 2))) == {"all along", "revoked at noon of the 3rd", "ran out on the 2nd"}


@pytest.mark.parametrize(
    ("moment", "more"),
    [
        (at("2026-03-03", "11:59"), {"revoked at noon of the 3rd"}),
        (at("2026-03-03", "12:00"), set()),
        (at("2026-03-03", "20:00"), {"from the evening of the 3rd"}),
        (at("2026-03-02", "23:59"), {"revoked at noon of the 3rd", "ran out on the 2nd"}),
    ],
)
def test_a_moment_is_that_moment(past: Neighbours, moment: datetime, more: set[str]) -> None:
    assert names(rights_on(moment)) == {"all along", *more}


def test_the_end_of_a_right_is_the_earlier_of_its_two(past: Neighbours) -> None:
    ends = {row.user.username: ended_at(row) for row in rights_on(at("2026-01-15"))}
    assert ends["revoked before it would run out"] == at("2026-02-01")
    assert ends["ran out before it was revoked"] == at("2026-02-01")
    assert ends["all along"] is None


def test_one_asks_of_one_tenant_or_one_person(past: Neighbours) -> None:
    other = person("other", Role.REVIEWER, tenant=past.b)
    today = timezone.now()
    assert names(rights_on(today, tenant=past.b)) == {"other"}
    assert names(rights_on(today, user=other)) == {"other"}
    assert names(rights_on(today, tenant=past.a, user=other)) == set()


def test_an_account_that_was_closed_later_is_there_before_and_not_after(neighbours: Neighbours) -> None:
    boss, user = User.objects.create_superuser("boss"), person("gone", Role.REVIEWER, tenant=neighbours.a)
    before = timezone.now()
    people.close(user, by=boss, reason="离职")
    [row] = rights_on(before, user=user)
    assert not row.user.is_active
    assert not rights_on(timezone.now(), user=user)


def test_superusers_are_named_for_the_time_their_account_existed(neighbours: Neighbours) -> None:
    boss = User.objects.create_superuser("boss")
    User.objects.filter(pk=boss.pk).update(date_joined=at("2026-03-03", "10:00"))
    assert list(superusers_on(date(2026, 3, 3))) == [boss]
    assert list(superusers_on(date(2026, 3, 2))) == []
    assert list(superusers_on(date(2026, 3, 3), user=person("x"))) == []


def test_the_number_of_queries_does_not_grow(past: Neighbours, django_assert_num_queries: Any) -> None:
    for number in range(20):
        held(past, f"more {number}", at("2026-01-01"))
    with django_assert_num_queries(1):
        found = [(r.user.username, r.tenant.name, r.granted_by, r.revoked_by) for r in rights_on(date(2026, 3, 3))]
        assert len(found) == 23
