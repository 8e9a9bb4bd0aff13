"""What the HTTP API takes and gives. Fields have the names of a site request, as in the lists' English headers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from provisioning.console import addresses, queries
from provisioning.models import ProvisioningRun, RunRow
from sites.doors.scripts import Strict
from tenants.models import LifecycleEvent, Tenant

PLAIN = (
    "code", "name", "short_name", "kind", "host", "mount", "site_code", "status", "undertaker", "address",
    "office_hours", "icp_filing", "police_filing", "contact_name", "contact_post", "contact_phone", "leader_name",
    "leader_post", "leader_phone", "theme", "opened_on", "closed_on", "notice_until", "suspended_reason",
    "template_version", "conformance",
)  # fmt: skip


class SiteIn(Strict):
    """A sub-site as asked for. What is left out is not said: a default for a new one, unchanged for one that exists."""

    name: str = Field(max_length=100)
    kind: str = Field(max_length=20, description="province, city, county, department or town")
    region_code: str = Field(max_length=12)
    code: str | None = Field(None, max_length=40, description="May be left out: the code stands in the address.")
    short_name: str | None = None
    supervisor_code: str | None = None
    host: str | None = None
    mount: str | None = None
    site_code: str | None = None
    status: str | None = Field(None, description="draft, trial or live; only for a new sub-site")
    undertaker: str | None = None
    address: str | None = None
    office_hours: str | None = None
    icp_filing: str | None = None
    police_filing: str | None = None
    contact_name: str | None = None
    contact_post: str | None = None
    contact_phone: str | None = None
    leader_name: str | None = None
    leader_post: str | None = None
    leader_phone: str | None = None
    opened_on: date | None = None
    theme: str | None = Field(None, description="red or blue")
    template_version: int | None = Field(None, ge=1)


class OptionsIn(Strict):
    host_pattern: str = Field("", max_length=253, description="Host of a portal that names none: {slug}.example.gov.cn")
    status: str = Field("trial", pattern="^(draft|trial|live)$")
    with_optional: bool = False


class ListIn(OptionsIn):
    """Rows as JSON. Keys are those of the lists, English or Chinese."""

    rows: list[dict[str, Any]] = Field(min_length=1)


class StepIn(Strict):
    """What a step of a sub-site's life needs; each step takes its own fields."""

    reason: str = Field("", max_length=200)
    name: str | None = None
    short_name: str | None = None
    host: str | None = None
    mount: str | None = None
    region_code: str | None = None
    supervisor_code: str | None = Field(None, description="An empty text takes the supervision away.")
    mounted_under_code: str | None = None
    successor_code: str | None = None
    notice_days: int | None = Field(None, ge=1, le=365)
    force: bool | None = None


class TenantOut(Schema):
    code: str
    name: str
    short_name: str
    kind: str
    region_code: str
    region_name: str
    supervisor_code: str
    mounted_under_code: str
    successor_code: str
    host: str
    mount: str
    url: str
    site_code: str
    status: str
    undertaker: str
    address: str
    office_hours: str
    icp_filing: str
    police_filing: str
    contact_name: str
    contact_post: str
    contact_phone: str
    leader_name: str
    leader_post: str
    leader_phone: str
    theme: str
    opened_on: date | None
    closed_on: date | None
    notice_until: date | None
    suspended_reason: str
    template_version: int
    conformance: float


class TenantPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[TenantOut]


class ProblemOut(Schema):
    row: int
    field: str
    text: str


class PutOut(Schema):
    action: str = Field(description="created, changed or unchanged")
    changes: dict[str, list[Any]] = {}
    warnings: list[str] = []
    run: int | None = None
    tenant: TenantOut


class EventOut(Schema):
    action: str
    at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class StepOut(Schema):
    action: str = Field(description="done or unchanged")
    event: EventOut | None = None
    warnings: list[str] = []
    tenant: TenantOut


class PlannedOut(Schema):
    row: int
    action: str
    code: str
    name: str
    address: str
    changes: dict[str, list[Any]]
    warnings: list[str]


class RefusedOut(Schema):
    row: int
    code: str
    name: str
    problems: list[ProblemOut]


class PlanOut(Schema):
    counts: dict[str, int]
    sites: list[PlannedOut]
    refused: list[RefusedOut]


class RunOut(Schema):
    id: int
    status: str
    interrupted: bool
    source_name: str
    file_hash: str
    total: int
    done: int
    counts: dict[str, int]
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[RunOut]


class RunRowOut(Schema):
    row: int
    code: str
    name: str
    action: str
    outcome: str
    changes: dict[str, list[Any]]
    problems: list[str]
    warnings: list[str]


class RunRowPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[RunRowOut]


def tenant_out(tenant: Tenant) -> dict[str, Any]:
    """Return a tenant as the API gives it; region, supervisor, holder and successor must be selected with it."""
    codes = {
        f"{name}_code": getattr(tenant, name).code if getattr(tenant, name) else ""
        for name in ("supervisor", "mounted_under", "successor")
    }
    return {
        **{name: getattr(tenant, name) for name in PLAIN},
        **codes,
        "region_code": tenant.region.code,
        "region_name": tenant.region.name,
        "url": addresses.public_url(tenant),
    }


def event_out(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "action": event.action,
        "at": event.at,
        "by": event.by.get_username() if event.by else "",
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
    }


def run_out(run: ProvisioningRun) -> dict[str, Any]:
    names = (
        "id", "status", "source_name", "file_hash", "total", "done", "counts", "error", "created_at", "started_at",
        "finished_at",
    )  # fmt: skip
    return {**{name: getattr(run, name) for name in names}, "interrupted": queries.is_interrupted(run)}


def row_out(row: RunRow) -> dict[str, Any]:
    names = ("row", "code", "name", "action", "outcome", "changes", "problems", "warnings")
    return {name: getattr(row, name) for name in names}
