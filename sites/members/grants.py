"""Grants with single columns (部门承建/共建): the columns are pages, so they are named here and not among the tenants."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sites.models import Column, ColumnGrant
from tenants import grants, memberships
from tenants.grants import GrantRefused
from tenants.models import Membership, Role, Tenant


def columns_of(tenant: Any) -> Any:
    """Return the columns of the tenant's site that can be given singly, in the order of the tree."""
    return Column.objects.filter(tenant=tenant, retired_on=None).order_by("path")


def chosen_columns(tenant: Any, ids: Iterable[int]) -> list[Column]:
    """Return the columns with these ids. Raises GrantRefused where one is none of the tenant's."""
    wanted = set(ids)
    found = list(columns_of(tenant).filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise GrantRefused(_("One of the columns does not belong to this sub-site any more. Choose again."), "columns")
    return found


@transaction.atomic
def grant(
    user: Any,
    role: str,
    *,
    by: Any,
    tenant: Any = None,
    region: Any = None,
    columns: Collection[int] = (),
    expires_at: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Give the role as `tenants.grants.grant` does; with `columns` (ids of pages) for these alone. Raises GrantRefused."""
    if columns and role != Role.CONTRIBUTOR:
        raise GrantRefused(_("Only a contributor can be limited to single columns."), "columns")
    named = chosen_columns(tenant, columns) if columns else []
    membership = grants.grant(
        user,
        role,
        by=by,
        tenant=tenant,
        region=region,
        limited_to_columns=bool(named),
        expires_at=expires_at,
        reason=reason,
    )
    ColumnGrant.objects.bulk_create([ColumnGrant(membership=membership, column_id=column.pk) for column in named])
    return membership


@transaction.atomic
def change_columns(membership: Membership, columns: Collection[int], *, by: Any, reason: str) -> Membership:
    """Give a limited right over other columns: the old right ends, a new one begins; return it. Raises GrantRefused.

    The old row keeps its columns, so that one can say later who kept which column when.
    """
    if not columns:
        raise GrantRefused(_("Choose at least one column, or end the right."), "columns")
    ended = grants.revoke(membership, by=by, reason=reason)
    return grant(
        ended.user,
        ended.role,
        by=by,
        tenant=ended.tenant,
        columns=columns,
        expires_at=ended.expires_at,
        reason=reason,
    )


def managed_tenants(user: Any) -> Any:
    """Return the tenants whose members this person keeps, by code; every tenant for a platform operator."""
    if memberships.is_operator(user):
        return Tenant.objects.order_by("code")
    ids = {m.tenant_id for m in memberships.active(user) if m.role == Role.SITE_MANAGER and m.tenant_id}
    return Tenant.objects.filter(pk__in=ids).order_by("code")


def manages(user: Any, tenant_id: int) -> bool:
    """Return whether the person keeps this tenant's members."""
    return memberships.is_operator(user) or any(
        m.role == Role.SITE_MANAGER and m.tenant_id == tenant_id for m in memberships.active(user)
    )
