"""The address book: where every sub-site answers, kept in each process and brought up to date by one small query.

Stock Wagtail scans all sites for every link it writes. Here a link costs a dictionary look-up by the home's tree
path, however many sub-sites there are. A change of a tenant raises its version (tenants.versions); `refresh`, called
once a request, reads only the tenants that are newer than the newest one known.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Max

from tenants import versions
from tenants.models import Tenant

Home = Sequence[Any]  # page id, tree path, address in the tree, id of the site record
FIELDS = (
    "id", "code", "name", "short_name", "kind", "status", "host", "mount", "mounted_under_id", "supervisor_id",
    "region__code", "region__lineage", "site_code", "undertaker", "icp_filing", "police_filing", "contact_phone",
    "address", "office_hours", "theme", "notice_until", "closed_on", "successor_id", "template_version", "version",
)  # fmt: skip
PUBLIC = frozenset({"trial", "live", "suspended", "closing"})


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """Where one sub-site answers, and what its header and footer say. `prefix` is "/" or "/<mount>/"."""

    tenant_id: int
    code: str
    name: str
    short_name: str
    kind: str
    status: str
    host: str
    mount: str
    parent_tenant_id: int | None
    supervisor_id: int | None
    region_code: str
    region_lineage: str
    site_code: str
    undertaker: str
    icp_filing: str
    police_filing: str
    contact_phone: str
    address: str
    office_hours: str
    theme: str
    notice_until: date | None
    closed_on: date | None
    successor_id: int | None
    template_version: int
    version: int
    home_id: int
    home_path: str
    home_url_path: str
    site_id: int | None
    root_url: str
    prefix: str


class AddressBook:
    """All addresses of one process. Reading takes no lock: a changed book is swapped in whole."""

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.known = -1
        self.by_tenant: dict[int, SiteAddress] = {}
        self.by_home_path: dict[str, SiteAddress] = {}
        self.by_host: dict[str, SiteAddress] = {}
        self.by_mount: dict[tuple[int, str], SiteAddress] = {}
        self.mounted: dict[int, tuple[int, ...]] = {}
        self.supervised: dict[int, tuple[int, ...]] = {}

    def refresh(self) -> None:
        """Bring the book up to date: one tiny query, and a second one for the tenants that changed, if any did."""
        current = versions.current()
        if current == self.known:
            return
        records = list(Tenant.objects.filter(version__gt=self.known).order_by("version").values(*FIELDS))
        with self._writing:
            if records:
                ids = [record["id"] for record in records]
                known = [self.by_tenant[pk].home_id for pk in ids if pk in self.by_tenant]
                self._take(records, _homes(known, [pk for pk in ids if pk not in self.by_tenant]))
            self.known = max(self.known, current)

    def _take(self, records: Sequence[dict[str, Any]], homes: dict[int, Home]) -> None:
        fresh = {}
        for record in records:
            held = self.by_tenant.get(record["id"])
            # Another thread may have taken a newer state meanwhile.
            if record["id"] in homes and (held is None or held.version < record["version"]):
                fresh[record["id"]] = _address(record, *homes[record["id"]])
        by_tenant = self.by_tenant | fresh
        fresh = {pk: _rooted(address, by_tenant) for pk, address in fresh.items()}
        if all(pk in self.by_tenant and _place(self.by_tenant[pk]) == _place(new) for pk, new in fresh.items()):
            # The usual change, a publication: nobody moved, so only these entries are replaced.
            self.by_home_path = self.by_home_path | {a.home_path: a for a in fresh.values()}
            self.by_host = self.by_host | {a.host: a for a in fresh.values() if a.host}
            self.by_mount = self.by_mount | {
                (a.parent_tenant_id, a.mount): a for a in fresh.values() if a.parent_tenant_id
            }
            self.by_tenant = self.by_tenant | fresh
        else:
            self._rebuild(by_tenant | fresh)

    def _rebuild(self, by_tenant: dict[int, SiteAddress]) -> None:
        # A channel site's address hangs on its county's host: read both anew, in the right order.
        by_tenant = {pk: _rooted(address, by_tenant) for pk, address in by_tenant.items()}
        mounted: dict[int, list[int]] = {}
        supervised: dict[int, list[int]] = {}
        for pk, address in sorted(by_tenant.items(), key=lambda item: item[1].code):
            if address.parent_tenant_id:
                mounted.setdefault(address.parent_tenant_id, []).append(pk)
            if address.supervisor_id:
                supervised.setdefault(address.supervisor_id, []).append(pk)
        self.mounted = {pk: tuple(ids) for pk, ids in mounted.items()}
        self.supervised = {pk: tuple(ids) for pk, ids in supervised.items()}
        self.by_home_path = {a.home_path: a for a in by_tenant.values()}
        self.by_host = {a.host: a for a in by_tenant.values() if a.host}
        self.by_mount = {(a.parent_tenant_id, a.mount): a for a in by_tenant.values() if a.parent_tenant_id}
        self.by_tenant = by_tenant


book = AddressBook()


def _homes(home_ids: Sequence[int], tenant_ids: Sequence[int]) -> dict[int, Home]:
    """Return the homes by tenant: those known by page id (a site may hold 100,000 pages), the others by tenant."""
    from sites.models import HomePage

    found = HomePage.objects.annotate(site_record=Max("sites_rooted_here__id")).values_list(
        "tenant_id", "pk", "path", "url_path", "site_record"
    )
    homes = list(found.filter(pk__in=home_ids)) if home_ids else []
    if tenant_ids:  # more than some hundred: a process that starts reads them all
        homes += found.filter(tenant_id__in=tenant_ids) if len(tenant_ids) <= 500 else found
    return {tenant_id: home for tenant_id, *home in homes}


def _address(
    record: dict[str, Any], home_id: int, home_path: str, home_url_path: str, site_id: int | None
) -> SiteAddress:
    mount = record["mount"]
    return SiteAddress(
        tenant_id=record["id"],
        parent_tenant_id=record["mounted_under_id"],
        region_code=record["region__code"],
        region_lineage=record["region__lineage"],
        home_id=home_id,
        home_path=home_path,
        home_url_path=home_url_path,
        site_id=site_id,
        root_url=root_url(record["host"]) if record["host"] else "",
        prefix=f"/{mount}/" if mount else "/",
        **{
            name: record[name]
            for name in FIELDS
            if name not in {"id", "mounted_under_id", "region__code", "region__lineage"}
        },
    )


def _place(address: SiteAddress) -> tuple[Any, ...]:
    """Return what other sub-sites' entries hang on."""
    return (
        address.code, address.host, address.mount, address.parent_tenant_id, address.supervisor_id,
        address.root_url, address.site_id, address.home_path,
    )  # fmt: skip


