"""Runs of a transition: begun once at a time, seen alive, stopped on request, taken up again after a kill."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from legacy import disk
from legacy.models import LegacyRun, LineLevel, RunLine, RunState, Transition
from legacy.sentences import store
from sites.messages import SaidError, Sentence, _, sentence
from tenants.exclusive import Busy, exclusive

MOST_LINES = 5000  # of one level in one run; the counts go on


class RunRefused(SaidError):
    """The run cannot begin; the message is a sentence."""


class Stopped(Exception):
    """A person asked the run to stop. Raised by `Run.beat`; what was committed stays, and the run can be taken up."""


class Run:
    """A run in hand. Write through it: lines, counts and progress are stored by `beat`, between two batches."""

    def __init__(self, row: LegacyRun) -> None:
        self.row = row
        self.counts: Counter[str] = Counter(row.counts)
        self._lines: list[RunLine] = []
        self._written: Counter[str] = Counter()

    def line(self, level: LineLevel, place: str, said: Sentence) -> None:
        """Note one sentence. Beyond MOST_LINES of a level only the count grows."""
        self.counts[f"lines:{level}"] += 1
        self._written[level] += 1
        if self._written[level] <= MOST_LINES:
            kept = {"place": place[:500], "sentence": store(said)}
            self._lines.append(RunLine(tenant_id=self.row.tenant_id, run=self.row, level=level, **kept))

    def beat(self, *, done: int | None = None, cursor: dict[str, Any] | None = None) -> None:
        """Store lines, counts, progress and where to go on. Raises Stopped where a person asked for it.

        In a batch that is one transaction, call it last within `together`.
        """
        self._write(done, cursor)
        if LegacyRun.objects.filter(pk=self.row.pk, stop_requested=True).exists():
            raise Stopped

    @contextmanager
    def together(self) -> Iterator[None]:
        """A transaction for a batch: its work and how far the run came (`beat` at its end) are there, or neither.

        Where it fails, lines, counts and place are what they were before. Stopped is raised once all is committed.
        """
        counts, lines, written = self.counts.copy(), list(self._lines), self._written.copy()
        done, cursor, stopped = self.row.done, self.row.cursor, False
        try:
            with transaction.atomic():
                try:
                    yield
                except Stopped:
                    stopped = True
        except BaseException:
            self.counts, self._lines, self._written = counts, lines, written
            self.row.done, self.row.cursor = done, cursor
            raise
        if stopped:
            raise Stopped

    def _write(self, done: int | None = None, cursor: dict[str, Any] | None = None) -> None:
        RunLine.objects.bulk_create(self._lines, batch_size=500)
        self._lines = []
        self.row.counts, self.row.heartbeat_at = dict(self.counts), timezone.now()
        if done is not None:
            self.row.done = done
        if cursor is not None:
            self.row.cursor = cursor
        self.row.save(update_fields=["counts", "heartbeat_at", "done", "cursor", "total"])

    def end(self, state: RunState, error: Sentence | str = "") -> None:
        """Store how it ended; what an error says is told in the reader's language (`LegacyRun.told_error`)."""
        self._write()
        said = json.dumps(store(error), ensure_ascii=False) if isinstance(error, Sentence) else error
        self.row.state, self.row.error, self.row.finished_at = state, said, timezone.now()
        self.row.save(update_fields=["state", "error", "finished_at"])


@contextmanager
def running(row: LegacyRun) -> Iterator[Run]:
    """Carry out a run that waits or was interrupted; the body does the work and calls `beat` between batches.

    Raises RunRefused where another run of the transition is at work. A run whose process was killed holds no lock:
    whoever comes next marks it as stopped. Leaving normally finishes the run, Stopped stops it, an error fails it.
    """
    try:
        with exclusive(f"legacy-{row.transition_id}"):
            LegacyRun.objects.filter(transition_id=row.transition_id, state=RunState.RUNNING).exclude(pk=row.pk).update(
                state=RunState.STOPPED, finished_at=timezone.now()
            )
            row.state, row.stop_requested, row.error, row.finished_at = RunState.RUNNING, False, "", None
            row.started_at = row.started_at or timezone.now()
            row.save()
            run = Run(row)
            try:
                yield run
            except Stopped:
                run.end(RunState.STOPPED)
            except BaseException as error:
                if not disk.is_full(error):
                    run.end(RunState.FAILED, error.sentence if isinstance(error, SaidError) else repr(error))
                    raise
                full = disk.DiskFull()
                # The database may stand on the same disk. A run that cannot say so is marked by whoever comes next.
                with suppress(DatabaseError):
                    run.end(RunState.FAILED, full.sentence)
                raise full from error
            else:
                run.end(RunState.FINISHED)
    except Busy:
        raise RunRefused(
            sentence(_("Another run of this transition is at work. Wait for it, or stop it, and start again."))
        ) from None


def new_run(transition: Transition, step: str, *, by: Any, label: str = "", **options: Any) -> LegacyRun:
    """Return a new waiting run."""
    return LegacyRun.objects.create(
        tenant_id=transition.tenant_id, transition=transition, step=step, started_by=by, label=label, options=options
    )
