"""Tables from CSV, TSV and other delimited text; the delimiter is the one under which most headers are known."""

import csv
import io
from collections.abc import Iterable, Iterator

from tenants.messages import _
from tenants.tables import Table, TableError
from tenants.tables.cells import cell_texts
from tenants.tables.headers import HEADER_ROWS, HeaderNames, SheetRow, find_header, find_table, require_rows


def read_csv(text: str, known: HeaderNames, max_rows: int) -> Table:
    """Return the table in the text; TableError names the line that can't be read."""
    best, delimiter = -1, ","
    for candidate in (",", "\t", ";"):
        header = find_header(_first_records(text, candidate), known)
        if header and len(header.fields) > best:
            best, delimiter = len(header.fields), candidate
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return require_rows(find_table(_records(reader), known, max_rows, ragged=True), known)
    except csv.Error as error:
        raise TableError(
            _("Line %(line)d can't be read (%(reason)s). Look for a quotation mark that is not closed."),
            line=reader.line_num,
            reason=str(error),
        ) from error


def _first_records(text: str, delimiter: str) -> list[SheetRow]:
    rows = []
    try:
        for row in _records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            rows.append(row)
            if len(rows) > HEADER_ROWS:
                break
    except csv.Error:
        pass  # the wrong delimiter; with the right one the same fault is told by the reader itself
    return rows


def _records(records: Iterable[list[str]]) -> Iterator[SheetRow]:
    for number, values in enumerate(records, 1):
        texts, faults = cell_texts(values)
        yield number, texts, faults
