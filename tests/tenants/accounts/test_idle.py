"""A session ends after idle time, whatever an open page does by itself; and nothing typed is lost."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tenants.models import Outcome, SignIn, UserSession
from tests.cast import signed_in
from tests.tenants.accounts.door import (
    LOGIN,
    OWN_PAGE,
    account,
    attempt,
    away,
    browser,
    is_in,
    seen_seconds_ago,
    signed_in_with_password,
)

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = 30 * 60 + 1
PULSE = "/admin/login/pulse/"
# What Wagtail's editor asks by a timer.
PING = "/admin/editing-sessions/ping/govsites/article/1/1/"


def test_after_idle_time_the_next_page_leads_to_the_door_and_back_again() -> None:
    account()
    client = signed_in_with_password()
    away(client, HALF_AN_HOUR)
    answer = client.get("/admin/accounts/log/?p=1")
    assert answer.status_code == 302
    assert answer.url == f"{LOGIN}?next=%2Fadmin%2Faccounts%2Flog%2F%3Fp%3D1&why=idle"
    door = client.get(answer.url)
    assert "30 分钟" in door.content.decode()
    hidden = re.search(r'name="next" value="([^"]+)"', door.content.decode())
    assert hidden is not None
    again = attempt(client, next=unescape(hidden[1]))
    assert again.url == "/admin/accounts/log/?p=1"
    assert SignIn.objects.filter(outcome=Outcome.IDLE).count() == 1
    assert UserSession.objects.count() == 1


def test_who_does_something_now_and_then_stays() -> None:
    account()
    client = signed_in_with_password()
    for _time in range(3):
        away(client, 20 * 60)
        assert is_in(client)
        assert seen_seconds_ago(client) < 5


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PING, {}),
        (PULSE, {}),
        (OWN_PAGE, {"x-requested-with": "XMLHttpRequest"}),
        (OWN_PAGE, {"accept": "application/json"}),
        (OWN_PAGE, {"accept": "*/*"}),
        (OWN_PAGE, {"sec-fetch-mode": "cors", "accept": "text/html"}),
        (OWN_PAGE, {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
    ],
)
def test_what_a_page_does_by_itself_is_no_activity(path: str, headers: dict[str, str]) -> None:
    account()
    client = signed_in_with_password()
    away(client, 20 * 60)
    client.get(path, headers=headers)
    assert seen_seconds_ago(client) >= 20 * 60
    away(client, 11 * 60)
    assert not is_in(client)


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}])
def test_opening_a_page_is_activity(headers: dict[str, str]) -> None:
    account()
    client = signed_in_with_password()
    away(client, 20 * 60)
    client.get(OWN_PAGE, headers=headers)
    assert seen_seconds_ago(client) < 5


def test_typing_told_by_the_page_is_activity() -> None:
    account()
    client = signed_in_with_password()
    away(client, 20 * 60)
    assert client.get(PULSE).json()["seconds"] <= 10 * 60
    told = client.post(PULSE).json()
    assert told["seconds"] > 29 * 60
    assert told["token"]


def test_the_pulse_of_nobody_says_that_the_session_is_over() -> None:
    account()
    client = signed_in_with_password()
    away(client, HALF_AN_HOUR)
    assert client.get(PULSE).json() == {"seconds": 0}
    assert browser().post(PULSE).json() == {"seconds": 0}


def test_a_script_that_asks_after_the_end_gets_a_sentence_and_no_page() -> None:
    account()
    client = signed_in_with_password()
    away(client, HALF_AN_HOUR)
    answer = client.get(OWN_PAGE, headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert "登录" in answer.json()["error"]


def test_the_longest_time_ends_a_session_that_was_never_idle() -> None:
    account()
    client = signed_in_with_password()
    away(client, 12 * 3600 + 1, since_sign_in=True)
    client.post(PULSE)  # comes too late as well
    assert not is_in(client)
    assert SignIn.objects.filter(outcome__in=[Outcome.ENDED, Outcome.IDLE]).count() == 1


@override_settings(IDLE_MINUTES=720)
def test_the_log_says_that_it_was_the_longest_time() -> None:
    account()
    client = signed_in_with_password()
    away(client, 12 * 3600 - 60, since_sign_in=True)
    assert is_in(client)
    away(client, 61, since_sign_in=True)
    assert client.get(OWN_PAGE).url.endswith("why=ended")
    assert "最长" in SignIn.objects.get(outcome=Outcome.ENDED).detail


def late_form(client: Client) -> Any:
    away(client, HALF_AN_HOUR)
    return client.post(
        "/admin/account/?tab=1", {"person-full_name": "张三", "person-phone": ["1", "2"], "person-password": "geheim"}
    )


def test_a_form_that_comes_after_the_end_is_kept_and_offered_again() -> None:
    user = account()
    client = signed_in_with_password()
    answer = late_form(client)
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.first_name == ""  # nothing was done in the name of nobody
    back = attempt(client, next="/admin/accounts/resume/")
    page = client.get(back.url).content.decode()
    assert 'action="/admin/account/?tab=1"' in page
    assert "张三" in page
    assert page.count('name="person-phone"') == 2
    assert "geheim" not in page
    assert client.get("/admin/accounts/resume/").status_code == 302  # once


def test_a_kept_form_is_not_shown_to_somebody_else() -> None:
    account()
    account("other")
    client = signed_in_with_password()
    late_form(client)
    attempt(client, "other")
    assert client.get("/admin/accounts/resume/").url == "/admin/"


def test_a_forged_form_is_never_kept() -> None:
    account()
    client = Client(enforce_csrf_checks=True, headers={"host": "admin.localhost"})
    page = client.get(LOGIN)
    client.post(
        LOGIN,
        {"username": "zhang", "password": "Right-pass-2026", "csrfmiddlewaretoken": page.context["csrf_token"]},
    )
    assert is_in(client)
    assert late_form(client).status_code == 403
    assert "kept_form" not in client.session


def test_a_session_without_marks_gets_them_at_its_next_request() -> None:
    client = signed_in(account())
    session = client.session
    del session["account"]
    session.save()
    UserSession.objects.all().delete()
    assert is_in(client)
    assert UserSession.objects.count() == 1


def test_a_public_page_asks_nothing_about_accounts(cast: Any) -> None:

    client = Client(headers={"host": "a.localhost"})
    client.cookies["sessionid"] = "somebodys"
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get("/").status_code == 200
    tables = ("session", "tenants_user", "tenants_membership", "otp_", "axes_", "sign")
    assert not [query["sql"] for query in asked if any(f'"{table}' in query["sql"] for table in tables)]


def test_a_page_of_the_admin_writes_the_session_once_a_minute_at_most() -> None:

    account()
    client = signed_in_with_password()
    with CaptureQueriesContext(connection) as asked:
        client.get(OWN_PAGE)
    assert not [query["sql"] for query in asked if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_the_health_check_and_bearer_tokens_have_no_session() -> None:
    assert browser().get("/healthz").status_code == 200
    answer = browser(authorization="Bearer nonsense").get("/api/v1/tenants")
    assert answer.status_code in {401, 403}
