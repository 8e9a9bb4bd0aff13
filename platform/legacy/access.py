"""Who may see a transition and work on it: site managers of its tenant, and platform operators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from legacy.models import Transition
from sites.reach import reach_of, tenants_in_reach
from tenants.models import Tenant


def find(request: HttpRequest, transition_id: int) -> Transition:
    """Return the transition: the first line of every view about one.

    Raises Http404 where it is out of the request's scope, as if it did not exist, and PermissionDenied where the person
    may not manage its tenant.
    """
    transition = get_object_or_404(Transition.objects.select_related("tenant"), pk=transition_id)
    check(request.user, transition.tenant_id)
    return transition


def check(user: Any, tenant_id: int) -> None:
    """Raise PermissionDenied where the person may not bring old sites over into the tenant."""
    if not reach_of(user).may_in("manage", tenant_id):
        raise PermissionDenied


def transitions_of(user: Any) -> Any:
    """Return the transitions that a person may work on, as a queryset within the running scope."""
    ids = reach_of(user).tenant_ids("manage")
    found = Transition.objects.select_related("tenant")
    return found if ids is None else found.filter(tenant_id__in=ids)


def tenants_of(user: Any) -> Any:
    """Return the tenants into which a person may bring old sites, as a queryset."""
    return tenants_in_reach(user, "manage")


def manages_any(user: Any) -> bool:
    ids = reach_of(user).tenant_ids("manage")
    return ids is None or bool(ids)


def tenant_by_code(user: Any, code: str) -> Tenant | None:
    """Return the tenant of the code where the person may manage it, else None."""
    return tenants_of(user).filter(code=code).first()
