"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks

from sites.checks.list_views import ListGroup


@hooks.register("register_admin_urls")
def register_check_urls() -> list[URLPattern | URLResolver]:
    from sites.checks import urls

    return [path("checks/", include((urls.urlpatterns, "govsites_checks")))]


@hooks.register("register_icons")
def register_icon(icons: list[str]) -> list[str]:
    return [*icons, "govsites/checks/check-text.svg"]


@hooks.register("register_admin_viewset")
def register_lists() -> ListGroup:
    return ListGroup()
