"""Changing what a site's footer and register say: contacts, filings, colour. Name, address and place have steps of their own."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tenants import versions
from tenants.models import LifecycleEvent, Tenant

PLAIN_FIELDS = (
    "site_code", "undertaker", "address", "office_hours", "icp_filing", "police_filing", "contact_name",
    "contact_post", "contact_phone", "leader_name", "leader_post", "leader_phone", "opened_on", "theme",
)  # fmt: skip


@transaction.atomic
def amend(tenant: Tenant, *, by: Any, reason: str = "", **values: Any) -> LifecycleEvent | None:
    """Set plain fields of a tenant and log what changed; None where nothing does.

    Raises ValueError for a field that has a step of its own, ValidationError for a value that does not fit.
    """
    if foreign := values.keys() - set(PLAIN_FIELDS):
        raise ValueError(f"{', '.join(sorted(foreign))}: not a plain field. Use the step of the lifecycle for it.")
    changed = {name: value for name, value in values.items() if getattr(tenant, name) != value}
    if not changed:
        return None
    before = {name: _plain(getattr(tenant, name)) for name in changed}
    for name, value in changed.items():
        setattr(tenant, name, value)
    tenant.clean_fields(exclude={field.name for field in Tenant._meta.fields} - changed.keys())
    versions.hold()  # before the tenant's row, as publishing does
    tenant.save(update_fields=list(changed))
    event = LifecycleEvent.objects.create(
        tenant=tenant,
        action="amend",
        by=by,
        before=before,
        after={name: _plain(value) for name, value in changed.items()},
        reason=reason,
    )
    versions.bump([tenant.pk])
    return event


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
