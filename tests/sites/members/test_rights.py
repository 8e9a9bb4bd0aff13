"""Rights changed through the pages: what is done, what is refused at which field, and single columns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sites.members import grants
from sites.reach import reach_of
from tenants.grants import GrantRefused
from tenants.models import Membership, Role, User
from tests.cast import Cast, first_column, home_of, own_column, person, signed_in

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"govsites_members:{name}", args=args)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_department_keeps_single_columns_of_its_county(cast: Cast) -> None:
    column, other = first_column(cast.county_a), own_column(home_of(cast.county_a), "qita")
    below = own_column(column, "zilanmu") if column.kind == "section" else None
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=cast.department_a)
    held = grants.grant(
        clerk, Role.CONTRIBUTOR, by=cast.manager_a, tenant=cast.county_a, columns=[column.pk], reason="部门承建"
    )
    reach = reach_of(again(clerk))
    assert held.limited_to_columns
    assert reach.may("write", column)
    assert below is None or reach.may("write", below)
    assert not reach.may("write", other)
    assert not reach.may("write", home_of(cast.county_a))
    assert reach.may("write", home_of(cast.department_a))


@pytest.mark.parametrize(
    ("role", "whose", "by"),
    [
        (Role.REVIEWER, "county_a", "manager_a"),
        (Role.CONTRIBUTOR, "county_b", "manager_a"),
        (Role.CONTRIBUTOR, "county_a", "manager_b"),
    ],
)
def test_single_columns_are_given_to_contributors_by_the_columns_owner(
    cast: Cast, role: str, whose: str, by: str
) -> None:
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=cast.department_a)
    column = first_column(getattr(cast, whose))
    with pytest.raises(GrantRefused):
        grants.grant(clerk, role, by=getattr(cast, by), tenant=cast.county_a, columns=[column.pk])
    assert clerk.memberships.count() == 1


def test_other_columns_are_a_new_right_and_the_old_one_keeps_its_own(cast: Cast) -> None:
    first, second = first_column(cast.county_a), own_column(home_of(cast.county_a), "qita")
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=cast.department_a)
    old = grants.grant(clerk, Role.CONTRIBUTOR, by=cast.manager_a, tenant=cast.county_a, columns=[first.pk])
    client = signed_in(cast.manager_a)
    answer = client.post(url("columns", old.pk), {"columns": [str(second.pk)], "reason": "分工调整"})
    assert answer.status_code == 302
    new = clerk.memberships.get(tenant=cast.county_a, revoked_at=None)
    assert [grant.column_id for grant in old.column_grants.all()] == [first.pk]
    assert [grant.column_id for grant in new.column_grants.all()] == [second.pk]
    answer = client.post(url("columns", new.pk), {"reason": "无"})
    assert answer.context["form"].errors["columns"]


def test_the_last_day_is_the_last_day(cast: Cast) -> None:
    right = cast.contributor_a.memberships.get()
    day = timezone.localdate() + timedelta(days=10)
    client = signed_in(cast.manager_a)
    assert client.post(url("change_end", right.pk), {"expires_at": day.isoformat()}).status_code == 302
    right.refresh_from_db()
    local = timezone.localtime(right.expires_at)
    assert (local.date(), local.hour) == (day + timedelta(days=1), 0)
    assert f'value="{day.isoformat()}"' in client.get(url("change_end", right.pk)).content.decode()
    assert client.post(url("change_end", right.pk), {"expires_at": ""}).status_code == 302
    right.refresh_from_db()
    assert right.expires_at is None


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("change_end", {"expires_at": "2020-01-01"}, "expires_at"),
        ("change_end", {"expires_at": "明天"}, "expires_at"),
        ("revoke", {"reason": ""}, "reason"),
        ("revoke", {"reason": "  "}, "reason"),
    ],
)
def test_what_is_refused_stands_at_its_field(cast: Cast, name: str, data: dict[str, str], field: str) -> None:
    right = cast.contributor_a.memberships.get()
    answer = signed_in(cast.manager_a).post(url(name, right.pk), data)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    right.refresh_from_db()
    assert (right.expires_at, right.revoked_at) == (None, None)


def test_an_operator_is_asked_before_a_site_has_no_manager(cast: Cast) -> None:
    right, client = cast.manager_a.memberships.get(), signed_in(cast.operator)
    answer = client.post(url("revoke", right.pk), {"reason": "违规"})
    assert answer.status_code == 200
    assert 'name="confirmed"' in answer.content.decode()
    assert client.post(url("revoke", right.pk), {"reason": "违规", "asked": "1"}).status_code == 200
    right.refresh_from_db()
    assert right.revoked_at is None
    data = {"reason": "违规", "asked": "1", "confirmed": "on"}
    assert client.post(url("revoke", right.pk), data).status_code == 302
    right.refresh_from_db()
    assert right.revoked_by == cast.operator


def test_the_last_manager_is_told_why_he_stays(cast: Cast) -> None:
    right, client = cast.manager_a.memberships.get(), signed_in(cast.manager_a)
    for data in ({"reason": "退休"}, {"reason": "退休", "asked": "1", "confirmed": "on"}):
        answer = client.post(url("revoke", right.pk), data)
        assert answer.context["form"].non_field_errors()
    right.refresh_from_db()
    assert right.revoked_at is None


def test_a_member_gets_a_further_role(cast: Cast) -> None:
    address = url("give_role", "430102", cast.contributor_a.pk)
    client = signed_in(cast.manager_a)
    assert client.post(address, {"role": "reviewer", "reason": "兼任"}).status_code == 302
    assert cast.contributor_a.memberships.filter(role=Role.REVIEWER, granted_by=cast.manager_a).exists()
    answer = client.post(address, {"role": "reviewer"})
    assert list(answer.context["form"].errors) == ["role"]


def test_a_manager_gives_no_role_to_somebody_who_is_no_member(cast: Cast) -> None:
    answer = signed_in(cast.manager_a).post(url("give_role", "430102", cast.contributor_b.pk), {"role": "reviewer"})
    assert answer.status_code == 404
    assert cast.contributor_b.memberships.count() == 1


def test_a_supervisor_is_made_with_a_region_and_gets_a_link(cast: Cast) -> None:
    client = signed_in(cast.operator)
    facts = {"full_name": "赵六", "username": "zhaoliu", "role": "supervisor"}
    assert list(client.post(url("account"), facts).context["form"].errors) == ["region"]
    assert list(client.post(url("account"), facts | {"region": "999"}).context["form"].errors) == ["region"]
    assert not User.objects.filter(username="zhaoliu").exists()
    answer = client.post(url("account"), facts | {"region": "430103"})
    link = answer.context["link"]
    user = User.objects.get(username="zhaoliu")
    assert reach_of(user).may_in("supervise", cast.county_b.pk)
    assert signed_in(cast.operator).get(link[link.index("/admin/") :], follow=True).status_code == 200
    answer = client.post(url("account"), facts | {"username": "ZhaoLiu", "region": "430103"})
    assert list(answer.context["form"].errors) == ["username"]
    # an existing account: a further role above the sites
    answer = client.post(url("wide_role", cast.contributor_a.pk), {"role": "supervisor", "region": "430102"})
    assert answer.status_code == 302
    assert Membership.objects.active().filter(user=cast.contributor_a, role=Role.SUPERVISOR).exists()
