"""The scripts' door (HTTP API) at /api/v1/, on the admin's hosts alone: bearer tokens of platform operators.

Tokens are Wagtail's own (settings, API tokens; or `manage.py api_tokens`). Endpoints parse, call and show, like the
console's views. A fault is application/problem+json with a sentence in `detail`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Status
from ninja.errors import HttpError, Throttled
from ninja.throttling import SimpleRateThrottle
from pydantic import ValidationError
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.api.v3.errors import problem_response, register_exception_handlers

from provisioning import api_schemas as schemas, lifecycle, runs, tasks
from provisioning.console import queries
from provisioning.console.problems import text_of
from provisioning.host_patterns import PatternError, clean_pattern
from provisioning.models import ProvisioningRun
from provisioning.plan import PlannedSite
from provisioning.requests import canonical_region_code
from provisioning.tables import MAX_FILE_BYTES, Problem
from sites import addresses
from tenants.memberships import is_operator
from tenants.models import Region, Tenant

logger = logging.getLogger("provisioning")
MAX_PAGE = 200
FAULTS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), schemas.Fault)
# step -> the fields it takes besides the reason
STEP_FIELDS: dict[str, frozenset[str]] = {
    "rename": frozenset({"name", "short_name"}),
    "change_host": frozenset({"host"}),
    "change_mount": frozenset({"mount"}),
    "move": frozenset({"region_code", "supervisor_code", "mounted_under_code"}),
    "close": frozenset({"successor_code", "notice_days"}),
    "reopen": frozenset({"force"}),
}


class OperatorToken(BearerTokenAuth):
    """Wagtail's bearer tokens, those of platform operators alone."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = super().authenticate(request, token)
        if found is not None and not is_operator(request.user):
            raise HttpError(403, _("This token's owner is no platform operator."))
        return found


class TokenThrottle(SimpleRateThrottle):
    """So many requests a minute from one token: a script that runs wild must not stop the console."""

    scope = "provisioning-api"

    def get_cache_key(self, request: HttpRequest) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}  # type: ignore[attr-defined]


THROTTLE = TokenThrottle("600/min")
api = NinjaAPI(
    title="Platform: sub-sites",
    version="1",
    description="Open, change and lead sub-sites. Writing is idempotent by the tenant's code.",
    urls_namespace="provisioning_api",
    auth=OperatorToken(),
    throttle=[THROTTLE],
    docs_url=None,  # the usual documentation page loads scripts from elsewhere
)
register_exception_handlers(api)


