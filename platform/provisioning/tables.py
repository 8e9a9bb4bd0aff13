"""Tables (表格) that people hand in or take away: CSV, TSV, XLSX and JSON become rows of named cells, and back.

The content decides what a file is; its name only helps the sentence when nothing fits. Nothing in a file is ever
executed: a formula is its cached value or a problem of its row. What is wrong with a whole file raises TableError;
what is wrong with one cell stays with its row, so that the other rows go through.
"""

import csv
import io
import json
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any

import openpyxl
import xlsxwriter

MAX_ROWS = 50_000
MAX_FILE_BYTES = 64 * 2**20
HEADER_ROWS = 10  # the header row is looked for among this many rows
_MAX_COLUMNS = 256  # some programs claim 16,384 columns for every row
_SHEET_ROWS = 1_048_576  # the most a sheet can have; a row number beyond it is a trap for whoever counts up to it
_MAX_UNPACKED = 200 * 2**20
_MAX_RATIO, _RATIO_FLOOR = 200, 2**20  # small parts may compress as well as they like
_MAX_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown, because this module knows no Django."""
    return message


class TableError(ValueError):
    """A file that can't be read; str() is the English sentence, msgid and params let a caller translate it."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        self.msgid = msgid
        self.params = params
        super().__init__(msgid % params)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (or worth a warning) in one field of one row; field '' means the row as a whole."""

    row: int
    field: str
    msgid: str
    params: Mapping[str, str | int]

    def say(self, translate: Callable[[str], str] = str) -> str:
        """Return one sentence with row number and field, in the language of translate (a gettext)."""
        text = translate(self.msgid) % self.params
        if not self.field:
            return translate(_("Row %(row)d: %(text)s")) % {"row": self.row, "text": text}
        prefix = translate(_("Row %(row)d, %(field)s: %(text)s"))
        return prefix % {"row": self.row, "field": translate(self.field), "text": text}

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.say()


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as handed in: its number in the sheet (1-based), cells by field, and the faults of its cells."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, its headers as written, the headers nobody reads, and other sheets left unread."""

    headers: tuple[str, ...]
    rows: tuple[RawRow, ...]
    ignored: tuple[str, ...] = ()
    unread_sheets: tuple[str, ...] = ()


