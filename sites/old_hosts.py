"""Old hosts (旧域名): hosts and paths of sites that stood elsewhere before they moved here.

The room that keeps the ledger of old addresses answers for them; it registers itself here, because rooms import
downwards only. It is asked about hosts that are no sub-site's, and about what a sub-site would answer with 404.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse

from sites import addresses
from sites.addresses import SiteAddress

# (request, host, known): `known` is True where the host is a sub-site's own and only a line of the ledger may answer.
Answerer = Callable[[HttpRequest, str, bool], HttpResponse | None]
_answerers: list[Answerer] = []


def register(answerer: Answerer) -> None:
    """Have old hosts answered; called once, when the applications are ready."""
    if answerer not in _answerers:
        _answerers.append(answerer)


def answer(request: HttpRequest, host: str, *, known: bool = False) -> HttpResponse | None:
    """Return the answer to a request for an old host or path, None where nobody knows of it."""
    for answerer in _answerers:
        found = answerer(request, host, known)
        if found is not None:
            return found
    return None


def page_url(tenant_id: int | None, url_path: str) -> str:
    """Return where a page stands now, by its tenant and its address in the tree; "" where the tenant has no host."""
    address = addresses.get(tenant_id)
    return addresses.url_of(address, url_path) if address is not None and address.root_url else ""


def home_url(tenant_id: int | None) -> str:
    """Return the address of a sub-site's home page, "" where it has none."""
    address = addresses.get(tenant_id)
    return address.root_url + address.prefix if address is not None and address.root_url else ""


def picture_url(tenant_id: int | None, stored_name: str) -> str:
    """Return the address of a stored picture on its tenant's host."""
    return _on_host(tenant_id, default_storage.url(stored_name))


def file_url(tenant_id: int | None, file_id: int, name: str) -> str:
    """Return the address at which a file is downloaded, on its tenant's host."""
    return _on_host(tenant_id, f"/documents/{file_id}/{quote(name or 'file')}")


def _on_host(tenant_id: int | None, url: str) -> str:
    address: SiteAddress | None = addresses.get(tenant_id)
    if not url.startswith("/"):
        return url  # a store with a host of its own
    return address.root_url + url if address is not None and address.root_url else ""


def places(tenant_id: int, page_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return title, address and state of a tenant's pages by id; pages of others are left out."""
    from sites.models import SitePage

    rows = SitePage.objects.filter(tenant_id=tenant_id, pk__in=list(page_ids)).values_list(
        "pk", "title", "url_path", "live"
    )
    return {
        pk: {"title": title, "url": page_url(tenant_id, url_path), "live": live} for pk, title, url_path, live in rows
    }


def page_at(tenant_id: int, url: str) -> int | None:
    """Return the id of the tenant's page with this address (whole, or from the root of its host), None for none."""
    from urllib.parse import unquote, urlsplit

    from sites.models import SitePage

    address = addresses.get(tenant_id)
    if address is None:
        return None
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc and f"{parts.scheme}://{parts.netloc}".lower() != address.root_url:
        return None
    if not path.startswith(address.prefix):
        return None
    rest = path[len(address.prefix) :].strip("/")
    url_path = address.home_url_path + (f"{rest}/" if rest else "")
    found: int | None = (
        SitePage.objects.filter(tenant_id=tenant_id, url_path=url_path).values_list("pk", flat=True).first()
    )
    return found
