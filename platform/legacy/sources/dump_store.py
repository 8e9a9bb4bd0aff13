"""A dump as tables that can be asked: its rows go into an SQLite file, a few thousand at a time. Pure.

So the rows of three tables can be joined whatever their order and number, in the memory of one row.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from legacy.sources.files import encoding_of, texts
from legacy.sources.records import REFUSED, WARNING, Note, Tick, Unreadable
from legacy.sources.sql_tokens import Damage, Row, Table, read
from sites.messages import _, sentence

_BATCH = 2000
_PREFIX = re.compile(r"[\w#@$-]+")  # it becomes part of a query
_MOST_COLUMNS = 500


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class DumpStore:
    """The SQLite file. `fill` it from dumps, then ask `connection`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.connection = sqlite3.connect(place)
        self.connection.execute("PRAGMA journal_mode = OFF")
        self.connection.execute("PRAGMA synchronous = OFF")
        self._columns: dict[str, tuple[str, ...]] = {}
        self._lower: dict[str, str] = {}
        self._waiting: dict[str, list[tuple[str | None, ...]]] = {}
        self.rows: Counter[str] = Counter()

    def fill(self, path: Path) -> Iterator[Note | Tick]:
        """Read one dump in, whatever its encoding says; yield what is wrong with it, and ticks while it takes time."""
        encoding, count = encoding_of(path), 0
        stream = texts(path, encoding)
        bad: Counter[str] = Counter()
        try:
            for one in read(stream):
                if isinstance(one, Table):
                    self._table(one.name, one.columns)
                elif isinstance(one, Damage):
                    yield _damage(path, one)
                elif not self._add(one):
                    bad[one.table] += 1
                count += 1
                if count % 10_000 == 0:
                    yield Tick()
        except Unreadable as error:
            yield Note(REFUSED, path.name, error.sentence, "damaged")
        for table in list(self._waiting):
            self._write(table)
        self.connection.commit()
        for table, number in bad.items():
            said = sentence(
                _("%(count)d rows of the table %(table)s have another number of values than the table has columns."),
                count=number,
                table=table,
            )
            yield Note(REFUSED, path.name, said, "damaged")
        if not count:
            yield Note(WARNING, path.name, sentence(_("This file holds no table and no row.")))

    def _table(self, name: str, columns: tuple[str, ...]) -> None:
        if not columns or name.lower() in self._lower or len(columns) > _MOST_COLUMNS:
            return
        kept = tuple(dict.fromkeys(column.lower() for column in columns))
        names = ", ".join(f"{quoted(column)} TEXT" for column in kept)
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(name)} ({names})")
        self._columns[name], self._lower[name.lower()] = kept, name

    def _add(self, row: Row) -> bool:
        """Add a row; False where its values do not fit the columns."""
        name = self._lower.get(row.table.lower(), "")
        if not name:
            self._table(row.table, row.columns or tuple(f"c{number}" for number in range(1, len(row.values) + 1)))
            name = self._lower.get(row.table.lower(), "")
            if not name:
                return False
        columns, values = self._columns[name], row.values
        if row.columns:
            if len(row.columns) != len(values):
                return False
            named = {column.lower(): value for column, value in zip(row.columns, values, strict=True)}
            if missing := set(named) - set(columns):
                self.ensure(name, tuple(missing))
                columns = self._columns[name]
            values = tuple(named.get(column) for column in columns)
        elif len(values) != len(columns):
            return False
        waiting = self._waiting.setdefault(name, [])
        waiting.append(values)
        self.rows[name] += 1
        if len(waiting) >= _BATCH:
            self._write(name)
        return True

    def _write(self, name: str) -> None:
        waiting = self._waiting.pop(name, [])
        if waiting:
            marks = ", ".join("?" * len(self._columns[name]))
            self.connection.executemany(
                f"INSERT INTO {quoted(name)} VALUES ({marks})", [_plain(row) for row in waiting]
            )

    def ensure(self, name: str, columns: tuple[str, ...]) -> None:
        """Make the table and those of the columns that are not there, so that a query can ask for them."""
        found = self._lower.get(name.lower())
        if found is None:
            self._table(name, columns)
            return
        self._write(found)
        for column in columns:
            if column.lower() not in self._columns[found]:
                self.connection.execute(f"ALTER TABLE {quoted(found)} ADD COLUMN {quoted(column.lower())} TEXT")
                self._columns[found] = (*self._columns[found], column.lower())

    def prefix(self, tables: Mapping[str, tuple[str, ...]], main: str) -> str | None:
        """Return what stands before the names of a system's tables, None where the main one is not there."""
        names = [name for name in self._lower if name.endswith(main) and _PREFIX.fullmatch(name)]
        names.sort(key=lambda name: -sum(name.removesuffix(main) + table in self._lower for table in tables))
        return self._lower[names[0]][: len(names[0]) - len(main)] if names else None

    def names(self) -> list[str]:
        return sorted(self._columns)

    def remember(self) -> None:
        """Learn the tables of a file that was filled earlier."""
        for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = self.connection.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
            self._columns[name] = tuple(column[1] for column in columns)
            self._lower[name.lower()] = name


def _plain(row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    return tuple(text.encode("utf-8", "replace").decode() if text and not text.isascii() else text for text in row)


def _damage(path: Path, one: Damage) -> Note:
    if one.cut_off:
        said = sentence(
            _(
                "The dump is cut off in the table %(table)s after row %(row)d of a statement. What comes before was read."
            ),
            table=one.table,
            row=one.after_row,
        )
    else:
        said = sentence(
            _("A row of the table %(table)s could not be read (character %(at)d). Reading went on at the next one."),
            table=one.table,
            at=one.at,
        )
    return Note(REFUSED, path.name, said, "damaged")
