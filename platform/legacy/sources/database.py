"""A live database of the old system (MySQL, SQL Server, PostgreSQL), read through a query file and a read-only connection.

The connection's address, which holds a password, is never stored: the options name the environment variable it is in
(mysql://user:password@host:3306/name?charset=gbk; also postgresql:// and mssql://).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from legacy.sources import choosing, drivers, queries
from legacy.sources.guard import AddressGuard
from legacy.sources.records import WARNING, Found, Note, Position, SourceRefused
from legacy.sources.sql_dump import record_of
from sites.messages import _, sentence


def source(row: Any, options: dict[str, Any]) -> Database:
    """Options: queries (a query file), url_from (name of the environment variable with the connection's address)."""
    if not row.options.get("at_command_line"):
        # Whoever may ask for any variable could read the old database of a neighbour.
        raise SourceRefused(sentence(_("A live database is read from the command line, by whoever runs the platform.")))
    file = choosing.path_of(row, options, "queries")
    asked = queries.read(file.read_text("utf-8"), file.name)
    variable = str(options.get("url_from", ""))
    # Only names made for this purpose, so that no other secret of the environment can be asked for.
    url = os.environ.get(variable, "") if variable.startswith("LEGACY_DATABASE") else ""
    if not url:
        raise SourceRefused(
            sentence(
                _("The environment variable “%(name)s” does not hold the address of a database (LEGACY_DATABASE_...)."),
                name=variable,
            )
        )
    home = choosing.home_of(row)
    return Database(url, asked, str(options.get("base") or (f"http://{home}" if home else "")), choosing.guard_of(row))


class Database:
    """Rows of the queries. Always from the beginning: a live table has no place to go on from; what is there is `unchanged`."""

    name = "database"

    def __init__(self, url: str, asked: queries.Queries, base: str, guard: AddressGuard) -> None:
        self._url, self._asked, self._base, self._guard = url, asked, base, guard

    def read(self, position: Position) -> Iterator[Found]:
        with closing(drivers.connect(self._url, self._guard)) as connection:
            if not connection.only_reads:
                said = _(
                    "This database server knows no session that only reads. Use an account that may do nothing but SELECT."
                )
                yield Note(WARNING, "", sentence(said))
            for query in self._asked.records:
                with closing(connection.rows(query.sql)) as rows:
                    for row in rows:
                        yield from record_of(query, row, self._base, None, self._asked.recode, self._asked.address)
