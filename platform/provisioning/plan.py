"""The plan (计划) of a provisioning run: what each row creates, changes or leaves, and which rows are refused and why.

Pure: it reads a picture of what is there (Present) and changes nothing. The same rows give the same plan in any order,
and a plan made again after half of it was applied ends in the same sites: derived paths and hosts look at every row of
the list, the ones already applied too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from provisioning.plan_addresses import check_site_codes, check_unique_hosts, give_hosts, give_mounts
from provisioning.plan_checks import LIFECYCLE_COMMAND, check_present, check_region, check_template, find_portals
from provisioning.plan_picture import Present, TenantState
from provisioning.plan_rows import SiteRow, SiteRows, take_rows
from provisioning.plan_supervision import find_supervisor, follow_refusal, follow_supervisor, in_supervision_order
from provisioning.requests import ASKABLE_STATUSES, COMPARED, Refusal, SiteRequest, default_short_name
from tenants.messages import _
from tenants.tables import Problem


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


_REQUEST_FIELDS = tuple(item.name for item in fields(SiteRequest))
_TEXTS = (
    "undertaker", "address", "office_hours", "icp_filing", "police_filing", "contact_name", "contact_post",
    "contact_phone", "leader_name", "leader_post", "leader_phone",
)  # fmt: skip


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
    refusals = list(refusals)
    rows = take_rows(requests, refusals, present)
    for site in rows.sites.values():
        check_region(rows, site)
        check_present(site)
        check_template(rows, site)
    find_portals(rows)
    give_hosts(rows, default_host_pattern, allow_local=allow_local_hosts)
    check_unique_hosts(rows)
    for site in rows.sites.values():
        find_supervisor(rows, site)
    order = in_supervision_order(rows)
    for site in order:
        follow_supervisor(rows, site)
    give_mounts(rows, order)
    check_site_codes(rows)
    for site in order:  # a row refused in the last steps takes its new subordinates with it
        follow_refusal(rows, site)
    planned = [_planned(site, default_status) for site in order if not site.problems]
    return Plan(tuple(site for site in planned if site is not None), _all_refused(rows, refusals))


def _planned(site: SiteRow, default_status: str) -> PlannedSite | None:
    request, now = site.request, site.now
    resolved = replace(
        request,
        supervisor_code=site.supervisor,
        host=site.host,
        mount=site.mount,
        mounted_under_code=site.mounted_under,
        site_code=site.site_code or (now.site_code if now is not None else ""),
        status=now.status if now is not None else request.status or default_status,
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


def _all_refused(rows: SiteRows, refusals: Iterable[Refusal]) -> tuple[RefusedRow, ...]:
    refused = [RefusedRow(each.row, each.code, each.name, each.problems) for each in refusals]
    for site in (*rows.sites.values(), *rows.doubles):
        if site.problems:
            request = site.request
            refused.append(RefusedRow(request.row, request.code, request.name, tuple(site.problems)))
    return tuple(sorted(refused, key=lambda each: each.row))


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
