"""Paragraphs in the middle and to the right: buttons of the text editor, and how they are stored."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.converters.html_to_contentstate import BlockElementHandler
from wagtail.admin.rich_text.editors.draftail.features import BlockFeature

ALIGNED = (("text-center", "align-center", _("Centred")), ("text-right", "align-right", _("Right-aligned")))
ICONS = [f"govsites/writing/icons/{icon}.svg" for _name, icon, _label in ALIGNED]


def register(features: Any) -> None:
    """Add the two to a registry of rich-text features. Stored as `<p class="text-center">`, `<p class="text-right">`."""
    for name, icon, label in ALIGNED:
        features.register_editor_plugin(
            "draftail",
            name,
            BlockFeature(
                {"type": name, "icon": icon, "description": label, "element": "p"},
                js=["govsites/admin/writing.js"],
                css={"all": ["govsites/admin/writing.css"]},
            ),
        )
        features.register_converter_rule(
            "contentstate",
            name,
            {
                "from_database_format": {f'p[class="{name}"]': BlockElementHandler(name)},
                "to_database_format": {"block_map": {name: {"element": "p", "props": {"class": name}}}},
            },
        )
