"""One long piece of work at a time: a lock that dies with its process, so that a killed run never blocks the next."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.conf import settings
from django.db import connection


class Busy(Exception):
    """Raised when somebody else holds the lock."""


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock `name` for the whole platform, or raise Busy at once.

    PostgreSQL: a session's advisory lock (needs a connection of its own: no transaction pooling). SQLite: a locked
    file beside the data. Both are given up by the operating system when the process ends, however it ends.
    """
    holder = _advisory_lock(name) if connection.vendor == "postgresql" else _file_lock(name)
    with holder:
        yield


@contextmanager
def _advisory_lock(name: str) -> Iterator[None]:
    key = crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Busy(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _file_lock(name: str) -> Iterator[None]:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(name) from None
        yield
