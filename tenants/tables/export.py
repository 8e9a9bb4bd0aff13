"""Tables that people take away: CSV and XLSX in which nothing turns into a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain

import xlsxwriter

from tenants.tables.cells import FORMULA_STARTS


def escape_formula(value: str) -> str:
    """Return the value with ' before whatever a spreadsheet would take for a formula; read_table takes it off."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


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
