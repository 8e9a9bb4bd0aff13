"""Invitations (邀请): a one-time link for one person and one role. Only a hash of its secret is kept.

A new person chooses a password at the link; who has an account under the invited user name already signs in with it and
gains the right. Opening a link needs no rights: `find` is the one place where an invitation is read across tenants.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants import grant_rules as rules, grants, trail
from tenants.grant_rules import GrantRefused
from tenants.models import Invitation, Membership, Role, User
from tenants.names import same_name
from tenants.scope import every_tenant, tenant_scope

_SECRET_BYTES = 32


def open_ones(rows: Any = None) -> Any:
    """Return the invitations whose link still works, of `rows` or of the scope."""
    rows = Invitation.objects.all() if rows is None else rows
    return rows.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


def waiting(rows: Any = None) -> Any:
    """Return the invitations nobody has accepted or taken back; their link may have run out."""
    rows = Invitation.objects.all() if rows is None else rows
    return rows.filter(accepted_at=None, revoked_at=None)


@transaction.atomic
def invite(
    tenant: Any,
    role: str,
    *,
    by: Any,
    username: str,
    full_name: str,
    email: str = "",
    phone: str = "",
    post: str = "",
    column_ids: Collection[int] = (),
    until: datetime | None = None,
) -> tuple[Invitation, str]:
    """Make an invitation and return it with the secret of its link, which is told this once. Raises GrantRefused.

    `until` is the end of the right that comes with it. The tenant must be in scope.
    """
    rules.check_shape(role, tenant, None, limited_to_columns=bool(column_ids))
    rules.check_end(until)
    own = rules.check_right(by, role, tenant)
    rules.check_not_longer(own, role, until)
    username, full_name = username.strip(), full_name.strip()
    check_username(username)
    if not full_name:
        raise GrantRefused(_("Write the person's full name."), "full_name")
    check_email(email)
    _check_not_there(tenant, role, username)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    invitation = Invitation.objects.create(
        tenant=tenant,
        role=role,
        token_hash=hashed(secret),
        username=username,
        full_name=full_name,
        email=email.strip(),
        phone=phone.strip(),
        post=post.strip(),
        column_ids=sorted(column_ids),
        membership_until=until,
        invited_by=by,
        expires_at=link_end(),
    )
    trail.note(invitation, trail.INVITED, by=by, label=label_of(invitation), until=until)
    return invitation, secret


@transaction.atomic
def invite_again(invitation: Invitation, *, by: Any) -> tuple[Invitation, str]:
    """Make a new link for an invitation that waits, and return it with the secret; the old link is dead."""
    invitation = _waiting(invitation, by)
    rules.check_end(invitation.membership_until)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    invitation.token_hash, invitation.expires_at, invitation.invited_by = hashed(secret), link_end(), by
    invitation.save(update_fields=["token_hash", "expires_at", "invited_by"])
    trail.note(invitation, trail.INVITED_AGAIN, by=by, label=label_of(invitation))
    return invitation, secret


@transaction.atomic
def take_back(invitation: Invitation, *, by: Any) -> None:
    """Make the link of an invitation that waits worthless."""
    invitation = _waiting(invitation, by)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    trail.note(invitation, trail.INVITATION_REVOKED, by=by, label=label_of(invitation))


def find(secret: str) -> Invitation | None:
    """Return the invitation of a link that works, with its tenant; None for a wrong, used, withdrawn or old one."""
    with every_tenant("the link names the invitation, and nobody is signed in yet"):
        rows = open_ones().select_related("tenant", "invited_by")
        return rows.filter(token_hash=hashed(secret)).first()


def account_of(invitation: Invitation) -> User | None:
    """Return the account that has the invited user name already."""
    return User.objects.filter(username__iexact=invitation.username).first()


@transaction.atomic
def accept_as_new(secret: str, *, full_name: str, password: str) -> tuple[Invitation, Membership]:
    """Make the account and its first right, once. `password` has been validated. Raises GrantRefused.

    `full_name` is what the person typed: it must be the invited one, so that a link in the wrong hands opens nothing.
    """
    invitation = _taken(secret)
    if not same_name(full_name, invitation.full_name):
        raise GrantRefused(
            _("This is not the name of the person who was invited. Write your own full name."), "full_name"
        )
    if account_of(invitation) is not None:
        raise GrantRefused(_("There is an account with this user name already. Sign in with it to accept."))
    user = User(
        username=invitation.username,
        first_name=invitation.full_name,
        email=invitation.email,
        phone=invitation.phone,
        post=invitation.post,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise GrantRefused(_("There is an account with this user name already. Sign in with it to accept.")) from None
    return _joined(invitation, user)


@transaction.atomic
def accept_as(secret: str, *, user: Any) -> tuple[Invitation, Membership]:
    """Give the invited right to the account that is signed in, once. Raises GrantRefused."""
    invitation = _taken(secret)
    if user.get_username().casefold() != invitation.username.casefold():
        raise GrantRefused(_("This invitation is for another user name. Sign out, and sign in with that one."))
    return _joined(invitation, user)


class DeadLink(GrantRefused):
    """The link opens nothing: wrong, used, withdrawn, too old, or its inviter may no longer give what it promises."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask whoever invited you for a new one."))


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def link_end() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def label_of(invitation: Invitation) -> str:
    """Return "name · role · over what", as the trail calls an invitation; its tenant must be at hand."""
    return f"{invitation.full_name} · {Role(invitation.role).label} · {invitation.tenant.name}"


