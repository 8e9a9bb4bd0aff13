"""The rows of one list on their way through the steps of a plan; every step is linear in their number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioning.plan_picture import Present, TenantState
from provisioning.requests import PORTAL_KINDS, Refusal, SiteRequest
from tenants.messages import _
from tenants.tables import Problem


@dataclass(slots=True)
class SiteRow:
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


@dataclass(slots=True)
class SiteRows:
    """What the steps share: the picture, the rows by code in the order of the list, and what the steps found out."""

    present: Present
    sites: dict[str, SiteRow]
    doubles: list[SiteRow]  # rows whose code an earlier row has
    refused_codes: Mapping[str, int]  # code -> row refused before the plan
    refused_portals: Mapping[str, int]  # region code -> row of its portal, refused before the plan
    portals: dict[str, str] = field(default_factory=dict)  # region code -> tenant code


def take_rows(requests: Iterable[SiteRequest], refusals: Sequence[Refusal], present: Present) -> SiteRows:
    """Return the rows, each code with the first row that has it."""
    rows = SiteRows(
        present=present,
        sites={},
        doubles=[],
        refused_codes={refusal.code: refusal.row for refusal in reversed(refusals) if refusal.code},
        refused_portals={
            refusal.region_code: refusal.row
            for refusal in reversed(refusals)
            if refusal.kind in PORTAL_KINDS and refusal.region_code
        },
    )
    known = {
        (tenant.region_code, tenant.name): tenant.code
        for tenant in present.tenants.values()
        if tenant.kind == "department"
    }
    for request in sorted(requests, key=lambda request: request.row):
        if request.code_is_derived and request.kind == "department" and request.code not in present.tenants:
            # The pinyin of a name may change with the dictionary; the department it belongs to must not.
            request = replace(request, code=known.get((request.region_code, request.name), request.code))
        site = SiteRow(request, present.tenants.get(request.code))
        if first := rows.sites.get(request.code):
            site.refuse(
                "code",
                _("code '%(code)s' stands in row %(first)d already. Delete one of the rows or change its code."),
                code=request.code,
                first=first.request.row,
            )
            rows.doubles.append(site)
        else:
            rows.sites[request.code] = site
    return rows