def read_table(data: bytes, name: str, headers: Mapping[str, str], *, max_rows: int = MAX_ROWS) -> Table:
    """Return the table in data; `headers` maps each known header to its field.

    Where two columns give one field, the header that stands earlier in `headers` wins and the other is ignored.
    A header "group/part" in `headers` is met by "part" under a merged "group", or to the right of a column "group".
    Cells of unknown columns are dropped. Raises TableError with a sentence for a file that can't be read.
    """
    known = HeaderNames(headers)
    if len(data) > MAX_FILE_BYTES:
        raise TableError(_("The file is over %(limit)d MB. Split it."), limit=MAX_FILE_BYTES // 2**20)
    if not data.strip():
        raise TableError(_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        return _read_xlsx(data, known, max_rows)
    _refuse_other_formats(data)
    text = decode(data)
    if not text.strip():
        raise TableError(_("The file is empty."))
    if text.lstrip()[0] in "[{" or name.lower().endswith((".json", ".jsonl", ".ndjson")):
        return _read_json(text, known, max_rows)
    return _read_csv(text, known, max_rows)


def row_from_mapping(values: Mapping[str, object], number: int, known: "HeaderNames") -> RawRow:
    """Return the row for one object of an API, a form or a JSON file; unknown keys are dropped."""
    cells: dict[str, str] = {}
    ranks: dict[str, int] = {}
    problems = []
    for key, value in values.items():
        if not (hit := known.find(key)):
            continue
        rank, field = hit
        text, fault = _cell(value)
        if fault:
            problems.append(Problem(number, field, fault, {"cell": key}))
        elif text and rank < ranks.get(field, rank + 1):
            cells[field], ranks[field] = text, rank
    return RawRow(number, cells, tuple(problems))


# Text ----------------------------------------------------------------------------------------------------------------

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"))
_BOMS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SPACES = dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F), " ")
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD), None)
_CLEAN: dict[int, int | str | None] = {**_WIDE, **_SPACES, **_INVISIBLE}
_ODD = re.compile("[" + "".join(map(chr, _CLEAN)) + r"\t\r\n\v\f]|  ")
_HAN_BREAK = re.compile(r"(?<=[\u3400-\u9fff])[ \t]*[\r\n]+[ \t]*(?=[\u3400-\u9fff])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str) -> str:
    """Return the text with half-width digits, letters and spaces, without invisible characters and line breaks.

    Chinese brackets and punctuation stay as they are: 〔2024〕 and （） belong to names and numbers of documents.
    """
    if text.isascii() and not _ODD.search(text):
        return text.strip()
    if _ODD.search(text):
        text = _HAN_BREAK.sub("", text.translate(_CLEAN))
        text = re.sub(r"\s+", " ", text)
    return unicodedata.normalize("NFC", text).strip()


def decode(data: bytes) -> str:
    """Return the text: by its byte order mark, else UTF-8, else GB18030; TableError names the offending byte."""
    for mark, encoding in (*_BOMS, *_BOMS_16):
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError as error:
                raise TableError(
                    _("The file says it is %(encoding)s, but byte %(offset)d is not. Save it again as UTF-8."),
                    encoding=encoding.removesuffix("-sig").upper(),
                    offset=error.start,
                ) from error
            return _without_nul(text)
    if (offset := data.find(b"\0")) >= 0:
        raise TableError(_("Byte %(offset)d of the file is NUL: this is not a text table."), offset=offset)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        in_utf8 = error.start
    # A few whole Chinese characters before the fault prove UTF-8: read as GB18030, the rest would turn to nonsense.
    if len(re.findall(r"[\u3000-\u9fff]", data[:in_utf8].decode("utf-8"))) >= 3:
        raise TableError(_("The file is UTF-8, but damaged at byte %(offset)d. Save it again."), offset=in_utf8)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise TableError(
            _("The file is neither UTF-8 (byte %(utf8)d) nor GB18030 (byte %(gb)d). Save it as UTF-8."),
            utf8=in_utf8,
            gb=error.start,
        ) from error


def _without_nul(text: str) -> str:
    if (offset := text.find("\0")) >= 0:
        raise TableError(_("Character %(offset)d of the file is NUL: this is not a text table."), offset=offset)
    return text


def _refuse_other_formats(data: bytes) -> None:
    """Say what a file is that looks like a table to its owner but can't be read as one."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableError(_("The workbook is protected by a password. Remove the password and save it again."))
        raise TableError(_("This is an old Excel file (.xls). Open it and save it as .xlsx."))
    if data.startswith(b"%PDF"):
        raise TableError(_("This is a PDF. Save the table as .xlsx or .csv."))
    if data.startswith(b"PK"):
        raise TableError(_("The workbook is cut off or damaged. Save or upload it again."))
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise TableError(_("This is a web page or XML that calls itself a table. Open it and save it as .xlsx."))


# Headers -------------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class _Header:
    number: int  # the last row of the header
    texts: tuple[str, ...]
    fields: Mapping[int, str]  # column -> field
    ignored: tuple[str, ...]


_Row = tuple[int, Sequence[str], Mapping[int, str]]  # number, cells, msgids of faults by column


def _find_header(rows: Sequence[_Row], known: HeaderNames) -> _Header | None:
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


def _settle(number: int, texts: Sequence[str], found: Mapping[int, tuple[int, str]]) -> _Header:
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
    return _Header(number, tuple(texts), dict(sorted(fields.items())), ignored)


def _letters(column: int) -> str:
    """Return the name a sheet gives to a 0-based column: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _table(rows: Iterator[_Row], known: HeaderNames, max_rows: int, *, ragged: bool = False) -> Table | None:
    """Return the table in a stream of rows, None without a header; `ragged` refuses rows longer than the header."""
    first = list(islice(rows, HEADER_ROWS + 1))
    header = _find_header(first, known)
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


def _filled(table: Table | None, known: HeaderNames) -> Table:
    if table is None:
        raise TableError(
            _("No header row was found in the first %(rows)d rows. It needs at least two of: %(examples)s …"),
            rows=HEADER_ROWS,
            examples=known.examples,
        )
    if not table.rows:
        raise TableError(_("The file holds headers and no rows."))
    return table


# Cells ---------------------------------------------------------------------------------------------------------------

_MORE_CELLS = _("there are %(cells)d cells for %(headers)d headers. A comma inside a value needs quotes.")
_FORMULA = _("cell %(cell)s holds a formula without a stored value. Replace it by its value.")
_ERROR_VALUE = _("cell %(cell)s holds a spreadsheet error. Correct it.")
_INVISIBLE_CELL = _("cell %(cell)s holds a control character. Type the value again.")
_LOST_DIGITS = _("cell %(cell)s is a number whose last digits are lost. Format the column as text and type it again.")
_NESTED = _("cell %(cell)s holds a list or an object where a value belongs.")

_ERROR_VALUES = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_WHOLE_FLOAT = re.compile(r"\d+\.0+")
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?E\+(\d{2})")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _text_cell(text: str) -> tuple[str, str]:
    """Return (cleaned text, '') or ('', msgid of the fault) for a cell that is text already."""
    if _CONTROL.search(text):
        return "", _INVISIBLE_CELL
    if text[:1] == "'" and text[1:2] in _FORMULA_STARTS and len(text) > 1:
        text = text[1:]  # our own export's escape comes back
    text = clean_text(text)
    if text[:1] == "#" and text in _ERROR_VALUES:
        return "", _ERROR_VALUE
    if text[:1].isdigit():
        if _WHOLE_FLOAT.fullmatch(text):
            return text.partition(".")[0], ""
        if match := _SHORTENED.fullmatch(text):
            # A spreadsheet writes 430102001000 as 4.30102E+11: unless every digit is there, the code is gone.
            digits = match[1] + (match[2] or "")
            return (digits, "") if len(digits) == int(match[3]) + 1 else ("", _LOST_DIGITS)
    return text, ""


def _cell(value: object) -> tuple[str, str]:
    """Return (text, '') or ('', msgid of the fault) for a typed value of a workbook or a JSON object."""
    if value is None:
        return "", ""
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        if abs(value) >= _MAX_EXACT or value != value:
            return "", _LOST_DIGITS
        return (str(int(value)) if value == int(value) else repr(value)), ""
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")), ""
    if isinstance(value, date | time):
        return value.isoformat(), ""
    return ("", _NESTED) if isinstance(value, list | dict) else _text_cell(str(value))


def _cells(values: Iterable[object]) -> tuple[list[str], dict[int, str]]:
    texts, faults = [], {}
    for column, value in enumerate(values):
        text, fault = _cell(value)
        texts.append(text)
        if fault:
            faults[column] = fault
    return texts, faults


# CSV -----------------------------------------------------------------------------------------------------------------


def _read_csv(text: str, known: HeaderNames, max_rows: int) -> Table:
    best, delimiter = -1, ","
    for candidate in (",", "\t", ";"):
        header = _find_header(_first_records(text, candidate), known)
        if header and len(header.fields) > best:
            best, delimiter = len(header.fields), candidate
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _filled(_table(_records(reader), known, max_rows, ragged=True), known)
    except csv.Error as error:
        raise TableError(
            _("Line %(line)d can't be read (%(reason)s). Look for a quotation mark that is not closed."),
            line=reader.line_num,
            reason=str(error),
        ) from error


def _first_records(text: str, delimiter: str) -> list[_Row]:
    rows = []
    try:
        for row in _records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            rows.append(row)
            if len(rows) > HEADER_ROWS:
                break
    except csv.Error:
        pass  # the wrong delimiter; with the right one the same fault is told by the reader itself
    return rows


def _records(records: Iterable[list[str]]) -> Iterator[_Row]:
    for number, values in enumerate(records, 1):
        texts, faults = _cells(values)
        yield number, texts, faults


# XLSX ----------------------------------------------------------------------------------------------------------------

_DAMAGED = _("The workbook is cut off or damaged. Save or upload it again.")
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s>/]")
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")  # in UTF-8 and in UTF-16
_BLOCK = 2**20


