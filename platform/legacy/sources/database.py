"""A live database of the old system (MySQL, SQL Server, PostgreSQL), read through a query file and a read-only connection.

The connection's address, which holds a password, is never stored: the options name the environment variable it is in
(mysql://user:password@host:3306/name?charset=gbk; also postgresql:// and mssql://).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2
import psycopg2.extras
import pymysql
import pymysql.cursors
import pytds

from legacy.sources import choosing, queries
from legacy.sources.guard import AddressGuard
from legacy.sources.records import Found, Position, SourceRefused
from legacy.sources.sql_dump import record_of
from sites.messages import _, sentence

PORTS = {"mysql": 3306, "postgresql": 5432, "mssql": 1433}
TIMEOUT = 30  # seconds to connect
FETCHED = 500  # rows at a time


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
        try:
            with closing(connect(self._url, self._guard)) as connection:
                for query in self._asked.records:
                    for row in rows(connection, query.sql):
                        yield from record_of(query, row, self._base, None, self._asked.recode, self._asked.address)
        except (pymysql.Error, psycopg2.Error, pytds.Error, OSError) as error:
            raise SourceRefused(
                sentence(_("The old database does not answer as it should: %(reason)s"), reason=_reason(error))
            ) from error


def connect(url: str, guard: AddressGuard) -> Any:
    """Return a connection that can only read. Raises SourceRefused, Forbidden, or what the driver raises."""
    parts = urlsplit(url)
    kind = parts.scheme.partition("+")[0]
    if kind not in PORTS or not parts.hostname:
        raise SourceRefused(
            sentence(_("The address of the database must begin with one of: %(known)s."), known=", ".join(PORTS))
        )
    host, port = parts.hostname, parts.port or PORTS[kind]
    address = resolved(host, port, guard)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    name = unquote(parts.path.lstrip("/"))
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if kind == "mysql":
        connection: Any = pymysql.connect(
            host=address, port=port, user=user, password=password, database=name, connect_timeout=TIMEOUT,
            charset=asked.get("charset", "utf8mb4"), cursorclass=pymysql.cursors.SSDictCursor, local_infile=False,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute("START TRANSACTION READ ONLY")
        return connection
    if kind == "postgresql":
        connection = psycopg2.connect(
            host=host, hostaddr=address, port=port, user=user, password=password, dbname=name, connect_timeout=TIMEOUT
        )
        connection.set_session(readonly=True)
        return connection
    # SQL Server knows no read-only session: the query file holds SELECT alone, and nothing is ever committed.
    return pytds.connect(
        dsn=address, port=port, user=user, password=password, database=name, login_timeout=TIMEOUT, as_dict=True,
        autocommit=False, readonly=True,
    )  # fmt: skip


def resolved(host: str, port: int, guard: AddressGuard) -> str:
    """Return the address to connect to. Raises Forbidden where the guard permits none that the host has."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if guard.permits(host, address):
            return address
    guard.check(host, found[0])
    raise AssertionError("unreachable")


def rows(connection: Any, sql: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a query, a few hundred at a time: memory holds no more."""
    if isinstance(connection, psycopg2.extensions.connection):
        cursor: Any = connection.cursor(name="legacy", cursor_factory=psycopg2.extras.RealDictCursor)
        cursor.itersize = FETCHED
    else:
        cursor = connection.cursor()
    with closing(cursor):
        cursor.execute(sql)
        while found := cursor.fetchmany(FETCHED):
            yield from found


def _reason(error: Exception) -> str:
    """Return what the driver says, without passwords: drivers do not repeat them, addresses might."""
    return str(error).partition("\n")[0][:300]
