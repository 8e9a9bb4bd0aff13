"""From an HTML table to a full grid: merged cells, header, caption; tables inside cells become lines. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sites.messages import _, sentence
from sites.writing.items import Grid, Image, Item, Paragraph
from sites.writing.parts import Merge, Table, Unreadable
from sites.writing.runs import joined, plain
from sites.writing.walking import Walk

CELLS_MOST = 20_000
_COLUMNS_MOST = 100
_NESTED_MOST = 5
_CAPTION_MOST = 80


@dataclass(slots=True)
class _Cell:
    text: str
    row: int
    column: int
    rows: int
    columns: int
    align: str
    is_header: bool
    is_bold: bool
    images: tuple[Image, ...]
    items: list[Item]


def table_items(table: etree._Element, lost: Counter[str], depth: int = 0) -> list[Item]:
    """Return the table as a Grid, or as what stands in it where it only serves the layout (one column, one cell)."""
    cells, height, width = _cells(table, lost, depth)
    if not cells or not height:
        return []
    if width == 1 or (height == 1 and any(cell.images or len(cell.items) > 3 for cell in cells)):
        return [item for cell in cells for item in cell.items]
    captions = [_lines(_inside(found, lost, depth)) for found in table.iterfind("caption")]
    caption = " ".join(captions)[:_CAPTION_MOST]
    first = [cell for cell in cells if cell.row == 0]
    if not caption and len(first) == 1 and first[0].columns == width and height - first[0].rows >= 2:
        text = first[0].text.replace("\n", " ")
        if 0 < len(text) <= _CAPTION_MOST:
            caption, gone = text, first[0].rows
            cells, height = [cell for cell in cells if cell.row >= gone], height - gone
            for cell in cells:
                cell.row -= gone
    grid = [[""] * width for _row in range(height)]
    for cell in cells:
        grid[cell.row][cell.column] = cell.text
    lost["link in a table"] += sum(_links(cell.items) for cell in cells)
    made = Table(
        rows=tuple(tuple(row) for row in grid),
        merges=tuple(
            Merge(cell.row, cell.column, cell.rows, cell.columns) for cell in cells if cell.rows * cell.columns > 1
        ),
        header=_header(cells, height, width, bool(table.xpath("./thead"))),
        caption=caption,
        aligned={(cell.row, cell.column): cell.align for cell in cells if cell.align},
    )
    return [Grid(made, tuple(image for cell in cells for image in cell.images))]


def _cells(table: etree._Element, lost: Counter[str], depth: int) -> tuple[list[_Cell], int, int]:
    """Return the cells that hold something of the grid, its height and its width."""
    taken: dict[tuple[int, int], _Cell] = {}
    cells: list[_Cell] = []
    rows = list(table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"))
    height = 0
    for row in rows:
        column = 0
        here = [cell for cell in row if cell.tag in {"td", "th"}]
        if not here:
            continue
        for element in here:
            while (height, column) in taken:
                column += 1
            columns = min(_span(element, "colspan"), _COLUMNS_MOST)
            if column + columns > _COLUMNS_MOST:
                raise _too_large()
            cell = _read(
                element, height, column, min(_span(element, "rowspan"), len(rows) - height), columns, lost, depth
            )
            for down in range(cell.rows):
                for across in range(cell.columns):
                    taken.setdefault((height + down, column + across), cell)
            if len(taken) > CELLS_MOST:
                raise _too_large()
            cells.append(cell)
            column += columns
        height += 1
    for cell in cells:
        cell.rows = min(cell.rows, height - cell.row)
    return _without_overlaps(cells), height, max((column + 1 for _row, column in taken), default=0)


def _without_overlaps(cells: list[_Cell]) -> list[_Cell]:
    """Cut merged cells that would reach over others, as broken tables have them."""
    owner: dict[tuple[int, int], _Cell] = {(cell.row, cell.column): cell for cell in cells}
    for cell in cells:
        if cell.rows * cell.columns == 1:
            continue
        free = all(
            owner.setdefault((cell.row + down, cell.column + across), cell) is cell
            for down in range(cell.rows)
            for across in range(cell.columns)
        )
        if not free:
            cell.rows = cell.columns = 1
    return cells


def _read(
    element: etree._Element, row: int, column: int, rows: int, columns: int, lost: Counter[str], depth: int
) -> _Cell:
    items = _inside(element, lost, depth)
    paragraphs = [item for item in items if isinstance(item, Paragraph)]
    aligns = {paragraph.align for paragraph in paragraphs}
    runs = [run for paragraph in paragraphs for run in paragraph.runs if run.text.strip()]
    return _Cell(
        text=_lines(items),
        row=row,
        column=column,
        rows=max(rows, 1),
        columns=columns,
        align=aligns.pop() if len(aligns) == 1 else "",
        is_header=element.tag == "th",
        is_bold=bool(runs) and all(run.style.bold for run in runs),
        images=tuple(_images(items)),
        items=items,
    )


def _inside(element: etree._Element, lost: Counter[str], depth: int) -> list[Item]:
    """Return the items in a cell; a table in it comes as a Grid, too deep ones are left out."""

    def inner(table: etree._Element, lost: Counter[str]) -> list[Item]:
        lost["table in a table"] += 1
        return table_items(table, lost, depth + 1) if depth < _NESTED_MOST else []

    return Walk(inner, lost).walk(element)


def _lines(items: list[Item]) -> str:
    """Return the text of a cell, one line a paragraph; the rows of an inner table become lines."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, Paragraph):
            lines.append((item.marker.strip() + plain(joined(item.runs))).strip())
        elif isinstance(item, Grid):
            lines += ["　".join(filter(None, row)).replace("\n", " ") for row in item.table.rows]
    return "\n".join(line for line in lines if line)


def _images(items: list[Item]) -> Iterator[Image]:
    for item in items:
        if isinstance(item, Image):
            yield item
        elif isinstance(item, Grid):
            yield from item.images


def _links(items: list[Item]) -> int:
    return sum(bool(run.style.href) for item in items if isinstance(item, Paragraph) for run in item.runs)


def _header(cells: list[_Cell], height: int, width: int, has_head: bool) -> str:
    """Return which cells head the table: as marked, else a first row that looks like one (bold, or short and full)."""
    first = [cell for cell in cells if cell.row == 0]
    side = [cell for cell in cells if cell.column == 0 and cell.row > 0]
    row = has_head or all(cell.is_header for cell in first) or all(cell.is_bold for cell in first if cell.text)
    if not row:
        row = all(0 < len(cell.text) <= 20 and not any(ch.isdigit() for ch in cell.text) for cell in first)
    column = bool(side) and all(cell.is_header for cell in side)
    if height < 2:
        row = False
    return {(True, True): "both", (True, False): "row", (False, True): "column", (False, False): "neither"}[row, column]


def _span(element: etree._Element, name: str) -> int:
    written = (element.get(name) or "").strip()
    return max(1, int(written)) if written.isdecimal() and len(written) <= 6 else 1


def _too_large() -> Unreadable:
    return Unreadable(
        sentence(
            _("A table has more than %(cells)s cells or %(columns)s columns. Offer it as an attachment, or split it."),
            cells=CELLS_MOST,
            columns=_COLUMNS_MOST,
        )
    )
