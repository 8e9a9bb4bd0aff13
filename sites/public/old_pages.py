"""What a citizen meets at an old address that leads nowhere any more: a page in the look of the site that took over."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from sites import addresses
from sites.public import frames, states
from sites.public.parts import Link
from sites.public.views import StateView


def gone(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Return 410: the content was not moved, or has been withdrawn since."""
    lines = (
        gettext("This page of the old site is no longer kept."),
        gettext("It was not taken over to the new site, or it has been withdrawn since."),
    )
    return _page(request, tenant_id, 410, gettext("This page is gone"), lines)


def unknown(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Return 404: nobody knows what stood at the address."""
    lines = (
        gettext("The site has moved, and no page is known for this old address."),
        gettext("You may find what you are looking for on the new site."),
    )
    return _page(request, tenant_id, 404, gettext("This page was not found"), lines)


def _page(request: HttpRequest, tenant_id: int, status: int, title: str, lines: tuple[str, ...]) -> HttpResponse:
    address = addresses.get(tenant_id)
    if address is None or not address.root_url or address.status not in frames.OPEN:
        return HttpResponse(states.plain(str(status), title, lines[0]), status=status)
    home = address.root_url + address.prefix
    view = StateView(
        number=str(status),
        title=title,
        lines=lines,
        links=(Link(gettext("Go to %(name)s") % {"name": address.name}, home),),
        contact=states.contact_of(address),
    )
    icons = frozenset(fact.icon for fact in (view.contact.facts if view.contact else ()) if fact.icon)
    chrome = frames.chrome(address, title=title, icons=icons, noindex=True, bare=True)
    # The page stands on the old host: what leads to the new one must name it.
    chrome = replace(chrome, brand=replace(chrome.brand, href=home))
    response = HttpResponse(
        render_to_string("govsites/state.html", {"chrome": chrome, "view": view}, request), status=status
    )
    response["Cache-Control"] = "no-store"
    return response
