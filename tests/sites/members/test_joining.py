"""The link of an invitation in the browser: shown once, mailed, opened by new people and by known ones."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sites.models import ColumnGrant
from tenants.models import Invitation, Membership, Role, User
from tenants.scope import every_tenant
from tests.cast import ADMIN_HOST, Cast, first_column, person, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "Xing-sha-2026"
ANSWER = {"full_name": "李四", "password": PASSWORD, "again": PASSWORD}


def browser() -> Client:
    return Client(headers={"host": ADMIN_HOST})


def invite(cast: Cast, **values: Any) -> Any:
    address = reverse("govsites_members:invite", args=["430102"])
    facts = {"full_name": "李四", "username": "lisi", "role": "reviewer", **values}
    return signed_in(cast.manager_a).post(address, facts)


def path_in(answer: Any) -> str:
    found = re.search(r"/admin/invitation/[\w-]{43,}/", answer.content.decode())
    assert found
    return found[0]


def test_an_invited_person_chooses_a_password_and_is_in(cast: Cast) -> None:
    path = path_in(invite(cast))
    new = browser()
    text = new.get(path).content.decode()
    assert "芙蓉区人民政府" in text
    assert "lisi" in text
    assert "李四" not in text
    answer = new.post(path, ANSWER)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("wagtailadmin_home"))
    assert new.get(reverse("govsites_members:mine")).status_code == 200
    assert User.objects.get(username="lisi").memberships.get().role == Role.REVIEWER


def test_a_browser_may_send_the_form_of_a_link_and_tells_no_other_site_where_it_was(cast: Cast) -> None:
    path = path_in(invite(cast))
    strict = Client(headers={"host": ADMIN_HOST}, enforce_csrf_checks=True)
    page = strict.get(path)
    # "no-referrer" would make browsers send "Origin: null", which the check against forged forms refuses.
    assert page.headers["Referrer-Policy"] == "same-origin"
    answer = ANSWER | {"csrfmiddlewaretoken": page.context["csrf_token"]}
    assert strict.post(path, answer, headers={"origin": f"http://{ADMIN_HOST}"}).status_code == 302


def test_the_link_is_shown_this_once(cast: Cast) -> None:
    path = path_in(invite(cast))
    client = signed_in(cast.manager_a)
    for name in ("site", "invite"):
        text = client.get(reverse(f"govsites_members:{name}", args=["430102"])).content.decode()
        assert path not in text
        assert "/admin/invitation/" not in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": "王五"}, "full_name"),
        ({"full_name": ""}, "full_name"),
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"password": "lisi", "again": "lisi"}, "password"),
        ({"again": "another"}, "again"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field_and_may_be_given_again(
    cast: Cast, changes: dict[str, str], field: str
) -> None:
    path = path_in(invite(cast))
    answer = browser().post(path, ANSWER | changes)
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(username="lisi").exists()
    assert browser().post(path, ANSWER).status_code == 302


@pytest.mark.parametrize("ending", ["wrong", "used", "withdrawn", "old"])
def test_a_dead_link_answers_404_and_names_nobody(cast: Cast, ending: str) -> None:
    path = path_in(invite(cast))
    with every_tenant("ending it"):
        if ending == "wrong":
            path = path[:-5] + "xxxx/"
        elif ending == "used":
            browser().post(path, ANSWER)
        elif ending == "withdrawn":
            row = Invitation.objects.get()
            action = reverse("govsites_members:invitation", args=["430102", row.pk, "take-back"])
            assert signed_in(cast.manager_a).post(action).status_code == 302
        else:
            Invitation.objects.update(expires_at=timezone.now())
    people = User.objects.count()
    for answer in (browser().get(path), browser().post(path, ANSWER)):
        assert answer.status_code == 404
        text = answer.content.decode()
        for name in ("芙蓉区", "李四", "lisi", "manager"):
            assert name not in text
    assert User.objects.count() == people


def test_a_public_host_knows_no_invitation(cast: Cast) -> None:
    path = path_in(invite(cast))
    assert Client(headers={"host": "a.localhost"}).get(path).status_code == 404


def test_a_new_link_replaces_the_old_one(cast: Cast) -> None:
    old = path_in(invite(cast))
    with every_tenant("its number"):
        row = Invitation.objects.get()
    action = reverse("govsites_members:invitation", args=["430102", row.pk, "again"])
    assert signed_in(cast.manager_b).post(action).status_code == 404
    new = path_in(signed_in(cast.manager_a).post(action))
    assert browser().get(old).status_code == 404
    assert browser().get(new).status_code == 200


def test_a_known_person_gains_the_right_with_the_own_account(cast: Cast) -> None:
    path = path_in(invite(cast, username="contributor-b"))
    known = signed_in(cast.contributor_b)
    assert "acc-button" in known.get(path).content.decode()
    assert known.post(path).status_code == 302
    assert Membership.objects.active().filter(user=cast.contributor_b, tenant=cast.county_a).exists()


def test_somebody_else_who_is_signed_in_gains_nothing(cast: Cast) -> None:
    path = path_in(invite(cast, username="contributor-b"))
    other = signed_in(cast.reviewer_b)
    assert "reviewer-b" in other.get(path).content.decode()
    assert other.post(path, ANSWER).status_code == 200
    assert not Membership.objects.filter(tenant=cast.county_a, user__in=[cast.reviewer_b, cast.contributor_b]).exists()


def test_an_account_whose_last_right_has_ended_comes_back_with_its_password(cast: Cast) -> None:
    user = person("lisi")
    user.set_password(PASSWORD)
    user.save()
    path = path_in(invite(cast))
    new = browser()
    assert "full_name" not in new.get(path).content.decode()
    answer = new.post(path, {"password": "wrong"})
    assert answer.context["form"].errors["password"]
    assert not user.memberships.exists()
    answer = new.post(path, {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("sign_in")
    assert user.memberships.get().tenant == cast.county_a


def test_an_invitation_for_single_columns_gives_these_alone(cast: Cast) -> None:
    column = first_column(cast.county_a)
    path = path_in(invite(cast, role="contributor", columns=[str(column.pk)]))
    new = browser()
    assert column.title in new.get(path).content.decode()
    new.post(path, ANSWER)
    held = Membership.objects.get(user__username="lisi")
    assert held.limited_to_columns
    assert [grant.column_id for grant in ColumnGrant.objects.filter(membership=held)] == [column.pk]


def test_a_neighbours_column_is_not_invited_to(cast: Cast) -> None:
    answer = invite(cast, role="contributor", columns=[str(first_column(cast.county_b).pk)])
    assert answer.context["form"].errors["columns"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "contributor-a", "role": "contributor"}, "role"),
        ({"username": "li si"}, "username"),
        ({"full_name": ""}, "full_name"),
        ({"email": "nowhere"}, "email"),
        ({"role": "supervisor"}, "role"),
        ({"expires_at": "2020-01-01"}, "expires_at"),
    ],
)
def test_a_wrong_invitation_is_told_at_its_field(cast: Cast, values: dict[str, str], field: str) -> None:
    assert list(invite(cast, **values).context["form"].errors) == [field]


def test_the_link_is_mailed_where_there_is_an_address(cast: Cast, settings: Any) -> None:
    settings.MAIL_ON = True
    answer = invite(cast, email="lisi@example.gov.cn")
    [sent] = mail.outbox
    assert sent.to == ["lisi@example.gov.cn"]
    assert path_in(answer) in sent.body
    assert answer.context["mailed_to"] == "lisi@example.gov.cn"


def test_a_mail_server_that_is_down_stops_no_invitation(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_ON = True

    def down(*args: Any, **named: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("sites.members.joining.send_mail", down)
    answer = invite(cast, email="lisi@example.gov.cn")
    assert answer.context["mailed_to"] == ""
    assert browser().get(path_in(answer)).status_code == 200


def test_a_person_gets_a_new_password_by_a_link_and_the_old_one_is_worth_nothing(cast: Cast) -> None:
    user = cast.contributor_a
    user.set_password(PASSWORD)
    user.save()
    at_work = signed_in(user)
    assert at_work.get(reverse("govsites_members:mine")).status_code == 200
    answer = signed_in(cast.manager_a).post(reverse("govsites_members:link", args=[user.pk]), {})
    link = answer.context["link"]
    assert at_work.get(reverse("govsites_members:mine")).status_code == 302
    user.refresh_from_db()
    assert not user.has_usable_password()
    path = link[link.index("/admin/") :]
    new = browser()
    form = new.get(path, follow=True)
    new.post(form.request["PATH_INFO"], {"new_password1": "Wen-yi-lu-77", "new_password2": "Wen-yi-lu-77"})
    user.refresh_from_db()
    assert user.check_password("Wen-yi-lu-77")
    assert "new_password1" not in browser().get(path, follow=True).content.decode()


def test_a_manager_makes_no_link_for_somebody_with_rights_elsewhere(cast: Cast) -> None:
    Membership.objects.create(user=cast.contributor_a, role=Role.CONTRIBUTOR, tenant=cast.county_b)
    address = reverse("govsites_members:link", args=[cast.contributor_a.pk])
    answer = signed_in(cast.manager_a).post(address, {})
    assert answer.context["form"].non_field_errors()
    assert "link" not in answer.context
    assert "link" in signed_in(cast.operator).post(address, {}).context
