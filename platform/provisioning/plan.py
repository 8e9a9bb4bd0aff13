"""The plan (计划) of a provisioning run: what each row creates, changes or leaves, and which rows are refused and why.

Pure: it reads a picture of what is there (Present) and changes nothing. The same rows give the same plan in any order,
and a plan made again after half of it was applied ends in the same sites: derived paths and hosts look at every row of
the list, the ones already applied too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from provisioning.hosts import HostError, clean_host
from provisioning.requests import (
    ASKABLE_STATUSES,
    COMPARED,
    PORTAL_KINDS,
    RESERVED,
    Refusal,
    SiteRequest,
    canonical_region_code,
    default_short_name,
)
from provisioning.tables import Problem

# The commands that the sentences send people to.
LIFECYCLE_COMMAND = "manage.py site"
ROLLOUT_COMMAND = "manage.py columns"

_LEVEL_RANKS = {"province": 0, "city": 1, "county": 2, "town": 3}
_DEPARTMENT_LEVELS = ("province", "city", "county")
_SHOWN_OF_CIRCLE = 10


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown, because this module knows no Django."""
    return message


@dataclass(frozen=True, slots=True)
class RegionState:
    """A region (行政区划) as it is in the database; the province has no parent_code ('')."""

    code: str
    name: str
    level: str  # province | city | county | town
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class TenantState:
    """A tenant (主办单位) as it is in the database; empty values are '' or None, as in a SiteRequest."""

    code: str
    name: str
    kind: str
    region_code: str
    short_name: str = ""
    supervisor_code: str = ""
    host: str = ""
    mount: str = ""
    mounted_under_code: str = ""
    site_code: str = ""
    status: str = "draft"
    undertaker: str = ""
    address: str = ""
    office_hours: str = ""
    icp_filing: str = ""
    police_filing: str = ""
    contact_name: str = ""
    contact_post: str = ""
    contact_phone: str = ""
    leader_name: str = ""
    leader_post: str = ""
    leader_phone: str = ""
    opened_on: date | None = None
    theme: str = ""
    template_version: int = 1


