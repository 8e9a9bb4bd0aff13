"""Old addresses of a tenant: a host or a mount that it once had answers with a permanent redirect."""

from __future__ import annotations

from sites import addresses
from sites.addresses import SiteAddress
from tenants.models import FormerAddress


def host_redirect(host: str, full_path: str) -> str | None:
    """Return where `full_path` of a former host stands now, None for a host that was nobody's."""
    tenant_id = FormerAddress.objects.filter(host=host).values_list("tenant_id", flat=True).first() if host else None
    address = addresses.get(tenant_id)
    if address is None:
        return None
    first = full_path.lstrip("/").partition("?")[0].partition("/")[0]
    if first and not addresses.mounted(address, first):
        # The path may be a former one as well: one redirect for both.
        moved = mount_redirect(address, first, full_path)
        if moved:
            return moved
    return address.root_url + address.prefix + full_path.lstrip("/")


def mount_redirect(registered: SiteAddress, mount: str, full_path: str) -> str | None:
    """Return where `full_path` below a former mount stands now, None where nothing was mounted there."""
    tenant_id = (
        FormerAddress.objects.filter(under_id=registered.tenant_id, mount=mount)
        .values_list("tenant_id", flat=True)
        .first()
    )
    address = addresses.get(tenant_id)
    if address is None:
        return None
    rest = full_path[1 + len(mount) :].lstrip("/")
    return address.root_url + address.prefix + rest
