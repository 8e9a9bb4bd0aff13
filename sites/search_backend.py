"""The database search of Wagtail, without the step that scans (and for Chinese rewrites) the whole index at every save.

`_refresh_title_norms` tunes ranking by title length over all rows: 4 seconds an article at a million pages. Here a save
leaves it out; `manage.py update_index` does it for all rows, at night.
"""

from __future__ import annotations

from django.db import connection

if connection.vendor == "postgresql":
    from modelsearch.backends.database.postgres.postgres import PostgresIndex as Index, PostgresSearchBackend as Backend
else:
    from modelsearch.backends.database.sqlite.sqlite import SQLiteIndex as Index, SQLiteSearchBackend as Backend


class SteadyIndex(Index):
    def _refresh_title_norms(self, full: bool = False) -> None:
        if full:
            super()._refresh_title_norms(full=True)


class SearchBackend(Backend):
    index_class = SteadyIndex
