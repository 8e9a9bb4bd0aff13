"""Rows by the thousand: prototypes with slots, written by COPY on PostgreSQL and executemany on SQLite.

A prototype is a row of one table whose values are either constants or format strings with slots ("%(pk)s"). It is
made once, from a model instance, so that it follows the model; filling the slots is all that is done per row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any

from django.db import connection, models

WHOLE_SLOT = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that differs from row to row: a format string over the slots."""

    format: str


@cache
def copies() -> bool:
    """Return whether rows go over by COPY. Remembered: asking the connection takes longer than escaping a title."""
    return bool(connection.vendor == "postgresql")


def literal(text: str) -> str:
    """Return `text` for use inside a slot's format string."""
    return text.replace("%", "%%")


def copy_text(text: str) -> str:
    """Return `text` as COPY's text format writes it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class RowPrototype:
    """One table's row with slots. Values are in the database's own form (get_db_prep_save)."""

    def __init__(self, table: str, values: Mapping[str, Any]) -> None:
        self.table = table
        self.columns = tuple(values)
        self.values = tuple(values.values())
        if copies():
            self.line = "\t".join(self._copy(value) for value in self.values) + "\n"
        else:
            self.constant = [None if isinstance(value, Slot) else value for value in self.values]
            slots = [(i, value.format) for i, value in enumerate(self.values) if isinstance(value, Slot)]
            # A slot that is the whole value goes in as it is: None stays NULL.
            self.whole = [(i, match[1]) for i, text in slots if (match := WHOLE_SLOT.fullmatch(text))]
            self.parts = [(i, text) for i, text in slots if not WHOLE_SLOT.fullmatch(text)]

    @staticmethod
    def _copy(value: Any) -> str:
        if isinstance(value, Slot):
            # The format's own text goes through JSON or the tree's alphabet: only the JSON needs escaping.
            return value.format.replace("\\", "\\\\")
        if value is None:
            return "\\N"
        if isinstance(value, bool):
            return "t" if value else "f"
        return literal(copy_text(str(value)))

    def fill(self, slots: Mapping[str, Any]) -> Any:
        """Return the row for `slots`: a COPY line, or a tuple of parameters."""
        if copies():
            return self.line % slots
        row = list(self.constant)
        for i, name in self.whole:
            row[i] = slots[name]
        for i, text in self.parts:
            row[i] = text % slots
        return tuple(row)


def slot_text(text: str) -> str:
    """Return a free text for use as a slot's value (COPY escapes it, parameters need nothing)."""
    return copy_text(text) if copies() else text


def insert(table: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
    """Write rows made by RowPrototype.fill for one table and one list of columns."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        if copies():
            cursor.copy_expert(f"COPY {quote(table)} ({names}) FROM STDIN", StringIO("".join(rows)))
        else:
            marks = ", ".join(["?"] * len(columns))
            cursor.cursor.connection.executemany(
                f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",
                rows,
            )


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return `count` primary keys that nobody else will get. Call inside a transaction."""
    table = model._meta.db_table
    column = model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + 1 + count))
