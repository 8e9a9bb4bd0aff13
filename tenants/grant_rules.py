"""Who may grant which role over what, and until when. Each rule raises GrantRefused with its sentence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants import memberships
from tenants.models import Membership, Role, User

# The roles that a sub-site's own manager gives.
SITE_ROLES = (Role.CONTRIBUTOR, Role.REVIEWER, Role.SITE_MANAGER)


class GrantRefused(ValueError):
    """A change of rights that is not made. str() is a sentence for its reader; `field` names what it is about.

    `field` is "role", "tenant", "region", "columns", "expires_at", "reason", "user", or "" for the whole.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        self.field = field
        super().__init__(sentence)


class NeedsConfirmation(GrantRefused):
    """Refused until the operator says that he means it (`confirmed=True`)."""


def check_shape(role: str, tenant: Any, region: Any, *, limited_to_columns: bool) -> None:
    """Refuse a role over what it is not made for."""
    if role not in Role.values:
        raise GrantRefused(_("There is no such role."), "role")
    if role == Role.SUPERVISOR and (region is None or tenant is not None):
        raise GrantRefused(_("A supervisor is appointed over a region. Choose one."), "region")
    if role in SITE_ROLES and (tenant is None or region is not None):
        raise GrantRefused(_("This role is given over one sub-site. Choose it."), "tenant")
    if role == Role.PLATFORM_OPERATOR and (tenant is not None or region is not None):
        raise GrantRefused(_("A platform operator works for the whole platform, not for one unit."), "role")
    if limited_to_columns and role != Role.CONTRIBUTOR:
        raise GrantRefused(_("Only a contributor can be limited to single columns."), "columns")


def end_of(day: date | None) -> datetime | None:
    """Return the moment at which a right ends whose last day is `day`: the first one after it."""
    return None if day is None else timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def last_day(moment: datetime | None) -> date | None:
    """Return the last day of a right that ends at `moment`."""
    return None if moment is None else timezone.localdate(moment - timedelta(microseconds=1))


def check_end(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise GrantRefused(_("The end lies in the past. Choose a later day, or end the right at once."), "expires_at")


def check_right(by: Any, role: str, tenant: Any) -> Membership | None:
    """Return the membership that lets `by` give this role (None for an operator); refuse where there is none.

    Asked of the database at this moment: a right that was just taken gives nothing any more.
    """
    fresh = User.objects.filter(pk=by.pk, is_active=True).first()
    if fresh is not None and memberships.is_operator(fresh):
        return None
    own = None
    if fresh is not None and tenant is not None and role in SITE_ROLES:
        own = fresh.memberships.active().filter(role=Role.SITE_MANAGER, tenant=tenant).first()
    if own is None:
        raise GrantRefused(_("You cannot give or change this right: only who manages the sub-site can."))
    return own


def check_not_longer(own: Membership | None, role: str, expires_at: datetime | None) -> None:
    """Refuse a manager whose right ends to make a manager whose right ends later."""
    if own is None or own.expires_at is None or role != Role.SITE_MANAGER:
        return
    if expires_at is None or expires_at > own.expires_at:
        raise GrantRefused(
            _("Your own right as site manager ends on %(day)s. You cannot give the same right for longer.")
            % {"day": timezone.localtime(own.expires_at).date().isoformat()},
            "expires_at",
        )


def others_in_office(membership: Membership, until: datetime | None = None) -> QuerySet[Membership]:
    """Return the other people's memberships of the same role over the same thing; with `until`: that last so long."""
    rows = Membership.objects.active().filter(
        role=membership.role, tenant=membership.tenant_id, region=membership.region_id, user__is_active=True
    )
    if until is not None:
        rows = rows.filter(Q(expires_at=None) | Q(expires_at__gte=until))
    return rows.exclude(user=membership.user_id)


def check_not_last(membership: Membership, *, by: Any, until: datetime | None = None, confirmed: bool = False) -> None:
    """Refuse to leave a sub-site without a manager, or the platform without an operator.

    The last manager cannot go by himself; an operator can send him away, and confirms it.
    """
    if membership.role == Role.PLATFORM_OPERATOR:
        superusers = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=membership.user_id)
        if not superusers.exists() and not others_in_office(membership, until).exists():
            raise GrantRefused(_("This is the last platform operator. Appoint another one first."))
        return
    if membership.role != Role.SITE_MANAGER or others_in_office(membership, until).exists():
        return
    if by.pk == membership.user_id and not memberships.is_operator(by):
        raise GrantRefused(
            _("You are the last site manager of this sub-site. Appoint another one first, or ask a platform operator.")
        )
    if not confirmed and until is None:
        raise NeedsConfirmation(
            _("This is the last site manager of the sub-site. Confirm that it shall have none for now.")
        )