def _rooted(address: SiteAddress, by_tenant: dict[int, SiteAddress]) -> SiteAddress:
    from dataclasses import replace

    if not address.parent_tenant_id:
        return address
    parent = by_tenant.get(address.parent_tenant_id)
    if parent is None or (address.root_url, address.site_id) == (parent.root_url, parent.site_id):
        return address
    return replace(address, root_url=parent.root_url, site_id=parent.site_id)


def root_url(host: str) -> str:
    """Return "scheme://host" with the port where it is not the scheme's own."""
    port = (
        "" if settings.PUBLIC_PORT == {"http": 80, "https": 443}[settings.PUBLIC_SCHEME] else f":{settings.PUBLIC_PORT}"
    )
    return f"{settings.PUBLIC_SCHEME}://{host}{port}"


def refresh() -> None:
    book.refresh()


def by_home_path(path: str) -> SiteAddress | None:
    """Return the sub-site whose home stands at the 12-character tree path."""
    found = book.by_home_path.get(path)
    if found is None and len(path) == 12:
        book.refresh()
        found = book.by_home_path.get(path)
    return found


def get(tenant_id: int | None) -> SiteAddress | None:
    return book.by_tenant.get(tenant_id) if tenant_id else None


def by_host(host: str) -> SiteAddress | None:
    """Return the registered site that answers on `host` (lower-case ASCII, no port)."""
    return book.by_host.get(host)


def mounted(address: SiteAddress, mount: str) -> SiteAddress | None:
    """Return the channel site mounted at `mount` below `address`."""
    return book.by_mount.get((address.tenant_id, mount))


def registered(address: SiteAddress) -> SiteAddress:
    """Return the nearest site with a host of its own: the address itself, or the one it is mounted under."""
    while not address.host and address.parent_tenant_id and address.parent_tenant_id in book.by_tenant:
        address = book.by_tenant[address.parent_tenant_id]
    return address


def children(address: SiteAddress) -> list[SiteAddress]:
    """Return the public sub-sites mounted under or supervised by `address`, in the order of their codes."""
    ids = dict.fromkeys((*book.mounted.get(address.tenant_id, ()), *book.supervised.get(address.tenant_id, ())))
    return [child for child in (book.by_tenant[pk] for pk in ids) if child.status in PUBLIC]


def all_public() -> Iterator[SiteAddress]:
    return (address for address in book.by_tenant.values() if address.status in PUBLIC)


def path_of(address: SiteAddress, url_path: str) -> str:
    """Return the path on the site's host of the page with `url_path` (the tree's own, from the root)."""
    return address.prefix + url_path[len(address.home_url_path) :]


def url_of(address: SiteAddress, url_path: str) -> str:
    """Return the full address of the page with `url_path`."""
    return address.root_url + path_of(address, url_path)
