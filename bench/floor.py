"""The floor: the very rows that provisioning wrote, written again raw (COPY, or executemany on SQLite)."""

from __future__ import annotations

import tempfile
import time
from typing import Any

from django.db import connection, transaction

TABLES = (
    "tenants_tenant", "wagtailcore_revision", "govsites_sitepage", "govsites_regionpage", "govsites_homepage",
    "govsites_column", "govsites_article", "wagtailcore_site", "wagtailcore_pagelogentry", "wagtailsearch_indexentry",
)  # fmt: skip


def copy_again() -> float:
    """Take the rows out, empty the tables, and return the seconds that writing the rows back takes."""
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _postgresql() -> float:
    files: dict[str, Any] = {}
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in TABLES:
            files[table] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the dict goes
            cursor.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY 1) TO STDOUT", files[table])
        cursor.execute("CREATE TEMPORARY TABLE kept_events AS TABLE tenants_lifecycleevent")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    started = time.perf_counter()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in TABLES:
            files[table].seek(0)
            cursor.copy_expert(f"COPY {table} FROM STDIN", files[table])
    return time.perf_counter() - started


def _sqlite() -> float:
    raw = connection.connection
    rows = {table: raw.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}
    with transaction.atomic():
        raw.execute("PRAGMA defer_foreign_keys = ON")
        for table in reversed(TABLES):
            raw.execute(f"DELETE FROM {table}")
        started = time.perf_counter()
        for table in TABLES:
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    return time.perf_counter() - started
