"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext as _, gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter

from sites.columns.care import CARED
from sites.columns.closing import CLOSED
from sites.columns.stock_views import pointed_elsewhere
from sites.models import Column
from sites.reach import reach_of
from sites.working import working_tenant


@hooks.register("register_admin_urls")
def register_column_urls() -> list[URLPattern | URLResolver]:
    from sites.columns import urls

    return [path("columns/", include((urls.urlpatterns, "govsites_columns")))]


class CareItem(MenuItem):
    """Leads a site manager to the columns of the working site."""

    def is_shown(self, request: HttpRequest) -> bool:
        tenant = working_tenant(request)
        return tenant is not None and reach_of(request.user).may_in("manage", tenant.pk)


@hooks.register("register_admin_menu_item")
def register_care_item() -> MenuItem:
    url = reverse("govsites_columns:mine")
    return CareItem(gettext_lazy("Column care"), url, name="column-care", icon_name="folder-open-inverse", order=300)


@hooks.register("before_create_page")
def columns_are_opened_in_column_care(request: HttpRequest, parent: Any, page_class: Any) -> HttpResponse | None:
    """Refuse the stock form for a new column: it knows no limits, and the column would need a review."""
    if issubclass(page_class, Column):
        return pointed_elsewhere(request, parent.pk)
    return None


class _CareFormatter(LogFormatter):
    label = gettext_lazy("Column care")

    def format_message(self, log_entry: Any) -> str:
        fields = log_entry.data.get("fields", {}) if isinstance(log_entry.data, dict) else {}
        names = "、".join(str(Column._meta.get_field(name).verbose_name) for name in fields)
        return _("Changed in column care: %(fields)s") % {"fields": names}


class _ClosedFormatter(LogFormatter):
    label = gettext_lazy("Close the column")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data if isinstance(log_entry.data, dict) else {}
        moved = sum(map(len, data.get("moved", {}).values()))
        if not moved:
            return _("Closed; its items stay readable")
        return _("Closed; %(count)d items moved to another column") % {"count": moved}


@hooks.register("register_log_actions")
def register_care_actions(actions: Any) -> None:
    actions.register_action(CARED)(_CareFormatter)
    actions.register_action(CLOSED)(_ClosedFormatter)
