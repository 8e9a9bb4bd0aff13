"""Who is at work on which background task: a lease that the running process renews and a killed one cannot."""

from __future__ import annotations

from django.db import models


class TaskLease(models.Model):
    """One running task. Once `until` has passed, its process is taken for dead and the task is taken up again."""

    task_id = models.UUIDField(primary_key=True)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.task_id} {self.holder}"
