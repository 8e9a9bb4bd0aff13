"""Reports as files: a workbook of several sheets, and an HTML document that needs nothing outside of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

_CSS = Path(__file__).with_name("static") / "legacy" / "report.css"
_TABOO = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its title, its head, and rows of texts and numbers."""

    title: str
    head: list[str]
    rows: list[list[Any]]

    @property
    def cells(self) -> list[list[tuple[Any, bool]]]:
        """Return the rows as (value, whether it is a number), for a template."""
        return [[(value, isinstance(value, int | float)) for value in row] for row in self.rows]


def document(title: str, content: str) -> str:
    """Return a whole HTML document with the rules of its look inside."""
    css = mark_safe(_CSS.read_text(encoding="utf-8"))
    return render_to_string("legacy/report_document.html", {"title": title, "content": mark_safe(content), "css": css})


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the tables as XLSX. Texts stay texts: nothing becomes a formula or a link."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    number = book.add_format({"num_format": "#,##0.###", "valign": "top"})
    taken: set[str] = set()
    for table in sheets:
        sheet = book.add_worksheet(_name(table.title, taken))
        sheet.freeze_panes(1, 0)
        for at, label in enumerate(table.head):
            longest = max((_width(row[at]) for row in table.rows[:200] if at < len(row)), default=0)
            sheet.set_column(at, at, min(_WIDEST, max(_width(label), longest) + 2))
            sheet.write_string(0, at, label, bold)
        for line, row in enumerate(table.rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, bool) or not isinstance(value, int | float):
                    sheet.write_string(line, at, _text(value), plain)
                else:
                    sheet.write_number(line, at, value, number)
    book.close()
    return out.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:32_000]


def _width(value: Any) -> int:
    lines = _text(value).split("\n")
    return max(sum(2 if character > "\u2e80" else 1 for character in line[:200]) for line in lines)


def _name(title: str, taken: set[str]) -> str:
    """Return a name that a workbook takes: 31 characters, each once."""
    base = title.translate(_TABOO).strip()[:28] or "-"
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base} {number}", number + 1
    taken.add(name.lower())
    return name
