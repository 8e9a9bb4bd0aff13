"""The table in the editor: merged cells, alignment, header choice; shown with captions, scopes and spans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.contrib.table_block.blocks import TableBlock, TableInput, TableInputAdapter

from sites.writing.characters import clean
from sites.writing.table_view import shown

_OPTIONS = {
    "mergeCells": True,
    # The tools above the table work on the selected cells, and are outside of it.
    "outsideClickDeselects": False,
    "contextMenu": [
        *("row_above", "row_below", "col_left", "col_right", "---------", "remove_row", "remove_col", "---------"),
        *("mergeCells", "alignment", "---------", "undo", "redo"),
    ],
}


class ArticleTableInput(TableInput):
    """The table's field with our tools, in the language of the admin."""

    @cached_property
    def media(self) -> forms.Media:
        ours = forms.Media(
            js=[versioned_static("govsites/admin/writing.tables.js")],
            css={"all": [versioned_static("govsites/admin/writing.css")]},
        )
        vendor = forms.Media(js=[versioned_static("table_block/js/vendor/handsontable-6.2.2.full.min.js")])
        return vendor + ours + super().media


register(TableInputAdapter(), ArticleTableInput)


class ArticleTableBlock(TableBlock):
    """A table of plain text (表格). Its stored form is that of Wagtail's TableBlock, and so is its name in migrations."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(table_options=dict(_OPTIONS), **kwargs)

    @cached_property
    def field(self) -> forms.CharField:
        return forms.CharField(widget=ArticleTableInput(table_options=self.table_options), **self.field_options)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        _path, args, kwargs = super().deconstruct()
        return "wagtail.contrib.table_block.blocks.TableBlock", args, kwargs

    def clean(self, value: Any) -> Any:
        """Return the table with the text of its cells cleaned of direction marks and invisible characters."""
        value = super().clean(value)
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            value["data"] = [
                [clean(cell) if isinstance(cell, str) else cell for cell in row] if isinstance(row, list) else []
                for row in value["data"]
            ]
        return value

    def render(self, value: Any, context: Any = None) -> str:
        if not value:
            return ""
        return render_to_string(self.meta.template, {**(context or {}), "table": shown(value)})
