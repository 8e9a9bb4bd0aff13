"""What must happen at its time: work every minute or every day, retries that are due, tasks whose process died.

Several processes may tick side by side: work of a minute (or a day) is enqueued under a key that names the minute, so
one of them wins and the others find it there.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks.base import Task

from tenants.tasks import queue
from tenants.tasks.keys import once
from tenants.tasks.lanes import LANES, attempt, lanes

TICK_SECONDS = 15


@dataclass
class Timed:
    task: Task
    hour: int | None  # None: every minute; else once a day, from this hour (Asia/Shanghai) on
    last_key: str = field(default="")

    def key_at(self, now: datetime) -> str:
        """Return the name of the period that `now` is in; "" where the work is not due in it yet."""
        local = timezone.localtime(now)
        if self.hour is None:
            return f"{local:%Y-%m-%dT%H:%M}"
        return f"{local:%Y-%m-%d}" if local.hour >= self.hour else ""


_timed: list[Timed] = []


def every_minute(task: Task) -> Task:
    """Have the task enqueued every minute. Called in an application's `timed` module."""
    _timed.append(Timed(task, None))
    return task


def every_day(task: Task, *, hour: int) -> Task:
    """Have the task enqueued once a day, from `hour` o'clock on."""
    _timed.append(Timed(task, hour))
    return task


def load() -> None:
    """Import the `timed` modules of all applications."""
    autodiscover_modules("timed")


def tick(now: datetime) -> None:
    """Do what is due: sweep up what dead processes left, and enqueue the work of this minute and this day."""
    queue.take_up_again(now)
    for timed in _timed:
        key = timed.key_at(now)
        if key and key != timed.last_key:
            once(timed.task, key)
            timed.last_key = key


def run(stop: threading.Event, *, wake: bool) -> None:
    """Tick until `stop` is set; `wake` also starts this process's own lanes where a task is ready."""
    load()
    while not stop.is_set():
        attempt(lambda: _beat(wake))
        connection.close()
        stop.wait(TICK_SECONDS)


def _beat(wake: bool) -> None:
    tick(timezone.now())
    if wake:
        for quick in LANES:
            if queue.ready(quick=quick).exists():
                lanes.wake(quick=quick)


def start(**options: Any) -> threading.Thread:
    """Start the timer in a thread of this process: the web process does where no worker runs."""
    thread = threading.Thread(target=run, args=(threading.Event(),), kwargs=options, name="timer", daemon=True)
    thread.start()
    return thread
