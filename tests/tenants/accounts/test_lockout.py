"""Lockout by account and by address."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client, override_settings

from tenants.models import Outcome, Role, SignIn
from tests.tenants.accounts.door import RIGHT, WRONG, account, attempt, browser, is_in, solved

pytestmark = pytest.mark.django_db


def fail(times: int, username: str = "zhang", **kwargs: str) -> Client:
    """Fail so many times, solving the captcha where one is asked."""
    client = browser()
    fields: dict[str, str] = {}
    for _number in range(times):
        page = attempt(client, username, WRONG, **fields, **kwargs)
        fields = solved(page) if "captcha" in page.context["form"].fields else {}
    return client


def later(minutes: int) -> None:
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_five_failures_close_the_account_even_for_the_right_password_from_elsewhere() -> None:
    account()
    fail(5, address="10.0.0.1")
    answer = attempt(browser(), "zhang", RIGHT, address="10.0.0.2", **solved_for("zhang"))
    assert answer.status_code == 429
    said = answer.content.decode()
    assert "15" in said
    assert "分钟" in said
    assert SignIn.objects.first().outcome == Outcome.LOCKED


def solved_for(username: str) -> dict[str, str]:
    """Return the solved captcha that a page for this name shows."""
    return solved(attempt(browser(), username, WRONG))


def test_the_sentence_names_the_time_that_remains_and_knocking_does_not_prolong_it() -> None:
    account()
    fail(5)
    later(10)
    for _number in range(3):
        answer = attempt(browser(), "zhang", RIGHT, **solved_for("zhang"))
        assert "5 分钟" in answer.content.decode()
    assert SignIn.objects.filter(outcome=Outcome.LOCKED).count() == 1


def test_a_closed_account_opens_again_by_itself() -> None:
    account()
    fail(5)
    later(16)
    client = browser()
    assert attempt(client).status_code == 302
    assert is_in(client)


def test_a_name_that_nobody_has_is_closed_in_the_same_words() -> None:
    account()
    known, unknown = (attempt(fail(5, name), name, WRONG, **solved_for(name)) for name in ("zhang", "nobody"))
    assert known.status_code == unknown.status_code == 429
    assert list(known.context["form"].non_field_errors()) == list(unknown.context["form"].non_field_errors())


def test_another_way_of_writing_a_name_is_the_same_account() -> None:
    account()
    fail(3)
    assert attempt(browser(), "ｚｈａｎｇ", RIGHT).context["form"].errors["captcha"]


@pytest.mark.parametrize("username", ["zh\0ang", "z" * 5000, "", " ", "张三'; --"])
def test_a_strange_name_is_only_wrong(username: str) -> None:
    assert attempt(browser(), username, WRONG, captcha_0="\0", captcha_1="\0").status_code == 200


def test_a_wrong_password_is_nowhere_kept() -> None:
    fail(2)
    assert WRONG not in str(list(AccessAttempt.objects.values()))


@override_settings(LOCKOUT_ADDRESS_FAILURES=8)
def test_many_failures_from_one_address_close_it_for_all_accounts_but_not_elsewhere() -> None:
    account()
    for number in range(4):
        fail(2, f"guess-{number}", address="10.0.0.9")
    answer = attempt(browser(), address="10.0.0.9")
    assert answer.status_code == 429
    assert attempt(browser(), address="10.0.0.8").status_code == 302


@override_settings(LOCKOUT_ADDRESS_FAILURES=8)
def test_a_good_account_does_not_open_its_address_for_guessing_at_others() -> None:
    account()
    account("own")
    fail(4, "guess-1", address="10.0.0.9")
    fail(3, "guess-2", address="10.0.0.9")
    assert attempt(browser(), "own", address="10.0.0.9").status_code == 302
    fail(1, "guess-3", address="10.0.0.9")
    assert attempt(browser(), "zhang", address="10.0.0.9").status_code == 429


def test_a_right_password_forgets_the_accounts_own_failures() -> None:
    account()
    fail(2)
    assert attempt(browser()).status_code == 302
    fail(2)
    assert "captcha" not in attempt(browser(), "other", WRONG).context["form"].fields
    assert attempt(browser()).status_code == 302


@pytest.mark.parametrize(
    ("trusted", "told", "counted"),
    [
        ((), "10.9.9.9", "127.0.0.1"),
        (("127.0.0.1",), "10.9.9.9", "10.9.9.9"),
        (("127.0.0.1",), "1.1.1.1, 10.9.9.9", "10.9.9.9"),
        (("127.0.0.1", "10.0.0.0/8"), "8.8.8.8, 10.9.9.9", "8.8.8.8"),
        (("127.0.0.1",), "nonsense", "127.0.0.1"),
        (("10.0.0.0/8",), "8.8.8.8", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_is_believed_about_addresses(trusted: tuple[str, ...], told: str, counted: str) -> None:

    with override_settings(TRUSTED_PROXIES=tuple(ip_network(proxy) for proxy in trusted)):
        attempt(browser(**{"x-forwarded-for": told}), "nobody", WRONG)
    assert SignIn.objects.get().address == counted


def test_an_operator_sees_what_is_closed_and_opens_it() -> None:
    account()
    account("operator", Role.PLATFORM_OPERATOR)
    fail(5)
    operator = browser()
    attempt(operator, "operator")
    page = operator.get("/admin/accounts/lockouts/")
    assert "zhang" in page.content.decode()
    operator.post("/admin/accounts/lockouts/", {"kind": "account", "value": "zhang"})
    assert attempt(browser()).status_code == 302
    assert SignIn.objects.get(outcome=Outcome.UNLOCKED).username == "zhang"


def test_nobody_but_an_operator_sees_or_opens_what_is_closed() -> None:
    account()
    fail(5, "nobody")
    client = browser()
    attempt(client)
    assert client.get("/admin/accounts/lockouts/").status_code == 404
    assert client.post("/admin/accounts/lockouts/", {"kind": "account", "value": "nobody"}).status_code == 404
    assert attempt(browser(), "nobody", WRONG, **solved_for("nobody")).status_code == 429
