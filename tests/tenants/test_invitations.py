"""Invitations: made by whom, opened how often, and what a link is worth that is wrong, used, withdrawn or old."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from tenants import invitations, trail
from tenants.grants import GrantRefused
from tenants.invitations import DeadLink
from tenants.models import Invitation, Membership, Role, User
from tenants.scope import NoScope, every_tenant, tenant_scope
from tests.cast import person
from tests.tenants.conftest import Neighbours

pytestmark = pytest.mark.django_db
PASSWORD = "Xing-sha-2026"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def manager(neighbours: Neighbours) -> User:
    return person("manager", Role.SITE_MANAGER, tenant=neighbours.a)


def invited(n: Neighbours, by: User, **values: Any) -> tuple[Invitation, str]:
    facts = {"username": "lisi", "full_name": "李四", **values}
    role = facts.pop("role", Role.REVIEWER)
    with tenant_scope(n.a, n.b):
        return invitations.invite(facts.pop("tenant", n.a), role, by=by, **facts)


def test_only_the_hash_of_a_256_bit_secret_is_kept(neighbours: Neighbours, manager: User) -> None:
    invitation, secret = invited(neighbours, manager)
    assert len(secret) >= 43
    assert invitation.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(vars(invitation))
    assert invitation.expires_at - timezone.now() > timedelta(days=6, hours=23)
    assert invited(neighbours, manager, username="wangwu")[1] != secret


def test_a_new_person_joins_with_what_was_promised(neighbours: Neighbours, manager: User) -> None:
    until = timezone.now() + timedelta(days=90)
    facts = {"email": "lisi@example.gov.cn", "phone": "13900000000", "post": "科员", "until": until}
    invitation, secret = invited(neighbours, manager, **facts)
    _invitation, membership = invitations.accept_as_new(secret, full_name=" 李 四", password=PASSWORD)
    user = User.objects.get(username="lisi")
    assert user.check_password(PASSWORD)
    assert (user.first_name, user.email, user.phone, user.post) == ("李四", *list(facts.values())[:3])
    assert (membership.user, membership.role, membership.tenant) == (user, Role.REVIEWER, neighbours.a)
    assert (membership.granted_by, membership.expires_at) == (manager, until)
    with tenant_scope(neighbours.a):
        invitation.refresh_from_db()
    assert invitation.accepted_by == user


def test_a_link_works_once(neighbours: Neighbours, manager: User) -> None:
    _invitation, secret = invited(neighbours, manager)
    invitations.accept_as_new(secret, full_name="李四", password=PASSWORD)
    assert invitations.find(secret) is None
    with pytest.raises(DeadLink):
        invitations.accept_as_new(secret, full_name="李四", password=PASSWORD)
    with pytest.raises(DeadLink):
        invitations.accept_as(secret, user=User.objects.get(username="lisi"))


@pytest.mark.parametrize("ending", ["wrong", "withdrawn", "old", "renewed", "inviter lost the right"])
def test_a_link_that_is_worth_nothing_opens_nothing(neighbours: Neighbours, manager: User, ending: str) -> None:
    invitation, secret = invited(neighbours, manager)
    with every_tenant("ending it"):
        if ending == "withdrawn":
            invitations.take_back(invitation, by=manager)
        elif ending == "old":
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif ending == "renewed":
            invitations.invite_again(invitation, by=manager)
        elif ending == "inviter lost the right":
            manager.memberships.update(revoked_at=timezone.now())
    with pytest.raises(DeadLink):
        invitations.accept_as_new("x" + secret if ending == "wrong" else secret, full_name="李四", password=PASSWORD)
    assert not User.objects.filter(username="lisi").exists()


def test_a_link_in_the_wrong_hands_wants_the_name(neighbours: Neighbours, manager: User) -> None:
    _invitation, secret = invited(neighbours, manager)
    with pytest.raises(GrantRefused) as refused:
        invitations.accept_as_new(secret, full_name="王五", password=PASSWORD)
    assert refused.value.field == "full_name"
    assert "李四" not in str(refused.value)
    assert invitations.find(secret) is not None
    assert not User.objects.filter(username="lisi").exists()


def test_who_has_an_account_gains_the_right_with_it_and_nobody_else_does(neighbours: Neighbours, manager: User) -> None:
    known = person("LiSi", Role.CONTRIBUTOR, tenant=neighbours.b)
    _invitation, secret = invited(neighbours, manager)
    with pytest.raises(GrantRefused, match="Sign in"):
        invitations.accept_as_new(secret, full_name="李四", password=PASSWORD)
    with pytest.raises(GrantRefused, match="another user name"):
        invitations.accept_as(secret, user=person("stranger"))
    invitations.accept_as(secret, user=known)
    assert {(m.role, m.tenant) for m in known.memberships.all()} == {
        (Role.CONTRIBUTOR, neighbours.b),
        (Role.REVIEWER, neighbours.a),
    }
    assert User.objects.filter(username__iexact="lisi").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "li si"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"full_name": "  "}, "full_name"),
        ({"email": "nowhere"}, "email"),
        ({"role": Role.SUPERVISOR}, "region"),
        ({"role": Role.REVIEWER, "column_ids": [1]}, "columns"),
        ({"until": timezone.now() - timedelta(days=1)}, "expires_at"),
        ({"username": "there"}, "role"),
        ({"username": "Invited"}, "username"),
    ],
)
def test_a_wrong_invitation_is_refused_at_its_field(
    neighbours: Neighbours, manager: User, values: dict[str, Any], field: str
) -> None:
    person("there", Role.REVIEWER, tenant=neighbours.a)
    invited(neighbours, manager, username="invited")
    with pytest.raises(GrantRefused) as refused:
        invited(neighbours, manager, **values)
    assert refused.value.field == field
    with every_tenant("counting"):
        assert Invitation.objects.count() == 1


def test_nobody_invites_into_the_neighbours_site(neighbours: Neighbours, manager: User) -> None:
    with pytest.raises(GrantRefused):
        invited(neighbours, manager, tenant=neighbours.b)
    stranger = person("stranger", Role.SITE_MANAGER, tenant=neighbours.b)
    invitation, secret = invited(neighbours, manager)
    with every_tenant("as if the stranger had found the row"):
        for change in (invitations.invite_again, invitations.take_back):
            with pytest.raises(GrantRefused):
                change(invitation, by=stranger)
    assert invitations.find(secret) is not None


def test_an_invitation_is_no_row_for_a_stranger_to_read(neighbours: Neighbours, manager: User) -> None:
    invited(neighbours, manager)
    with pytest.raises(NoScope):
        Invitation.objects.count()
    with tenant_scope(neighbours.b):
        assert not Invitation.objects.exists()


def test_a_new_link_lives_anew_and_what_was_accepted_is_not_taken_back(neighbours: Neighbours, manager: User) -> None:
    invitation, _old = invited(neighbours, manager)
    with every_tenant("letting it run out"):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
        renewed, secret = invitations.invite_again(invitation, by=manager)
        assert renewed.expires_at > timezone.now()
        invitations.accept_as_new(secret, full_name="李四", password=PASSWORD)
        for change in (invitations.invite_again, invitations.take_back):
            with pytest.raises(GrantRefused, match="accepted or taken back"):
                change(invitation, by=manager)


def test_each_step_of_an_invitation_stands_in_the_trail(neighbours: Neighbours, manager: User) -> None:
    with every_tenant("the whole life of two invitations"):
        first, _secret = invited(neighbours, manager)
        _first, secret = invitations.invite_again(first, by=manager)
        invitations.accept_as_new(secret, full_name="李四", password=PASSWORD)
        second, _secret = invited(neighbours, manager, username="wangwu")
        invitations.take_back(second, by=manager)
    user = User.objects.get(username="lisi")
    lines = ModelLogEntry.objects.filter(content_type__model="invitation").order_by("pk")
    assert [(line.action, line.object_id, line.user) for line in lines] == [
        (trail.INVITED, str(first.pk), manager),
        (trail.INVITED_AGAIN, str(first.pk), manager),
        (trail.JOINED, str(first.pk), user),
        (trail.INVITED, str(second.pk), manager),
        (trail.INVITATION_REVOKED, str(second.pk), manager),
    ]
    assert Membership.objects.get(user=user).reason
