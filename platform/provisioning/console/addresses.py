"""Where a sub-site answers, as the console shows it."""

from __future__ import annotations

from urllib.parse import urlsplit

from provisioning.hosts import display_host
from sites import addresses
from tenants.models import FormerAddress, Tenant


def public_url(tenant: Tenant) -> str:
    """Return the address of the home, "" where the pages are not built yet."""
    found = addresses.get(tenant.pk)
    return found.root_url + found.prefix if found else ""


def shown(url: str) -> str:
    """Return an address as people read it: no scheme, Chinese labels in Chinese."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{display_host(parts.hostname or '')}{port}{parts.path.rstrip('/')}"


def former(address: FormerAddress) -> str:
    """Return a former address; `under` must be selected with it."""
    if address.host:
        return display_host(address.host)
    holder = address.under
    found = addresses.get(holder.pk) if holder else None
    return f"{shown(found.root_url) if found else ''}/{address.mount}"
