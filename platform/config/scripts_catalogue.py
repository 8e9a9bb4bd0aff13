"""The translations that the admin's scripts load: Wagtail's own, completed by ours (djangojs.po in LOCALE_PATHS)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response


class ScriptsCatalogue(JavaScriptCatalog):
    packages = ["wagtail.admin"]

    def get_paths(self, packages: list[str]) -> list[str]:
        """Return Wagtail's folder and ours, which Django leaves out where packages are named."""
        return [*super().get_paths(packages), *map(str, settings.LOCALE_PATHS)]


_catalogue = ScriptsCatalogue.as_view()


def localized(request: HttpRequest) -> HttpResponse:
    """Answer in the language that the person has chosen for the admin."""
    return get_localized_response(_catalogue, request)
