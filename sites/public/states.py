"""Answers that are no pages: the notices a site's status asks for, and the error pages."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from sites import addresses
from sites.addresses import SiteAddress
from sites.public import frames
from sites.public.parts import BEIJING, Link
from sites.public.trees import tree_of
from sites.public.views import Contact, StateView

# Search engines and monitors come back after this; a suspension ends by decision, not by clock.
RETRY_AFTER_SECONDS = 3600


def state_response(request: HttpRequest, address: SiteAddress) -> HttpResponse | None:
    """Return the answer that the status of a site demands, None where its pages may be shown.

    A channel site has no door of its own: it shares the state of the site whose host it stands under.
    """
    host = addresses.registered(address)
    for site in (host, address):
        if site.status not in frames.OPEN:
            return _NOTICES.get(site.status, _unpublished)(request, site)
    return None


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Return 404 in the site's own dress, or the platform's plain page where no site is being asked."""
    address: SiteAddress | None = getattr(request, "govsite", None)
    if address is None:
        return unknown_host(request)
    try:
        columns = [node for node in tree_of(address).top if node.in_menu]
        view = StateView(
            number="404",
            title=gettext("This page was not found"),
            lines=(gettext("It may have been moved or taken down, or the address was mistyped."),),
            links=(frames.home_crumb(address), *(Link(node.title, node.href) for node in columns)),
            contact=contact_of(address),
        )
        return _notice(request, address, view, status=404, bare=False)
    except DatabaseError:
        return unknown_host(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500 from a page that needs no database and tells nothing."""
    return HttpResponse(plain("500", gettext("Something went wrong"), gettext("Please try again later.")), status=500)


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Return 404 for a host that is nobody's: no site's name, no link, nothing to learn."""
    return HttpResponse(
        plain("404", gettext("This page was not found"), gettext("Please check the address.")), status=404
    )


def _unpublished(request: HttpRequest, address: SiteAddress) -> HttpResponse:
    return unknown_host(request)


def _suspended(request: HttpRequest, address: SiteAddress) -> HttpResponse:
    view = StateView(
        number="",
        title=gettext("This site is closed for the time being"),
        lines=(
            gettext("%(name)s has suspended its site and will announce here when it opens again.")
            % {"name": address.name},
        ),
        contact=contact_of(address),
    )
    response = _notice(request, address, view, status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _closing(request: HttpRequest, address: SiteAddress) -> HttpResponse:
    if address.notice_until is not None and address.notice_until < timezone.localdate(timezone=BEIJING):
        return _closed(request, address)
    successor = _successor(address)
    lines = [gettext("The site of %(name)s is closing.") % {"name": address.name}]
    if successor is not None:
        lines.append(
            gettext("Its content and services continue at %(name)s (%(address)s).")
            % {"name": successor.name, "address": successor.root_url + successor.prefix}
        )
    if address.notice_until is not None:
        date = {"date": address.notice_until.isoformat()}
        lines.append(
            gettext("This notice stands until %(date)s; after that this address leads to the new site.") % date
            if successor is not None
            else gettext("This notice stands until %(date)s.") % date
        )
    view = StateView(
        number="",
        title=gettext("Notice of closing"),
        lines=tuple(lines),
        links=(_go_to(successor),) if successor is not None else (),
        contact=contact_of(address),
    )
    return _notice(request, address, view, status=200)


def _closed(request: HttpRequest, address: SiteAddress) -> HttpResponse:
    successor = _successor(address)
    if successor is not None:
        return HttpResponsePermanentRedirect(successor.root_url + successor.prefix)
    view = StateView(
        number="",
        title=gettext("This site is closed"),
        lines=(gettext("The site of %(name)s is closed and no longer kept up.") % {"name": address.name},),
    )
    return _notice(request, address, view, status=410)


_NOTICES = {"suspended": _suspended, "closing": _closing, "closed": _closed}


def _successor(address: SiteAddress) -> SiteAddress | None:
    found = addresses.get(address.successor_id)
    return found if found is not None and found.status in frames.OPEN and found.root_url else None


def _go_to(successor: SiteAddress) -> Link:
    return Link(gettext("Go to %(name)s") % {"name": successor.name}, successor.root_url + successor.prefix)


def contact_of(address: SiteAddress) -> Contact | None:
    facts = frames.contact_facts(address)
    return Contact(gettext("Contact %(name)s") % {"name": address.short_name}, facts) if facts else None


def _notice(
    request: HttpRequest, address: SiteAddress, view: StateView, *, status: int, bare: bool = True
) -> HttpResponse:
    icons = frozenset(fact.icon for fact in (view.contact.facts if view.contact else ()) if fact.icon)
    chrome = frames.chrome(address, title=view.title, icons=icons, noindex=True, bare=bare)
    page = render_to_string("govsites/state.html", {"chrome": chrome, "view": view}, request)
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def plain(number: str, title: str, text: str) -> str:
    return render_to_string("govsites/plain.html", {"number": number, "title": title, "text": text})
