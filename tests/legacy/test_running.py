"""A run's batches: the work and how far it came are there together, or neither is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from legacy.models import LegacyRun, LineLevel, RunLine, RunState, Step, Transition
from legacy.running import Run, Stopped, new_run
from sites.messages import sentence
from tenants.scope import tenant_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast: Cast) -> Iterator[Run]:
    with tenant_scope(cast.county_a):
        old = Transition.objects.create(
            tenant=cast.county_a, code="old", name="旧站", hosts=["www.old.example"], created_by=cast.operator
        )
        made = Run(new_run(old, Step.COLLECT, by=cast.operator))
        made.counts["created"] = 3
        made.beat(done=3, cursor={"after": 3})
        yield made


def work(run: Run) -> None:
    """Do what a batch does: write something, count it, note a line, say how far it came."""
    Transition.objects.filter(pk=run.row.transition_id).update(name="旧站甲")
    run.counts["created"] += 1
    run.line(LineLevel.WARNING, "/a.html", sentence("said"))
    run.beat(done=4, cursor={"after": 4})


def stored(run: Run) -> tuple[str, int, dict[str, int], dict[str, int]]:
    row = LegacyRun.objects.select_related("transition").get(pk=run.row.pk)
    return row.transition.name, row.done, row.cursor, row.counts


def test_a_batch_that_fails_leaves_the_run_where_it_was(run: Run) -> None:
    with pytest.raises(ZeroDivisionError), run.together():
        work(run)
        run.line(LineLevel.WARNING, "/b.html", sentence("said"))
        raise ZeroDivisionError
    run.end(RunState.FAILED)
    assert stored(run) == ("旧站", 3, {"after": 3}, {"created": 3})
    assert not RunLine.objects.filter(run=run.row).exists()


def test_a_person_who_stops_the_run_stops_it_behind_the_batch(run: Run) -> None:
    LegacyRun.objects.filter(pk=run.row.pk).update(stop_requested=True)
    with pytest.raises(Stopped), run.together():
        work(run)
    assert stored(run) == ("旧站甲", 4, {"after": 4}, {"created": 4, "lines:warning": 1})
    assert RunLine.objects.filter(run=run.row).count() == 1
