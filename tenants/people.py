"""Accounts (账号) as a whole: making one, closing and opening it, and a link to choose a password anew."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from tenants import grants, invitations, memberships, trail
from tenants.accounts import second_factor, sessions
from tenants.grant_rules import GrantRefused
from tenants.models import Membership, User
from tenants.names import shown_name


@transaction.atomic
def make_account(
    username: str, full_name: str, role: str, *, by: Any, region: Any = None, **details: str
) -> tuple[User, str, str]:
    """Make the account of a supervisor or an operator; return it with (uid, token) of the link for its password.

    `details`: email, phone, post. Accounts for a sub-site begin with an invitation instead. Raises GrantRefused.
    """
    _require_operator(by)
    username, full_name = username.strip(), full_name.strip()
    invitations.check_username(username)
    invitations.check_email(details.get("email", ""))
    if not full_name:
        raise GrantRefused(_("Write the person's full name."), "full_name")
    user = User(username=username, first_name=full_name, **details)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise IntegrityError
            user.save()
    except IntegrityError:
        raise GrantRefused(_("Another account has this user name."), "username") from None
    trail.note(user, trail.ACCOUNT_MADE, by=by, label=shown_name(user))
    grants.grant(user, role, by=by, region=region)
    return user, *_link(user)


@transaction.atomic
def close(user: Any, *, by: Any, reason: str, confirmed: bool = False) -> None:
    """Close the account: all its rights end, nobody signs in with it. Raises GrantRefused, NeedsConfirmation."""
    _require_operator(by)
    if user.pk == by.pk:
        raise GrantRefused(_("Nobody closes the own account."))
    if not reason.strip():
        raise GrantRefused(_("Say why the account is closed: the reason is kept."), "reason")
    for membership in Membership.objects.active().filter(user=user).select_related("user", "tenant", "region"):
        grants.revoke(membership, by=by, reason=reason, confirmed=confirmed)
    User.objects.filter(pk=user.pk).update(is_active=False)
    trail.note(user, trail.ACCOUNT_CLOSED, by=by, label=shown_name(user), reason=reason.strip()[:200])
    sessions.end_all(user, _("The account was closed"))


@transaction.atomic
def reopen(user: Any, *, by: Any, reason: str) -> None:
    """Open a closed account. It comes back without rights: they are granted anew."""
    _require_operator(by)
    if not reason.strip():
        raise GrantRefused(_("Say why the account is opened: the reason is kept."), "reason")
    User.objects.filter(pk=user.pk).update(is_active=True)
    trail.note(user, trail.ACCOUNT_OPENED, by=by, label=shown_name(user), reason=reason.strip()[:200])


@transaction.atomic
def new_link(user: Any, *, by: Any, second_step: bool) -> tuple[str, str]:
    """Return (uid, token) of a one-time link for a new password; with `second_step` that is taken away, too.

    The old password works no more, and all sessions end. Raises GrantRefused where `by` does not keep this account.
    """
    if not user.is_active:
        raise GrantRefused(_("This account is closed."))
    if user.pk == by.pk:
        raise GrantRefused(_("For your own account use “Change password” on your account page."))
    if not memberships.keeps(by, user):
        raise GrantRefused(_("This person also has rights outside your sub-sites. Ask a platform operator."))
    if second_step:
        try:
            second_factor.reset(user, by)
        except second_factor.ResetRefused as refused:
            raise GrantRefused(str(refused)) from None
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sessions.end_all(user, _("A new password was asked for by %(name)s") % {"name": shown_name(by)})
    trail.note(user, trail.LINK_MADE, by=by, label=shown_name(user), second_step=second_step)
    return _link(user)


def _link(user: Any) -> tuple[str, str]:
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def _require_operator(by: Any) -> None:
    if not memberships.is_operator(by):
        raise GrantRefused(_("Only a platform operator may do this."))
