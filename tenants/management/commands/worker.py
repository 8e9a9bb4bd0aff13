"""Runs background tasks and the timer until it is stopped."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from tenants.tasks import timer
from tenants.tasks.lanes import LANES, attempt, drain


class Command(BaseCommand):
    help = (
        "Run background tasks: long work and quick work side by side, scheduled publishing and expiry every minute, "
        "and tasks that a killed process left. Several workers may run. SIGTERM lets running tasks end; a second one "
        "does not. Example: manage.py worker"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", action="store_true", help="do what is due and ready now, then exit")

    def handle(self, *, batch: bool, **options: Any) -> None:
        if batch:
            self._batch()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda caught, _frame: self._stopped(stop, caught))
        threads = [
            threading.Thread(target=_lane, kwargs={"quick": quick, "stop": stop}, daemon=True) for quick in LANES
        ]
        for thread in threads:
            thread.start()
        timer.run(stop, wake=False)
        for thread in threads:
            thread.join()

    def _batch(self) -> None:
        timer.load()
        timer.tick(timezone.now())
        done = sum(drain(quick=quick, stop=threading.Event()) for quick in LANES)
        self.stdout.write(f"{done} tasks run")

    def _stopped(self, stop: threading.Event, number: int) -> None:
        if stop.is_set():
            raise SystemExit(1)
        stop.set()


def _lane(*, quick: bool, stop: threading.Event) -> None:
    while not stop.is_set():
        attempt(lambda: drain(quick=quick, stop=stop))
        stop.wait(1)
    connection.close()