class Unfit(Exception):
    """Rows that cannot go through, with what is wrong in each field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@api.exception_handler(Unfit)
def _unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    errors = [problem_out(problem) for problem in error.problems]
    return problem_response(status=422, detail=" ".join(each["text"] for each in errors), errors=errors)


@api.exception_handler(runs.RunError)
def _run_error(request: HttpRequest, error: runs.RunError) -> HttpResponse:
    return problem_response(status=422, detail=str(error))


@api.exception_handler(lifecycle.LifecycleError)
def _refused(request: HttpRequest, error: lifecycle.LifecycleError) -> HttpResponse:
    return problem_response(status=409, detail=str(error))


@api.exception_handler(Throttled)
def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = problem_response(status=429, detail=_("Too many requests. Wait and go on more slowly."))
    response.headers["Retry-After"] = str(max(1, round(error.wait or 1)))
    return response


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("The API failed at %s", request.path, exc_info=error)
    return problem_response(status=500, detail=_("The platform failed. The log has the details."))


def problem_out(problem: Problem) -> dict[str, Any]:
    return {"row": problem.row, "field": problem.field, "text": text_of(problem)}


# Sub-sites -----------------------------------------------------------------------------------------------------------


def _tenants() -> QuerySet[Tenant]:
    return Tenant.objects.select_related("region", "supervisor", "mounted_under", "successor")


def _page(rows: QuerySet[Any], page: int, page_size: int, out: Any) -> dict[str, Any]:
    start = (page - 1) * page_size
    return {
        "count": rows.count(),
        "page": page,
        "page_size": page_size,
        "items": [out(row) for row in rows[start : start + page_size]],
    }


@api.get("/tenants", response={200: schemas.TenantPage, **FAULTS})
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
    return _page(rows.order_by("code"), page, page_size, schemas.tenant_out)


@api.get("/tenants/{code}", response={200: schemas.TenantOut, **FAULTS})
def get_tenant(request: HttpRequest, code: str) -> dict[str, Any]:
    return schemas.tenant_out(_tenant(code))


def _tenant(code: str) -> Tenant:
    try:
        return _tenants().get(code=code)
    except Tenant.DoesNotExist:
        raise Http404(_("There is no sub-site with the code “%(code)s”.") % {"code": code[:40]}) from None


@api.put("/tenants/{code}", response={200: schemas.PutOut, 201: schemas.PutOut, **FAULTS})
def put_tenant(
    request: HttpRequest, code: str, site: schemas.SiteIn, with_optional: bool = False, host_pattern: str = ""
) -> Status:
    """Open the sub-site with this code, or change it to what the body says. The same body again: `unchanged`."""
    if site.code not in (None, "", code):
        raise HttpError(422, _("The code in the body is not the one in the address."))
    values = {**site.model_dump(mode="json", exclude_none=True), "code": code}
    options = _options(schemas.OptionsIn(with_optional=with_optional, host_pattern=host_pattern))
    planned = runs.plan_rows(runs.read_rows(_as_list([values]), "api.json"), options)
    if planned.refused:
        raise Unfit(list(planned.refused[0].problems))
    found = planned.sites[0]
    answer: dict[str, Any] = {"action": "unchanged", **_said(found)}
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


def _said(site: PlannedSite) -> dict[str, Any]:
    return {
        "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in site.changes.items()},
        "warnings": [text_of(warning) for warning in site.warnings],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@api.post("/tenants/{code}/{step}", response={200: schemas.StepOut, **FAULTS})
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


# Lists ---------------------------------------------------------------------------------------------------------------

LIST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schemas.ListIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "XLSX, CSV or JSON"},
                        "host_pattern": {"type": "string"},
                        "status": {"type": "string", "enum": ["draft", "trial", "live"]},
                        "with_optional": {"type": "boolean"},
                    },
                }
            },
        },
    }
}


@api.post("/provisioning/plan", response={200: schemas.PlanOut, **FAULTS}, openapi_extra=LIST_BODY)
def plan_list(request: HttpRequest) -> dict[str, Any]:
    """What a list would do, row by row. Nothing is stored and nothing changes."""
    data, name, options = _handed_in(request)
    planned = runs.plan_rows(runs.read_rows(data, name), options)
    return {
        "counts": planned.counts,
        "sites": [
            {
                "row": site.row,
                "action": site.action,
                "code": site.request.code,
                "name": site.request.name,
                "address": site.request.host or f"{site.request.mounted_under_code}/{site.request.mount}",
                **_said(site),
            }
            for site in planned.sites
        ],
        "refused": [
            {
                "row": refused.row,
                "code": refused.code,
                "name": refused.name,
                "problems": [problem_out(problem) for problem in refused.problems],
            }
            for refused in planned.refused
        ],
    }


@api.post("/provisioning/runs", response={202: schemas.RunOut, **FAULTS}, openapi_extra=LIST_BODY)
def run_list(request: HttpRequest) -> Status:
    """Record a list and carry it out in the background. Look at the run until its status is `finished`."""
    data, name, options = _handed_in(request)
    run, _planned = runs.create_run(data, name, by=request.user, options=options)
    return Status(202, _started(run, request))


@api.post("/provisioning/runs/{number}/continue", response={202: schemas.RunOut, **FAULTS})
def continue_run(request: HttpRequest, number: int) -> Status:
    """Take up a run that was interrupted or failed; what it has done stays done."""
    return Status(202, _started(_run(number), request))


def _started(run: ProvisioningRun, request: HttpRequest) -> dict[str, Any]:
    if not queries.claim(run.pk, by=request.user):
        raise HttpError(409, _("This run has begun already."))
    tasks.apply_provisioning_run.enqueue(run.pk, request.user.pk)
    return schemas.run_out(_run(run.pk))


@api.get("/provisioning/runs", response={200: schemas.RunPage, **FAULTS})
def list_runs(
    request: HttpRequest,
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    return _page(ProvisioningRun.objects.defer("data"), page, page_size, schemas.run_out)


@api.get("/provisioning/runs/{number}", response={200: schemas.RunOut, **FAULTS})
def get_run(request: HttpRequest, number: int) -> dict[str, Any]:
    return schemas.run_out(_run(number))


@api.get("/provisioning/runs/{number}/rows", response={200: schemas.RunRowPage, **FAULTS})
def list_run_rows(
    request: HttpRequest,
    number: int,
    show: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """Rows of a run; `show`: create, change, created, changed, unchanged, refused, failed, warnings or open."""
    return _page(queries.rows_of(_run(number), show), page, page_size, schemas.row_out)


def _run(number: int) -> ProvisioningRun:
    return get_object_or_404(ProvisioningRun.objects.defer("data"), pk=number)


def _handed_in(request: HttpRequest) -> tuple[bytes, str, runs.Options]:
    """Return (data, name, options) of a list sent as JSON or as a file. Raises HttpError where it cannot be taken."""
    try:
        if request.content_type == "multipart/form-data":
            file = request.FILES.get("file")
            if file is None:
                raise HttpError(422, _("Send the list as the part “file”."))
            if file.size > MAX_FILE_BYTES:
                raise HttpError(413, _("The file is over %(limit)d MB. Split it.") % {"limit": MAX_FILE_BYTES >> 20})
            chosen = schemas.OptionsIn.model_validate(request.POST.dict())
            file.seek(0)
            return file.read(), file.name or "file", _options(chosen)
        given = schemas.ListIn.model_validate(_json(request))
    except RequestDataTooBig:
        raise HttpError(413, _("The body is too large. Send the list as a file.")) from None
    except MultiPartParserError as error:
        raise HttpError(400, _("The body cannot be read: %(reason)s") % {"reason": str(error)}) from error
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:10])
        raise HttpError(422, errors) from error
    return _as_list(given.rows), "api.json", _options(given)


def _json(request: HttpRequest) -> Mapping[str, Any]:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise HttpError(400, _("The body cannot be read: %(reason)s") % {"reason": str(error)}) from error


def _as_list(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _options(given: schemas.OptionsIn) -> runs.Options:
    try:
        return runs.Options(clean_pattern(given.host_pattern), given.status, given.with_optional)
    except PatternError as error:
        raise HttpError(422, str(error)) from error
