"""Endpoints of single sub-sites: list, look, open or change by code, and the steps of their lives."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.errors import HttpError

from provisioning import api_schemas as schemas, lifecycle, runs
from provisioning.api_parts import MAX_PAGE, Unfit, as_list, options_of, said
from provisioning.console import queries
from provisioning.requests import canonical_region_code
from sites import addresses
from sites.doors.scripts import FAULTS, paged
from tenants.models import Region, Tenant

router = Router()
# step -> the fields it takes besides the reason
STEP_FIELDS: dict[str, frozenset[str]] = {
    "rename": frozenset({"name", "short_name"}),
    "change_host": frozenset({"host"}),
    "change_mount": frozenset({"mount"}),
    "move": frozenset({"region_code", "supervisor_code", "mounted_under_code"}),
    "close": frozenset({"successor_code", "notice_days"}),
    "reopen": frozenset({"force"}),
}


def _tenants() -> QuerySet[Tenant]:
    return Tenant.objects.select_related("region", "supervisor", "mounted_under", "successor")


@router.get("/tenants", response={200: schemas.TenantPage, **FAULTS})
def list_tenants(
    request: HttpRequest,
    q: str = "",
    region: str = "",
    supervisor: str = "",
    kind: list[str] = Query([]),  # noqa: B008 - ninja's way to declare a repeated parameter
    status: list[str] = Query([]),  # noqa: B008
    template_version: int | None = None,
    conformance_below: float | None = Query(None, ge=0, le=1.01),
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """Sub-sites by filter, in the order of their codes."""
    rows = queries.search(_tenants(), q)
    if region:
        rows = queries.in_region(rows, region)
    if supervisor:
        rows = rows.filter(supervisor__code=supervisor)
    if kind:
        rows = rows.filter(kind__in=kind)
    if status:
        rows = rows.filter(status__in=status)
    if template_version is not None:
        rows = rows.filter(template_version=template_version)
    if conformance_below is not None:
        rows = rows.filter(conformance__lt=conformance_below)
    return paged(rows.order_by("code"), page, page_size, schemas.tenant_out)


@router.get("/tenants/{code}", response={200: schemas.TenantOut, **FAULTS})
def get_tenant(request: HttpRequest, code: str) -> dict[str, Any]:
    return schemas.tenant_out(_tenant(code))


def _tenant(code: str) -> Tenant:
    try:
        return _tenants().get(code=code)
    except Tenant.DoesNotExist:
        raise Http404(_("There is no sub-site with the code “%(code)s”.") % {"code": code[:40]}) from None


@router.put("/tenants/{code}", response={200: schemas.PutOut, 201: schemas.PutOut, **FAULTS})
def put_tenant(
    request: HttpRequest, code: str, site: schemas.SiteIn, with_optional: bool = False, host_pattern: str = ""
) -> Status:
    """Open the sub-site with this code, or change it to what the body says. The same body again: `unchanged`."""
    if site.code not in (None, "", code):
        raise HttpError(422, _("The code in the body is not the one in the address."))
    values = {**site.model_dump(mode="json", exclude_none=True), "code": code}
    options = options_of(schemas.OptionsIn(with_optional=with_optional, host_pattern=host_pattern))
    planned = runs.plan_rows(runs.read_rows(as_list([values]), "api.json"), options)
    if planned.refused:
        raise Unfit(list(planned.refused[0].problems))
    found = planned.sites[0]
    answer: dict[str, Any] = {"action": "unchanged", **said(found)}
    if found.action != "unchanged":
        if sentence := queries.busy():
            raise HttpError(409, sentence)
        run = runs.provision_rows([values], by=request.user, options=options, name="API")
        row = run.rows.get()
        if row.outcome not in {"created", "changed", "unchanged"}:
            raise HttpError(409, " ".join(row.problems) or _("The sub-site could not be opened."))
        answer |= {"action": row.outcome, "run": run.pk}
        addresses.refresh()
    answer["tenant"] = schemas.tenant_out(_tenant(found.request.code))
    return Status(201 if answer["action"] == "created" else 200, answer)


@router.post("/tenants/{code}/{step}", response={200: schemas.StepOut, **FAULTS})
def take_step(request: HttpRequest, code: str, step: str, given: schemas.StepIn | None = None) -> dict[str, Any]:
    """One step of a sub-site's life: open_trial, go_live, suspend, resume, rename, change_host, change_mount, move,
    close, finish_closing, cancel_closing, reopen. A step that was taken before answers `unchanged`."""
    action = step.replace("-", "_")
    if action not in lifecycle.TRANSITIONS:
        raise HttpError(404, _("There is no step “%(step)s”.") % {"step": step[:40]})
    tenant = _tenant(code)
    values = _step_values(action, given or schemas.StepIn())
    try:
        event = getattr(lifecycle, action)(tenant, by=request.user, **values)
    except lifecycle.NothingToDo as error:
        return {"action": "unchanged", "warnings": [str(error)], "tenant": schemas.tenant_out(_tenant(code))}
    addresses.refresh()
    return {
        "action": "done",
        "event": schemas.event_out(event),
        "warnings": list(getattr(event, "warnings", ())),
        "tenant": schemas.tenant_out(_tenant(code)),
    }


def _step_values(action: str, given: schemas.StepIn) -> dict[str, Any]:
    """Return what the step is called with: codes become rows. Raises HttpError for a field the step does not take."""
    told = {name: value for name, value in given.model_dump(exclude={"reason"}).items() if value is not None}
    if foreign := told.keys() - STEP_FIELDS.get(action, frozenset()):
        raise HttpError(
            422,
            _("The step “%(step)s” does not take: %(fields)s.")
            % {"step": action, "fields": ", ".join(sorted(foreign))},
        )
    needed = {"change_host": "host", "change_mount": "mount"}.get(action)
    if needed and not told.get(needed):
        raise HttpError(422, _("The step “%(step)s” needs: %(fields)s.") % {"step": action, "fields": needed})
    values: dict[str, Any] = {"reason": given.reason}
    for name, value in told.items():
        if name == "region_code":
            values["region"] = _named(Region, canonical_region_code(value))
        elif name.endswith("_code"):
            row = _named(Tenant, value) if value else None
            if row is not None or name == "supervisor_code":
                values[name.removesuffix("_code")] = row
        else:
            values[name] = value
    return values


def _named(model: type[Any], code: str) -> Any:
    row = model.objects.filter(code=code).first()
    if row is None:
        raise HttpError(422, _("There is no “%(text)s”. Write a code that the platform knows.") % {"text": code[:40]})
    return row
