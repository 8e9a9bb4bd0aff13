"""Who may come through the doors of the pages about members, where the address names a sub-site or a right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest

from sites.members.grants import manages
from sites.reach import reach_of
from tenants.memberships import is_operator
from tenants.models import Membership, Tenant


def require_manager(user: Any, tenant_id: int | None) -> None:
    """Let pass who keeps the tenant's members; 403 for its other people, 404 for strangers (None: operators alone)."""
    if tenant_id is None:
        if not is_operator(user):
            raise Http404
        return
    if manages(user, tenant_id):
        return
    ids = reach_of(user).tenant_ids()
    raise PermissionDenied if ids is None or tenant_id in ids else Http404


def keeps_site(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Ask for the sub-site whose code the address gives."""
    tenant_id = Tenant.objects.filter(code=named["code"]).values_list("pk", flat=True).first()
    if tenant_id is None:
        raise Http404
    require_manager(request.user, tenant_id)


def keeps_right(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Ask for the tenant of the membership whose number the address gives."""
    membership = Membership.objects.filter(pk=named["pk"]).only("tenant_id").first()
    if membership is None:
        raise Http404
    require_manager(request.user, membership.tenant_id)


def visible_to(user: Any) -> Q | None:
    """Return the condition on memberships whose past the person may see; None where there is none to see.

    Operators see all, site managers their own sub-sites, supervisors everything below their regions.
    """
    if is_operator(user):
        return Q()
    reach = reach_of(user)
    own = {s.tenant_id for s in reach.stretches if s.whole_site and "manage" in s.abilities}
    found = Q(tenant__in=own)
    for lineage in reach.lineages:
        found |= Q(tenant__region__lineage__startswith=lineage) | Q(region__lineage__startswith=lineage)
    return found if own or reach.lineages else None


def answers_for_somebody(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Ask for anybody whose rights the person may look up."""
    if visible_to(request.user) is None:
        raise PermissionDenied
