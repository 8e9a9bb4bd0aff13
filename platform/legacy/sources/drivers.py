"""Connections to the databases of old systems: guarded, reading only, rows as a stream, every fault a sentence. Pure.

A driver is loaded when it is needed. MySQL before 5.6 and SQL Server know no session that can only read: there
`only_reads` is False, the query file's check stands alone, and the run says so.
"""

from __future__ import annotations

import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from legacy.sources.guard import AddressGuard
from legacy.sources.records import SourceRefused
from sites.messages import Sentence, _, sentence

TIMEOUT = 30  # seconds to connect
PATIENCE = 900  # seconds without a byte from the server: a large table may take that long to be sorted
FETCHED = 500  # rows at a time
_BEGINS_WITH = _("The address of the database must begin with one of: %(known)s.")


class Connection(ABC):
    """One connection. `rows` streams a query: memory holds FETCHED rows of it, whatever their number."""

    module: ClassVar[str]
    port: ClassVar[int]
    only_reads = True

    def __init__(self, address: str, parts: SplitResult) -> None:
        self.driver: Any = _loaded(self.module, parts.scheme)
        self.faults = (self.driver.Error, OSError, UnicodeError)
        self.user = unquote(parts.username or "")
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        try:
            self.raw = self._open(
                asked.get("charset", ""),
                address=address,
                port=parts.port or self.port,
                user=self.user,
                password=unquote(parts.password or ""),
                database=unquote(parts.path.lstrip("/")),
            )
        except LookupError as error:
            said = sentence(_("The driver knows no character set “%(name)s”."), name=asked.get("charset", ""))
            raise SourceRefused(said) from error
        except self.faults as error:
            raise SourceRefused(self._unopened(error)) from error

    @abstractmethod
    def _open(self, charset: str, *, address: str, port: int, user: str, password: str, database: str) -> Any:
        """Return the driver's connection. Raises LookupError where it does not know the character set."""

    def _cursor(self) -> Any:
        return self.raw.cursor()

    def rows(self, sql: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a query. Raises SourceRefused, naming what failed. Left early, the rest is not fetched."""
        given = 0
        cursor = self._cursor()
        try:
            cursor.execute(sql)
            while found := cursor.fetchmany(FETCHED):
                for row in found:
                    given += 1
                    yield row
        except UnicodeError as error:
            said = sentence(
                _("A text of the old database is not in its character set (%(reason)s). Say it: …?charset=gbk"),
                reason=str(error)[:200],
            )
            raise SourceRefused(said) from error
        except self.faults as error:
            said = self._failed(error) if not given else self._broken_off(error, given)
            raise SourceRefused(said) from error
        finally:
            self._leave(cursor)

    def close(self) -> None:
        with contextlib.suppress(*self.faults):
            self.raw.close()

    def _leave(self, cursor: Any) -> None:
        with contextlib.suppress(*self.faults):
            cursor.close()

    @abstractmethod
    def _login_refused(self, error: Exception) -> bool:
        """Return whether the server refused the account or its password."""

    def _reason(self, error: Exception) -> str:
        """Return what the driver says, in one line. None of them repeats the password."""
        said = str(error).strip() or str(error.__cause__ or error.__context__ or "").strip() or type(error).__name__
        return said.partition("\n")[0][:300]

    def _unopened(self, error: Exception) -> Sentence:
        if self._login_refused(error):
            said = _("The old database refuses “%(user)s” or the password: %(reason)s")
            return sentence(said, user=self.user, reason=self._reason(error))
        return sentence(_("The old database does not answer as it should: %(reason)s"), reason=self._reason(error))

    def _failed(self, error: Exception) -> Sentence:
        return sentence(_("The old database refuses the query: %(reason)s"), reason=self._reason(error))

    def _broken_off(self, error: Exception, given: int) -> Sentence:
        said = _(
            "The old database broke off after %(count)d rows (%(reason)s). What came is stored; start the run again."
        )
        return sentence(said, count=given, reason=self._reason(error))


class MySql(Connection):
    module, port = "pymysql", 3306
    _UNKNOWN_CHARSET, _SYNTAX, _LOGIN = 1115, 1064, frozenset({1044, 1045, 1698})

    def _open(self, charset: str, *, address: str, port: int, user: str, password: str, database: str) -> Any:
        if charset and import_module("pymysql.charset").charset_by_name(charset) is None:
            raise LookupError(charset)
        values: dict[str, Any] = {
            "host": address, "port": port, "user": user, "password": password, "database": database,
            "connect_timeout": TIMEOUT, "read_timeout": TIMEOUT, "local_infile": False,
            "cursorclass": self.driver.cursors.SSDictCursor,
        }  # fmt: skip
        try:
            found = self.driver.connect(**values, charset=charset or "utf8mb4")
        except self.driver.Error as error:
            if charset or error.args[0] != self._UNKNOWN_CHARSET:
                raise
            found = self.driver.connect(**values, charset="utf8")  # MySQL before 5.5
        found._read_timeout = PATIENCE  # it waits no longer than TIMEOUT to be greeted
        if charset.lower().startswith("gb"):
            found.encoding = "gb18030"  # Python's gbk is smaller than MySQL's
        with found.cursor() as cursor:
            try:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("START TRANSACTION READ ONLY")
            except self.driver.Error as error:
                if error.args[0] != self._SYNTAX:
                    raise
                self.only_reads = False
            # The server waits while a batch is stored.
            cursor.execute("SET SESSION net_write_timeout = 3600")
        return found

    def _leave(self, cursor: Any) -> None:
        """Close the cursor. With rows still to come that would first read them all: then the connection is closed."""
        result = cursor._result
        if result is not None and result.unbuffered_active:
            self.close()
            result.unbuffered_active = False
        super()._leave(cursor)

    def _login_refused(self, error: Exception) -> bool:
        return bool(error.args) and error.args[0] in self._LOGIN

    def _reason(self, error: Exception) -> str:
        return super()._reason(Exception(error.args[-1])) if error.args else type(error).__name__


class PostgreSql(Connection):
    module, port = "psycopg2", 5432
    _MOMENTS = (1082, 1114, 1184)  # date, timestamp, timestamptz: "infinity" and BC are no moments of Python

    def _open(self, charset: str, *, address: str, port: int, user: str, password: str, database: str) -> Any:
        found = self.driver.connect(
            host=address, port=port, user=user, password=password, dbname=database, connect_timeout=TIMEOUT,
            keepalives_idle=60, keepalives_interval=30, keepalives_count=10,
        )  # fmt: skip
        found.set_session(readonly=True)
        found.set_client_encoding(charset or "UTF8")
        extensions = import_module("psycopg2.extensions")
        as_text = extensions.new_type(self._MOMENTS, "as text", lambda value, _cursor: value)
        extensions.register_type(as_text, found)
        return found

    def _cursor(self) -> Any:
        extras = import_module("psycopg2.extras")
        cursor = self.raw.cursor(name="legacy", cursor_factory=extras.RealDictCursor)
        cursor.itersize = FETCHED
        return cursor

    def _login_refused(self, error: Exception) -> bool:
        return any(word in str(error) for word in ("authentication", "no password supplied", "role "))

    def _reason(self, error: Exception) -> str:
        lines = [line.strip() for line in str(error).split("\n") if line.strip()]
        # "connection to server at ... failed: FATAL:  what is the matter"
        return (lines[0].rpartition("FATAL:")[2].strip() if lines else type(error).__name__)[:300]


class SqlServer(Connection):
    module, port = "pytds", 1433
    only_reads = False  # nothing is ever committed

    def _open(self, charset: str, *, address: str, port: int, user: str, password: str, database: str) -> Any:
        return self.driver.connect(
            dsn=address, port=port, user=user, password=password, database=database, login_timeout=TIMEOUT,
            timeout=PATIENCE, as_dict=True, autocommit=False, readonly=True,
        )  # fmt: skip

    def _login_refused(self, error: Exception) -> bool:
        return isinstance(error, self.driver.LoginError)


KINDS: Mapping[str, type[Connection]] = {"mysql": MySql, "postgresql": PostgreSql, "mssql": SqlServer}


def connect(url: str, guard: AddressGuard) -> Connection:
    """Return a connection. Raises SourceRefused or Forbidden."""
    try:
        parts = urlsplit(url)
        kind, port = KINDS.get(parts.scheme.partition("+")[0]), parts.port
    except ValueError:
        kind = port = None
    if kind is None or not parts.hostname:
        raise SourceRefused(sentence(_BEGINS_WITH, known=", ".join(f"{name}://" for name in KINDS)))
    return kind(resolved(parts.hostname, port or kind.port, guard), parts)


def resolved(host: str, port: int, guard: AddressGuard) -> str:
    """Return the address to connect to. Raises Forbidden where the guard permits none that the host has."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise SourceRefused(sentence(_("There is no host “%(host)s”."), host=host)) from error
    for address in found:
        if guard.permits(host, address):
            return address
    guard.check(host, found[0])
    raise AssertionError("unreachable")


def _loaded(module: str, kind: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        said = _("Databases of the kind %(kind)s are read with the module %(module)s, which is not installed here.")
        raise SourceRefused(sentence(said, kind=kind, module=module)) from error
