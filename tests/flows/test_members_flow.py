"""A right's whole life through the real doors: invited, joined, widened, limited in time, ended, and asked about later."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants.models import Membership, User
from tests.cast import ADMIN_HOST, Cast, signed_in

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"govsites_members:{name}", args=args)


def test_from_invitation_to_the_question_who_could_do_what(cast: Cast) -> None:
    # The manager invites, and hands the link over.
    manager = signed_in(cast.manager_a)
    facts = {"full_name": "李四", "username": "lisi", "role": "contributor", "post": "办公室科员"}
    shown = manager.post(url("invite", "430102"), facts).content.decode()
    path = re.search(r"/admin/invitation/[\w-]+/", shown)[0]  # type: ignore[index]

    # The clerk chooses a password, is signed in, and finds the own right.
    clerk = Client(headers={"host": ADMIN_HOST})
    assert "芙蓉区人民政府" in clerk.get(path).content.decode()
    answer = {"full_name": "李四", "password": "Wen-yi-lu-26", "again": "Wen-yi-lu-26"}
    assert clerk.post(path, answer).status_code == 302
    mine = clerk.get(url("mine")).content.decode()
    assert "芙蓉区人民政府" in mine
    assert "manager-a" in mine
    user = User.objects.get(username="lisi")

    # The manager makes him reviewer, too, for ten days.
    last = timezone.localdate() + timedelta(days=10)
    data = {"role": "reviewer", "expires_at": last.isoformat(), "reason": "代班"}
    assert manager.post(url("give_role", "430102", user.pk), data).status_code == 302
    assert last.isoformat() in manager.get(url("site", "430102")).content.decode()
    assert len(clerk.get(url("mine")).context["active"]) == 2

    # The neighbour's manager finds nothing of him.
    neighbour = signed_in(cast.manager_b)
    assert neighbour.get(url("person", user.pk)).status_code == 404
    assert "lisi" not in neighbour.get(url("site", "430103")).content.decode()

    # Two days later the operator closes the account; the clerk is out in the middle of the work.
    while_in_office = timezone.now()
    assert clerk.get(url("mine")).status_code == 200
    operator = signed_in(cast.operator)
    assert operator.post(url("close", user.pk), {"reason": "已离职"}).status_code == 302
    assert clerk.get(url("mine")).status_code == 302
    assert not Membership.objects.active().filter(user=user).exists()

    # Whoever asks later is told who could do what then, and that the account is closed.
    day = timezone.localtime(while_in_office)
    past = manager.get(url("past"), {"on": f"{day:%Y-%m-%d}", "person": "李四"})
    assert [row.user_id for row in past.context["page"]] == [user.pk, user.pk]
    ended = manager.get(url("site", "430102"), {"show": "ended"}).content.decode()
    assert "已离职" in ended
    tomorrow = timezone.localdate() + timedelta(days=1)
    later = manager.get(url("past"), {"on": tomorrow.isoformat(), "person": "李四"})
    assert list(later.context["page"]) == []
