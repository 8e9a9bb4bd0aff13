"""Sessions: what a person sees of them, and how others end them."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session

from tenants.accounts import sessions
from tenants.models import Outcome, SignIn, UserSession
from tests.tenants.accounts.door import (
    OWN_PAGE,
    account,
    away,
    browser,
    is_in,
    signed_in_with_password,
)

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
KYLIN = "Mozilla/5.0 (X11; Linux x86_64; Kylin) Gecko/20100101 Firefox/115.0"


def test_ending_all_sessions_of_a_person_holds_at_once_in_every_browser() -> None:
    user = account()
    account("other")
    first, second, other = (signed_in_with_password(name) for name in ("zhang", "zhang", "other"))
    assert sessions.end_all(user, "权限已撤销") == 2
    assert not is_in(first)
    assert not is_in(second)
    assert is_in(other)
    line = SignIn.objects.get(outcome=Outcome.ENDED)
    assert (line.user, line.detail) == (user, "权限已撤销")


def test_a_request_on_its_way_does_not_bring_an_ended_session_back() -> None:
    user = account()
    client = signed_in_with_password()
    running = client.session  # another thread's copy
    assert running["account"]
    sessions.end_all(user, "why")
    running["late"] = True
    with pytest.raises(UpdateError):
        running.save()
    assert not Session.objects.exists()


def test_a_person_sees_where_he_is_signed_in_and_ends_one() -> None:
    account()
    here = signed_in_with_password(**{"user-agent": CHROME})
    there = signed_in_with_password(**{"user-agent": KYLIN})
    page = here.get(OWN_PAGE)
    text = page.content.decode()
    assert "Chrome 120 · Windows" in text
    assert "Firefox 115 · 麒麟" in text
    (other,) = (row for row in page.context["rows"] if not row.this_one)
    here.post(OWN_PAGE, {"session": str(other.pk)})
    assert is_in(here)
    assert not is_in(there)


def test_ending_all_others_leaves_the_one_in_hand() -> None:
    account()
    here, *others = (signed_in_with_password() for _number in range(3))
    here.post(OWN_PAGE, {"session": "others"})
    assert is_in(here)
    assert [is_in(client) for client in others] == [False, False]


@pytest.mark.parametrize("chosen", ["", "x", "-1", "9" * 30, "１"])
def test_a_senseless_choice_is_refused(chosen: str) -> None:
    account()
    client = signed_in_with_password()
    assert client.post(OWN_PAGE, {"session": chosen}).status_code == 404
    assert is_in(client)


def test_nobody_ends_the_session_of_another() -> None:
    account()
    account("other")
    mine, theirs = signed_in_with_password(), signed_in_with_password("other")
    row = UserSession.objects.get(user__username="other")
    mine.post(OWN_PAGE, {"session": str(row.pk)})
    assert is_in(theirs)


def test_sessions_that_are_over_leave_the_list() -> None:
    user = account()
    old, _new = signed_in_with_password(), signed_in_with_password()
    away(old, 31 * 60)
    assert len(sessions.of(user)) == 1
    assert UserSession.objects.filter(user=user).count() == 1


def test_saving_the_profile_keeps_the_session_known() -> None:
    user = account()
    client = signed_in_with_password()
    before = client.session.session_key
    answer = client.post(
        "/admin/account/",
        {
            "person-full_name": "张三",
            "person-email": "",
            "person-phone": "",
            "locale-preferred_language": "zh-hans",
            "theme-theme": "system",
            "theme-density": "default",
            "theme-contrast": "system",
        },
    )
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.get_full_name() == "张三"
    assert client.session.session_key != before
    assert sessions.end_all(user, "why") == 1
    assert not is_in(client)


def test_a_stranger_has_no_sessions_page() -> None:
    assert browser().get(OWN_PAGE).url.startswith("/admin/login/")
