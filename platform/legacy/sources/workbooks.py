"""Workbooks of any size: the texts that the cells of an XLSX share lie in a temporary file, not in memory. Pure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

_ITEM = f"{{{SHEET_MAIN_NS}}}si"
_AT_HAND = 2000  # texts; columns repeat theirs


class Strings:
    """Texts by their number, as a list has them. SQLite deletes the file with the connection."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._file = sqlite3.connect("", check_same_thread=False)
        self._file.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT)")
        self._file.executemany("INSERT INTO texts VALUES (?, ?)", enumerate(texts))
        self._at_hand = lru_cache(_AT_HAND)(self._text)

    def __getitem__(self, number: int) -> str:
        return self._at_hand(number)

    def _text(self, number: int) -> str:
        found = self._file.execute("SELECT text FROM texts WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise IndexError(number)
        return str(found[0])


class _Reader(ExcelReader):  # type: ignore[misc]
    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = Strings(texts_of(source))


def open_workbook(path: Path) -> Workbook:
    """Return the workbook for reading row by row. Raises whatever a damaged part provokes."""
    reader = _Reader(path, read_only=True, data_only=True)
    reader.read()
    return reader.wb


def texts_of(source: IO[bytes]) -> Iterator[str]:
    """Yield the shared texts in their order."""
    root: Element | None = None
    for event, node in iterparse(source, events=("start", "end")):
        if root is None:
            root = node
        elif event == "end" and node.tag == _ITEM:
            yield (Text.from_tree(node).content or "").replace("x005F_", "")
            root.clear()  # what was read stays with its parent otherwise
