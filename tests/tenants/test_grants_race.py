"""Two people at once: what both try, one gets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection

from tenants import invitations
from tenants.grants import GrantRefused, grant, revoke
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_regions, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county() -> Tenant:
    region = make_regions()["430102"]
    return Tenant.objects.create(
        code="430102", name="芙蓉区", short_name="芙蓉区", kind="county", region=region, host="a.gov.cn"
    )


def together(*works: Callable[[], Any]) -> list[str]:
    """Run the works at the same time, each with a connection of its own; return "done" or the refusal of each."""
    start, outcomes = threading.Barrier(len(works)), [""] * len(works)
    # The suite's SQLite lives in memory, where a second writer is refused at once; in a file it waits for the first.
    turn: Any = threading.Lock() if connection.vendor == "sqlite" else nullcontext()

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            with turn:
                work()
            outcomes[number] = "done"
        except GrantRefused as refused:
            outcomes[number] = type(refused).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_managers_who_leave_together_do_not_leave_the_site_without_one(county: Tenant) -> None:
    two = [person(name, Role.SITE_MANAGER, tenant=county) for name in ("one", "two")]
    outcomes = together(*[lambda own=own: revoke(own.memberships.get(), by=own, reason="离职") for own in two])
    assert outcomes == ["GrantRefused", "done"]
    assert Membership.objects.active().filter(tenant=county).count() == 1


def test_of_two_who_give_the_same_role_one_does(county: Tenant) -> None:
    user, by = person("new"), [person(name, Role.SITE_MANAGER, tenant=county) for name in ("one", "two")]
    outcomes = together(*[lambda own=own: grant(user, Role.REVIEWER, by=own, tenant=county) for own in by])
    assert outcomes == ["GrantRefused", "done"]
    assert user.memberships.count() == 1


def test_a_link_opened_twice_at_once_makes_one_account(county: Tenant) -> None:
    by = person("manager", Role.SITE_MANAGER, tenant=county)
    with tenant_scope(county):
        _invitation, secret = invitations.invite(county, Role.REVIEWER, by=by, username="lisi", full_name="李四")
    accept = lambda: invitations.accept_as_new(secret, full_name="李四", password="Xing-sha-2026")  # noqa: E731
    assert together(accept, accept, accept) == ["DeadLink", "DeadLink", "done"]
    assert User.objects.filter(username="lisi").count() == 1
    assert Membership.objects.filter(user__username="lisi").count() == 1


def test_two_invitations_of_one_user_name_make_one_account(county: Tenant) -> None:
    by = person("manager", Role.SITE_MANAGER, tenant=county)
    with tenant_scope(county):
        found = [
            invitations.invite(county, role, by=by, username="lisi", full_name="李四")[1]
            for role in (Role.REVIEWER, Role.CONTRIBUTOR)
        ]
    accept = [
        lambda secret=secret: invitations.accept_as_new(secret, full_name="李四", password="Xing-sha-2026")
        for secret in found
    ]
    assert together(*accept) == ["GrantRefused", "done"]
    assert User.objects.filter(username="lisi").count() == 1
