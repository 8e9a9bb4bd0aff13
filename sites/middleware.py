"""Which sub-site answers: host, then mount. An unknown host is nobody's: 404, and never the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.request import split_domain_port
from wagtail.contrib.redirects.middleware import RedirectMiddleware as StockRedirectMiddleware

from sites import addresses, former, locks, old_hosts
from sites.public import states
from sites.reach import scope_of
from tenants.memberships import is_operator
from tenants.scope import Scope, entered

ADMIN_PATHS = ("/admin/", "/api/", "/_util/")


class SiteMiddleware:
    """Sets `request.govsite` to the SiteAddress that answers, None on the admin's host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.admin_hosts = frozenset(settings.ADMIN_HOSTS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        addresses.refresh()
        request.govsite = None
        host = split_domain_port(request._get_raw_host())[0].rstrip(".")
        if host in self.admin_hosts:
            if request.path == "/":
                return HttpResponseRedirect("/admin/")
            return self.get_response(request)
        registered = addresses.by_host(host)
        if registered is None:
            answer = old_hosts.answer(request, host)
            if answer is not None:
                return answer
            moved = former.host_redirect(host, request.get_full_path())
            return HttpResponsePermanentRedirect(moved) if moved else states.unknown_host(request)
        first = request.path[1:].partition("/")[0]
        address = addresses.mounted(registered, first) if first else None
        request.govsite = address or registered
        if request.path.startswith(ADMIN_PATHS) or "\0" in request.path:  # PostgreSQL cannot be asked for a NUL
            return states.not_found(request, Http404())
        answer = states.state_response(request, request.govsite)
        if answer is not None:
            return answer
        response = self.get_response(request)
        if response.status_code == 404 and address is None and first:
            moved = former.mount_redirect(registered, first, request.get_full_path())
            if moved:
                return HttpResponsePermanentRedirect(moved)
        if response.status_code == 404:  # the old site may have had this very host
            return old_hosts.answer(request, host, known=True) or response
        return response


class ScopeMiddleware:
    """Enters the tenant scope of a request: the person's reach in the admin, the answering sub-site in public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        govsite: Any = request.govsite
        found = scope_of(request.user) if govsite is None else Scope(find=lambda: (govsite.tenant_id,))
        with entered(found):
            return self.get_response(request)


class RedirectMiddleware(StockRedirectMiddleware):
    """Looks for an old address where a sub-site answers. The admin's host has none: its 404 needs no look."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if request.govsite is None else super().process_response(request, response)


class OperatorMiddleware:
    """Opens the locks of the template for a platform operator who sends a form in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if request.method == "POST" and request.path.startswith("/admin/") and is_operator(user):
            with locks.unlocked("a platform operator at the admin"):
                return self.get_response(request)
        return self.get_response(request)
