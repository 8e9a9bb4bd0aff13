"""Rows of large tables as a stream: CSV, JSON lines, XLSX. What can't be read is a `Bad`, and the next row follows. Pure."""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from legacy.sources.files import encoding_of, texts
from legacy.sources.json_list import elements
from legacy.sources.records import SourceRefused
from legacy.sources.workbooks import open_workbook
from sites.messages import Sentence, _, sentence

MOST_LINES_OF_A_ROW = 5000
MOST_LINE = 64 * 2**20  # characters
HEADER_ROWS = 10
_MOST_COLUMNS = 256
_MOST_UNPACKED, _RATIO, _RATIO_FLOOR = 4 * 2**30, 500, 2**20
csv.field_size_limit(MOST_LINE)

Finder = Callable[[str], str]  # the field of a header, "" for an unknown one


@dataclass(frozen=True, slots=True)
class Good:
    number: int  # line or row, from 1
    values: Mapping[str, Any]  # by field


@dataclass(frozen=True, slots=True)
class Bad:
    number: int
    said: Sentence


def rows_of(path: Path, find: Finder) -> Iterator[Good | Bad]:
    """Yield the rows of a table of any of the three forms, told by its content.

    Raises SourceRefused where the file as a whole is no such table.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        yield from _from_xlsx(path, find)
        return
    encoding = encoding_of(path)
    first = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")[:1]
    if first == "{":
        yield from _from_lines(_lines(texts(path, encoding)), find)
    elif first == "[":
        yield from _from_list(path, encoding, find)
    else:
        yield from _from_csv(_Lines(_lines(texts(path, encoding))), find)


def _lines(stream: Iterator[str]) -> Iterator[str]:
    """Yield lines with their end; one that is too long ends where it may be longest."""
    rest = ""
    for text in stream:
        parts = (rest + text).split("\n")
        rest = parts.pop()
        for part in parts:
            yield part + "\n"
        if len(rest) > MOST_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest


def _header(cells: Sequence[Any], find: Finder) -> dict[int, str]:
    """Return fields by column; of two columns with one field the first counts."""
    found: dict[int, str] = {}
    for column, cell in enumerate(cells):
        field = find(str(cell)) if cell is not None else ""
        if field and field not in found.values():
            found[column] = field
    return found


def _no_header() -> SourceRefused:
    return SourceRefused(
        sentence(
            _(
                "No row of headers was found in the first %(rows)d rows. Name the columns: --column 'their header=title'."
            ),
            rows=HEADER_ROWS,
        )
    )


# CSV


class _Lines:
    """Lines that can be given back: a quotation mark that is not closed swallows what follows it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back = lines, deque[str]()
        self.taken: list[str] = []
        self.number = 0  # lines taken for good

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES_OF_A_ROW:
            raise csv.Error("unclosed")
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line.replace("\0", ""))
        return self.taken[-1]

    def keep(self, count: int) -> None:
        """Count the first lines as read and give the others back."""
        self._back.extendleft(reversed(self.taken[count:]))
        self.number += len(self.taken[:count])
        self.taken = []

    def peek(self, count: int) -> list[str]:
        found = list(islice(chain(self._back, self._lines), count))
        self._back = deque(found)
        return found


def _from_csv(lines: _Lines, find: Finder) -> Iterator[Good | Bad]:
    first = lines.peek(50)
    best, delimiter = 1, ","
    for candidate in (",", "\t", ";", "|"):
        reader = csv.reader(first, delimiter=candidate)
        count = 0
        with suppress(csv.Error):
            count = max((len(_header(row, find)) for row in islice(reader, HEADER_ROWS)), default=0)
        if count > best:
            best, delimiter = count, candidate
    if best < 2:
        raise _no_header()
    fields: dict[int, str] = {}
    for number, row in _csv_rows(lines, delimiter):
        if isinstance(row, Sentence):
            yield Bad(number, row)
        elif not fields:
            found = _header(row, find)
            fields = found if len(found) == best else {}
        elif any(row):
            yield Good(number, {field: row[column] for column, field in fields.items() if column < len(row)})


def _csv_rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | Sentence]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            said = sentence(_("This line can't be read. Look for a quotation mark that is not closed."))
            lines.keep(1)
            yield number, said
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        else:
            lines.keep(len(lines.taken))
            yield number, row


# JSON


def _from_lines(lines: Iterator[str], find: Finder) -> Iterator[Good | Bad]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _from_object(json.loads(line), number, find)
            except (ValueError, RecursionError):
                yield Bad(number, sentence(_("This line is no JSON object.")))


def _from_list(path: Path, encoding: str, find: Finder) -> Iterator[Good | Bad]:
    for number, text in enumerate(elements(texts(path, encoding), MOST_LINE), 1):
        try:
            row = json.loads(text)
        except (ValueError, RecursionError):
            row = None
        yield _from_object(row, number, find)


def _from_object(found: Any, number: int, find: Finder) -> Good | Bad:
    if not isinstance(found, dict):
        return Bad(number, sentence(_("This line is no JSON object.")))
    values: dict[str, Any] = {}
    for name, value in found.items():
        if field := find(name):
            values.setdefault(field, value)
    return Good(number, values) if values else Bad(number, sentence(_("This object has none of the known names.")))


# XLSX


def _from_xlsx(path: Path, find: Finder) -> Iterator[Good | Bad]:
    _check_package(path)
    # openpyxl raises whatever the damaged part provokes: at this boundary it all means that reading ends here.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = open_workbook(path)
            any_header, before = False, 0
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    last = 0
                    for one in _sheet(sheet, find):
                        any_header, last = True, one.number
                        yield replace(one, number=before + one.number)
                    before += last
            book.close()
    except SourceRefused:
        raise
    except Exception as error:
        raise SourceRefused(sentence(_("The workbook is cut off or damaged. Save it again."))) from error
    if not any_header:
        raise _no_header()


def _sheet(sheet: Any, find: Finder) -> Iterator[Good | Bad]:
    sheet.reset_dimensions()  # the declared size may be wrong in either direction
    fields: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), 1):
        if not fields:
            if number > HEADER_ROWS:
                return
            found = _header(row, find)
            fields = found if len(found) > 1 else {}
        elif any(cell is not None for cell in row):
            yield Good(number, {field: row[column] for column, field in fields.items() if column < len(row)})


def _check_package(path: Path) -> None:
    """Raise SourceRefused for what is no workbook, is locked, or would unpack too large."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            for part in parts:
                if part.flag_bits & 1:
                    raise SourceRefused(sentence(_("The workbook is protected by a password. Remove it.")))
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.open(part).read(4096):
                    raise SourceRefused(
                        sentence(_("The workbook declares XML entities, as attacks do. It was not read."))
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise SourceRefused(sentence(_("The workbook is cut off or damaged. Save it again."))) from error
    swollen = any(
        part.file_size > _RATIO_FLOOR and part.file_size > _RATIO * max(part.compress_size, 1) for part in parts
    )
    if swollen or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise SourceRefused(sentence(_("The workbook unpacks to far more than its size and may be a trap.")))
