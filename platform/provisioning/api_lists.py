"""Endpoints of lists: plan, run, look at a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.errors import HttpError
from pydantic import ValidationError

from provisioning import api_schemas as schemas, runs, tasks
from provisioning.api_parts import MAX_PAGE, as_list, options_of, problem_out, said
from provisioning.console import queries
from provisioning.models import ProvisioningRun
from sites.doors.scripts import FAULTS, paged
from tenants.tables import MAX_FILE_BYTES

router = Router()
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


@router.post("/plan", response={200: schemas.PlanOut, **FAULTS}, openapi_extra=LIST_BODY)
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
                **said(site),
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


@router.post("/runs", response={202: schemas.RunOut, **FAULTS}, openapi_extra=LIST_BODY)
def run_list(request: HttpRequest) -> Status:
    """Record a list and carry it out in the background. Look at the run until its status is `finished`."""
    data, name, options = _handed_in(request)
    run, _planned = runs.create_run(data, name, by=request.user, options=options)
    return Status(202, _started(run, request))


@router.post("/runs/{number}/continue", response={202: schemas.RunOut, **FAULTS})
def continue_run(request: HttpRequest, number: int) -> Status:
    """Take up a run that was interrupted or failed; what it has done stays done."""
    return Status(202, _started(_run(number), request))


def _started(run: ProvisioningRun, request: HttpRequest) -> dict[str, Any]:
    if not queries.claim(run.pk, by=request.user):
        raise HttpError(409, _("This run has begun already."))
    tasks.apply_provisioning_run.enqueue(run.pk, request.user.pk)
    return schemas.run_out(_run(run.pk))


@router.get("/runs", response={200: schemas.RunPage, **FAULTS})
def list_runs(
    request: HttpRequest,
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    return paged(ProvisioningRun.objects.defer("data"), page, page_size, schemas.run_out)


@router.get("/runs/{number}", response={200: schemas.RunOut, **FAULTS})
def get_run(request: HttpRequest, number: int) -> dict[str, Any]:
    return schemas.run_out(_run(number))


@router.get("/runs/{number}/rows", response={200: schemas.RunRowPage, **FAULTS})
def list_run_rows(
    request: HttpRequest,
    number: int,
    show: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """Rows of a run; `show`: create, change, created, changed, unchanged, refused, failed, warnings or open."""
    return paged(queries.rows_of(_run(number), show), page, page_size, schemas.row_out)


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
            return file.read(), file.name or "file", options_of(chosen)
        given = schemas.ListIn.model_validate(_json(request))
    except RequestDataTooBig:
        raise HttpError(413, _("The body is too large. Send the list as a file.")) from None
    except MultiPartParserError as error:
        raise HttpError(400, _("The body cannot be read: %(reason)s") % {"reason": str(error)}) from error
    except ValidationError as error:
        errors = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:10])
        raise HttpError(422, errors) from error
    return as_list(given.rows), "api.json", options_of(given)


def _json(request: HttpRequest) -> Mapping[str, Any]:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise HttpError(400, _("The body cannot be read: %(reason)s") % {"reason": str(error)}) from error
