"""The working site (当前工作站点): which sub-site a person with several memberships is at work on."""

from __future__ import annotations

from typing import Any

from sites.reach import reach_of, tenants_in_reach
from tenants import memberships
from tenants.models import Tenant

KEY = "working_tenant"


def working_tenant(request: Any) -> Tenant | None:
    """Return the tenant the person is at work on: the one chosen, else the first one they may write in, else None.

    Found once per request. A choice that is no longer in reach counts as none.
    """
    if not hasattr(request, "_working_tenant"):
        request._working_tenant = _found(request)
    return request._working_tenant


def choose(request: Any, tenant_id: int) -> bool:
    """Make the tenant the working site; False where it is not in the person's reach."""
    ids = reach_of(request.user).tenant_ids()
    if ids is not None and tenant_id not in ids:
        return False
    if request.session.get(KEY) != tenant_id:
        request.session[KEY] = tenant_id
        request.__dict__.pop("_working_tenant", None)
    return True


def _found(request: Any) -> Tenant | None:
    chosen = request.session.get(KEY)
    ids = reach_of(request.user).tenant_ids()
    if chosen is not None and (ids is None or chosen in ids):
        return Tenant.objects.filter(pk=chosen).first()
    if ids is None:
        return None  # an operator works on the platform until a site is chosen
    # The tenants came along with the memberships: no query on a page of the admin that asks for nothing else.
    own = {m.tenant_id: m for m in memberships.active(request.user) if m.tenant_id in ids}
    if own:
        return min(own.values(), key=lambda m: m.tenant.code).tenant
    return tenants_in_reach(request.user).order_by("code").first()
