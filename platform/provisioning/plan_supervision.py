"""Supervision (主管关系) in a plan: who stands above each site, in which order, and who falls with a refused row."""

from provisioning.plan_rows import SiteRow, SiteRows
from provisioning.requests import canonical_region_code
from tenants.messages import _

_LEVEL_RANKS = {"province": 0, "city": 1, "county": 2, "town": 3}
_SHOWN_OF_CIRCLE = 10


def find_supervisor(rows: SiteRows, site: SiteRow) -> None:
    """Settle the supervising tenant: the one asked for, the present one, or the nearest portal above."""
    request, now = site.request, site.now
    if asked := request.supervisor_code:
        for code in (asked, canonical_region_code(asked)):
            if code in rows.sites or code in rows.present.tenants:
                site.supervisor = code
                break
            if row := rows.refused_codes.get(code):
                _refuse_with_supervisor(site, code, row)
                return
        if not site.supervisor:
            site.refuse(
                "supervisor_code",
                _("supervisor '%(code)s' is neither in the list nor among the sites."),
                code=asked,
            )
            return
        _check_rank(rows, site)
    elif now is not None:
        site.supervisor = now.supervisor_code
    else:
        _default_supervisor(rows, site)


def _default_supervisor(rows: SiteRows, site: SiteRow) -> None:
    region = rows.present.regions.get(site.request.region_code)
    if region is None:
        return
    start = region.code if site.request.kind == "department" else region.parent_code
    code, seen = start, set[str]()
    while code and code not in seen:
        seen.add(code)
        if (owner := rows.portals.get(code)) and owner != site.request.code:
            site.supervisor = owner
            if code != start:
                site.warn(
                    "supervisor_code",
                    _("region '%(region)s' has no portal yet: '%(owner)s' supervises this site."),
                    region=start,
                    owner=owner,
                )
            return
        if row := rows.refused_portals.get(code):
            _refuse_with_supervisor(site, code, row)
            return
        above = rows.present.regions.get(code)
        code = above.parent_code if above else ""


def _check_rank(rows: SiteRows, site: SiteRow) -> None:
    """Refuse a supervisor of a lower level: a county can't stand under a town."""
    other = rows.sites.get(site.supervisor)
    state = rows.present.tenants.get(site.supervisor)
    region_code = other.request.region_code if other else state.region_code if state else ""
    above, own = rows.present.regions.get(region_code), rows.present.regions.get(site.request.region_code)
    if above and own and _LEVEL_RANKS[above.level] > _LEVEL_RANKS[own.level]:
        site.refuse(
            "supervisor_code",
            _("'%(code)s' is of level '%(level)s' and can't supervise a site of level '%(own)s'."),
            code=site.supervisor,
            level=above.level,
            own=own.level,
        )


def _refuse_with_supervisor(site: SiteRow, code: str, row: int) -> None:
    site.refuse(
        "supervisor_code",
        _("its supervisor '%(code)s' in row %(other)d is refused. Correct that row first."),
        code=code,
        other=row,
    )


def in_supervision_order(rows: SiteRows) -> list[SiteRow]:
    """Return the rows, each after its supervisor's; rows that supervise each other in a circle are refused."""
    depths: dict[str, int] = {}
    for start in rows.sites:
        path: list[str] = []
        on_path: dict[str, int] = {}
        code = start
        while code and code not in depths:
            if code in on_path:
                _refuse_circle(rows, path[on_path[code] :])
                break
            on_path[code] = len(path)
            path.append(code)
            code = _supervisor_of(rows, code)
        depth = depths.get(code, -1)
        for step in reversed(path):
            depth += 1
            depths[step] = depth
    return sorted(rows.sites.values(), key=lambda site: (depths[site.request.code], site.request.row))


def _supervisor_of(rows: SiteRows, code: str) -> str:
    if site := rows.sites.get(code):
        return site.supervisor
    tenant = rows.present.tenants.get(code)
    return tenant.supervisor_code if tenant else ""


def _refuse_circle(rows: SiteRows, circle: list[str]) -> None:
    size = len(circle)
    for index, code in enumerate(circle):
        if site := rows.sites.get(code):
            shown = [circle[(index + step) % size] for step in range(min(size, _SHOWN_OF_CIRCLE))]
            way = " → ".join([*shown, *(["…"] if size > _SHOWN_OF_CIRCLE else []), code])
            site.refuse("supervisor_code", _("supervision runs in a circle: %(way)s."), way=way)


def follow_refusal(rows: SiteRows, site: SiteRow) -> bool:
    """Refuse the row if its supervisor's or its portal's row is refused and the tenant is not there yet."""
    for code in {site.supervisor, site.mounted_under} - {""}:
        above = rows.sites.get(code)
        if above is not None and above.problems and above.now is None:
            if not site.problems:
                _refuse_with_supervisor(site, code, above.request.row)
            return True
    return False


def follow_supervisor(rows: SiteRows, site: SiteRow) -> None:
    """Settle below which site a channel site is mounted: the nearest one above that has a host."""
    if follow_refusal(rows, site):
        return
    _check_supervisor_open(rows, site)
    if not site.is_channel:
        return
    now = site.now
    if now is not None and now.mounted_under_code and site.supervisor == now.supervisor_code:
        site.mounted_under = now.mounted_under_code
        return
    site.mounted_under = _registered_from(rows, site.supervisor)
    if not site.mounted_under and not site.problems:
        site.refuse(
            "mount",
            _(
                "no site above it has a host under which it could be mounted. Open its county's portal first, or"
                " write a host."
            ),
        )


def _registered_from(rows: SiteRows, code: str) -> str:
    """Return the tenant itself if it has a host, otherwise the one it is mounted under."""
    above = rows.sites.get(code)
    if above is not None and not (above.problems and above.now is not None):
        return code if above.host else above.mounted_under
    state = rows.present.tenants.get(code)
    if state is None:
        return ""
    return code if state.host else state.mounted_under_code


def _check_supervisor_open(rows: SiteRows, site: SiteRow) -> None:
    state = rows.present.tenants.get(site.supervisor)
    if state is None or state.status != "closed" or (site.now and site.now.supervisor_code == site.supervisor):
        return
    site.refuse("supervisor_code", _("its supervisor '%(code)s' is closed. Name another."), code=site.supervisor)
