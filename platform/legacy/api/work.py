"""Endpoints that begin something: a transition, a step of it; stop and go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.errors import HttpError

from legacy import access, starting
from legacy.api import schemas
from legacy.api.parts import MAX_PAGE, earlier, hash_of, idempotency_key, in_scope, keep, once
from legacy.models import LegacyRun, Step, Transition
from legacy.opening import open_transition
from legacy.overview import summary
from sites.doors.scripts import FAULTS, paged
from sites.reach import scope_of
from tenants.scope import entered, tenant_scope

router = Router()
# Steps a script may start, and the options each takes.
STEP_OPTIONS: dict[str, frozenset[str]] = {
    Step.COLLECT: frozenset({"source", "start", "delay", "depth"}),
    Step.SURVEY: frozenset(),
    Step.EXTRACT: frozenset(),
    Step.LOAD: frozenset({"accept_proposals"}),
    Step.VERIFY: frozenset(),
}


@router.get("/transitions", response={200: schemas.TransitionPage, **FAULTS})
def list_transitions(
    request: HttpRequest,
    tenant: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """The transitions in the token's reach, the newest first."""
    with entered(scope_of(request.user)):
        rows = access.transitions_of(request.user).order_by("-pk")
        if tenant:
            rows = rows.filter(tenant__code=tenant)
        return paged(rows, page, page_size, _line)


def _line(row: Transition) -> dict[str, Any]:
    names = ("id", "code", "name", "hosts", "created_at")
    return {name: getattr(row, name) for name in names} | {"tenant": row.tenant.code}


@router.post("/transitions", response={200: schemas.TransitionOut, 201: schemas.TransitionOut, **FAULTS})
def create_transition(request: HttpRequest, given: schemas.TransitionIn) -> Status:
    """Begin to move an old site into a sub-site that the token's owner manages."""
    tenant = access.tenant_by_code(request.user, given.tenant)
    if tenant is None:
        raise HttpError(404, _("There is no sub-site with the code “%(code)s”.") % {"code": given.tenant[:40]})
    key, request_hash = idempotency_key(request), hash_of(request)
    with tenant_scope(tenant):
        if (held := earlier(tenant.pk, key, request_hash)) is not None:
            return held
        with transaction.atomic():
            made = open_transition(
                tenant, code=given.code, name=given.name, hosts=given.hosts, notes=given.notes, by=request.user
            )
            return keep(tenant.pk, made, key, request_hash, Status(201, summary(made)))


@router.get("/transitions/{code}", response={200: schemas.TransitionOut, **FAULTS})
def get_transition(request: HttpRequest, code: str) -> dict[str, Any]:
    """A transition with its phase and counts."""
    with in_scope(request, code) as found:
        return summary(found)


@router.post("/transitions/{code}/steps/{step}", response={202: schemas.RunOut, **FAULTS})
def start_step(request: HttpRequest, code: str, step: str, given: schemas.StepIn | None = None) -> Status:
    """Begin a step in the background: collect, survey, extract, load or verify. Look at the run until it has finished."""
    with in_scope(request, code) as found:
        if step not in STEP_OPTIONS:
            raise HttpError(404, _("There is no step “%(step)s”.") % {"step": step[:40]})
        options = (given or schemas.StepIn()).model_dump(exclude_none=True)
        if foreign := options.keys() - STEP_OPTIONS[step]:
            said = _("The step “%(step)s” does not take: %(fields)s.")
            raise HttpError(422, said % {"step": step, "fields": ", ".join(sorted(foreign))})
        if step == Step.COLLECT:
            options = {"source": "crawl", "start": [f"http://{host}/" for host in found.hosts], **options}
        return once(
            request,
            found,
            lambda: Status(202, schemas.run_out(starting.begin(found, step, by=request.user, label="API", **options))),
        )


@router.get("/transitions/{code}/runs", response={200: schemas.RunPage, **FAULTS})
def list_runs(
    request: HttpRequest,
    code: str,
    step: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """The runs of a transition, the newest first."""
    with in_scope(request, code) as found:
        rows = LegacyRun.objects.filter(transition=found)
        return paged(rows.filter(step=step) if step else rows, page, page_size, schemas.run_out)


@router.get("/transitions/{code}/runs/{number}", response={200: schemas.RunOut, **FAULTS})
def get_run(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    """How far a run is."""
    with in_scope(request, code) as found:
        return schemas.run_out(_run(found, number))


@router.get("/transitions/{code}/runs/{number}/lines", response={200: schemas.LinePage, **FAULTS})
def list_lines(
    request: HttpRequest,
    code: str,
    number: int,
    level: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(100, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """What a run said: notes, warnings, refusals (`level=refused`), errors."""
    with in_scope(request, code) as found:
        lines = _run(found, number).lines.order_by("pk")
        return paged(lines.filter(level=level) if level else lines, page, page_size, schemas.line_out)


@router.post("/transitions/{code}/runs/{number}/stop", response={200: schemas.RunOut, **FAULTS})
def stop_run(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    """Ask a run to stop after what it has in hand."""
    with in_scope(request, code) as found:
        starting.ask_to_stop(_run(found, number))
        return schemas.run_out(_run(found, number))


@router.post("/transitions/{code}/runs/{number}/continue", response={202: schemas.RunOut, **FAULTS})
def continue_run(request: HttpRequest, code: str, number: int) -> Status:
    """Take up a run that was stopped or failed; what it has done stays done."""
    with in_scope(request, code) as found:
        starting.go_on(_run(found, number))
        return Status(202, schemas.run_out(_run(found, number)))


def _run(transition: Transition, number: int) -> LegacyRun:
    found: LegacyRun = get_object_or_404(
        LegacyRun.objects.select_related("transition"), pk=number, transition=transition
    )
    return found
