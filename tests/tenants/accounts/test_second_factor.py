"""Two-step verification: set up, used, lost, reset, required."""

import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.accounts import second_factor
from tenants.models import Outcome, Role, SignIn, User
from tests.tenants.accounts.door import (
    CODE,
    LOGIN,
    OWN_PAGE,
    account,
    attempt,
    browser,
    code_of,
    is_in,
    signed_in_with_password,
    tenant,
)

pytestmark = pytest.mark.django_db
FACTOR, SET_UP = "/admin/accounts/second-factor/", "/admin/accounts/second-factor/set-up/"


def with_app(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="app", confirmed=True)


def at_the_code(username: str = "zhang") -> Client:
    """Return a browser whose password was right and whose code is still to come."""
    client = browser()
    assert attempt(client, username).url == CODE
    return client


def set_up(client: Client) -> Any:
    """Set an app up in the browser; return the page with the recovery codes."""
    client.get(SET_UP)
    return client.post(SET_UP, {"code": code_of(TOTPDevice.objects.get(confirmed=False))})


def allow_next_try(user: User) -> None:
    TOTPDevice.objects.filter(user=user).update(throttling_failure_timestamp=None)


def test_a_person_sets_it_up_with_picture_and_key_and_gets_ten_codes_once() -> None:
    user = account()
    client = signed_in_with_password()
    elsewhere = signed_in_with_password()
    page = client.get(SET_UP).content.decode()
    assert "<svg" in page
    assert "viewBox" in page
    key = re.search(r'class="acc-key">([A-Z2-7 ]+)<', page)
    assert key is not None
    assert len(key[1].replace(" ", "")) == 32
    codes = set_up(client).context["codes"]
    assert len(set(codes)) == 10
    assert second_factor.device_of(user) is not None
    assert second_factor.recovery_codes_left(user) == 10
    for code in codes:
        assert not StaticToken.objects.filter(token__contains=code.replace("-", "")).exists()
        assert code not in client.get(FACTOR).content.decode()
    assert is_in(client)
    assert not is_in(elsewhere)  # had shown the password alone
    assert SignIn.objects.filter(user=user, outcome=Outcome.FACTOR_ON).count() == 1


def test_a_wrong_code_does_not_turn_it_on_and_the_key_stays() -> None:
    user = account()
    client = signed_in_with_password()
    client.get(SET_UP)
    key = TOTPDevice.objects.get().key
    assert client.post(SET_UP, {"code": "000000"}).status_code == 200
    assert second_factor.device_of(user) is None
    assert TOTPDevice.objects.get().key == key


def test_a_key_that_another_session_began_is_thrown_away() -> None:
    account()
    thief, client = signed_in_with_password(), signed_in_with_password()
    thief.get(SET_UP)
    seen = TOTPDevice.objects.get().key
    client.get(SET_UP)
    assert TOTPDevice.objects.get().key != seen


def test_the_password_alone_no_longer_opens() -> None:
    user = account()
    device = with_app(user)
    client = at_the_code()
    assert not is_in(client)
    assert client.get("/admin/login/pulse/").json() == {"seconds": 0}
    answer = client.post(CODE, {"code": code_of(device)})
    assert answer.url == "/admin/"
    assert is_in(client)


def test_the_way_back_survives_the_code_and_stays_on_this_host() -> None:
    device = with_app(account())
    client = browser()
    attempt(client, next="//evil.example/")
    assert client.post(CODE, {"code": code_of(device)}).url == "/admin/"


