"""A stored table as rows of cells to be shown: merged cells, header cells, alignment. Pure.

The stored form is the editor's (Handsontable): a full grid `data`, `mergeCells`, and `cell` with classes. It comes from
a browser, so nothing in it is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ALIGNED = {"htCenter": "center", "htRight": "right"}


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell. `scope` is "col", "row", "colgroup", "rowgroup", or "" for a data cell; `align` "center", "right", ""."""

    text: str
    scope: str = ""
    columns: int = 1
    rows: int = 1
    align: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The head (as many rows as its merged cells reach down), the body, and the number of columns."""

    caption: str
    head: tuple[tuple[ShownCell, ...], ...]
    body: tuple[tuple[ShownCell, ...], ...]
    columns: int


def shown(value: Mapping[str, Any]) -> ShownTable:
    """Return the table to show; an empty one where the value holds no rows."""
    data = value.get("data")
    rows = [list(row) for row in data if isinstance(row, list | tuple)] if isinstance(data, list | tuple) else []
    width = max((len(row) for row in rows), default=0)
    spans, covered = _spans(value.get("mergeCells"), len(rows), width)
    aligned = _aligned(value.get("cell"))
    row_heads, column_heads = bool(value.get("first_row_is_table_header")), bool(value.get("first_col_is_header"))
    height = _head_height(spans) if row_heads and rows else 0
    out: list[tuple[ShownCell, ...]] = []
    for at, row in enumerate(rows):
        cells = []
        for column in range(width):
            if (at, column) in covered:
                continue
            down, across = spans.get((at, column), (1, 1))
            if at < height:
                scope = "colgroup" if across > 1 else "col"
            elif column == 0 and column_heads:
                scope = "rowgroup" if down > 1 else "row"
            else:
                scope = ""
            # A merged cell of the head ends with the head, or the browser would cut it.
            down = min(down, height - at) if at < height else down
            cells.append(ShownCell(_text(row, column), scope, across, down, aligned.get((at, column), "")))
        out.append(tuple(cells))
    caption = value.get("table_caption")
    return ShownTable(caption if isinstance(caption, str) else "", tuple(out[:height]), tuple(out[height:]), width)


def _text(row: list[Any], column: int) -> str:
    found = row[column] if column < len(row) else None
    return "" if found is None or isinstance(found, list | dict) else str(found).strip()


def _spans(merges: Any, height: int, width: int) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Return (rows, columns) by the first cell of each merge, and the cells that merges cover; overlaps are left out."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for merge in merges if isinstance(merges, list | tuple) else ():
        found = [merge.get(name) for name in ("row", "col", "rowspan", "colspan")] if isinstance(merge, Mapping) else []
        if len(found) != 4 or not all(isinstance(number, int) and 0 <= number < 100_000 for number in found):
            continue
        row, column, down, across = (int(number or 0) for number in found)
        down, across = min(down, height - row), min(across, width - column)
        reached = {(row + y, column + x) for y in range(down) for x in range(across)}
        if len(reached) < 2 or reached & (covered | set(spans)):
            continue
        spans[row, column] = (down, across)
        covered |= reached - {(row, column)}
    return spans, covered


def _head_height(spans: Mapping[tuple[int, int], tuple[int, int]]) -> int:
    """Return how many rows the head takes: the first one, and those that its merged cells reach into."""
    height = 1
    while True:
        reach = max((row + down for (row, _column), (down, _across) in spans.items() if row < height), default=1)
        if reach <= height:
            return height
        height = reach


def _aligned(cells: Any) -> dict[tuple[int, int], str]:
    aligned: dict[tuple[int, int], str] = {}
    for cell in cells if isinstance(cells, list | tuple) else ():
        if isinstance(cell, Mapping) and isinstance(cell.get("className"), str):
            row, column = cell.get("row"), cell.get("col")
            for name in cell["className"].split():
                if name in _ALIGNED and isinstance(row, int) and isinstance(column, int):
                    aligned[row, column] = _ALIGNED[name]
    return aligned
