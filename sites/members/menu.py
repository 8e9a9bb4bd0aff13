"""Members in the sidebar: the way to the lists, the own rights, and the switcher of working sites (工作站点)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import ActionMenuItem, SubMenuItem

from sites.working import working_tenant
from tenants import memberships
from tenants.models import Role


def sites_of(user: Any) -> list[Any]:
    """Return the tenants in which the person holds a membership, by code; no query beyond the memberships' own."""
    found = {m.tenant_id: m.tenant for m in memberships.active(user) if m.tenant_id}
    return sorted(found.values(), key=lambda tenant: tenant.code)


class MembersMenuItem(MenuItem):
    """Shown to site managers and operators."""

    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        return memberships.is_operator(user) or any(
            m.role == Role.SITE_MANAGER and m.tenant_id for m in memberships.active(user)
        )


class MineMenuItem(MenuItem):
    """Shown to whoever holds a right."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(memberships.active(request.user)) or memberships.is_operator(request.user)


class WorkingSiteMenuItem(MenuItem):
    """A submenu that is called after the site at work and holds a button for each other; hidden with one site."""

    def is_shown(self, request: HttpRequest) -> bool:
        return len(sites_of(request.user)) > 1

    def render_component(self, request: HttpRequest) -> SubMenuItem:
        working = working_tenant(request)
        current = working.pk if working else None
        items = [
            ActionMenuItem(
                f"working-site-{tenant.code}",
                tenant.short_name,
                reverse("govsites_members:switch", args=[tenant.pk]),
                icon_name="check" if tenant.pk == current else "site",
                attrs={"aria-current": "true"} if tenant.pk == current else {},
            )
            for tenant in sites_of(request.user)
        ]
        here = working.short_name if working else _("choose a site")
        return SubMenuItem(self.name, _("At work: %(site)s") % {"site": here}, items, icon_name=self.icon_name)
