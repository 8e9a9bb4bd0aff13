"""Who may take away a lost second step, and what the sign-in log shows to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.accounts import second_factor
from tenants.models import Membership, Outcome, Role, SignIn, User
from tests.tenants.accounts.door import account, attempt, browser, is_in, signed_in_with_password, tenant

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    """Return the account as another request finds it: rights are worked out once for each."""
    return User.objects.get(pk=user.pk)


def with_app(user: User) -> User:
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    second_factor.new_recovery_codes(user)
    return fresh(user)


def test_a_manager_resets_his_own_member_who_is_signed_out_and_told_in_the_log() -> None:
    site = tenant()
    manager, member = account("manager", Role.SITE_MANAGER, site), account("member", Role.CONTRIBUTOR, site)
    client = signed_in_with_password("member")
    second_factor.reset(with_app(member), fresh(manager))
    assert second_factor.device_of(member) is None
    assert second_factor.recovery_codes_left(member) == 0
    assert not is_in(client)
    assert SignIn.objects.get(outcome=Outcome.FACTOR_RESET).detail == "manager"
    assert attempt(browser(), "member").url == "/admin/"


@pytest.mark.parametrize("who", ["neighbour", "reviewer", "member", "expired manager"])
def test_nobody_else_resets_a_member(who: str) -> None:
    site, neighbour = tenant(), tenant("430103")
    member = with_app(account("member", Role.CONTRIBUTOR, site))
    others = {
        "neighbour": account("neighbour", Role.SITE_MANAGER, neighbour),
        "reviewer": account("reviewer", Role.REVIEWER, site),
        "member": member,
        "expired manager": account("expired", Role.SITE_MANAGER, site),
    }
    Membership.objects.filter(user__username="expired").update(expires_at=timezone.now() - timedelta(days=1))
    with pytest.raises(second_factor.ResetRefused):
        second_factor.reset(member, fresh(others[who]))
    assert second_factor.device_of(member) is not None


def test_a_manager_resets_neither_an_operator_nor_somebody_with_rights_elsewhere() -> None:
    site = tenant()
    manager = account("manager", Role.SITE_MANAGER, site)
    operator = account("operator", Role.PLATFORM_OPERATOR)
    Membership.objects.create(user=operator, role=Role.CONTRIBUTOR, tenant=site)
    shared = account("shared", Role.CONTRIBUTOR, site)
    Membership.objects.create(user=shared, role=Role.CONTRIBUTOR, tenant=tenant("430103"))
    first = account("first", Role.CONTRIBUTOR, site)
    first.is_superuser = True
    first.save()
    for user in (operator, shared, first):
        with pytest.raises(second_factor.ResetRefused):
            second_factor.reset(with_app(user), fresh(manager))
    second_factor.reset(fresh(shared), fresh(operator))
    assert second_factor.device_of(shared) is None


def log_seen_by(username: str, of: User) -> int:
    client = browser()
    attempt(client, username)
    return int(client.get(f"/admin/accounts/log/{of.pk}/").status_code)


def test_who_sees_the_log_of_a_member() -> None:
    site, neighbour = tenant(), tenant("430103")
    member = account("member", Role.CONTRIBUTOR, site)
    account("manager", Role.SITE_MANAGER, site)
    account("neighbour", Role.SITE_MANAGER, neighbour)
    account("reviewer", Role.REVIEWER, site)
    account("operator", Role.PLATFORM_OPERATOR)
    account("supervisor", Role.SUPERVISOR)
    seen = {name: log_seen_by(name, member) for name in ("manager", "neighbour", "reviewer", "operator", "supervisor")}
    assert seen == {"manager": 200, "neighbour": 404, "reviewer": 404, "operator": 200, "supervisor": 404}


def test_the_log_of_a_former_member_is_closed_to_the_manager() -> None:
    site = tenant()
    member = account("member", Role.CONTRIBUTOR, site)
    account("manager", Role.SITE_MANAGER, site)
    Membership.objects.filter(user=member).update(revoked_at=timezone.now())
    assert log_seen_by("manager", member) == 404


def test_an_account_that_is_not_there_and_one_out_of_reach_get_the_same_answer() -> None:
    account("manager", Role.SITE_MANAGER, tenant())
    client = browser()
    attempt(client, "manager")
    assert client.get("/admin/accounts/log/99999/").status_code == 404


def test_a_person_sees_his_own_log_in_words_and_nobody_elses() -> None:
    account()
    account("other")
    attempt(browser(), "other")
    client = signed_in_with_password(**{"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"})
    page = client.get("/admin/accounts/log/")
    text = page.content.decode()
    assert "Chrome 120 · Windows" in text
    assert "127.0.0.1（本机）" in text
    assert {row.username for row in page.context["rows"]} == {"zhang"}


def test_an_operator_searches_the_whole_log() -> None:
    account("operator", Role.PLATFORM_OPERATOR)
    account()
    attempt(browser(), "zhang", "Wrong-pass-2026", address="10.8.8.8")
    attempt(browser(), "zhang", address="10.9.9.9")
    client = browser()
    attempt(client, "operator")

    def found(**query: str) -> int:
        return len(client.get("/admin/accounts/log/all/", query).context["rows"])

    assert found() == 3
    assert found(q="ZHANG") == 2
    assert found(q="10.8.") == 1
    assert found(outcome="wrong") == 1
    assert found(since="2999-01-01") == 0
    assert found(since="no date") == 0
    assert found(outcome="no such") == 0


def test_nobody_else_sees_the_whole_log() -> None:
    account("manager", Role.SITE_MANAGER, tenant())
    client = browser()
    attempt(client, "manager")
    assert client.get("/admin/accounts/log/all/").status_code == 404


def test_the_log_costs_as_many_queries_with_two_lines_as_with_forty() -> None:

    user = account("operator", Role.PLATFORM_OPERATOR)
    client = browser()
    attempt(client, "operator")
    client.get("/admin/accounts/log/all/")
    counts = []
    for more in (1, 38):
        SignIn.objects.bulk_create(SignIn(user=user, username="x", outcome="wrong") for _number in range(more))
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/accounts/log/all/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
