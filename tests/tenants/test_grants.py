"""Giving, changing and ending rights: who may, what is refused and with which words, and what is left on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from tenants import memberships, trail
from tenants.grants import GrantRefused, NeedsConfirmation, extend, grant, memberships_changed, revoke
from tenants.models import Membership, Region, Role, SignIn, User
from tests.cast import ADMIN_HOST, person
from tests.tenants.conftest import Neighbours

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def days(count: float) -> datetime:
    return timezone.now() + timedelta(days=count)


def manager(n: Neighbours, name: str = "manager", **values: Any) -> User:
    user = User.objects.create_user(name, first_name=name)
    Membership.objects.create(user=user, role=Role.SITE_MANAGER, tenant=n.a, **values)
    return user


def operator() -> User:
    return User.objects.create_superuser("operator")


def member(n: Neighbours, role: str = Role.CONTRIBUTOR, name: str = "member") -> Membership:
    user = User.objects.create_user(name, first_name=name)
    return Membership.objects.create(user=user, role=role, tenant=n.a)


def right(user: User) -> Membership:
    return user.memberships.get()


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


# Who may give what: (giver, role, over): given or not

GIVING = [
    ("manager", Role.CONTRIBUTOR, "a", True),
    ("manager", Role.REVIEWER, "a", True),
    ("manager", Role.SITE_MANAGER, "a", True),
    ("manager", Role.CONTRIBUTOR, "b", False),
    ("manager", Role.SITE_MANAGER, "b", False),
    ("manager", Role.SUPERVISOR, "region", False),
    ("manager", Role.PLATFORM_OPERATOR, "", False),
    ("contributor", Role.CONTRIBUTOR, "a", False),
    ("reviewer", Role.CONTRIBUTOR, "a", False),
    ("supervisor", Role.CONTRIBUTOR, "a", False),
    ("supervisor", Role.SUPERVISOR, "region", False),
    ("operator", Role.CONTRIBUTOR, "a", True),
    ("operator", Role.SITE_MANAGER, "b", True),
    ("operator", Role.SUPERVISOR, "region", True),
    ("operator", Role.PLATFORM_OPERATOR, "", True),
    ("former manager", Role.CONTRIBUTOR, "a", False),
    ("expired manager", Role.CONTRIBUTOR, "a", False),
    ("closed manager", Role.CONTRIBUTOR, "a", False),
]


@pytest.mark.parametrize(("who", "role", "over", "given"), GIVING)
def test_who_gives_which_role_over_what(neighbours: Neighbours, who: str, role: str, over: str, given: bool) -> None:
    n, region = neighbours, Region.objects.get(code="430102")
    by = {
        "manager": lambda: manager(n),
        "contributor": lambda: person("x", Role.CONTRIBUTOR, tenant=n.a),
        "reviewer": lambda: person("x", Role.REVIEWER, tenant=n.a),
        "supervisor": lambda: person("x", Role.SUPERVISOR, region=region),
        "operator": lambda: person("x", Role.PLATFORM_OPERATOR),
        "former manager": lambda: manager(n, revoked_at=timezone.now()),
        "expired manager": lambda: manager(n, expires_at=days(-1)),
        "closed manager": lambda: closed(manager(n)),
    }[who]()
    where: dict[str, Any] = {
        "a": {"tenant": n.a},
        "b": {"tenant": n.b},
        "region": {"region": region},
        "": {},
    }[over]
    user = person("new")
    if given:
        made = grant(user, role, by=by, reason="任命文件", **where)
        assert (made.granted_by, made.reason, made.role) == (by, "任命文件", role)
        assert memberships.active(again(user)) == [made]
    else:
        with pytest.raises(GrantRefused):
            grant(user, role, by=by, **where)
        assert not user.memberships.exists()


def closed(user: User) -> User:
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


SHAPES = [
    (Role.SUPERVISOR, {"tenant": "a"}, "region"),
    (Role.SUPERVISOR, {}, "region"),
    (Role.CONTRIBUTOR, {"region": "430102"}, "tenant"),
    (Role.SITE_MANAGER, {}, "tenant"),
    (Role.PLATFORM_OPERATOR, {"tenant": "a"}, "role"),
    (Role.REVIEWER, {"tenant": "a", "limited_to_columns": True}, "columns"),
    ("king", {"tenant": "a"}, "role"),
]


@pytest.mark.parametrize(("role", "where", "field"), SHAPES)
def test_a_role_over_what_it_is_not_made_for_is_refused_at_its_field(
    neighbours: Neighbours, role: str, where: dict[str, Any], field: str
) -> None:
    rows = {"a": neighbours.a, "430102": Region.objects.get(code="430102"), True: True}
    with pytest.raises(GrantRefused) as refused:
        grant(person("x"), role, by=operator(), **{name: rows[value] for name, value in where.items()})
    assert refused.value.field == field


def test_nobody_gives_a_right_to_himself_but_an_operator(neighbours: Neighbours) -> None:
    own = manager(neighbours)
    with pytest.raises(GrantRefused, match="himself"):
        grant(own, Role.REVIEWER, by=own, tenant=neighbours.a)
    boss = operator()
    assert grant(boss, Role.REVIEWER, by=boss, tenant=neighbours.a).pk


def test_a_manager_for_a_time_makes_no_manager_for_longer(neighbours: Neighbours) -> None:
    by = manager(neighbours, expires_at=days(30))
    for until in (None, days(31)):
        with pytest.raises(GrantRefused) as refused:
            grant(person(f"x{until}"), Role.SITE_MANAGER, by=by, tenant=neighbours.a, expires_at=until)
        assert refused.value.field == "expires_at"
    assert grant(person("y"), Role.SITE_MANAGER, by=by, tenant=neighbours.a, expires_at=days(29)).pk
    assert grant(person("z"), Role.CONTRIBUTOR, by=by, tenant=neighbours.a).pk


def test_an_end_in_the_past_and_a_closed_account_are_refused(neighbours: Neighbours) -> None:
    by = manager(neighbours)
    with pytest.raises(GrantRefused) as refused:
        grant(person("x"), Role.REVIEWER, by=by, tenant=neighbours.a, expires_at=days(-0.1))
    assert refused.value.field == "expires_at"
    with pytest.raises(GrantRefused) as refused:
        grant(closed(person("y")), Role.REVIEWER, by=by, tenant=neighbours.a)
    assert refused.value.field == "user"


def test_a_role_is_not_given_twice_and_given_anew_after_it_ran_out(neighbours: Neighbours) -> None:
    by, user = operator(), person("x")
    region = Region.objects.get(code="430102")
    for role, where in (
        (Role.REVIEWER, {"tenant": neighbours.a}),
        (Role.SUPERVISOR, {"region": region}),
        (Role.PLATFORM_OPERATOR, {}),
    ):
        first = grant(user, role, by=by, **where)
        with pytest.raises(GrantRefused, match="Change the end"):
            grant(user, role, by=by, **where)
        Membership.objects.filter(pk=first.pk).update(granted_at=days(-9), expires_at=days(-1))
        second = grant(user, role, by=by, **where)
        first.refresh_from_db()
        assert first.revoked_at == first.expires_at
        assert second.pk != first.pk


def test_who_keeps_single_columns_is_not_made_contributor_of_the_whole_site_besides(neighbours: Neighbours) -> None:
    by, user = manager(neighbours), person("x")
    grant(user, Role.CONTRIBUTOR, by=by, tenant=neighbours.a, limited_to_columns=True)
    with pytest.raises(GrantRefused, match="single columns"):
        grant(user, Role.CONTRIBUTOR, by=by, tenant=neighbours.a)


# Another end


def test_an_end_is_set_moved_and_taken_away(neighbours: Neighbours) -> None:
    by, held = manager(neighbours), member(neighbours)
    for until in (days(10), days(5), None):
        assert extend(held, until=until, by=by, reason="延期").expires_at == until
        held.refresh_from_db()
        assert held.expires_at == until
    with pytest.raises(GrantRefused):
        extend(held, until=days(-1), by=by)


def test_what_has_ended_is_not_brought_back(neighbours: Neighbours) -> None:
    by, held = manager(neighbours), member(neighbours)
    for ending in ({"expires_at": days(-1)}, {"expires_at": None, "revoked_at": days(-1)}):
        Membership.objects.filter(pk=held.pk).update(**ending)
        with pytest.raises(GrantRefused, match="anew"):
            extend(held, until=days(9), by=by)
        with pytest.raises(GrantRefused, match="anew"):
            revoke(held, by=by, reason="离职")


def test_nobody_lengthens_his_own_right(neighbours: Neighbours) -> None:
    own = manager(neighbours, expires_at=days(10))
    manager(neighbours, "other")
    for until in (None, days(11)):
        with pytest.raises(GrantRefused, match="himself"):
            extend(right(own), until=until, by=own)
    assert extend(right(own), until=days(3), by=own)


def test_the_neighbours_manager_changes_nothing(neighbours: Neighbours) -> None:
    stranger = person("stranger", Role.SITE_MANAGER, tenant=neighbours.b)
    held = member(neighbours)
    for change in (
        lambda: extend(held, until=days(1), by=stranger),
        lambda: revoke(held, by=stranger, reason="x"),
    ):
        with pytest.raises(GrantRefused):
            change()
    held.refresh_from_db()
    assert (held.expires_at, held.revoked_at) == (None, None)


# The end, and the last manager


def test_a_right_ends_with_a_reason_and_its_row_stays(neighbours: Neighbours) -> None:
    by, held = manager(neighbours), member(neighbours)
    with pytest.raises(GrantRefused) as refused:
        revoke(held, by=by, reason="  ")
    assert refused.value.field == "reason"
    ended = revoke(held, by=by, reason="调离")
    assert (ended.revoked_by, ended.revoked_at is not None) == (by, True)
    assert memberships.active(again(held.user)) == []
    assert trail.end_reasons([held]) == {held.pk: "调离"}


def test_the_last_manager_does_not_go_by_himself(neighbours: Neighbours) -> None:
    last = manager(neighbours)
    manager(neighbours, "former", revoked_at=timezone.now())
    closed(manager(neighbours, "closed"))
    person("elsewhere", Role.SITE_MANAGER, tenant=neighbours.b)
    for leave in (
        lambda: revoke(right(last), by=last, reason="退休"),
        lambda: extend(right(last), until=days(1), by=last),
    ):
        with pytest.raises(GrantRefused, match="last site manager"):
            leave()
    manager(neighbours, "until tomorrow", expires_at=days(1))
    with pytest.raises(GrantRefused, match="last site manager"):
        extend(right(last), until=days(2), by=last)
    manager(neighbours, "second")
    assert extend(right(last), until=days(2), by=last)
    assert revoke(right(last), by=last, reason="退休").revoked_at


def test_an_operator_sends_the_last_manager_away_when_he_confirms_it(neighbours: Neighbours) -> None:
    last, by = manager(neighbours), operator()
    with pytest.raises(NeedsConfirmation):
        revoke(right(last), by=by, reason="违规")
    assert revoke(right(last), by=by, reason="违规", confirmed=True).revoked_at


def test_the_last_operator_stays(neighbours: Neighbours) -> None:
    last = person("last", Role.PLATFORM_OPERATOR)
    with pytest.raises(GrantRefused, match="last platform operator"):
        revoke(right(last), by=last, reason="x", confirmed=True)
    person("second", Role.PLATFORM_OPERATOR)
    assert revoke(right(last), by=last, reason="x").revoked_at


# What follows


def test_whoever_loses_a_right_is_signed_out_at_once(neighbours: Neighbours) -> None:
    by, held = operator(), member(neighbours)
    browser = Client(headers={"host": ADMIN_HOST})
    browser.force_login(held.user, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/admin/members/mine/").status_code == 200
    Membership.objects.create(user=held.user, role=Role.CONTRIBUTOR, tenant=neighbours.b)
    revoke(held, by=by, reason="调离")
    assert browser.get("/admin/members/mine/").status_code == 302
    assert SignIn.objects.filter(user=held.user, outcome="ended").exists()


def test_what_was_read_of_a_right_is_forgotten_and_others_are_told(neighbours: Neighbours) -> None:
    told = []
    receiver = lambda membership, ended, **kwargs: told.append((membership.pk, ended))  # noqa: E731
    memberships_changed.connect(receiver)
    try:
        by, user = manager(neighbours), person("x")
        assert memberships.active(user) == []
        held = grant(user, Role.REVIEWER, by=by, tenant=neighbours.a)
        assert memberships.active(user) == [held]
        revoke(held, by=by, reason="x")
    finally:
        memberships_changed.disconnect(receiver)
    assert told == [(held.pk, False), (held.pk, True)]


def test_every_change_stands_in_the_trail_and_none_that_was_refused(neighbours: Neighbours) -> None:
    by = manager(neighbours)
    user = User.objects.create_user("zhangsan", first_name="张三")
    held = grant(user, Role.REVIEWER, by=by, tenant=neighbours.a, reason="任命")
    extend(held, until=days(5), by=by, reason="试用")
    extend(held, until=Membership.objects.get(pk=held.pk).expires_at, by=by)
    revoke(held, by=by, reason="调离")
    with pytest.raises(GrantRefused):
        revoke(held, by=by, reason="again")
    lines = ModelLogEntry.objects.filter(object_id=str(held.pk), action__startswith="tenants.").order_by("pk")
    assert [(line.action, line.user, line.data.get("reason")) for line in lines] == [
        (trail.GRANTED, by, "任命"),
        (trail.END_CHANGED, by, "试用"),
        (trail.REVOKED, by, "调离"),
    ]
    assert lines[0].label.startswith("张三 · ")
    assert str(lines[2].formatter.format_message(lines[2])).endswith("调离")
