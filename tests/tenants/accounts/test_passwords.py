"""Password rules, changing a password, and one that has grown too old."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.utils import timezone

from tenants.models import FormerPassword, Outcome, SignIn, User
from tests.tenants.accounts.door import (
    OWN_PAGE,
    RIGHT,
    WRONG,
    account,
    attempt,
    browser,
    is_in,
    signed_in_with_password,
)

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/password/"
NEW = "Quite-new-2027"


def change(client: Client, old: str = RIGHT, new: str = NEW, again: str = "", **more: str) -> Any:
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": again or new, **more})


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Ab1-xyz", "10"),
        ("zhengfuwangzhan", "三类"),
        ("2026202620262026", "三类"),
        ("abc123def456", "三类"),
        ("Zhangsan-2026", "相似"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(password: str, why: str) -> None:
    user = User(username="zhangsan-2026", first_name="张三")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert any(why in str(message) for message in refused.value.messages)


@pytest.mark.parametrize("password", ["Hunan-Portal7", "湖南门户网站Aa2026", "correct Horse 9"])
def test_a_good_password_is_taken(password: str) -> None:
    validate_password(password, User(username="zhang"))


def test_a_person_changes_the_password_and_other_sessions_end() -> None:
    user = account()
    here, there = signed_in_with_password(), signed_in_with_password()
    assert change(here).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert attempt(browser(), password=NEW).status_code == 302
    assert attempt(browser(), password=RIGHT).status_code == 200
    assert SignIn.objects.filter(user=user, outcome=Outcome.PASSWORD).count() == 1


def test_the_last_five_passwords_are_not_taken_again_the_sixth_is() -> None:
    account()
    client = signed_in_with_password()
    used = [RIGHT, *(f"Number-{number}-pass" for number in range(1, 5))]
    for old, new in pairwise(used):
        assert change(client, old, new).status_code == 302
    for former in used:
        page = change(client, used[-1], former)
        assert page.context["form"].errors["new_password2"], former
    assert change(client, used[-1], "Number-5-pass").status_code == 302
    assert change(client, "Number-5-pass", RIGHT).status_code == 302
    assert FormerPassword.objects.count() == 5


def test_former_passwords_are_hashes() -> None:
    account()
    assert RIGHT not in str(list(FormerPassword.objects.values_list("password_hash", flat=True)))


def test_guessing_the_old_password_in_an_open_session_closes_the_account() -> None:
    account()
    client = signed_in_with_password()
    for _number in range(5):
        assert change(client, WRONG).context["form"].errors["old_password"]
    assert "分钟" in str(change(client, RIGHT).context["form"].errors["old_password"])
    counted = AccessAttempt.objects.get()
    assert counted.failures_since_start == 5
    for typed in (WRONG, RIGHT, NEW):
        assert typed not in counted.post_data


def make_old(days: int) -> None:
    FormerPassword.objects.update(set_at=timezone.now() - timedelta(days=days))


@override_settings(PASSWORD_DAYS=90)
def test_a_password_that_is_too_old_must_be_changed_before_anything_else() -> None:
    account()
    make_old(91)
    client = browser()
    attempt(client)
    assert client.get(OWN_PAGE).url == f"{PAGE}?next=%2Fadmin%2Faccounts%2Fsessions%2F"
    page = client.get(PAGE)
    assert "90 天" in page.content.decode()
    assert change(client, next="//evil.example/").url == "/admin/"
    assert is_in(client)


@override_settings(PASSWORD_DAYS=90)
def test_a_password_of_the_last_day_is_good() -> None:
    account()
    make_old(89)
    assert signed_in_with_password()


def test_without_the_setting_a_password_has_no_age() -> None:
    account()
    make_old(3000)
    assert signed_in_with_password()
