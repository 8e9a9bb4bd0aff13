"""The console's place in the Wagtail admin: its addresses, and a menu that only platform operators see."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from provisioning.console.access import OperatorMenuItem


@hooks.register("register_admin_urls")
def register_console_urls() -> list[URLPattern | URLResolver]:
    from provisioning.console import urls

    return [path("platform/", include((urls.urlpatterns, "provisioning")))]


@hooks.register("register_admin_menu_item")
def register_platform_menu() -> MenuItem:
    entries = (
        (_("Sub-sites"), "sites", "site"),
        (_("Open sub-sites"), "upload", "plus-inverse"),
        (_("Column templates"), "rollouts", "list-ul"),
        (_("Runs"), "runs", "history"),
    )
    items = [
        OperatorMenuItem(label, reverse(f"provisioning:{name}"), name=f"platform-{name}", icon_name=icon, order=order)
        for order, (label, name, icon) in enumerate(entries)
    ]
    return SubmenuMenuItem(_("Platform"), Menu(items=items), name="platform", icon_name="globe", order=50)
