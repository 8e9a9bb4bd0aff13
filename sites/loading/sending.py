"""Rows on their way to the database while the next ones are still being made.

On PostgreSQL a thread sends them over the transaction's own connection; the server works on them while Python goes on.
SQLite works in this process: there they are written at once. The caller uses the connection again after `finish`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.db import connection

from sites import bulk_rows

Job = Callable[[Any], None]  # gets a cursor of the driver
_AHEAD = 4  # jobs that may wait: memory holds no more of them


class Sender:
    """Carries out jobs in their order."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[Job | None] = queue.Queue(_AHEAD)
        self._error: BaseException | None = None
        self._raw = connection.connection
        self._thread = threading.Thread(target=self._work, daemon=True) if connection.vendor == "postgresql" else None
        if self._thread:
            self._thread.start()

    def rows(self, table: str, columns: Sequence[str], lines: list[Any]) -> None:
        """Write rows made by RowPrototype.fill for one table and one list of columns."""
        if self._thread is None:
            bulk_rows.insert(table, columns, lines)
            return
        names = ", ".join(f'"{name}"' for name in columns)
        data = StringIO("".join(lines))
        self.run(lambda cursor: cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', data))

    def run(self, job: Job) -> None:
        """Carry out a job of PostgreSQL's driver."""
        if self._error is None:
            self._jobs.put(job)

    def finish(self) -> None:
        """Wait until everything is written. Raises what the database said, as Django's error."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._jobs.put(None)
        self._thread.join()
        if self._error is not None:
            with connection.wrap_database_errors:
                raise self._error

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._error is not None:
                continue
            try:
                with self._raw.cursor() as cursor:
                    job(cursor)
            except BaseException as error:
                self._error = error


@contextmanager
def sending() -> Iterator[Sender]:
    """Give a Sender, and do not leave before it has done: the connection is the caller's again."""
    sender = Sender()
    try:
        yield sender
    except BaseException:
        sender._error = sender._error or RuntimeError("given up")
        sender._jobs.put(None)
        if sender._thread:
            sender._thread.join()
        raise
    sender.finish()
