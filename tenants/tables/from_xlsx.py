"""Tables from XLSX workbooks: the package is checked before it is unpacked, and a formula is its cached value."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import openpyxl

from tenants.messages import _
from tenants.tables import Table, TableError
from tenants.tables.cells import cell_texts
from tenants.tables.headers import HEADER_ROWS, HeaderNames, SheetRow, find_header, find_table, require_rows

_DAMAGED = _("The workbook is cut off or damaged. Save or upload it again.")
_FORMULA = _("cell %(cell)s holds a formula without a stored value. Replace it by its value.")

_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s>/]")
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")  # in UTF-8 and in UTF-16
_BLOCK = 2**20
_MAX_COLUMNS = 256  # some programs claim 16,384 columns for every row
_SHEET_ROWS = 1_048_576  # the most a sheet can have; a row number beyond it is a trap for whoever counts up to it
_MAX_UNPACKED = 200 * 2**20
_MAX_RATIO, _RATIO_FLOOR = 200, 2**20  # small parts may compress as well as they like


def read_xlsx(data: bytes, known: HeaderNames, max_rows: int) -> Table:
    """Return the table of the first visible sheet that has one; TableError for what is no sound workbook."""
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
            if find_header(list(islice(_sheet_rows(sheet, None), HEADER_ROWS + 1)), known):
                others.append(sheet.title)
            continue
        rows = _sheet_rows(sheet, formulas[sheet.title] if formulas else None)
        chosen = find_table(rows, known, max_rows) or chosen
    table = require_rows(chosen, known)
    return Table(table.headers, table.rows, table.ignored, tuple(others))


def _sheet_rows(sheet: Any, formulas: Any) -> Iterator[SheetRow]:
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
        texts, faults = cell_texts(values)
        for column, content in enumerate(written):
            if content is not None and values[column] is None:  # only a formula has content and no value
                faults[column] = _FORMULA
        while texts and not texts[-1]:
            texts.pop()
        yield number, texts, faults
