"""manage.py accounts"""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.models import SignIn, UserSession
from tests.tenants.accounts.door import WRONG, account, attempt, browser, is_in, signed_in_with_password, solved

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    said = StringIO()
    call_command("accounts", *words, stdout=said)
    return said.getvalue()


@override_settings(SIGN_IN_LOG_DAYS=180)
def test_pruning_keeps_180_days_and_says_what_it_would_do() -> None:
    for days in (1, 179, 181, 400):
        line = SignIn.objects.create(username=f"{days}", outcome="wrong")
        SignIn.objects.filter(pk=line.pk).update(at=timezone.now() - timedelta(days=days))
    user = account()
    row = UserSession.objects.create(user=user, session_key="gone")
    UserSession.objects.filter(pk=row.pk).update(started_at=timezone.now() - timedelta(days=2))
    assert "would delete 2 lines" in run("prune", "--dry-run")
    assert SignIn.objects.count() == 4
    assert "deleted 2 lines" in run("prune")
    assert set(SignIn.objects.values_list("username", flat=True)) == {"1", "179"}
    assert not UserSession.objects.exists()
    assert "deleted 0 lines" in run("prune")


def test_an_account_and_an_address_are_unlocked() -> None:
    account()
    client = browser()
    fields: dict[str, str] = {}
    for _number in range(5):
        page = attempt(client, "zhang", WRONG, **fields)
        fields = solved(page) if "captcha" in page.context["form"].fields else {}
    assert run("unlock", "zhang") == "zhang is open again\n"
    assert attempt(browser()).status_code == 302
    attempt(browser(), "other", WRONG, address="10.1.1.1")
    assert run("unlock", "10.1.1.1") == "10.1.1.1 is open again\n"
    with pytest.raises(CommandError, match="No failed attempts are counted for 'nobody'"):
        run("unlock", "nobody")


def test_the_operators_own_lost_phone_is_no_dead_end() -> None:
    user = account()
    client = signed_in_with_password()
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    assert "1 sessions ended" in run("reset-second-factor", "zhang")
    assert not is_in(client)
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="has no two-step verification"):
        run("reset-second-factor", "zhang")


def test_a_person_is_signed_out_everywhere() -> None:
    account()
    client = signed_in_with_password()
    assert run("sign-out", "zhang") == "1 sessions of zhang ended\n"
    assert not is_in(client)
    with pytest.raises(CommandError, match="There is no account 'nobody'"):
        run("sign-out", "nobody")
