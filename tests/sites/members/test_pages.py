"""Who opens which page about members, what stands on it, and what is answered to the wrong hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sites.models import ColumnGrant
from tenants.models import Membership, Role, User
from tests.cast import Cast, first_column, person, signed_in

pytestmark = pytest.mark.django_db

A, B = "430102", "430103"


def url(name: str, *args: Any) -> str:
    return reverse(f"govsites_members:{name}", args=args)


def page(user: User, name: str, *args: Any, **query: str) -> str:
    response = signed_in(user).get(url(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def limited(cast: Cast) -> Membership:
    """Make the department's contributor keeper of one column of county A."""
    column = first_column(cast.county_a)
    user = person("clerk-of-department", Role.CONTRIBUTOR, tenant=cast.department_a)
    row = Membership.objects.create(user=user, role=Role.CONTRIBUTOR, tenant=cast.county_a, limited_to_columns=True)
    ColumnGrant.objects.create(membership=row, column_id=column.pk)
    return row


# (page, what it is about): the answer to each of these people
PEOPLE = ("operator", "manager_a", "contributor_a", "reviewer_a", "supervisor", "manager_b")
DOORS = [
    ("index", (), (302, 302, 302, 302, 302, 302)),
    ("mine", (), (200, 200, 200, 200, 200, 200)),
    ("past", (), (200, 200, 403, 403, 200, 200)),
    ("site", (A,), (200, 200, 403, 403, 403, 404)),
    ("invite", (A,), (200, 200, 403, 403, 403, 404)),
    ("give_role", (A, "contributor_a"), (200, 200, 403, 403, 403, 404)),
    ("change_end", ("right",), (200, 200, 403, 403, 403, 404)),
    ("revoke", ("right",), (200, 200, 403, 403, 403, 404)),
    ("columns", ("limited right",), (200, 200, 403, 403, 403, 404)),
    ("columns", ("right",), (404, 404, 403, 403, 403, 404)),
    ("person", ("contributor_a",), (200, 200, 404, 404, 404, 404)),
    ("link", ("contributor_a",), (200, 200, 404, 404, 404, 404)),
    ("people", (), (200, 404, 404, 404, 404, 404)),
    ("account", (), (200, 404, 404, 404, 404, 404)),
    ("list", (), (200, 404, 404, 404, 404, 404)),
    ("empty_list", (), (200, 404, 404, 404, 404, 404)),
    ("close", ("contributor_a",), (200, 404, 404, 404, 404, 404)),
    ("reopen", ("contributor_a",), (200, 404, 404, 404, 404, 404)),
    ("wide_role", ("contributor_a",), (200, 404, 404, 404, 404, 404)),
    ("site", ("999999",), (404, 404, 404, 404, 404, 404)),
    ("revoke", (999_999,), (404, 404, 404, 404, 404, 404)),
    ("person", (999_999,), (404, 404, 404, 404, 404, 404)),
]


def named(cast: Cast, args: tuple[Any, ...]) -> list[Any]:
    rows: dict[Any, Any] = {
        "contributor_a": cast.contributor_a.pk,
        "right": cast.contributor_a.memberships.get().pk,
        "limited right": limited(cast).pk,
    }
    return [rows.get(arg, arg) for arg in args]


@pytest.mark.parametrize(("name", "args", "answers"), DOORS, ids=lambda value: str(value)[:30])
def test_who_opens_which_page(cast: Cast, name: str, args: tuple[Any, ...], answers: tuple[int, ...]) -> None:
    address = url(name, *named(cast, args))
    found = tuple(signed_in(getattr(cast, who)).get(address).status_code for who in PEOPLE)
    assert found == answers


@pytest.mark.parametrize(
    ("name", "args", "data"),
    [
        ("revoke", ("right",), {"reason": "x"}),
        ("change_end", ("right",), {"expires_at": "2099-01-01"}),
        ("columns", ("limited right",), {"columns": [], "reason": "x"}),
        ("invite", (A,), {"full_name": "李四", "username": "lisi", "role": "site_manager"}),
        ("give_role", (A, "contributor_a"), {"role": "site_manager"}),
        ("link", ("contributor_a",), {}),
        ("close", ("contributor_a",), {"reason": "x"}),
        ("wide_role", ("contributor_a",), {"role": "platform_operator"}),
        ("account", (), {"full_name": "x", "username": "x", "role": "platform_operator"}),
        ("list", (), {}),
        ("carry_out", (), {}),
    ],
)
def test_nothing_is_changed_by_those_who_keep_nothing_there(
    cast: Cast, name: str, args: tuple[Any, ...], data: dict[str, Any]
) -> None:
    address = url(name, *named(cast, args))
    before = (
        list(Membership.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values("password", "is_active")),
    )
    for who in ("manager_b", "contributor_a", "reviewer_a", "supervisor"):
        assert signed_in(getattr(cast, who)).post(address, data).status_code in {403, 404}
    rows = User.objects.order_by("pk").values("password", "is_active")
    assert (list(Membership.objects.order_by("pk").values()), list(rows)) == before


