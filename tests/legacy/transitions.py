"""Transitions for the tests: one of county A, as a person would begin it."""

from __future__ import annotations

from typing import Any

from legacy.models import Transition
from legacy.opening import open_transition
from tenants.models import Tenant
from tenants.scope import tenant_scope

HOST = "www.old-a.example.gov.cn"


def begun(tenant: Tenant, *, code: str = "old-a", host: str = HOST, by: Any = None) -> Transition:
    """Begin a transition of the tenant. The test enters `tenant_scope(tenant)` for what it does with it."""
    with tenant_scope(tenant):
        return open_transition(tenant, code=code, name=f"{tenant.name}旧站", hosts=[host], by=by)
