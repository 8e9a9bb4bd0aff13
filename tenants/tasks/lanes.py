"""The threads of one process that run tasks: a lane for quick work, a lane for long work."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import Error as DatabaseError, close_old_connections, connection
from django_tasks.base import TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks_db.models import DBTaskResult

from tenants.tasks import queue

logger = logging.getLogger("tenants.tasks")

LANES = (True, False)  # quick, long


def drain(*, quick: bool, stop: threading.Event) -> int:
    """Run the lane's tasks one after the other until none is ready (or `stop` is set); return how many were run."""
    done = 0
    while not stop.is_set():
        holder = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid4().hex[:24]}"
        row = queue.claim(holder, quick=quick)
        if row is None:
            break
        run(row, holder)
        done += 1
    return done


def run(row: DBTaskResult, holder: str) -> None:
    """Run one claimed task under its lease and note how it ended. What the task raises does not come out."""
    try:
        task, result = row.task, row.task_result
        task_started.send(type(task.get_backend()), task_result=result)
        context = (TaskContext(task_result=result),) if task.takes_context else ()
        with _kept_alive(row, holder):
            value = task.call(*context, *result.args, **result.kwargs)
        ours = queue.finish(row, holder, value)
    except Exception as error:
        logger.exception("Task %s (%s) raised", row.pk, row.task_path)
        ours = queue.fail(row, holder, error)
    if not ours:
        logger.warning("Task %s (%s) ended after it had been given to another process", row.pk, row.task_path)
    elif row.status != "READY":
        task_finished.send(type(row.task.get_backend()), task_result=row.task_result)


@contextmanager
def _kept_alive(row: DBTaskResult, holder: str) -> Iterator[None]:
    """Renew the lease from a thread of its own while the task runs."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(queue.LEASE.total_seconds() / 4):
                try:
                    if not queue.renew(row, holder):
                        return
                except DatabaseError:
                    logger.warning("The lease of task %s could not be renewed", row.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Lanes:
    """Lanes that begin when they are woken and end when nothing is left: for a process that serves.

    Elsewhere (a command that ends in a moment would cut its own threads off) tasks stay in the queue for one that does.
    """

    def __init__(self) -> None:
        self._serving = False
        self._reset()
        os.register_at_fork(after_in_child=self._reset)  # threads do not go along into a forked process

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._asked: set[bool] = set()
        self._running: set[bool] = set()
        self._stop = threading.Event()

    def serve(self) -> None:
        """Let this process (and those forked from it) run tasks; config/wsgi.py says so."""
        self._serving = True

    def wake(self, *, quick: bool) -> None:
        with self._lock:
            self._asked.add(quick)
            if quick in self._running or not self._serving:
                return
            self._running.add(quick)
        threading.Thread(target=self._work, args=(quick,), name=f"lane-{quick}", daemon=True).start()

    def _work(self, quick: bool) -> None:
        while True:
            with self._lock:
                if quick not in self._asked:
                    self._running.discard(quick)
                    return
                self._asked.discard(quick)
            attempt(lambda: drain(quick=quick, stop=self._stop))
            connection.close()


def attempt(work: Callable[[], Any]) -> None:
    """Do a piece of a thread's endless work; what goes wrong is logged, and the thread goes on."""
    close_old_connections()
    try:
        work()
    except Exception:
        logger.exception("Background work stumbled")
        connection.close()


lanes = Lanes()
