"""The main colour (主色) of a site, set by its manager. It is seen at once, and stands in the site's history."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sites.columns.rules import CareRefused
from sites.messages import _, sentence
from tenants import versions
from tenants.models import LifecycleEvent, Tenant

COLOURS = dict(Tenant._meta.get_field("theme").choices)


@transaction.atomic
def set_theme(tenant: Tenant, theme: str, *, by: Any) -> bool:
    """Give the site another main colour; return whether it changed. Raises CareRefused for one there is not."""
    if theme not in COLOURS:
        raise CareRefused(sentence(_("There is no such colour. Choose one of the list.")))
    versions.hold()  # before the tenant's row, as publishing does
    stored = Tenant.objects.select_for_update().only("theme").get(pk=tenant.pk)
    if stored.theme == theme:
        return False
    Tenant.objects.filter(pk=tenant.pk).update(theme=theme)
    LifecycleEvent.objects.create(
        tenant=tenant, action="amend", by=by, before={"theme": stored.theme}, after={"theme": theme}
    )
    versions.bump([tenant.pk])
    return True