def _read_xlsx(data: bytes, known: HeaderNames, max_rows: int) -> Table:
    with_formulas = _check_package(data)
    # openpyxl raises whatever the damaged part provokes (KeyError, IndexError, ParseError, zlib.error …): at this
    # boundary they all mean that the file can't be read.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read_sheets(data, known, max_rows, with_formulas=with_formulas)
    except TableError:
        raise
    except Exception as error:
        raise TableError(_DAMAGED) from error


def _check_package(data: bytes) -> bool:
    """Refuse what is no workbook or would unpack too large; return whether any sheet holds a formula."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError(_DAMAGED) from error
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise TableError(_("This is a binary workbook (.xlsb). Save it as .xlsx."))
    if "content.xml" in names:
        raise TableError(_("This is an OpenDocument table. Save it as .xlsx or .csv."))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise TableError(_("This is an archive and not a workbook. Hand in the .xlsx itself."))
    if any(part.flag_bits & 1 for part in parts):
        raise TableError(_("The workbook is protected by a password. Remove the password and save it again."))
    # zipfile unpacks no more than the size a part declares, so the declared sizes can be trusted as limits.
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MAX_UNPACKED or any(
        part.file_size > _RATIO_FLOOR and part.file_size > _MAX_RATIO * max(part.compress_size, 1) for part in parts
    ):
        raise TableError(
            _("The workbook unpacks to %(size)d MB and is refused. Hand in the rows alone."), size=unpacked >> 20
        )
    with_formulas = False
    for part in parts:  # every part is looked at, the ones after a formula too
        if part.filename.endswith((".xml", ".rels")):
            with_formulas |= _scan(package, part)
    return with_formulas


def _scan(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Return whether a sheet's part holds a formula; refuse a part that declares entities.

    The XML parsers below openpyxl don't follow entities either; but which of them is at work depends on what else is
    installed, and no spreadsheet writes a document type.
    """
    is_sheet = "worksheets/" in part.filename
    try:
        with package.open(part) as stream:
            block = stream.read(_BLOCK)
            if _DOCTYPE.search(block):
                raise TableError(
                    _("The workbook declares XML entities and is refused. Save it again from a spreadsheet.")
                )
            tail = b""
            while is_sheet and block:
                if _FORMULA_TAG.search(tail + block):
                    return True
                tail, block = block[-64:], stream.read(_BLOCK)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zlib.error) as error:
        raise TableError(_DAMAGED) from error
    return False


