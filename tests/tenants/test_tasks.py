"""Durable tasks within one process: keys, retries with growing waits, lanes, the timer, pruning."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tenants import timed
from tenants.models import TaskLease
from tenants.tasks import once, queue, timer
from tenants.tasks.lanes import drain
from tests.tenants import errands
from tests.tenants.errands import words

pytestmark = pytest.mark.django_db


def work(*, quick: bool = False) -> int:
    return drain(quick=quick, stop=threading.Event())


def the_row(task: Any) -> DBTaskResult:
    return DBTaskResult.objects.get(task_path=task.module_path)


def test_a_task_asked_for_twice_under_one_key_is_one_task(tmp_path: Path) -> None:
    assert once(errands.hurry, "monday", str(tmp_path))
    assert not once(errands.hurry, "monday", str(tmp_path))
    assert once(errands.hurry, "tuesday", str(tmp_path))
    assert work(quick=True) == 2
    assert not once(errands.hurry, "monday", str(tmp_path))  # done counts as asked, too
    assert words(tmp_path) == ["hurried", "hurried"]


def test_an_error_is_tried_again_after_a_growing_wait_and_then_final(tmp_path: Path) -> None:
    errands.stumble.enqueue(str(tmp_path))
    for wait in (60, 120):
        before = timezone.now()
        assert work() == 1
        row = the_row(errands.stumble)
        assert row.status == "READY"
        assert timedelta(seconds=wait) <= row.run_after - before < timedelta(seconds=wait + 10)
        assert work() == 0  # not before its time
        DBTaskResult.objects.update(run_after=before)
    assert work() == 1
    row = the_row(errands.stumble)
    assert (row.status, row.exception_class_path) == ("FAILED", "builtins.OSError")
    assert words(tmp_path) == ["begun"] * 3
    assert not TaskLease.objects.exists()


def test_quick_work_does_not_stand_behind_long_work(tmp_path: Path) -> None:
    errands.stumble.enqueue(str(tmp_path))
    errands.hurry.enqueue(str(tmp_path))
    assert work(quick=True) == 1
    assert words(tmp_path) == ["hurried"]


def test_a_task_with_a_living_lease_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    errands.wait_for_leave.enqueue(str(tmp_path))
    row = queue.claim("one", quick=False)
    assert row is not None
    assert queue.take_up_again(timezone.now()) == 0
    late = timezone.now() + queue.LEASE + timedelta(seconds=1)
    assert queue.take_up_again(late) == 1
    assert queue.take_up_again(late) == 0
    assert the_row(errands.wait_for_leave).status == "READY"


def test_an_attempt_that_was_taken_for_dead_cannot_end_the_one_that_follows(tmp_path: Path) -> None:
    errands.wait_for_leave.enqueue(str(tmp_path))
    slow = queue.claim("slow", quick=False)
    queue.take_up_again(timezone.now() + queue.LEASE + timedelta(seconds=1))
    quick = queue.claim("quick", quick=False)
    assert slow is not None
    assert quick is not None
    assert slow.pk == quick.pk
    assert not queue.renew(slow, "slow")
    assert not queue.finish(slow, "slow", None)
    assert not queue.fail(slow, "slow", OSError())
    assert the_row(errands.wait_for_leave).status == "RUNNING"
    assert queue.finish(quick, "quick", "done")
    assert the_row(errands.wait_for_leave).status == "SUCCESSFUL"


def test_two_timers_enqueue_the_work_of_a_minute_once() -> None:
    now = timezone.now().replace(hour=4)
    timer.load()
    for _process in range(2):
        for entry in timer._timed:
            entry.last_key = ""
        timer.tick(now)
    assert DBTaskResult.objects.filter(task_path=timed.prune_tasks.module_path).count() == 1


def test_ended_tasks_are_pruned_after_a_week_and_failed_ones_later(tmp_path: Path) -> None:
    for days, status in ((6, "SUCCESSFUL"), (8, "SUCCESSFUL"), (8, "FAILED"), (61, "FAILED"), (99, "READY")):
        errands.hurry.enqueue(str(tmp_path))
        newest = DBTaskResult.objects.filter(status="READY", finished_at=None).latest("enqueued_at")
        ended = timezone.now() - timedelta(days=days)
        DBTaskResult.objects.filter(pk=newest.pk).update(status=status, finished_at=ended)
    assert queue.prune(timezone.now()) == 2
    assert DBTaskResult.objects.count() == 3
