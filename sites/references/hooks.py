"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from sites.reach import reach_of
from sites.references import views

ADDRESSES = [
    path("<int:page_id>/", views.choose, name="choose"),
    path("<int:page_id>/remove/", views.remove, name="remove"),
]


@hooks.register("register_admin_urls")
def register_reference_urls() -> list[URLPattern | URLResolver]:
    return [path("references/", include((ADDRESSES, "govsites_references")))]


@hooks.register("register_page_header_buttons")
def refer_button(page: Any, user: Any, next_url: str | None = None, view_name: str = "") -> Iterator[Button]:
    kind = page.specific_class
    if page.live and hasattr(kind, "allowed_in") and reach_of(user).may("write", page):
        address = reverse("govsites_references:choose", args=[page.alias_of_id or page.pk])
        yield Button(_("Show in another column too"), address, icon_name="link", priority=45)
