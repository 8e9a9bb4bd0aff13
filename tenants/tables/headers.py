"""Headers (表头) of a table: which row holds them, which field each names, and the rows below them by field."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from tenants.messages import _
from tenants.tables import Problem, RawRow, Table, TableError
from tenants.tables.cells import cell_text, clean_text

HEADER_ROWS = 10  # the header row is looked for among this many rows
_MORE_CELLS = _("there are %(cells)d cells for %(headers)d headers. A comma inside a value needs quotes.")

SheetRow = tuple[int, Sequence[str], Mapping[int, str]]  # number, cells, msgids of faults by column


class HeaderNames:
    """The headers a reader knows: from the header as people write it to (rank, field)."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._known: dict[str, tuple[int, str]] = {}
        for rank, (header, field) in enumerate(headers.items()):
            self._known.setdefault(_header_key(header), (rank, field))
        self._parts = {key.rpartition("/")[2] for key in self._known if "/" in key}
        self.examples = ", ".join(list(dict.fromkeys(headers))[:4])

    def find(self, text: str, group: str = "", left: Sequence[str] = ()) -> tuple[int, str] | None:
        """Return (rank, field) of a header that stands under `group` or to the right of `left` (nearest last)."""
        key = _header_key(text)
        if key in self._parts:
            for owner in (group, *reversed(left)):
                if found := self._known.get(f"{_header_key(owner)}/{key}"):
                    return found
        return self._known.get(key) or self._known.get(_header_key(re.sub(r"[(（\[【].*?[)）\]】]", "", text)))


def _header_key(header: str) -> str:
    return re.sub(r"[\s_*:：\-]", "", unicodedata.normalize("NFKC", clean_text(header))).casefold()


def row_from_mapping(values: Mapping[str, object], number: int, known: HeaderNames) -> RawRow:
    """Return the row for one object of an API, a form or a JSON file; unknown keys are dropped."""
    cells: dict[str, str] = {}
    ranks: dict[str, int] = {}
    problems = []
    for key, value in values.items():
        if not (hit := known.find(key)):
            continue
        rank, field = hit
        text, fault = cell_text(value)
        if fault:
            problems.append(Problem(number, field, fault, {"cell": key}))
        elif text and rank < ranks.get(field, rank + 1):
            cells[field], ranks[field] = text, rank
    return RawRow(number, cells, tuple(problems))


@dataclass(frozen=True, slots=True)
class Header:
    number: int  # the last row of the header
    texts: tuple[str, ...]
    fields: Mapping[int, str]  # column -> field
    ignored: tuple[str, ...]


def find_header(rows: Sequence[SheetRow], known: HeaderNames) -> Header | None:
    """Return the first row with two known headers; merged groups above or part headers below it count in."""
    above: Sequence[str] = ()
    for index, (number, texts, _faults) in enumerate(rows[:HEADER_ROWS]):
        found = _recognise(texts, above, known)
        if len(found) < 2:
            above = texts
            continue
        if index + 1 < len(rows) and (merged := _with_parts(texts, rows[index + 1][1], known)):
            number, (texts, parts) = rows[index + 1][0], merged
            found.update(parts)
        return _settle(number, texts, found)
    return None


def _recognise(texts: Sequence[str], above: Sequence[str], known: HeaderNames) -> dict[int, tuple[int, str]]:
    found: dict[int, tuple[int, str]] = {}
    group, left = "", list[str]()
    for column, text in enumerate(texts):
        group = (above[column] if column < len(above) else "") or group
        if text:
            if hit := known.find(text, group, left):
                found[column] = hit
            left.append(text)
    return found


def _with_parts(
    texts: Sequence[str], below: Sequence[str], known: HeaderNames
) -> tuple[Sequence[str], dict[int, tuple[int, str]]] | None:
    """Return the header texts and finds of a second header row, the parts of merged headers; None for a data row."""
    filled = [column for column, text in enumerate(below) if text]
    found = _recognise(below, texts, known)
    under_merged = any(column >= len(texts) or not texts[column] for column in filled)
    if len(found) < 2 or len(found) < len(filled) or not under_merged:
        return None
    width = max(len(texts), len(below))
    padded = [*texts, *[""] * (width - len(texts))]
    return [below[c] if c in found else padded[c] for c in range(width)], found


def _settle(number: int, texts: Sequence[str], found: Mapping[int, tuple[int, str]]) -> Header:
    """Give each field one column: the best-ranked header; two of the same rank can't be told apart."""
    best: dict[str, tuple[int, int]] = {}
    for column, (rank, field) in found.items():
        if field in best and best[field][0] == rank:
            raise TableError(
                _("Columns %(first)s and %(second)s have the same header '%(header)s'. Rename or delete one."),
                first=_letters(best[field][1]),
                second=_letters(column),
                header=texts[column],
            )
        if field not in best or rank < best[field][0]:
            best[field] = (rank, column)
    fields = {column: field for field, (_rank, column) in best.items()}
    ignored = tuple(text for column, text in enumerate(texts) if text and column not in fields)
    return Header(number, tuple(texts), dict(sorted(fields.items())), ignored)


def _letters(column: int) -> str:
    """Return the name a sheet gives to a 0-based column: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def find_table(rows: Iterator[SheetRow], known: HeaderNames, max_rows: int, *, ragged: bool = False) -> Table | None:
    """Return the table in a stream of rows, None without a header; `ragged` refuses rows longer than the header."""
    first = list(islice(rows, HEADER_ROWS + 1))
    header = find_header(first, known)
    if header is None:
        return None
    fields, width = list(header.fields.items()), len(header.texts)
    found: list[RawRow] = []
    for number, cells, faults in chain((row for row in first if row[0] > header.number), rows):
        named = {field: cells[column] for column, field in fields if column < len(cells) and cells[column]}
        problems = tuple(
            Problem(number, field, faults[column], {"cell": f"{_letters(column)}{number}"})
            for column, field in fields
            if column in faults
        )
        if ragged and len(cells) > width and any(cells[width:]):
            problems += (Problem(number, "", _MORE_CELLS, {"cells": len(cells), "headers": width}),)
        if not named and not problems:
            continue
        if len(found) == max_rows:
            raise TableError(_("The file has more than %(limit)d rows. Split it."), limit=max_rows)
        found.append(RawRow(number, named, problems))
    return Table(tuple(text for text in header.texts if text), tuple(found), header.ignored)


def require_rows(table: Table | None, known: HeaderNames) -> Table:
    if table is None:
        raise TableError(
            _("No header row was found in the first %(rows)d rows. It needs at least two of: %(examples)s …"),
            rows=HEADER_ROWS,
            examples=known.examples,
        )
    if not table.rows:
        raise TableError(_("The file holds headers and no rows."))
    return table
