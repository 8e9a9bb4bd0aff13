"""Long work in the background: what the console and the API start, and a worker or a thread carries out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django_tasks import task

from provisioning import rollouts, runs
from provisioning.console import fleet, queries
from provisioning.models import ProvisioningRun, RollOut, RollOutStatus, RunStatus
from tenants.models import User

logger = logging.getLogger("provisioning")


@task(backend="background")
def apply_provisioning_run(run_id: int, user_id: int | None) -> dict[str, Any]:
    """Carry out a claimed run and return its counts. What stops it is noted on the run, where the operator sees it."""
    run = ProvisioningRun.objects.get(pk=run_id)
    if run.status != RunStatus.RUNNING:
        return {}  # done by another task: whoever waited too long may have asked twice
    try:
        runs.apply_run(run, by=_person(user_id))
    except runs.RunError as error:
        queries.give_back(run_id, str(error))
        return {"error": str(error)}
    except Exception as error:
        # apply_run has noted its own failures; what failed before it began is noted here.
        logger.exception("Run %s failed", run_id)
        queries.give_back(run_id, f"{type(error).__name__}: {error}")
        return {"error": str(error)}
    return run.counts


@task(backend="background")
def roll_out_wave(rollout_id: int, user_id: int | None) -> dict[str, Any]:
    """Bring the next wave of a claimed roll-out to its template; returns the wave's receipt."""
    return _wave(rollouts.apply_wave, rollout_id, user_id)


@task(backend="background")
def undo_wave(rollout_id: int, user_id: int | None) -> dict[str, Any]:
    """Take the last wave of a claimed roll-out back; returns the receipt."""
    return _wave(rollouts.undo_last_wave, rollout_id, user_id)


def _wave(work: Callable[..., rollouts.WaveReceipt], rollout_id: int, user_id: int | None) -> dict[str, Any]:
    rollout = RollOut.objects.get(pk=rollout_id)
    if rollout.status != RollOutStatus.RUNNING:
        return {}  # done by another task: whoever waited too long may have asked twice
    try:
        return work(rollout, by=_person(user_id)).as_json()
    except Exception as error:
        logger.exception("Roll-out %s stopped", rollout_id)
        fleet.give_back(rollout, str(error))
        return {"error": str(error)}


def _person(user_id: int | None) -> User | None:
    return User.objects.filter(pk=user_id).first() if user_id else None
