"""Settings of PostgreSQL for a batch's transaction: what a bulk load may have and a single save need not.

They hold until the transaction's end, and change what is stored in no way that a reader could see.
"""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from modelsearch.conf import get_app_config

PENDING_KB = 64 * 1024


def for_a_batch() -> None:
    """Set them. Call first in the transaction."""
    if connection.vendor != "postgresql":
        return
    settings = [
        # What a crash of the server takes is the whole batch with its cursor: it is loaded again.
        "SET LOCAL synchronous_commit = off",
        # The full-text indexes are brought up to date in few large steps instead of many small ones.
        f"SET LOCAL gin_pending_list_limit = {PENDING_KB}",
        "SET LOCAL work_mem = '64MB'",
    ]
    if _has_lz4(connection.alias):
        settings.append("SET LOCAL default_toast_compression = 'lz4'")  # the default takes a third of the time
    with connection.cursor() as cursor:
        cursor.execute("; ".join(settings))


def settle() -> None:
    """Bring the full-text indexes up to date: what is pending would slow every search. Call outside a transaction."""
    if connection.vendor != "postgresql":
        return
    table = get_app_config().get_model("IndexEntry")._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = %s::regclass AND a.amname = 'gin'",
            [table],
        )


@lru_cache(maxsize=4)
def _has_lz4(_alias: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        row = cursor.fetchone()
    return bool(row and row[0])
