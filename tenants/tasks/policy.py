"""How often a task is tried, and how long it waits in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django_tasks import task
from django_tasks.base import Task

BACKEND = "background"
QUICK, LONG = 50, 0  # priorities: quick work (mail, publishing) has a thread of its own and never waits for long work
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Policy:
    """`tries` counts every attempt, however it ended; the wait after the first is `first_wait` and doubles each time."""

    tries: int = 3
    first_wait: timedelta = timedelta(0)
    retry_errors: bool = False  # False: only a killed process makes another attempt; an error is final

    def wait_after(self, tries: int) -> timedelta:
        return min(self.first_wait * 2 ** min(tries - 1, 20), LONGEST_WAIT)


_policies: dict[str, Policy] = {}


def durable(*, tries: int, first_wait_seconds: int, quick: bool = False) -> Callable[[Callable[..., Any]], Task]:
    """Return a decorator that makes a module's function a task which is tried again after errors, too."""

    def made(function: Callable[..., Any]) -> Task:
        result: Task = task(backend=BACKEND, priority=QUICK if quick else LONG)(function)
        _policies[result.module_path] = Policy(tries, timedelta(seconds=first_wait_seconds), retry_errors=True)
        return result

    return made


def policy_of(task_path: str) -> Policy:
    """Return the policy of a task by its dotted path; a plain task's errors are final."""
    return _policies.get(task_path, Policy())