@dataclass(frozen=True, slots=True)
class Present:
    """What is there before the run.

    Addresses that only redirect any more stand in former_hosts and former_mounts, with the tenant they lead to.
    reserved_mounts: first path segments that portals use themselves, such as their columns'.
    """

    regions: Mapping[str, RegionState]
    tenants: Mapping[str, TenantState]
    hosts: Mapping[str, str]  # host -> tenant code
    mounts: Mapping[tuple[str, str], str]  # (tenant code of the parent, mount) -> tenant code
    template_versions: Mapping[str, Sequence[int]]  # kind -> versions
    former_hosts: Mapping[str, str] = field(default_factory=dict)
    former_mounts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reserved_mounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedSite:
    """One row that goes through. `request` is complete: what the row left empty holds its default or present value."""

    row: int
    action: Literal["create", "change", "unchanged"]
    request: SiteRequest
    changes: Mapping[str, tuple[object, object]]  # field -> (old, new); empty unless action is change
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that does not go through, with every problem found."""

    row: int
    code: str
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole run: sites in an order in which each supervisor stands before its subordinates; refusals by row."""

    sites: tuple[PlannedSite, ...]
    refused: tuple[RefusedRow, ...]

    @property
    def rows(self) -> tuple[PlannedSite | RefusedRow, ...]:
        """All rows: the sites in the order in which to apply them, then the refused ones."""
        return (*self.sites, *self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows create, change, unchanged, refused."""
        counts = {"create": 0, "change": 0, "unchanged": 0, "refused": len(self.refused)}
        for site in self.sites:
            counts[site.action] += 1
        return counts

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain dicts, lists, strings and numbers."""
        return {
            "counts": self.counts,
            "sites": [
                {
                    "row": site.row,
                    "action": site.action,
                    "code": site.request.code,
                    "name": site.request.name,
                    "request": {name: _plain(getattr(site.request, name)) for name in _REQUEST_FIELDS},
                    "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in site.changes.items()},
                    "warnings": [_problem_json(warning) for warning in site.warnings],
                }
                for site in self.sites
            ],
            "refused": [
                {
                    "row": refused.row,
                    "code": refused.code,
                    "name": refused.name,
                    "problems": [_problem_json(problem) for problem in refused.problems],
                }
                for refused in self.refused
            ],
        }


_REQUEST_FIELDS = tuple(item.name for item in fields(SiteRequest))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _problem_json(problem: Problem) -> dict[str, Any]:
    """Return the problem with its English sentence, and with the message and values from which it is translated."""
    return {
        "row": problem.row,
        "field": problem.field,
        "sentence": problem.sentence,
        "msgid": problem.msgid,
        "params": dict(problem.params),
    }


def plan(
    requests: Iterable[SiteRequest],
    refusals: Iterable[Refusal],
    present: Present,
    *,
    default_host_pattern: str = "",
    default_status: str = "draft",
    allow_local_hosts: bool = False,
) -> Plan:
    """Return the plan for the rows of one list.

    default_host_pattern ("{slug}.example.gov.cn"; {slug} and {code}) gives a new portal without a host one.
    Raises ValueError for a pattern that makes no host or a status that can't be asked for.
    """
    if default_status not in ASKABLE_STATUSES:
        raise ValueError(f"default_status is {default_status!r}; it can be one of {', '.join(ASKABLE_STATUSES)}.")
    planner = _Planner(list(requests), list(refusals), present, default_host_pattern, default_status)
    planner.allow_local_hosts = allow_local_hosts
    return planner.plan()


@dataclass(slots=True)
class _Site:
    """One row on its way through the steps."""

    request: SiteRequest
    now: TenantState | None
    supervisor: str = ""
    mounted_under: str = ""
    host: str = ""
    mount: str = ""
    is_channel: bool = False
    site_code: str = ""
    template_version: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, on: str, msgid: str, /, **params: str | int) -> None:
        self.problems.append(Problem(self.request.row, on, msgid, params))

    def warn(self, on: str, msgid: str, /, **params: str | int) -> None:
        self.warnings.append(Problem(self.request.row, on, msgid, params))


