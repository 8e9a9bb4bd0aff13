"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.media import batch, views
from sites.reach import reach_of
from sites.working import working_tenant

ADDRESSES = [
    path("", views.overview, name="overview"),
    path("unused/<slug:kind>/", views.unused_media, name="unused"),
    path("limit/<str:code>/", views.limit, name="limit"),
    path("batch/", batch.upload, name="batch"),
]


@hooks.register("register_admin_urls")
def register_media_urls() -> list[URLPattern | URLResolver]:
    return [path("media/", include((ADDRESSES, "govsites_media")))]


class MediaMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        tenant = working_tenant(request)
        return tenant is not None and reach_of(request.user).may_in("write", tenant.pk)


@hooks.register("register_admin_menu_item")
def register_media_menu() -> Any:
    return MediaMenuItem(
        _("Pictures and files"), reverse("govsites_media:overview"), name="media", icon_name="image", order=400
    )


@hooks.register("construct_main_menu")
def show_one_door_to_media(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Leave out Wagtail's items for pictures and documents: ours leads to both."""
    if any(item.name == "media" for item in menu_items):
        menu_items[:] = [item for item in menu_items if item.name not in {"images", "documents"}]
