"""Addresses (网址) in a plan: the host of each site or its path below a portal, and the site code that goes with it."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from provisioning.hosts import HostError, clean_host
from provisioning.plan_rows import SiteRow, SiteRows
from provisioning.requests import PORTAL_KINDS
from provisioning.slugs import RESERVED
from tenants.messages import _


def give_hosts(rows: SiteRows, pattern: str, *, allow_local: bool) -> None:
    """Settle which sites have their own host; a new portal without one gets the default host.

    Raises ValueError for a pattern that makes no host.
    """
    made = _default_hosts(rows, pattern, allow_local=allow_local) if pattern else {}
    carriers = {tenant.mounted_under_code for tenant in rows.present.tenants.values()}
    for code, site in rows.sites.items():
        request, now = site.request, site.now
        if request.host or (now is not None and now.host and not request.mount):
            site.host = request.host or (now.host if now is not None else "")
            if request.host and request.kind == "town" and (now is None or not now.host):
                site.warn("host", _("a town or street normally has a path below its county and no host of its own."))
        elif request.kind in PORTAL_KINDS:
            site.host = made.get(code, "")
            if not site.host:
                site.refuse("host", _("a portal needs a host. Write one such as www.example.gov.cn."))
        else:
            site.is_channel = True
            if now is not None and now.host and code in carriers:
                site.refuse("mount", _("sites are mounted below '%(code)s', so it must keep a host."), code=code)


def _default_hosts(rows: SiteRows, pattern: str, *, allow_local: bool) -> dict[str, str]:
    """Return a host for each portal without one; portals of the same name get their code behind it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for code, site in rows.sites.items():
        if site.request.kind in PORTAL_KINDS and not site.request.host:
            groups[site.request.slug or code.lower()].append(code)
    asked = {site.request.host for site in rows.sites.values()}
    hosts = {}
    for slug, codes in groups.items():
        for code in codes:
            if rows.sites[code].now is not None:
                continue
            host = _host_from_pattern(pattern, slug, code, allow_local=allow_local)
            taken = host in asked or host in rows.present.hosts or host in rows.present.former_hosts
            hosts[code] = (
                _host_from_pattern(pattern, f"{slug}-{code.lower()}", code, allow_local=allow_local)
                if len(codes) > 1 or taken
                else host
            )
    return hosts


def _host_from_pattern(pattern: str, slug: str, code: str, *, allow_local: bool) -> str:
    try:
        return clean_host(pattern.format(slug=slug, code=code.lower()), allow_local=allow_local)
    except (KeyError, IndexError, ValueError) as error:
        reason = str(error) if isinstance(error, HostError) else "it may hold {slug} and {code}"
        raise ValueError(f"default_host_pattern {pattern!r} makes no host: {reason}") from error


def check_unique_hosts(rows: SiteRows) -> None:
    """Refuse a host that another site has, that still leads to another, or that an earlier row has."""
    first: dict[str, SiteRow] = {}
    for code, site in rows.sites.items():
        host = site.host
        if not host:
            continue
        if (owner := rows.present.hosts.get(host, code)) != code:
            site.refuse("host", _("'%(host)s' is the host of '%(owner)s' already."), host=host, owner=owner)
        elif (owner := rows.present.former_hosts.get(host, code)) != code:
            site.refuse(
                "host",
                _("'%(host)s' is a former host of '%(owner)s' and still leads there."),
                host=host,
                owner=owner,
            )
        elif (earlier := first.setdefault(host, site)) is not site:
            site.refuse(
                "host", _("host '%(host)s' stands in row %(first)d already."), host=host, first=earlier.request.row
            )


