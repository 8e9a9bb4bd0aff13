"""The transitions' place in the Wagtail admin: their addresses, and a menu entry for those who may move an old site."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from legacy.access import manages_any, transitions_of
from tenants.memberships import is_operator
from tenants.scope import every_tenant


class TransitionsItem(MenuItem):
    """Shown to operators, and to site managers of a tenant that has an old site on its way."""

    def is_shown(self, request: HttpRequest) -> bool:
        if is_operator(request.user):
            return True
        if not manages_any(request.user):
            return False
        with every_tenant("the menu asks for the person's own tenants"):
            return bool(transitions_of(request.user).exists())


@hooks.register("register_admin_urls")
def register_legacy_urls() -> list[URLPattern | URLResolver]:
    from legacy.console import urls

    return [path("legacy/", include((urls.urlpatterns, "legacy")))]


@hooks.register("register_admin_menu_item")
def register_legacy_menu() -> MenuItem:
    return TransitionsItem(_("Old sites"), reverse("legacy:transitions"), name="legacy", icon_name="redirect", order=60)
