"""The floor: the very rows that were written, written again raw (COPY, or executemany on SQLite)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction


def copy_again(tables: Sequence[str]) -> float:
    """Take the rows of the tables out, empty them, and return the seconds that writing the rows back takes.

    On PostgreSQL rows of other tables that refer to these are lost.
    """
    return _postgresql(tables) if connection.vendor == "postgresql" else _sqlite(tables)


def _postgresql(tables: Sequence[str]) -> float:
    files: dict[str, Any] = {}
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            files[table] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the dict goes
            cursor.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY 1) TO STDOUT", files[table])
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    started = time.perf_counter()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            files[table].seek(0)
            cursor.copy_expert(f"COPY {table} FROM STDIN", files[table])
    return time.perf_counter() - started


def _sqlite(tables: Sequence[str]) -> float:
    raw = connection.connection
    rows = {table: raw.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}
    with transaction.atomic():
        raw.execute("PRAGMA defer_foreign_keys = ON")
        for table in reversed(tables):
            raw.execute(f"DELETE FROM {table}")
        started = time.perf_counter()
        for table in tables:
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    return time.perf_counter() - started
