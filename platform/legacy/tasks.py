"""Long work in the background: what the console and the scripts' door start, and a worker or a thread carries out."""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone
from django_tasks import task

from legacy import steps
from legacy.models import LegacyRun, RunState
from legacy.running import RunRefused
from tenants.scope import tenant_scope

logger = logging.getLogger("legacy")


@task(backend="background")
def run_step(run_id: int, tenant_id: int) -> dict[str, Any]:
    """Carry out a run and return its counts. After a kill it is called again and goes on; an error is noted on the run."""
    with tenant_scope(tenant_id):
        row = LegacyRun.objects.select_related("transition").filter(pk=run_id).first()
        if row is None or row.state in (RunState.FINISHED, RunState.STOPPED, RunState.FAILED):
            return {}  # taken back, or done by another task
        try:
            steps.carry_out(row)
        except RunRefused as error:
            # Another run came first. What is at work by this very row stays as it is.
            LegacyRun.objects.filter(pk=run_id, state=RunState.WAITING).update(
                state=RunState.STOPPED, error=str(error), finished_at=timezone.now()
            )
            return {"error": str(error)}
        except Exception as error:
            logger.exception("Run %s (%s) failed", run_id, row.step)
            LegacyRun.objects.filter(pk=run_id, state=RunState.WAITING).update(
                state=RunState.FAILED, error=repr(error), finished_at=timezone.now()
            )
            return {"error": repr(error)}
        return dict(row.counts)