def give_mounts(rows: SiteRows, order: list[SiteRow]) -> None:
    """Give each channel site its path: the one asked for, the present one, or one made from the name.

    Sites whose names make the same path below one portal all get the end of their code behind it, whatever the
    order of the rows; the rows that are applied already count too, or a second run would decide otherwise.
    """
    taken: dict[tuple[str, str], SiteRow] = {}
    groups: dict[tuple[str, str], list[SiteRow]] = defaultdict(list)
    for site in order:
        if not (site.is_channel and site.mounted_under):
            continue
        now_mount = site.now.mount if site.now is not None else ""
        if site.request.mount:
            site.mount = site.request.mount
            _take_mount(rows, site, taken)
            continue
        groups[site.mounted_under, site.request.slug or site.request.code.lower()].append(site)
        if now_mount and _is_free(rows, site.mounted_under, now_mount, site, taken):
            site.mount = now_mount
            taken[site.mounted_under, now_mount] = site
    for (parent, slug), members in sorted(groups.items(), key=lambda item: item[0]):
        tails = Counter(_tail(site.request.code) for site in members)
        for site in members:
            if site.mount:
                continue
            tail = _tail(site.request.code)
            tries = [slug] if len(members) == 1 else []
            tries += [_with_tail(slug, tail)] if tails[tail] == 1 else []
            last = _with_tail(slug, site.request.code.lower())
            site.mount = next((mount for mount in tries if _is_free(rows, parent, mount, site, taken)), last)
            _take_mount(rows, site, taken)


def _is_free(rows: SiteRows, parent: str, mount: str, site: SiteRow, taken: Mapping[tuple[str, str], SiteRow]) -> bool:
    code = site.request.code
    keeps = site.now is not None and (site.now.mounted_under_code, site.now.mount) == (parent, mount)
    return (
        (keeps or (mount not in RESERVED and mount not in rows.present.reserved_mounts))
        and rows.present.mounts.get((parent, mount), code) == code
        and rows.present.former_mounts.get((parent, mount), code) == code
        and taken.get((parent, mount), site) is site
    )


def _take_mount(rows: SiteRows, site: SiteRow, taken: dict[tuple[str, str], SiteRow]) -> None:
    key, code = (site.mounted_under, site.mount), site.request.code
    keeps = site.now is not None and (site.now.mounted_under_code, site.now.mount) == key
    if site.mount in rows.present.reserved_mounts and not keeps:
        site.refuse("mount", _("'%(value)s' is the address of a column there. Choose another."), value=site.mount)
    elif (owner := rows.present.mounts.get(key, code)) != code:
        site.refuse(
            "mount",
            _("path '%(mount)s' below '%(parent)s' belongs to '%(owner)s' already."),
            mount=site.mount,
            parent=site.mounted_under,
            owner=owner,
        )
    elif (owner := rows.present.former_mounts.get(key, code)) != code:
        site.refuse(
            "mount",
            _("path '%(mount)s' below '%(parent)s' is a former address of '%(owner)s' and still leads there."),
            mount=site.mount,
            parent=site.mounted_under,
            owner=owner,
        )
    elif (earlier := taken.setdefault(key, site)) is not site:
        site.refuse(
            "mount",
            _("path '%(mount)s' below '%(parent)s' stands in row %(first)d already."),
            mount=site.mount,
            parent=site.mounted_under,
            first=earlier.request.row,
        )


def check_site_codes(rows: SiteRows) -> None:
    """Refuse a site code that another site has; a channel site that repeats its portal's just inherits it."""
    owners = {tenant.site_code: tenant.code for tenant in rows.present.tenants.values() if tenant.site_code}
    first: dict[str, SiteRow] = {}
    for code, site in rows.sites.items():
        site_code = site.request.site_code
        if site_code and site.is_channel and site_code == _site_code_of(rows, site.mounted_under):
            site.warn(
                "site_code", _("the site code is that of '%(owner)s' and is inherited."), owner=site.mounted_under
            )
            continue
        site.site_code = site_code
        if not site_code:
            continue
        if (owner := owners.get(site_code, code)) != code:
            site.refuse("site_code", _("site code '%(value)s' belongs to '%(owner)s'."), value=site_code, owner=owner)
        elif (earlier := first.setdefault(site_code, site)) is not site:
            site.refuse(
                "site_code",
                _("site code '%(value)s' stands in row %(first)d already."),
                value=site_code,
                first=earlier.request.row,
            )


def _site_code_of(rows: SiteRows, code: str) -> str:
    site, state = rows.sites.get(code), rows.present.tenants.get(code)
    return (site.request.site_code if site else "") or (state.site_code if state else "")


def _tail(code: str) -> str:
    """Return what tells a code from its neighbours': a town's last three digits, a department's region."""
    first, _hyphen, rest = code.lower().partition("-")
    return first[-3:] if not rest and first.isdigit() else first


def _with_tail(slug: str, tail: str) -> str:
    return f"{slug[: max(1, 39 - len(tail))].rstrip('-')}-{tail}"[:40].rstrip("-")