def _read_sheets(data: bytes, known: HeaderNames, max_rows: int, *, with_formulas: bool) -> Table:
    """Return the table of the first visible sheet that has one, and name the further sheets that have one too."""
    values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True) if with_formulas else None
    chosen: Table | None = None
    others = []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if chosen and chosen.rows:
            if _find_header(list(islice(_sheet_rows(sheet, None), HEADER_ROWS + 1)), known):
                others.append(sheet.title)
            continue
        rows = _sheet_rows(sheet, formulas[sheet.title] if formulas else None)
        chosen = _table(rows, known, max_rows) or chosen
    table = _filled(chosen, known)
    return Table(table.headers, table.rows, table.ignored, tuple(others))


def _sheet_rows(sheet: Any, formulas: Any) -> Iterator[_Row]:
    """Yield the rows; merged cells need no care, because all but the first of them are empty."""
    sheet.reset_dimensions()  # the declared size may be wrong in either direction
    beside: Iterator[Sequence[object]] | None = None
    if formulas is not None:
        formulas.reset_dimensions()
        beside = formulas.iter_rows(max_col=_MAX_COLUMNS, values_only=True)
    for number, values in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True), 1):
        if number > _SHEET_ROWS:
            raise TableError(_DAMAGED)
        written = next(beside, ()) if beside is not None else ()
        if written.count(None) == len(written) and values.count(None) == len(values):
            yield number, (), {}  # a file may claim a million of these
            continue
        texts, faults = _cells(values)
        for column, content in enumerate(written):
            if content is not None and values[column] is None:  # only a formula has content and no value
                faults[column] = _FORMULA
        while texts and not texts[-1]:
            texts.pop()
        yield number, texts, faults


