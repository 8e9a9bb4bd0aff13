"""Signing in with user name and password, at the one door there is."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tenants.models import Membership, Outcome, SignIn, User, UserSession
from tests.tenants.accounts.door import LOGIN, OWN_PAGE, RIGHT, WRONG, account, attempt, browser, is_in

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_the_admin_and_is_written_down() -> None:
    user = account()
    client = browser(**{"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"})
    answer = attempt(client, address="10.1.2.3")
    assert answer.status_code == 302
    assert answer.url == "/admin/"
    assert is_in(client)
    line = SignIn.objects.get()
    assert (line.user, line.outcome, line.address) == (user, Outcome.SIGNED_IN, "10.1.2.3")
    assert "Chrome/120" in line.agent


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_answer() -> None:
    account()
    account("closed")
    User.objects.filter(username="closed").update(is_active=False)
    answers = []
    for username, password in (("zhang", WRONG), ("nobody", WRONG), ("nobody", RIGHT), ("closed", RIGHT)):
        answer = attempt(browser(), username, password)
        answers.append((answer.status_code, [str(error) for error in answer.context["form"].non_field_errors()]))
    assert len({str(answer) for answer in answers}) == 1
    assert answers[0][0] == 200
    assert SignIn.objects.filter(outcome=Outcome.WRONG).count() == 4
    assert SignIn.objects.filter(username="nobody", user=None).count() == 2


def test_unknown_names_cost_a_password_hash_as_known_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    hashed: list[str] = []

    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(password) or plain(self, password, salt)
    )
    attempt(browser(), "zhang", WRONG)
    known = len(hashed)
    attempt(browser(), "nobody", WRONG)
    assert known == 1
    assert len(hashed) == 2


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/admin/accounts/log/", "/admin/accounts/log/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("/\\evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("http://admin.localhost:80@evil.example/", "/admin/"),
    ],
)
def test_the_way_back_stays_on_this_host(wanted: str, goes_to: str) -> None:
    account()
    assert attempt(browser(), next=wanted).url == goes_to


def test_the_door_refuses_a_forged_form_with_a_page_that_says_why() -> None:
    account()
    client = Client(enforce_csrf_checks=True, headers={"host": "admin.localhost"})
    answer = attempt(client)
    assert answer.status_code == 403
    assert "页面" in answer.content.decode()
    assert not is_in(client)


def test_a_session_key_planted_before_the_sign_in_is_worth_nothing_afterwards() -> None:
    account()
    client = browser()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    attempt(client)
    assert client.session.session_key != planted
    thief = browser()
    thief.cookies["sessionid"] = planted
    assert not is_in(thief)


def test_there_is_no_login_on_a_public_host(cast: object) -> None:
    public = Client(headers={"host": "a.localhost"})
    for path in (LOGIN, "/admin/login/code/", "/admin/login/pulse/", "/admin/account/", OWN_PAGE):
        assert public.get(path).status_code == 404, path


def test_an_account_whose_last_right_has_ended_is_told_so_and_stays_outside() -> None:
    user = account()
    Membership.objects.filter(user=user).delete()
    client = browser()
    answer = attempt(client)
    assert answer.status_code == 200
    assert "权限" in answer.content.decode()
    assert not is_in(client)
    assert SignIn.objects.get().outcome == Outcome.NO_RIGHTS


def test_signing_out_is_written_down_and_leaves_no_session() -> None:
    user = account()
    client = browser()
    attempt(client)
    assert UserSession.objects.filter(user=user).count() == 1
    client.post("/admin/logout/")
    assert not is_in(client)
    assert SignIn.objects.first().outcome == Outcome.SIGNED_OUT
    assert not UserSession.objects.exists()


def test_the_door_needs_no_script_and_shows_the_products_own_name() -> None:
    page = browser().get(LOGIN).content.decode()
    assert "政府网站集约化平台" in page
    assert "Wagtail" not in page
    assert 'method="post"' in page
    for label in ('for="id_username"', 'for="id_password"'):
        assert label in page


def test_a_forgotten_password_is_no_further_door() -> None:
    assert browser().get("/admin/password_reset/").status_code == 404
    assert browser().get("/admin/password_reset/confirm/MQ/abc-def/").status_code == 404


def test_somebody_signed_in_is_led_on_from_the_door() -> None:
    account()
    client = browser()
    attempt(client)
    assert client.get(f"{LOGIN}?next={OWN_PAGE}").url == OWN_PAGE


def test_the_session_ends_with_the_browser() -> None:
    account()
    client = browser()
    cookie = attempt(client).cookies["sessionid"]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