def test_the_list_of_a_site_names_its_members_and_nobody_elses(cast: Cast) -> None:
    row = limited(cast)
    User.objects.filter(pk=cast.contributor_a.pk).update(first_name="张三", last_login=timezone.now())
    text = page(cast.manager_a, "site", A)
    for shown in (
        "张三",
        "contributor-a",
        "reviewer-a",
        "manager-a",
        "clerk-of-department",
        first_column(cast.county_a).title,
    ):
        assert shown in text
    assert row.column_grants.exists()
    for foreign in ("contributor-b", "manager-b", "supervisor", "天心区"):
        assert foreign not in text


def test_a_manager_sees_of_a_person_the_rights_in_his_own_sites_alone(cast: Cast) -> None:
    Membership.objects.create(user=cast.contributor_a, role=Role.REVIEWER, tenant=cast.county_b)
    assert "天心区" not in page(cast.manager_a, "person", cast.contributor_a.pk)
    assert "天心区" in page(cast.operator, "person", cast.contributor_a.pk)


def test_ended_rights_have_a_list_of_their_own(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    right = cast.contributor_a.memberships.get()
    assert client.post(url("revoke", right.pk), {"reason": "已调离本单位"}).status_code == 302
    assert "contributor-a" not in page(cast.manager_a, "site", A)
    text = page(cast.manager_a, "site", A, show="ended")
    assert "contributor-a" in text
    assert "已调离本单位" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "contributor-a"}, {"contributor-a"}),
        ({"q": "张 三"}, {"reviewer-a"}),
        ({"unit": "天心区人民"}, {"contributor-b", "reviewer-b", "manager-b"}),
        ({"unit": "430103"}, {"contributor-b", "reviewer-b", "manager-b"}),
        ({"role": "supervisor"}, {"supervisor"}),
        ({"role": "reviewer", "unit": "430102"}, {"reviewer-a"}),
        ({"state": "closed"}, {"manager-b"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_an_operator_finds_people_by_name_unit_role_and_state(
    cast: Cast, query: dict[str, str], found: set[str]
) -> None:
    User.objects.filter(pk=cast.reviewer_a.pk).update(first_name="张三")
    User.objects.filter(pk=cast.manager_b.pk).update(is_active=False)
    response = signed_in(cast.operator).get(url("people"), query)
    assert {user.username for user in response.context["page"]} == found


def test_the_lists_ask_the_same_with_three_members_and_with_forty(
    cast: Cast, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    def counted(user: User, name: str, *args: Any) -> int:
        client = signed_in(user)
        client.get(url(name, *args))
        with django_assert_max_num_queries(40) as asked:
            client.get(url(name, *args))
        return len(asked)

    pages = (("site", A), ("past",), ("mine",))
    few = [counted(cast.manager_a, *each) for each in pages] + [counted(cast.operator, "people")]
    for number in range(40):
        user = person(f"more-{number}", Role.CONTRIBUTOR, tenant=cast.county_a)
        row = Membership.objects.create(user=user, role=Role.REVIEWER, tenant=cast.county_a)
        Membership.objects.filter(pk=row.pk).update(granted_by=cast.operator)
    many = [counted(cast.manager_a, *each) for each in pages] + [counted(cast.operator, "people")]
    assert many == few


def test_the_menu_leads_who_keeps_members_there(cast: Cast) -> None:
    for who, shown in (("manager_a", True), ("operator", True), ("contributor_a", False), ("supervisor", False)):
        text = page(getattr(cast, who), "mine")
        assert (f'"{url("index")}"' in text) is shown
        assert f'"{url("mine")}"' in text


def test_the_console_leads_to_the_members_of_a_site(cast: Cast) -> None:
    text = signed_in(cast.operator).get(reverse("provisioning:site", args=[A])).content.decode()
    assert url("site", A) in text
