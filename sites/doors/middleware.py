"""Asks the verdict of each view before it runs. A view without a verdict is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from wagtail.admin.auth import reject_request

from sites.doors.table import verdict_of
from sites.doors.verdicts import Verdict, Who
from sites.working import working_tenant
from tenants.memberships import is_operator

ADMIN_PATH = "/admin/"
SIGNED_IN = frozenset({Who.OPERATOR, Who.MEMBER})


class DoorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        verdict = verdict_of(request.resolver_match.view_name)
        if verdict is not None and verdict.who in SIGNED_IN:
            if not _is_member(request.user):
                return reject_request(request)
            # The policies that decide where an upload goes are asked with the person alone.
            request.user.working_tenant = SimpleLazyObject(lambda: working_tenant(request))
            _refuse_what_is_no_path(request)
        try:
            _ask(verdict, request, kwargs)
        except Http404:
            if request.path.startswith(ADMIN_PATH) and _is_member(request.user):
                return render(request, "wagtailadmin/404.html", status=404)
            raise
        except PermissionDenied:
            return render(request, "govsites/doors/no_right.html", status=403)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer with a sentence where something cannot be deleted because it is in use; Wagtail's uploads do not ask.

        A form that came without one of its parts is the sender's mistake (400), where Wagtail's blocks would fail.
        """
        if not request.path.startswith(ADMIN_PATH):
            return None
        if isinstance(error, MultiValueDictKeyError):
            raise BadRequest("A part of the form is missing.") from error
        if not isinstance(error, (ProtectedError, RestrictedError)):
            return None
        sentence = _("It cannot be deleted, because a page uses it. Take it out of the page first.")
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"success": False, "error_message": sentence}, status=409)
        return render(request, "govsites/doors/in_use.html", {"sentence": sentence}, status=409)


def _refuse_what_is_no_path(request: HttpRequest) -> None:
    """Raise BadRequest where `next` is neither empty nor a path or address: Wagtail would look for a view of that name."""
    for values in (request.GET, request.POST):
        after = values.get("next", "")
        if after and "/" not in after:
            raise BadRequest("“next” is not a path.")


def _ask(verdict: Verdict | None, request: HttpRequest, named: dict[str, Any]) -> None:
    if verdict is None or verdict.who is Who.NOBODY:
        raise Http404
    if verdict.who is Who.OPERATOR and not is_operator(request.user):
        raise Http404
    for check in verdict.checks:
        check(request, named)


def _is_member(user: Any) -> bool:
    return user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
