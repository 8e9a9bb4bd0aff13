"""The queue's rows: claimed, renewed, ended, taken up again, pruned. Each step is one short transaction."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from tenants.models import TaskLease
from tenants.tasks.policy import BACKEND, QUICK, policy_of

logger = logging.getLogger("tenants.tasks")

LEASE = timedelta(seconds=90)
KEPT = timedelta(days=7)
FAILURES_KEPT = timedelta(days=60)
PRUNED_AT_ONCE = 5_000


class WorkerLost(RuntimeError):
    """The process that ran the task ended without a word, as often as the task may be tried."""


def _rows() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(backend_name=BACKEND)


def ready(*, quick: bool) -> QuerySet[DBTaskResult]:
    """Return the tasks of one lane that may begin now."""
    lane = {"priority__gte": QUICK} if quick else {"priority__lt": QUICK}
    return DBTaskResult.objects.ready().filter(backend_name=BACKEND, **lane)


def claim(holder: str, *, quick: bool) -> DBTaskResult | None:
    """Take the next task of the lane for `holder` (unique for each attempt) and give it a lease; None if there is none."""
    if not ready(quick=quick).exists():  # asked every second: without a lock
        return None
    with exclusive_transaction():
        row = ready(quick=quick).get_locked()
        if row is not None:
            row.claim(holder)
            until = timezone.now() + LEASE
            TaskLease.objects.update_or_create(task_id=row.pk, defaults={"holder": holder, "until": until})
    return row


def renew(row: DBTaskResult, holder: str) -> bool:
    """Make the lease last from now on; return False where the task is no longer this holder's."""
    held = TaskLease.objects.filter(task_id=row.pk, holder=holder)
    return held.update(until=timezone.now() + LEASE) == 1


def finish(row: DBTaskResult, holder: str, value: Any) -> bool:
    """Note the task's success. False: it was taken from this holder meanwhile, and another attempt counts."""
    with transaction.atomic():
        if not _let_go(row, holder):
            return False
        row.set_successful(normalize_json(value))
    return True


def fail(row: DBTaskResult, holder: str, error: BaseException) -> bool:
    """Note the attempt's error: the task waits for its next try, or has failed. False as in `finish`."""
    policy, tries = policy_of(row.task_path), len(row.worker_ids)
    with transaction.atomic():
        if not _let_go(row, holder):
            return False
        row.set_failed(error)
        if policy.retry_errors and tries < policy.tries:
            _put_back(row, timezone.now() + policy.wait_after(tries))
    return True


def take_up_again(now: datetime) -> int:
    """Put the tasks whose process is dead back into the queue, or fail those tried often enough; return how many.

    A row is locked and looked at again, so two sweeps at the same moment put it back once.
    """
    held = TaskLease.objects.filter(until__gte=now)
    lost = _rows().running().exclude(pk__in=held.values("task_id")).values_list("pk", flat=True)
    return sum(_take_up(pk, now) for pk in list(lost))


def _take_up(pk: Any, now: datetime) -> bool:
    with exclusive_transaction():
        row = _rows().running().select_for_update(skip_locked=True).filter(pk=pk).first()
        if row is None or TaskLease.objects.filter(task_id=pk, until__gte=now).exists():
            return False
        TaskLease.objects.filter(task_id=pk).delete()
        if len(row.worker_ids) < policy_of(_imported(row)).tries:
            _put_back(row, timezone.now())
            logger.warning("Task %s (%s) lost its process and is taken up again", pk, row.task_path)
        else:
            row.set_failed(WorkerLost(f"tried {len(row.worker_ids)} times"))
            logger.error("Task %s (%s) lost its process too often and has failed", pk, row.task_path)
    return True


def _imported(row: DBTaskResult) -> str:
    """Return the task's path after its module, which says its policy, has been imported."""
    try:
        return row.task.module_path
    except ImportError:  # an older version's task; its row still ends
        return row.task_path


def prune(now: datetime) -> int:
    """Delete the rows of tasks that ended long ago; return how many."""
    old = _rows().successful().filter(finished_at__lt=now - KEPT)
    failed = _rows().failed().filter(finished_at__lt=now - FAILURES_KEPT)
    return sum(_delete_some(rows) for rows in (old, failed))


def _delete_some(rows: QuerySet[DBTaskResult]) -> int:
    chosen = list(rows.order_by("finished_at").values_list("pk", flat=True)[:PRUNED_AT_ONCE])
    return DBTaskResult.objects.filter(pk__in=chosen).delete()[0]


def _let_go(row: DBTaskResult, holder: str) -> bool:
    return TaskLease.objects.filter(task_id=row.pk, holder=holder).delete()[0] == 1


def _put_back(row: DBTaskResult, run_after: datetime) -> None:
    row.status, row.run_after, row.finished_at = "READY", run_after, None
    row.save(update_fields=["status", "run_after", "finished_at"])
