"""Grants (授权): giving, changing and ending rights. One function each: check, change atomically, write the trail.

Rows are ended, never deleted and never revived: what ended once is granted anew, so that "who could do what on that
day" stays true. Sessions of whoever loses a right end with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants import grant_rules as rules, memberships, trail
from tenants.accounts import sessions
from tenants.grant_rules import GrantRefused, NeedsConfirmation
from tenants.models import Membership, Role, Tenant, User
from tenants.names import shown_name

__all__ = ["GrantRefused", "NeedsConfirmation", "extend", "grant", "memberships_changed", "revoke"]

# Sent inside the transaction with `membership` and `ended` (a bool): somebody gained or lost a right.
memberships_changed = Signal()


@transaction.atomic
def grant(
    user: Any,
    role: str,
    *,
    by: Any,
    tenant: Any = None,
    region: Any = None,
    limited_to_columns: bool = False,
    expires_at: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Give `user` the role over a tenant, a region or (neither) the platform; return the new membership.

    Raises GrantRefused. `limited_to_columns` gives a right that covers nothing yet; `sites.members.grants` names the
    columns in the same transaction.
    """
    rules.check_shape(role, tenant, region, limited_to_columns=limited_to_columns)
    rules.check_end(expires_at)
    _lock(tenant, user)
    own = rules.check_right(by, role, tenant)
    rules.check_not_longer(own, role, expires_at)
    if own is not None and by.pk == user.pk:
        raise GrantRefused(
            _("Nobody gives a right to himself. Ask another site manager or a platform operator."), "user"
        )
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise GrantRefused(_("This account is closed. Open it before it gets a right."), "user")
    _close_expired(Membership.objects.filter(user=user, role=role, tenant=tenant, region=region))
    held = Membership.objects.active().filter(user=user, role=role, tenant=tenant, region=region).first()
    if held is not None:
        raise GrantRefused(_double(held), "role")
    membership = Membership.objects.create(
        user=user,
        role=role,
        tenant=tenant,
        region=region,
        granted_by=by,
        expires_at=expires_at,
        reason=reason.strip()[:200],
        limited_to_columns=limited_to_columns,
    )
    trail.note(membership, trail.GRANTED, by=by, label=label_of(membership), reason=membership.reason, until=expires_at)
    _tell(membership, user, ended=False)
    return membership


@transaction.atomic
def extend(membership: Membership, *, until: datetime | None, by: Any, reason: str = "") -> Membership:
    """Set another end (None: no end) for a right that holds, and return it. Raises GrantRefused."""
    rules.check_end(until)
    membership = _held(membership)
    own = rules.check_right(by, membership.role, membership.tenant)
    if own is not None and by.pk == membership.user_id:
        if until is None or (membership.expires_at is not None and until > membership.expires_at):
            raise GrantRefused(
                _("Nobody gives a right to himself. Ask another site manager or a platform operator."), "expires_at"
            )
        rules.check_not_last(membership, by=by, until=until)
    rules.check_not_longer(own, membership.role, until)
    before = membership.expires_at
    if until == before:
        return membership
    membership.expires_at = until
    membership.save(update_fields=["expires_at"])
    trail.note(
        membership,
        trail.END_CHANGED,
        by=by,
        label=label_of(membership),
        reason=reason.strip(),
        before=before,
        until=until,
    )
    _tell(membership, membership.user, ended=False)
    return membership


@transaction.atomic
def revoke(membership: Membership, *, by: Any, reason: str, confirmed: bool = False) -> Membership:
    """End a right now, and with it all sessions of its holder; return it. Raises GrantRefused.

    NeedsConfirmation asks an operator to say that a sub-site shall be left without a manager.
    """
    if not reason.strip():
        raise GrantRefused(_("Say why the right ends: the reason is kept."), "reason")
    membership = _held(membership)
    rules.check_right(by, membership.role, membership.tenant)
    rules.check_not_last(membership, by=by, confirmed=confirmed)
    membership.revoked_at = timezone.now()
    membership.revoked_by = by
    membership.save(update_fields=["revoked_at", "revoked_by"])
    trail.note(membership, trail.REVOKED, by=by, label=label_of(membership), reason=reason.strip()[:200])
    sessions.end_all(membership.user, _("A right was ended: %(right)s") % {"right": label_of(membership)})
    _tell(membership, membership.user, ended=True)
    return membership


def label_of(membership: Membership) -> str:
    """Return "name · role · over what", as the trail calls a membership."""
    over = membership.tenant or membership.region
    parts = [shown_name(membership.user), str(membership.get_role_display()), over.name if over else ""]  # type: ignore[attr-defined]
    return " · ".join(part for part in parts if part)


def _lock(tenant: Any, user: Any) -> None:
    """Hold what two people could change at once: the tenant (its last manager), then the account (its rights)."""
    if tenant is not None:
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _held(membership: Membership) -> Membership:
    """Return the stored row, locked; refuse what has ended."""
    _lock(membership.tenant, membership.user)
    stored = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "tenant", "region")
        .get(pk=membership.pk)
    )
    if not Membership.objects.active().filter(pk=stored.pk).exists():
        raise GrantRefused(_("This right has ended already. Give it anew if it is needed."))
    return stored


def _close_expired(rows: Any) -> None:
    """Mark what ran out as ended on the day it did: the database lets a role be open once."""
    for row in rows.filter(revoked_at=None, expires_at__lte=timezone.now()):
        row.revoked_at = row.expires_at
        row.save(update_fields=["revoked_at"])


def _double(held: Membership) -> str:
    if held.limited_to_columns:
        return _("This person keeps single columns here already. End that right first, or change its columns.")
    return _("This person has been %(role)s here since %(day)s. Change the end of that right instead.") % {
        "role": Role(held.role).label,
        "day": timezone.localtime(held.granted_at).date().isoformat(),
    }


def _tell(membership: Membership, user: Any, *, ended: bool) -> None:
    memberships.forget(user)
    memberships_changed.send(sender=Membership, membership=membership, user=user, ended=ended)
