"""Who may enter the console: platform operators. To anybody else who is signed in, nothing is there (404)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from tenants.memberships import is_operator


class OperatorOnly:
    """For class-based views: 404 for everyone but a platform operator. Wagtail has sent strangers to the sign-in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OperatorMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return is_operator(request.user)


def crumbs(*steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """Return breadcrumbs for Wagtail's header; a step is (label, url), the last one without a url is the page itself."""
    home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
    return [home, *({"url": url, "label": label} for label, url in steps)]
