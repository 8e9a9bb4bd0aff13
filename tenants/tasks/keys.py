"""Idempotence keys: a task enqueued twice under one key is one task, because the key makes its id."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

_next_id: ContextVar[UUID | None] = ContextVar("next_task_id", default=None)


def new_id() -> UUID:
    """Return the id of the task that is being enqueued; the backend asks."""
    return _next_id.get() or uuid4()


def once(task: Task, key: str, *args: Any, **kwargs: Any) -> bool:
    """Enqueue the task unless it was already enqueued under `key`; return whether it was new.

    The key is remembered as long as the task's row: until it is pruned, a week after it ended.
    """
    task_id = uuid5(NAMESPACE_URL, f"{task.module_path}#{key}")
    token = _next_id.set(task_id)
    try:
        with transaction.atomic():
            task.enqueue(*args, **kwargs)
    except IntegrityError:
        if not DBTaskResult.objects.filter(pk=task_id).exists():
            raise
        return False
    finally:
        _next_id.reset(token)
    return True
