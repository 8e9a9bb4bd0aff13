"""A task backend for the first run: long work goes on in a daemon thread, so that no worker must be started."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from django.db import close_old_connections, transaction
from django_tasks.backends.immediate import ImmediateBackend


class ThreadBackend(ImmediateBackend):
    """Runs each task in a thread of its own once the surrounding transaction has been committed."""

    def _execute_task(self, task_result: Any) -> None:
        run = partial(threading.Thread(target=self._run, args=(task_result,), daemon=True).start)
        transaction.on_commit(run)

    def _run(self, task_result: Any) -> None:
        close_old_connections()
        try:
            super()._execute_task(task_result)
        finally:
            close_old_connections()
