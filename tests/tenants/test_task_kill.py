"""A worker killed in the middle of a task: the task is taken up again, once for each kill."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.provisioning.platforms import Platform
from tests.tenants.errands import words

# The suite's own database is only copied; but without the mark it might not be there.
pytestmark = pytest.mark.django_db

BEGIN = """
import os, sys
sys.path[:0] = ["platform", "."]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from datetime import timedelta
from tenants.tasks import queue, timer
from tests.tenants import errands
queue.LEASE, timer.TICK_SECONDS = timedelta(seconds=1), 0.1
"""
ENQUEUE = BEGIN + "errands.wait_for_leave.enqueue(sys.argv[1])"
WORK = BEGIN + "import manage; manage.main()"


def until(found: Callable[[], Any], what: str, seconds: int = 40) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def worker(platform: Platform) -> subprocess.Popen[str]:
    return platform.start("worker", code=WORK)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return err


def rows(platform: Platform) -> list[tuple[Any, ...]]:
    table = "django_tasks_database_dbtaskresult"
    return platform.query(f"SELECT status FROM {table} WHERE task_path = 'tests.tenants.errands.wait_for_leave'")


def begun(folder: Path) -> int:
    return words(folder).count("begun")


@pytest.fixture
def waiting(platform: Platform) -> Platform:
    """A platform whose queue holds one task."""
    enqueued = platform.manage(platform.folder, code=ENQUEUE)
    assert enqueued.returncode == 0, enqueued.stderr
    return Platform(platform.folder, platform.url, platform.query)


@pytest.fixture(autouse=True)
def in_worker_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Platform.environment
    monkeypatch.setattr(Platform, "environment", property(lambda self: plain.fget(self) | {"BACKGROUND": "worker"}))


def test_a_killed_workers_task_is_taken_up_again_once_though_two_others_look_for_it(waiting: Platform) -> None:
    first = worker(waiting)
    until(lambda: begun(waiting.folder) == 1, "the first worker begins")
    kill(first)
    assert rows(waiting) == [("RUNNING",)]

    others = [worker(waiting), worker(waiting)]
    until(lambda: begun(waiting.folder) == 2, "another worker takes it up")
    time.sleep(2.5)  # longer than a lease: a living worker keeps what it has
    assert begun(waiting.folder) == 2
    (waiting.folder / "go").touch()
    until(lambda: rows(waiting) == [("SUCCESSFUL",)], "it ends")
    time.sleep(1.5)
    said = "".join(stop(process) for process in others)
    assert words(waiting.folder) == ["begun", "begun", "done"]
    assert said.count("is taken up again") == 1
    assert waiting.query("SELECT count(*) FROM tenants_tasklease") == [(0,)]


def test_a_task_that_kills_every_worker_is_given_up_after_its_last_try(waiting: Platform) -> None:
    for attempt in (1, 2, 3):
        process = worker(waiting)
        until(lambda attempt=attempt: begun(waiting.folder) == attempt, f"attempt {attempt} begins")
        kill(process)
    last = worker(waiting)
    until(lambda: rows(waiting) == [("FAILED",)], "it is given up")
    assert "has failed" in stop(last)
    assert words(waiting.folder) == ["begun"] * 3
