"""The queue's own housekeeping at its time."""

from __future__ import annotations

from django.utils import timezone

from tenants.tasks import durable, queue
from tenants.tasks.timer import every_day


@durable(tries=2, first_wait_seconds=600, quick=True)
def prune_tasks() -> int:
    """Delete the rows of tasks that ended long ago; returns how many."""
    return queue.prune(timezone.now())


every_day(prune_tasks, hour=3)
