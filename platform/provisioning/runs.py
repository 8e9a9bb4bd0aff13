"""Runs of opening sub-sites (开站): a list comes in, a plan is shown, the plan is carried out, every row is answered for.

The command, the admin and the API all come through here. Nothing is stored for a dry run. A run keeps its list, so it
can be taken up again after a crash: planning anew finds what is already done.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from provisioning.apply import Applier, Outcome, batches
from provisioning.models import ProvisioningRun, RunRow, RunStatus
from provisioning.plan import Plan, PlannedSite, plan
from provisioning.present import read_present
from provisioning.request_words import HEADERS
from provisioning.requests import Refusal, SiteRequest, parse_request
from tenants.exclusive import Busy, exclusive
from tenants.tables import RawRow, TableError
from tenants.tables.reading import read_table

LOCK = "provisioning"
# A list that was looked at and never carried out is no record of anything; it goes after a while.
KEEP_PLANNED_DAYS = 30
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Options:
    """How a list is read: the host of a portal that names none, the state new sites get, optional columns or not."""

    host_pattern: str = ""
    status: str = "trial"
    with_optional: bool = False


class RunError(Exception):
    """Raised with a sentence for the operator where a run cannot be made or started."""


def read_rows(data: bytes, name: str) -> tuple[RawRow, ...]:
    """Return the rows of an uploaded list. Raises RunError with a translated sentence."""
    try:
        return read_table(data, name, HEADERS).rows
    except TableError as error:
        raise RunError(gettext(error.msgid) % error.params) from error


def plan_rows(rows: Iterable[RawRow], options: Options) -> Plan:
    """Return the plan for rows against what there is now. Raises RunError for a host pattern that makes no host."""
    requests: list[SiteRequest] = []
    refusals: list[Refusal] = []
    for raw in rows:
        parsed = parse_request(raw, allow_local_hosts=settings.LOCAL_HOSTS)
        (refusals if isinstance(parsed, Refusal) else requests).append(parsed)  # type: ignore[arg-type]
    try:
        return plan(
            requests,
            refusals,
            read_present(),
            default_host_pattern=options.host_pattern,
            default_status=options.status,
            allow_local_hosts=settings.LOCAL_HOSTS,
        )
    except ValueError as error:
        raise RunError(str(error)) from error


def create_run(data: bytes, name: str, *, by: Any, options: Options) -> tuple[ProvisioningRun, Plan]:
    """Store a list with its plan and return both. Raises RunError for a list that cannot be read."""
    planned = plan_rows(read_rows(data, name), options)
    forgotten = timezone.now() - timedelta(days=KEEP_PLANNED_DAYS)
    with transaction.atomic():
        ProvisioningRun.objects.filter(status=RunStatus.PLANNED, created_at__lt=forgotten).delete()
        run = ProvisioningRun.objects.create(
            source_name=name[:200],
            file_hash=hashlib.sha256(data).hexdigest(),
            data=data,
            options=vars(options),
            started_by=by,
            total=len(planned.rows),
            counts=planned.counts,
        )
        store_plan(run, planned)
    return run, planned


def store_plan(run: ProvisioningRun, planned: Plan, done: Mapping[str, RunRow] | None = None) -> None:
    """Write the rows of a plan, in place of those of an earlier plan of the run. `done` are rows to keep, by code."""
    run.rows.all().delete()
    rows = []
    for site in planned.sites:
        row = RunRow(
            run=run,
            row=site.row,
            code=site.request.code,
            name=site.request.name,
            action=site.action,
            changes=_shown(site),
            warnings=[warning.say(gettext) for warning in site.warnings],
        )
        if done and (kept := done.get(row.code)):
            row.action, row.outcome, row.changes, row.warnings = kept.action, kept.outcome, kept.changes, kept.warnings
        rows.append(row)
    rows += [
        RunRow(
            run=run,
            row=refused.row,
            code=refused.code[:40],
            name=refused.name[:100],
            action="refused",
            outcome="refused",
            problems=[problem.say(gettext) for problem in refused.problems],
        )
        for refused in planned.refused
    ]
    RunRow.objects.bulk_create(rows, batch_size=500)


def apply_run(run: ProvisioningRun, *, by: Any, progress: Progress = lambda done, total: None) -> ProvisioningRun:
    """Carry a run out from where it stands, and return it with its counts. One run at a time on the platform.

    Raises RunError where another run is under way. Any other error is noted on the run and raised again.
    """
    try:
        with exclusive(LOCK):
            return _apply(run, by=by, progress=progress)
    except Busy:
        raise RunError(busy_sentence()) from None


def busy_sentence() -> str:
    """Return the sentence that tells who holds the lock, waiting a moment for a run that has just taken it."""
    # A run that is claimed but has not begun is the one that asks, or waits like it.
    running = ProvisioningRun.objects.filter(status=RunStatus.RUNNING, started_at__isnull=False)
    for _attempt in range(20):
        if other := running.select_related("started_by").first():
            return gettext(
                "Another list is being opened just now (run %(run)s, %(file)s, by %(who)s). Wait until it has finished "
                "and start again: what it has opened by then will be unchanged."
            ) % {"run": other.pk, "file": other.source_name, "who": other.started_by or gettext("the command line")}
        time.sleep(0.1)
    return gettext("Another list is being opened just now. Wait until it has finished, and start again.")


def _apply(run: ProvisioningRun, *, by: Any, progress: Progress) -> ProvisioningRun:
    now = timezone.now()
    run.status, run.started_at, run.heartbeat_at, run.finished_at, run.error = RunStatus.RUNNING, now, now, None, ""
    run.started_by = by or run.started_by
    run.save(update_fields=["status", "started_at", "heartbeat_at", "finished_at", "error", "started_by"])
    try:
        _carry_out(run, by=by, progress=progress)
    except BaseException as error:
        sentence = str(error) if isinstance(error, RunError) else f"{type(error).__name__}: {error}"
        run.status, run.error, run.finished_at = RunStatus.FAILED, sentence, timezone.now()
        run.save(update_fields=["status", "error", "finished_at"])
        raise
    run.status, run.finished_at = RunStatus.FINISHED, timezone.now()
    run.save(update_fields=["status", "finished_at"])
    return run


def _carry_out(run: ProvisioningRun, *, by: Any, progress: Progress) -> None:
    options = Options(**run.options)
    # Planned again: between preview and start somebody else may have opened a part of the list.
    planned = plan_rows(read_rows(bytes(run.data), run.source_name), options)
    done = _done_before(run, planned)
    with transaction.atomic():
        _note_dead_runs(run)
        store_plan(run, planned, done)
        run.total = len(planned.rows)
        run.counts = {"created": 0, "changed": 0, "unchanged": 0, "failed": 0, "refused": len(planned.refused)}
        for row in done.values():
            run.counts[row.outcome] += 1
        run.done = len(planned.refused) + len(done)
        run.save(update_fields=["total", "counts", "done"])
    applier = Applier(by=by, with_optional=options.with_optional, record=lambda done: _record(run, done))
    progress(run.done, run.total)
    for outcomes in applier.apply([site for site in planned.sites if site.request.code not in done]):
        run.done += len(outcomes)
        for outcome in outcomes:
            run.counts[outcome.outcome] += 1
        run.heartbeat_at = timezone.now()
        run.save(update_fields=["done", "counts", "heartbeat_at"])
        progress(run.done, run.total)


def _done_before(run: ProvisioningRun, planned: Plan) -> dict[str, RunRow]:
    """Return the rows, by code, that this run itself brought where they are now, before it was interrupted."""
    made = {row.code: row for row in run.rows.filter(outcome__in=["created", "changed"])}
    return {
        site.request.code: made[site.request.code]
        for site in planned.sites
        if site.action == "unchanged" and site.request.code in made
    }


def _note_dead_runs(run: ProvisioningRun) -> None:
    """Whoever holds the lock is alone: other runs that seem to be under way died with their process."""
    dead = ProvisioningRun.objects.filter(status=RunStatus.RUNNING, started_at__isnull=False).exclude(pk=run.pk)
    dead.update(
        status=RunStatus.FAILED,
        error=gettext("It was interrupted. Take it up again, or hand in the list once more."),
        finished_at=F("heartbeat_at"),
    )


def _record(run: ProvisioningRun, outcomes: Sequence[Outcome]) -> None:
    """Note the outcomes of rows: by the row's number, in one statement a kind of outcome."""
    by_kind: dict[str, list[int]] = {}
    for outcome in outcomes:
        if outcome.sentence:
            run.rows.filter(row=outcome.site.row).update(outcome=outcome.outcome, problems=[outcome.sentence])
        else:
            by_kind.setdefault(outcome.outcome, []).append(outcome.site.row)
    for kind, numbers in by_kind.items():
        for part in batches(numbers, 500):  # type: ignore[arg-type]
            run.rows.filter(row__in=part).update(outcome=kind)


def provision_rows(rows: Sequence[Mapping[str, Any]], *, by: Any, options: Options, name: str) -> ProvisioningRun:
    """Open the sub-sites given as objects (a form, the API): stored as a JSON list, then carried out like a file."""
    import json

    data = json.dumps(list(rows), ensure_ascii=False, default=str).encode()
    run, _planned = create_run(data, name, by=by, options=options)
    return apply_run(run, by=by)


def _shown(site: PlannedSite) -> dict[str, list[Any]]:
    """Return what the plan's row shows: each changed field with old and new value; a new site's address."""
    if site.action == "create":
        request = site.request
        if request.host:
            return {"host": ["", request.host]}
        return {"mount": ["", f"{request.mounted_under_code}/{request.mount}"]}
    return {field: [_text(old), _text(new)] for field, (old, new) in site.changes.items()}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
