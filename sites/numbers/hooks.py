"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.numbers import pages
from tenants.memberships import is_operator

ADDRESSES = [
    path("", pages.number_patterns, name="patterns"),
    path("<int:pattern_id>/clear/", pages.clear_pattern, name="clear"),
]


@hooks.register("register_admin_urls")
def register_number_urls() -> list[URLPattern | URLResolver]:
    return [path("numbers/", include((ADDRESSES, "govsites_numbers")))]


class OperatorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_operator(request.user)


@hooks.register("register_settings_menu_item")
def register_number_menu() -> Any:
    return OperatorsItem(_("Number patterns"), reverse("govsites_numbers:patterns"), icon_name="order", order=520)
