"""Rows of members for lists and exports: found by words, with the columns of limited rights, written as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _, pgettext

from sites.models import ColumnGrant
from tenants.grant_rules import last_day
from tenants.models import Role
from tenants.names import shown_name
from tenants.past import ended_at


def found_by(text: str, rows: QuerySet[Any], person: str = "") -> QuerySet[Any]:
    """Keep the rows whose person's name or user name holds every word; `person` is the way to it, as "user__"."""
    for word in text.split()[:5]:
        rows = rows.annotate(called=Concat(f"{person}last_name", f"{person}first_name", Value(""))).filter(
            Q(called__icontains=word) | Q(**{f"{person}username__icontains": word})
        )
    return rows


def with_columns(memberships: Iterable[Any]) -> Any:
    """Read the columns of limited memberships, in one query for all, and return the memberships."""
    columns = ColumnGrant.objects.select_related("column").order_by("column__path")
    prefetch_related_objects(list(memberships), Prefetch("column_grants", queryset=columns))
    return memberships


def columns_in_words(membership: Any) -> str:
    """Return the titles of a limited right's columns, "" for a right over the whole site."""
    if not membership.limited_to_columns:
        return ""
    return "、".join(grant.column.title for grant in membership.column_grants.all()) or _("no column")


def over_in_words(membership: Any) -> str:
    """Return what the right is over: the unit, the region with all below it, or the whole platform."""
    if membership.tenant_id:
        return membership.tenant.name
    if membership.region_id:
        return _("%(region)s and all below it") % {"region": membership.region.name}
    return _("The whole platform")


def moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def headers() -> list[str]:
    return [
        _("Full name"), _("User name"), _("Role"), _("Scope of the right"), _("Unit code"), _("Columns"), _("Since"),
        _("Last day"), _("Ended at"), _("Granted by"), _("Ended by"), _("Reason"), _("Account today"),
    ]  # fmt: skip


def table(memberships: Iterable[Any], superusers: Iterable[Any]) -> Iterator[list[str]]:
    """Return the rows of the export, superusers first, as text under `headers()`."""
    for user in superusers:
        yield [
            *(shown_name(user), user.get_username(), _("Superuser (flag of the account)"), _("The whole platform")),
            *("", "", _("not recorded"), "", "", "", "", "", account_in_words(user)),
        ]
    for row in memberships:
        last = last_day(row.expires_at)
        over = row.tenant or row.region
        yield [
            shown_name(row.user),
            row.user.get_username(),
            str(Role(row.role).label),
            over_in_words(row),
            over.code if over else "",
            columns_in_words(row),
            moment(row.granted_at),
            last.isoformat() if last else "",
            moment(ended_at(row) if row.revoked_at else None),
            shown_name(row.granted_by),
            shown_name(row.revoked_by),
            row.reason,
            account_in_words(row.user),
        ]


def account_in_words(user: Any) -> str:
    return pgettext("account", "open") if user.is_active else pgettext("account", "closed")
