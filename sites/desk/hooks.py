"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.reach import reach_of
from tenants.memberships import is_operator


@hooks.register("register_admin_urls")
def register_desk_urls() -> list[URLPattern | URLResolver]:
    from sites.desk import urls

    return [path("desk/", include((urls.urlpatterns, "govsites_desk")))]


class WritersItem(MenuItem):
    """Shown to members who write somewhere. An operator has the explorer."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(reach_of(request.user).tenant_ids("write")) and not is_operator(request.user)


class SupervisorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(reach_of(request.user).supervised)


class OperatorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_operator(request.user)


@hooks.register("register_admin_menu_item")
def register_columns_item() -> MenuItem:
    url = reverse("govsites_desk:columns")
    return WritersItem(_("My columns"), url, name="desk-columns", icon_name="list-ul", order=100)


@hooks.register("register_admin_menu_item")
def register_below_item() -> MenuItem:
    return SupervisorsItem(
        _("Sub-sites below"), reverse("govsites_desk:sites"), name="desk-sites", icon_name="site", order=110
    )


@hooks.register("register_settings_menu_item")
def register_quotas_item() -> MenuItem:
    return OperatorsItem(_("Quotas"), reverse("govsites_desk:quotas"), name="desk-quotas", icon_name="tasks", order=900)


@hooks.register("construct_main_menu")
def leave_the_tree_to_operators(request: HttpRequest, menu_items: list[Any]) -> None:
    """Drop the page explorer for members: "My columns" leads to the same pages without a tree to wander."""
    if not is_operator(request.user):
        menu_items[:] = [item for item in menu_items if item.name != "explorer"]
