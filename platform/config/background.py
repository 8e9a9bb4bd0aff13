"""The task backend: tasks wait in the database, and where no worker runs, this process's own threads take them up."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django_tasks_db.backend import DatabaseBackend

from tenants.tasks.keys import new_id
from tenants.tasks.policy import QUICK


class DurableBackend(DatabaseBackend):
    """Keeps each task as a row, with an id that a key may decide (`tenants.tasks.once`)."""

    def _get_id(self) -> Any:
        return new_id()


class ThreadBackend(DurableBackend):
    """Has a thread of this process run the task once the surrounding transaction has been committed."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        from tenants.tasks.lanes import lanes

        result = super().enqueue(task, args, kwargs)
        if task.run_after is None:  # what waits for its time is woken by the timer
            transaction.on_commit(partial(lanes.wake, quick=task.priority >= QUICK))
        return result