def check_username(username: str) -> None:
    """Raise GrantRefused (field "username") for a name that no account may have."""
    if not username:
        raise GrantRefused(_("Write a user name."), "username")
    if len(username) > 150:
        raise GrantRefused(_("A user name has at most 150 characters."), "username")
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise GrantRefused(
            _("A user name holds letters, digits and @ . + - _ alone, and no spaces."), "username"
        ) from None


def check_email(email: str) -> None:
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            raise GrantRefused(_("This is not an e-mail address."), "email") from None


def _check_not_there(tenant: Any, role: str, username: str) -> None:
    held = Membership.objects.active().filter(tenant=tenant, role=role, user__username__iexact=username)
    if held.exists():
        raise GrantRefused(_("This person has this role here already."), "role")
    if open_ones(Invitation.objects.filter(tenant=tenant, role=role, username__iexact=username)).exists():
        raise GrantRefused(_("This person has an open invitation for this role. Make a new link for it."), "username")


def _waiting(invitation: Invitation, by: Any) -> Invitation:
    """Return the stored row, locked, where `by` may change it and nobody has accepted it."""
    rules.check_right(by, invitation.role, invitation.tenant)
    stored = waiting(Invitation.objects.select_for_update(of=("self",)).select_related("tenant"))
    found = stored.filter(pk=invitation.pk).first()
    if found is None:
        raise GrantRefused(_("This invitation has been accepted or taken back already."))
    return found


def _taken(secret: str) -> Invitation:
    """Return the invitation of the link, locked until the transaction ends: of two who use it at once, one gets it."""
    found = find(secret)
    if found is None:
        raise DeadLink
    with tenant_scope(found.tenant_id):
        rows = open_ones(Invitation.objects.select_for_update(of=("self",)).select_related("tenant", "invited_by"))
        locked = rows.filter(pk=found.pk, token_hash=found.token_hash).first()
    if locked is None:
        raise DeadLink
    return locked


def _joined(invitation: Invitation, user: Any) -> tuple[Invitation, Membership]:
    """Grant what was promised, in the name of the inviter, who must still be allowed to; mark the link as used."""
    try:
        rules.check_right(invitation.invited_by, invitation.role, invitation.tenant)
    except GrantRefused:
        raise DeadLink from None
    membership = grants.grant(
        user,
        invitation.role,
        by=invitation.invited_by,
        tenant=invitation.tenant,
        limited_to_columns=bool(invitation.column_ids),
        expires_at=invitation.membership_until,
        reason=_("Invitation"),
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    with tenant_scope(invitation.tenant_id):
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    trail.note(invitation, trail.JOINED, by=user, label=label_of(invitation))
    return invitation, membership