# JSON ----------------------------------------------------------------------------------------------------------------


def _read_json(text: str, known: HeaderNames, max_rows: int) -> Table:
    items = _json_items(text)
    if not items:
        raise TableError(_("The file is empty."))
    if len(items) > max_rows:
        raise TableError(_("The file has more than %(limit)d rows. Split it."), limit=max_rows)
    keys = list(dict.fromkeys(key for _number, item in items if isinstance(item, dict) for key in item))
    used = {key for key in keys if known.find(key)}
    if len(used) < min(2, len(keys)) or not used:
        raise TableError(
            _("The objects have none of the known keys. They need at least two of: %(examples)s …"),
            examples=known.examples,
        )
    rows = []
    for number, item in items:
        if isinstance(item, dict):
            rows.append(row_from_mapping(item, number, known))
        else:
            rows.append(RawRow(number, {}, (Problem(number, "", _("this is not an object with named values."), {}),)))
    return Table(tuple(keys), tuple(rows), tuple(key for key in keys if key not in used))


def _json_items(text: str) -> list[tuple[int, object]]:
    """Return (number, item): of a list, of {"rows": [...]}, or of one object a line."""
    try:
        whole = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[0] == "{" and "Extra data" in str(error):
            return [
                (number, _json_line(line, number)) for number, line in enumerate(text.split("\n"), 1) if line.strip()
            ]
        raise _json_error(error) from error
    if isinstance(whole, dict) and isinstance(whole.get("rows"), list):
        whole = whole["rows"]
    if isinstance(whole, dict):
        whole = [whole]
    if not isinstance(whole, list):
        raise TableError(_("The JSON is neither a list of objects nor an object with 'rows'."))
    return list(enumerate(whole, 1))


def _json_line(line: str, number: int) -> object:
    try:
        return json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _json_error(error, line=number) from error


def _json_error(error: Exception, line: int = 0) -> TableError:
    line = line or getattr(error, "lineno", 1)
    return TableError(
        _("Line %(line)d is not valid JSON (%(reason)s)."), line=line, reason=getattr(error, "msg", str(error))
    )


def _no_constant(name: str) -> object:
    raise ValueError(name)


# Export --------------------------------------------------------------------------------------------------------------


def escape_formula(value: str) -> str:
    """Return the value with ' before whatever a spreadsheet would take for a formula; read_table takes it off."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV in UTF-8 with a byte order mark (Excel needs it for Chinese), formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([escape_formula(header) for header in headers])
    writer.writerows([escape_formula(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook with one sheet of text cells: codes keep their zeros, and nothing becomes a formula or link."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet()
    text_format = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for number, values in enumerate(chain([headers], rows)):
        for column, value in enumerate(values):
            sheet.write_string(number, column, value, text_format)
    book.close()
    return out.getvalue()
