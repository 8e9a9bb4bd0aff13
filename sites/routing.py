"""From host and path to a page: sub-site first (host, then mount), then one look-up by the full path."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.url_routing import RouteResult

from sites.addresses import SiteAddress


def find(request: HttpRequest, path: str) -> RouteResult | None:
    """Return the live page at `path` (without the leading slash) of `request.govsite`, or None."""
    from sites.models import SitePage

    address: SiteAddress | None = getattr(request, "govsite", None)
    if address is None:
        return None
    parts = path.strip("/").split("/") if path.strip("/") else []
    if address.mount:
        parts = parts[1:]
    url_path = address.home_url_path + "".join(f"{part}/" for part in parts)
    slug = parts[-1] if parts else address.home_url_path.rstrip("/").rsplit("/", 1)[-1]
    found = SitePage.objects.filter(
        tenant_id=address.tenant_id, slug=slug, depth=3 + len(parts), url_path=url_path, live=True
    )
    # Without an order: by path, PostgreSQL walks the index of paths instead of (tenant, slug).
    page = next(iter(found.order_by()[:1]), None)
    return RouteResult(page.specific) if page else None