class _Planner:
    """The steps of one plan, each over all rows: every step is linear in the number of rows."""

    def __init__(
        self,
        requests: list[SiteRequest],
        refusals: list[Refusal],
        present: Present,
        default_host_pattern: str,
        default_status: str,
    ) -> None:
        self.present = present
        self.refusals = refusals
        self.pattern = default_host_pattern
        self.default_status = default_status
        self.allow_local_hosts = False
        self.sites: dict[str, _Site] = {}
        self.doubles: list[_Site] = []
        self.refused_codes = {refusal.code: refusal.row for refusal in reversed(refusals) if refusal.code}
        self.refused_portals = {
            refusal.region_code: refusal.row
            for refusal in reversed(refusals)
            if refusal.kind in PORTAL_KINDS and refusal.region_code
        }
        self.portals: dict[str, str] = {}
        self.requests = requests
        self.carriers = {tenant.mounted_under_code for tenant in present.tenants.values()}

    def plan(self) -> Plan:
        self.take_codes()
        for site in self.sites.values():
            self.check_region(site)
            self.check_present(site)
            self.check_template(site)
        self.find_portals()
        self.give_hosts()
        self.check_unique_hosts()
        for site in self.sites.values():
            self.find_supervisor(site)
        order = self.in_supervision_order()
        for site in order:
            self.follow_supervisor(site)
        self.give_mounts(order)
        self.check_site_codes()
        for site in order:  # a row refused in the last steps takes its new subordinates with it
            self.follow_refusal(site)
        planned = [self.planned(site) for site in order if not site.problems]
        return Plan(tuple(site for site in planned if site is not None), self.all_refused())

    # Who is who ------------------------------------------------------------------------------------------------------

    def take_codes(self) -> None:
        """Give each code to the first row that has it."""
        known = {
            (tenant.region_code, tenant.name): tenant.code
            for tenant in self.present.tenants.values()
            if tenant.kind == "department"
        }
        for request in sorted(self.requests, key=lambda request: request.row):
            if request.code_is_derived and request.kind == "department" and request.code not in self.present.tenants:
                # The pinyin of a name may change with the dictionary; the department it belongs to must not.
                request = replace(request, code=known.get((request.region_code, request.name), request.code))
            site = _Site(request, self.present.tenants.get(request.code))
            if first := self.sites.get(request.code):
                site.refuse(
                    "code",
                    _("code '%(code)s' stands in row %(first)d already. Delete one of the rows or change its code."),
                    code=request.code,
                    first=first.request.row,
                )
                self.doubles.append(site)
            else:
                self.sites[request.code] = site

    def check_region(self, site: _Site) -> None:
        request = site.request
        region = self.present.regions.get(request.region_code)
        if region is None:
            site.refuse(
                "region_code",
                _("region '%(code)s' is not known. Load it with 'manage.py regions load', or correct the code."),
                code=request.region_code,
            )
        elif region.level not in (_DEPARTMENT_LEVELS if request.kind == "department" else (request.kind,)):
            site.refuse(
                "region_code",
                _("a site of kind '%(kind)s' can't stand in %(name)s (%(code)s), a region of level '%(level)s'."),
                kind=request.kind,
                name=region.name,
                code=region.code,
                level=region.level,
            )

    def check_present(self, site: _Site) -> None:
        request, now = site.request, site.now
        if now is None:
            if request.status and request.status not in ASKABLE_STATUSES:
                site.refuse(
                    "status",
                    _("a new site can't be '%(status)s'. Write one of: %(offered)s."),
                    status=request.status,
                    offered=", ".join(ASKABLE_STATUSES),
                )
            return
        if now.kind != request.kind:
            site.refuse(
                "kind",
                _(
                    "'%(code)s' is of kind '%(old)s' and can't become '%(new)s'. Open a new site with another code, and"
                    " close this one with '%(command)s'."
                ),
                code=now.code,
                old=now.kind,
                new=request.kind,
                command=LIFECYCLE_COMMAND,
            )
        if request.status and request.status != now.status:
            site.warn(
                "status",
                _("the status stays '%(old)s'. To make it '%(new)s', use '%(command)s'."),
                old=now.status,
                new=request.status,
                command=LIFECYCLE_COMMAND,
            )

    def check_template(self, site: _Site) -> None:
        request, now = site.request, site.now
        if now is not None:
            site.template_version = now.template_version
            if request.template_version not in (None, now.template_version):
                site.warn(
                    "template_version",
                    _("the template stays at version %(old)d. To roll out version %(new)d, use '%(command)s'."),
                    old=now.template_version,
                    new=request.template_version or 0,
                    command=ROLLOUT_COMMAND,
                )
            return
        versions = self.present.template_versions.get(request.kind) or ()
        if not versions:
            site.refuse("kind", _("there is no column template for kind '%(kind)s'."), kind=request.kind)
        elif request.template_version is not None and request.template_version not in versions:
            site.refuse(
                "template_version",
                _("template '%(kind)s' has no version %(version)d, only %(versions)s."),
                kind=request.kind,
                version=request.template_version,
                versions=", ".join(map(str, sorted(versions))),
            )
        else:
            site.template_version = request.template_version or max(versions)

    def find_portals(self) -> None:
        """Note the one portal of each region and the one site of each town; refuse a second one."""
        towns: dict[str, str] = {}
        for tenant in self.present.tenants.values():
            moved = self.sites.get(tenant.code)
            if tenant.kind != "department" and tenant.status != "closed":
                if moved is not None and moved.request.region_code != tenant.region_code:
                    continue
                (towns if tenant.kind == "town" else self.portals)[tenant.region_code] = tenant.code
        for code, site in self.sites.items():
            request = site.request
            region = self.present.regions.get(request.region_code)
            if request.kind == "department" or region is None or region.level != request.kind:
                continue
            owner = (towns if request.kind == "town" else self.portals).setdefault(request.region_code, code)
            if owner != code:
                site.refuse(
                    "region_code",
                    _("region '%(region)s' has the site '%(owner)s' already. Use that code to change it."),
                    region=request.region_code,
                    owner=owner,
                )

    # Addresses -------------------------------------------------------------------------------------------------------

    def give_hosts(self) -> None:
        """Settle which sites have their own host; a new portal without one gets the default host."""
        made = self.default_hosts() if self.pattern else {}
        for code, site in self.sites.items():
            request, now = site.request, site.now
            if request.host or (now is not None and now.host and not request.mount):
                site.host = request.host or (now.host if now is not None else "")
                if request.host and request.kind == "town" and (now is None or not now.host):
                    site.warn(
                        "host", _("a town or street normally has a path below its county and no host of its own.")
                    )
            elif request.kind in PORTAL_KINDS:
                site.host = made.get(code, "")
                if not site.host:
                    site.refuse("host", _("a portal needs a host. Write one such as www.example.gov.cn."))
            else:
                site.is_channel = True
                if now is not None and now.host and code in self.carriers:
                    site.refuse("mount", _("sites are mounted below '%(code)s', so it must keep a host."), code=code)

    def default_hosts(self) -> dict[str, str]:
        """Return a host for each portal without one; portals of the same name get their code behind it."""
        groups: dict[str, list[str]] = defaultdict(list)
        for code, site in self.sites.items():
            if site.request.kind in PORTAL_KINDS and not site.request.host:
                groups[site.request.slug or code.lower()].append(code)
        asked = {site.request.host for site in self.sites.values()}
        hosts = {}
        for slug, codes in groups.items():
            for code in codes:
                if self.sites[code].now is not None:
                    continue
                host = self.host_from_pattern(slug, code)
                taken = host in asked or host in self.present.hosts or host in self.present.former_hosts
                hosts[code] = (
                    self.host_from_pattern(f"{slug}-{code.lower()}", code) if len(codes) > 1 or taken else host
                )
        return hosts

    def host_from_pattern(self, slug: str, code: str) -> str:
        try:
            return clean_host(self.pattern.format(slug=slug, code=code.lower()), allow_local=self.allow_local_hosts)
        except (KeyError, IndexError, ValueError) as error:
            reason = str(error) if isinstance(error, HostError) else "it may hold {slug} and {code}"
            raise ValueError(f"default_host_pattern {self.pattern!r} makes no host: {reason}") from error

    def check_unique_hosts(self) -> None:
        first: dict[str, _Site] = {}
        for code, site in self.sites.items():
            host = site.host
            if not host:
                continue
            if (owner := self.present.hosts.get(host, code)) != code:
                site.refuse("host", _("'%(host)s' is the host of '%(owner)s' already."), host=host, owner=owner)
            elif (owner := self.present.former_hosts.get(host, code)) != code:
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

    # Supervision -----------------------------------------------------------------------------------------------------

    def find_supervisor(self, site: _Site) -> None:
        """Settle the supervising tenant: the one asked for, the present one, or the nearest portal above."""
        request, now = site.request, site.now
        if asked := request.supervisor_code:
            for code in (asked, canonical_region_code(asked)):
                if code in self.sites or code in self.present.tenants:
                    site.supervisor = code
                    break
                if row := self.refused_codes.get(code):
                    self.refuse_with_supervisor(site, code, row)
                    return
            if not site.supervisor:
                site.refuse(
                    "supervisor_code",
                    _("supervisor '%(code)s' is neither in the list nor among the sites."),
                    code=asked,
                )
                return
            self.check_rank(site)
        elif now is not None:
            site.supervisor = now.supervisor_code
        else:
            self.default_supervisor(site)

    def default_supervisor(self, site: _Site) -> None:
        region = self.present.regions.get(site.request.region_code)
        if region is None:
            return
        start = region.code if site.request.kind == "department" else region.parent_code
        code, seen = start, set[str]()
        while code and code not in seen:
            seen.add(code)
            if (owner := self.portals.get(code)) and owner != site.request.code:
                site.supervisor = owner
                if code != start:
                    site.warn(
                        "supervisor_code",
                        _("region '%(region)s' has no portal yet: '%(owner)s' supervises this site."),
                        region=start,
                        owner=owner,
                    )
                return
            if row := self.refused_portals.get(code):
                self.refuse_with_supervisor(site, code, row)
                return
            above = self.present.regions.get(code)
            code = above.parent_code if above else ""

    def check_rank(self, site: _Site) -> None:
        """Refuse a supervisor of a lower level: a county can't stand under a town."""
        other = self.sites.get(site.supervisor)
        state = self.present.tenants.get(site.supervisor)
        region_code = other.request.region_code if other else state.region_code if state else ""
        above, own = self.present.regions.get(region_code), self.present.regions.get(site.request.region_code)
        if above and own and _LEVEL_RANKS[above.level] > _LEVEL_RANKS[own.level]:
            site.refuse(
                "supervisor_code",
                _("'%(code)s' is of level '%(level)s' and can't supervise a site of level '%(own)s'."),
                code=site.supervisor,
                level=above.level,
                own=own.level,
            )

    def refuse_with_supervisor(self, site: _Site, code: str, row: int) -> None:
        site.refuse(
            "supervisor_code",
            _("its supervisor '%(code)s' in row %(other)d is refused. Correct that row first."),
            code=code,
            other=row,
        )

    def in_supervision_order(self) -> list[_Site]:
        """Return the rows, each after its supervisor's; rows that supervise each other in a circle are refused."""
        depths: dict[str, int] = {}
        for start in self.sites:
            path: list[str] = []
            on_path: dict[str, int] = {}
            code = start
            while code and code not in depths:
                if code in on_path:
                    self.refuse_circle(path[on_path[code] :])
                    break
                on_path[code] = len(path)
                path.append(code)
                code = self.supervisor_of(code)
            depth = depths.get(code, -1)
            for step in reversed(path):
                depth += 1
                depths[step] = depth
        return sorted(self.sites.values(), key=lambda site: (depths[site.request.code], site.request.row))

    def supervisor_of(self, code: str) -> str:
        if site := self.sites.get(code):
            return site.supervisor
        tenant = self.present.tenants.get(code)
        return tenant.supervisor_code if tenant else ""

    def refuse_circle(self, circle: list[str]) -> None:
        size = len(circle)
        for index, code in enumerate(circle):
            if site := self.sites.get(code):
                shown = [circle[(index + step) % size] for step in range(min(size, _SHOWN_OF_CIRCLE))]
                way = " → ".join([*shown, *(["…"] if size > _SHOWN_OF_CIRCLE else []), code])
                site.refuse("supervisor_code", _("supervision runs in a circle: %(way)s."), way=way)

    def follow_refusal(self, site: _Site) -> bool:
        """Refuse the row if its supervisor's or its portal's row is refused and the tenant is not there yet."""
        for code in {site.supervisor, site.mounted_under} - {""}:
            above = self.sites.get(code)
            if above is not None and above.problems and above.now is None:
                if not site.problems:
                    self.refuse_with_supervisor(site, code, above.request.row)
                return True
        return False

    def follow_supervisor(self, site: _Site) -> None:
        """Settle below which site a channel site is mounted: the nearest one above that has a host."""
        if self.follow_refusal(site):
            return
        self.check_supervisor_open(site)
        if not site.is_channel:
            return
        now = site.now
        if now is not None and now.mounted_under_code and site.supervisor == now.supervisor_code:
            site.mounted_under = now.mounted_under_code
            return
        site.mounted_under = self.registered_from(site.supervisor)
        if not site.mounted_under and not site.problems:
            site.refuse(
                "mount",
                _(
                    "no site above it has a host under which it could be mounted. Open its county's portal first, or"
                    " write a host."
                ),
            )

    def registered_from(self, code: str) -> str:
        """Return the tenant itself if it has a host, otherwise the one it is mounted under."""
        above = self.sites.get(code)
        if above is not None and not (above.problems and above.now is not None):
            return code if above.host else above.mounted_under
        state = self.present.tenants.get(code)
        if state is None:
            return ""
        return code if state.host else state.mounted_under_code

    def check_supervisor_open(self, site: _Site) -> None:
        state = self.present.tenants.get(site.supervisor)
        if state is None or state.status != "closed" or (site.now and site.now.supervisor_code == site.supervisor):
            return
        site.refuse("supervisor_code", _("its supervisor '%(code)s' is closed. Name another."), code=site.supervisor)

    # Mounts and site codes -------------------------------------------------------------------------------------------

    def give_mounts(self, order: list[_Site]) -> None:
        """Give each channel site its path: the one asked for, the present one, or one made from the name.

        Sites whose names make the same path below one portal all get the end of their code behind it, whatever the
        order of the rows; the rows that are applied already count too, or a second run would decide otherwise.
        """
        taken: dict[tuple[str, str], _Site] = {}
        groups: dict[tuple[str, str], list[_Site]] = defaultdict(list)
        for site in order:
            if not (site.is_channel and site.mounted_under):
                continue
            now_mount = site.now.mount if site.now is not None else ""
            if site.request.mount:
                site.mount = site.request.mount
                self.take_mount(site, taken)
                continue
            groups[site.mounted_under, site.request.slug or site.request.code.lower()].append(site)
            if now_mount and self.is_free(site.mounted_under, now_mount, site, taken):
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
                site.mount = next((mount for mount in tries if self.is_free(parent, mount, site, taken)), last)
                self.take_mount(site, taken)

    def is_free(self, parent: str, mount: str, site: _Site, taken: Mapping[tuple[str, str], _Site]) -> bool:
        code = site.request.code
        keeps = site.now is not None and (site.now.mounted_under_code, site.now.mount) == (parent, mount)
        return (
            (keeps or (mount not in RESERVED and mount not in self.present.reserved_mounts))
            and self.present.mounts.get((parent, mount), code) == code
            and self.present.former_mounts.get((parent, mount), code) == code
            and taken.get((parent, mount), site) is site
        )

    def take_mount(self, site: _Site, taken: dict[tuple[str, str], _Site]) -> None:
        key, code = (site.mounted_under, site.mount), site.request.code
        keeps = site.now is not None and (site.now.mounted_under_code, site.now.mount) == key
        if site.mount in self.present.reserved_mounts and not keeps:
            site.refuse("mount", _("'%(value)s' is the address of a column there. Choose another."), value=site.mount)
        elif (owner := self.present.mounts.get(key, code)) != code:
            site.refuse(
                "mount",
                _("path '%(mount)s' below '%(parent)s' belongs to '%(owner)s' already."),
                mount=site.mount,
                parent=site.mounted_under,
                owner=owner,
            )
        elif (owner := self.present.former_mounts.get(key, code)) != code:
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

    def check_site_codes(self) -> None:
        """Refuse a site code that another site has; a channel site that repeats its portal's just inherits it."""
        owners = {tenant.site_code: tenant.code for tenant in self.present.tenants.values() if tenant.site_code}
        first: dict[str, _Site] = {}
        for code, site in self.sites.items():
            site_code = site.request.site_code
            if site_code and site.is_channel and site_code == self.site_code_of(site.mounted_under):
                site.warn(
                    "site_code", _("the site code is that of '%(owner)s' and is inherited."), owner=site.mounted_under
                )
                continue
            site.site_code = site_code
            if not site_code:
                continue
            if (owner := owners.get(site_code, code)) != code:
                site.refuse(
                    "site_code", _("site code '%(value)s' belongs to '%(owner)s'."), value=site_code, owner=owner
                )
            elif (earlier := first.setdefault(site_code, site)) is not site:
                site.refuse(
                    "site_code",
                    _("site code '%(value)s' stands in row %(first)d already."),
                    value=site_code,
                    first=earlier.request.row,
                )

    def site_code_of(self, code: str) -> str:
        site, state = self.sites.get(code), self.present.tenants.get(code)
        return (site.request.site_code if site else "") or (state.site_code if state else "")

    # Outcome ---------------------------------------------------------------------------------------------------------

    def planned(self, site: _Site) -> PlannedSite | None:
        request, now = site.request, site.now
        resolved = replace(
            request,
            supervisor_code=site.supervisor,
            host=site.host,
            mount=site.mount,
            mounted_under_code=site.mounted_under,
            site_code=site.site_code or (now.site_code if now is not None else ""),
            status=now.status if now is not None else request.status or self.default_status,
            theme=_stored_theme(request.theme, now),
            template_version=site.template_version,
            **_kept(request, now),
        )
        if now is None:
            return PlannedSite(request.row, "create", resolved, {}, tuple(site.warnings))
        changes = {
            name: (getattr(now, name), getattr(resolved, name))
            for name in COMPARED
            if getattr(now, name) != getattr(resolved, name)
        }
        if changes and now.status == "closed":
            site.refuse(
                "status",
                _("'%(code)s' is closed and can't change. Re-open it first with '%(command)s'."),
                code=now.code,
                command=LIFECYCLE_COMMAND,
            )
            return None
        return PlannedSite(request.row, "change" if changes else "unchanged", resolved, changes, tuple(site.warnings))

    def all_refused(self) -> tuple[RefusedRow, ...]:
        refused = [RefusedRow(each.row, each.code, each.name, each.problems) for each in self.refusals]
        for site in (*self.sites.values(), *self.doubles):
            if site.problems:
                request = site.request
                refused.append(RefusedRow(request.row, request.code, request.name, tuple(site.problems)))
        return tuple(sorted(refused, key=lambda each: each.row))


_TEXTS = (
    "undertaker", "address", "office_hours", "icp_filing", "police_filing", "contact_name", "contact_post",
    "contact_phone", "leader_name", "leader_post", "leader_phone",
)  # fmt: skip


def _kept(request: SiteRequest, now: TenantState | None) -> dict[str, Any]:
    """Return the plain fields, with the present value where the row is empty."""
    if now is None:
        return {"short_name": request.short_name or default_short_name(request.name)}
    kept: dict[str, Any] = {name: getattr(now, name) for name in _TEXTS if not getattr(request, name)}
    kept["short_name"] = request.short_name or now.short_name
    kept["opened_on"] = request.opened_on or now.opened_on
    return kept


def _stored_theme(asked: str, now: TenantState | None) -> str:
    if not asked:
        return now.theme if now is not None else ""
    return "" if asked == "red" else asked


def _tail(code: str) -> str:
    """Return what tells a code from its neighbours': a town's last three digits, a department's region."""
    first, _hyphen, rest = code.lower().partition("-")
    return first[-3:] if not rest and first.isdigit() else first


def _with_tail(slug: str, tail: str) -> str:
    return f"{slug[: max(1, 39 - len(tail))].rstrip('-')}-{tail}"[:40].rstrip("-")
