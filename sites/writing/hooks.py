"""What this part adds to Wagtail's admin: addresses, buttons, the text editor's features, the words of its script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import json_script
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter

from sites.models import Column
from sites.writing import paste, richtext, upload
from sites.writing.from_file import ACTION

ADDRESSES = [
    path("paste/<int:page_id>/", paste.paste, name="paste"),
    path("upload/<int:column_id>/", upload.upload, name="upload"),
    path("understood/<int:page_id>/", upload.understood, name="understood"),
    path("discard/<int:page_id>/", upload.discard, name="discard"),
]


@hooks.register("register_admin_urls")
def register_writing_urls() -> list[URLPattern | URLResolver]:
    return [path("writing/", include((ADDRESSES, "govsites_writing")))]


@hooks.register("register_rich_text_features")
def register_alignment(features: Any) -> None:
    richtext.register(features)


@hooks.register("register_icons")
def register_alignment_icons(icons: list[str]) -> list[str]:
    return [*icons, *richtext.ICONS]


@hooks.register("insert_editor_js")
def words_of_the_script() -> str:
    """Give the editor's script its address and its sentences, as data."""
    return json_script(
        {
            "paste": reverse("govsites_writing:paste", args=[0]),
            "words": {
                "button": gettext("Paste from Word"),
                "title": gettext("Paste from Word or WPS"),
                "help": gettext(
                    "Copy in Word or WPS, click into the box below, and press Ctrl+V (on a Mac Command+V). Headings,"
                    " tables, alignment and pictures come along."
                ),
                "area": gettext("Paste here"),
                "insert": gettext("Insert"),
                "cancel": gettext("Cancel"),
                "working": gettext("The text is being tidied up …"),
                "done": gettext("Pasted: %(what)s."),
                "nothing": gettext("Nothing was found that could be pasted."),
                "undo": gettext("Undo pasting"),
                "undone": gettext("The paste was undone."),
                "close": gettext("Close"),
                "failed": gettext("Pasting failed. Check the connection and try again."),
                "table": {
                    "tools": gettext("Table tools"),
                    "rowAbove": gettext("Row above"),
                    "rowBelow": gettext("Row below"),
                    "removeRow": gettext("Delete row"),
                    "columnLeft": gettext("Column left"),
                    "columnRight": gettext("Column right"),
                    "removeColumn": gettext("Delete column"),
                    "merge": gettext("Merge or split cells"),
                    "align": gettext("Alignment"),
                    "left": gettext("Left"),
                    "center": gettext("Centred"),
                    "right": gettext("Right-aligned"),
                    "justify": gettext("Justified"),
                    "top": gettext("Top"),
                    "middle": gettext("Middle"),
                    "bottom": gettext("Bottom"),
                    "mergeCells": gettext("Merge cells"),
                    "splitCells": gettext("Split cells"),
                    "undo": gettext("Undo"),
                    "redo": gettext("Redo"),
                },
            },
        },
        "govsites-writing",
    )


@hooks.register("register_page_header_buttons")
def button_beside_the_column(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Offer "write from a Word file" where articles are made: in the column's own listing."""
    takes_text = view_name == "index" and isinstance(page, Column) and bool(upload.models_for(page))
    if takes_text and page.permissions_for_user(user).can_add_subpage():
        yield Button(
            gettext("Write from a Word file"),
            reverse("govsites_writing:upload", args=[page.pk]),
            icon_name="upload",
            priority=15,
        )


@hooks.register("register_log_actions")
def register_log_action(actions: Any) -> None:
    @actions.register_action(ACTION)
    class FromFile(LogFormatter):
        label = _("Made from a file")

        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data if isinstance(log_entry.data, dict) else {}
            return gettext("Made from the file “%(file)s”") % {"file": data.get("file", "")}
