"""The checks of one page: a report to read, the same for the editor's script, and one click to mend or set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST
from wagtail import hooks
from wagtail.admin import messages

from sites.checks import remedies, shown
from sites.checks.run import check_page
from sites.models import SitePage


@require_GET
def page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the report on the last saved draft: as a page, or as JSON where that is asked for."""
    found = get_object_or_404(SitePage, pk=page_id)
    report = shown.as_json(check_page(found, request.user), found)
    if _wants_json(request):
        return JsonResponse(report)
    context = {
        "page": found,
        "report": report,
        "may_change": _may_change(request, found),
        "page_title": _("Checks"),
        "page_subtitle": found.get_admin_display_title(),
        "header_title": found.get_admin_display_title(),
        "header_icon": "glasses",
        "edit_url": reverse("wagtailadmin_pages:edit", args=[found.pk]),
    }
    return render(request, "govsites/checks/page.html", context)


@require_POST
def apply(request: HttpRequest, page_id: int) -> HttpResponse:
    """Mend the findings named by `key` (once or several times) in a new draft."""

    def mend(found: SitePage) -> str:
        done = remedies.apply(found, request.POST.getlist("key"), request.user)
        return ngettext("%(count)d place changed.", "%(count)d places changed.", done) % {"count": done}

    return _act(request, page_id, mend)


@require_POST
def ignore(request: HttpRequest, page_id: int) -> HttpResponse:
    """Set the hint named by `key` aside."""

    def set_aside(found: SitePage) -> str:
        remedies.ignore(found, request.POST.get("key", ""), request.user)
        return _("The hint is set aside.")

    return _act(request, page_id, set_aside)


def _act(request: HttpRequest, page_id: int, act: Callable[[SitePage], str]) -> HttpResponse:
    found = get_object_or_404(SitePage, pk=page_id)
    refused = _held_back(request, found)
    if not refused:
        try:
            said = act(found)
        except remedies.RemedyRefused as error:
            refused = error.say(_)
    if _wants_json(request):
        return JsonResponse({"error": refused}, status=409) if refused else JsonResponse({"said": said})
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, said)
    return redirect("govsites_checks:page", found.pk)


def _may_change(request: HttpRequest, found: SitePage) -> bool:
    permissions: Any = found.permissions_for_user(request.user)
    return bool(permissions.can_edit() and not permissions.page_locked())


def _held_back(request: HttpRequest, found: SitePage) -> str:
    """Return why the editor would not save for this person now ("" if it would): an article in review, for example."""
    said = (hook(request, found) for hook in hooks.get_hooks("before_edit_page"))
    if not _may_change(request, found) or any(hasattr(answer, "status_code") for answer in said):
        return _("The article cannot be changed now, because it is in review or locked.")
    return ""


def _wants_json(request: HttpRequest) -> bool:
    return not request.accepts("text/html")