def test_the_session_gets_a_new_key_at_both_steps() -> None:
    device = with_app(account())
    client = browser()
    session = client.session
    session["planted"] = 1
    session.save()
    keys = [session.session_key]
    attempt(client)
    keys.append(client.session.session_key)
    client.post(CODE, {"code": code_of(device)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_the_same_code_is_not_taken_twice() -> None:
    device = with_app(account())
    code = code_of(device)
    assert at_the_code().post(CODE, {"code": code}).status_code == 302
    second = at_the_code()
    assert second.post(CODE, {"code": code}).status_code == 200
    assert not is_in(second)


def test_the_code_that_confirmed_the_set_up_does_not_sign_in() -> None:
    account()
    client = signed_in_with_password()
    client.get(SET_UP)
    code = code_of(TOTPDevice.objects.get())
    client.post(SET_UP, {"code": code})
    assert at_the_code().post(CODE, {"code": code}).status_code == 200


def test_wrong_codes_are_written_down_slowed_and_end_the_attempt() -> None:
    user = account()
    device = with_app(user)
    client = at_the_code()
    for _number in range(5):
        allow_next_try(user)
        assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert client.post(CODE, {"code": code_of(device)}).url == f"{LOGIN}?why=again"
    assert SignIn.objects.filter(user=user, outcome=Outcome.WRONG_CODE).count() == 5
    fresh = at_the_code()  # and even now the right code has to wait: 16 seconds after the fifth
    page = fresh.post(CODE, {"code": code_of(device)})
    assert "秒" in page.content.decode()
    assert not is_in(fresh)


def test_the_code_page_is_nobodys_without_a_right_password_just_now() -> None:
    user = account()
    with_app(user)
    assert browser().get(CODE).url == f"{LOGIN}?why=again"
    client = at_the_code()
    session = client.session
    session["pending_sign_in"] = {**session["pending_sign_in"], "at": session["pending_sign_in"]["at"] - 301}
    session.save()
    assert client.get(CODE).url == f"{LOGIN}?why=again"
    client = at_the_code()
    user.set_password("Another-pass-2026")
    user.save()
    assert client.get(CODE).url == f"{LOGIN}?why=again"


def test_a_recovery_code_signs_in_once() -> None:
    user = account()
    with_app(user)
    first, second, *_rest = second_factor.new_recovery_codes(user)
    assert at_the_code().post(CODE, {"code": f" {first.upper()} "}).status_code == 302
    assert second_factor.recovery_codes_left(user) == 9
    assert at_the_code().post(CODE, {"code": first}).status_code == 200

    StaticDevice.objects.update(throttling_failure_timestamp=None)
    assert at_the_code().post(CODE, {"code": second.replace("-", "")}).status_code == 302


def test_the_recovery_codes_of_another_are_worth_nothing() -> None:
    user, other = account(), account("other")
    with_app(user)
    with_app(other)
    second_factor.new_recovery_codes(user)
    codes = second_factor.new_recovery_codes(other)
    assert at_the_code().post(CODE, {"code": codes[0]}).status_code == 200


def signed_in_with_code(device: TOTPDevice) -> Client:
    client = at_the_code(device.user.username)
    assert client.post(CODE, {"code": code_of(device, -1)}).status_code == 302
    return client


@pytest.mark.parametrize(("do", "code"), [("off", "000000"), ("move", "000000"), ("codes", "000000"), ("off", "")])
def test_nothing_changes_without_a_code(do: str, code: str) -> None:
    user = account()
    device = with_app(user)
    old = set(second_factor.new_recovery_codes(user))
    client = signed_in_with_code(device)
    assert client.post(FACTOR, {"do": do, "code": code}).status_code == 200
    assert second_factor.device_of(user) == device
    assert second_factor.recovery_codes_left(user) == len(old)


def test_with_a_code_it_is_turned_off() -> None:
    user = account()
    device = with_app(user)
    client = signed_in_with_code(device)
    assert client.post(FACTOR, {"do": "off", "code": code_of(device)}).status_code == 302
    assert second_factor.device_of(user) is None
    assert is_in(client)
    assert SignIn.objects.filter(user=user, outcome=Outcome.FACTOR_OFF).exists()


def test_new_recovery_codes_replace_the_old_ones() -> None:
    user = account()
    device = with_app(user)
    old = second_factor.new_recovery_codes(user)
    client = signed_in_with_code(device)
    page = client.post(FACTOR, {"do": "codes", "code": code_of(device)})
    assert len(page.context["codes"]) == 10
    assert second_factor.check(user, old[0]).device is None


def test_the_recovery_codes_can_be_downloaded() -> None:
    account()
    page = set_up(signed_in_with_password()).content.decode()
    assert re.search(r'download="[^"]+\.txt" href="data:text/plain', page)


@pytest.mark.parametrize(
    ("setting", "role", "must"),
    [
        ("off", Role.PLATFORM_OPERATOR, False),
        ("managers", Role.PLATFORM_OPERATOR, True),
        ("managers", Role.SITE_MANAGER, True),
        ("managers", Role.REVIEWER, False),
        ("managers", Role.CONTRIBUTOR, False),
        ("managers", Role.SUPERVISOR, False),
        ("all", Role.CONTRIBUTOR, True),
        ("all", Role.SUPERVISOR, True),
    ],
)
def test_who_must_have_one(setting: str, role: str, must: bool) -> None:
    within = tenant() if role in {Role.SITE_MANAGER, Role.REVIEWER, Role.CONTRIBUTOR} else None
    account("zhang", role, within)
    with override_settings(SECOND_FACTOR=setting):
        client = browser()
        attempt(client)
        answer = client.get(OWN_PAGE)
    assert (answer.status_code == 302) == must
    if must:
        assert answer.url == f"{SET_UP}?next=%2Fadmin%2Faccounts%2Fsessions%2F"


@override_settings(SECOND_FACTOR="all")
def test_nothing_else_can_be_done_before_it_is_set_up_then_everything() -> None:
    account()
    client = browser()
    attempt(client)
    for path in ("/admin/", "/admin/account/", FACTOR, "/admin/pages/", "/admin/api/main/pages/"):
        assert client.get(path).url.startswith(SET_UP), path
    assert client.post("/admin/account/", {"person-full_name": "x"}).url.startswith(SET_UP)
    assert client.get("/admin/api/main/pages/", headers={"accept": "application/json"}).status_code == 403
    page = client.get(f"{SET_UP}?next={OWN_PAGE}")
    assert page.context["next"] == OWN_PAGE
    assert "wagtail-sidebar" not in page.content.decode()
    assert set_up(client).status_code == 200
    assert is_in(client)


@override_settings(SECOND_FACTOR="all")
def test_who_must_have_one_cannot_turn_it_off_but_can_move_it() -> None:
    user = account()
    device = with_app(user)
    client = signed_in_with_code(device)
    assert client.post(FACTOR, {"do": "off", "code": code_of(device)}).status_code == 404
    assert client.post(FACTOR, {"do": "move", "code": code_of(device)}).url == SET_UP
    assert client.get(OWN_PAGE).url.startswith(SET_UP)
    set_up(client)
    assert second_factor.device_of(user).key != device.key


@override_settings(SECOND_FACTOR="all")
def test_a_session_that_never_showed_the_code_ends_once_there_is_an_app() -> None:
    user = account()
    with override_settings(SECOND_FACTOR="off"):
        client = signed_in_with_password()
    with_app(user)
    assert client.get(OWN_PAGE).url == LOGIN
    with override_settings(SECOND_FACTOR="off"):
        assert not is_in(client)
