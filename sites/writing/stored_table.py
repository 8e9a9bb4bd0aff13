"""A table in the form in which the editor stores it (Handsontable); table_view.py reads that form back. Pure."""

from __future__ import annotations

from typing import Any

from sites.writing.parts import Table


def table_value(table: Table) -> dict[str, Any]:
    """Return a table as Wagtail's table block stores it."""
    covered = {
        (merge.row + down, merge.column + across)
        for merge in table.merges
        for down in range(merge.rows)
        for across in range(merge.columns)
    } - {(merge.row, merge.column) for merge in table.merges}
    aligned = {
        place: {"className": {"center": "htCenter", "right": "htRight"}[way]} for place, way in table.aligned.items()
    }
    places = sorted(covered | set(aligned))
    return {
        "data": [list(row) for row in table.rows],
        "cell": [
            {
                "row": row,
                "col": column,
                **aligned.get((row, column), {}),
                **({"hidden": True} if (row, column) in covered else {}),
            }
            for row, column in places
        ],
        "mergeCells": [
            {"row": merge.row, "col": merge.column, "rowspan": merge.rows, "colspan": merge.columns}
            for merge in table.merges
        ],
        "first_row_is_table_header": table.header in {"row", "both"},
        "first_col_is_header": table.header in {"column", "both"},
        "table_header_choice": table.header,
        "table_caption": table.caption,
    }
