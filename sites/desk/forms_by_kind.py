"""From a column straight to the form that its kind needs (写稿)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sites.desk.freshness import TEXT_KINDS
from sites.item_types import types_for
from sites.models import Article, Leader, OfficialDocument, ServiceGuide


@dataclass(frozen=True, slots=True)
class WriteLink:
    url: str
    label: str
    icon: str


def write_links(column_id: int, kind: str) -> list[WriteLink]:
    """Return the ways to write in a column, the usual one first; none for a column that only leads on."""
    if kind in TEXT_KINDS:
        return [WriteLink(reverse("wagtailadmin_pages:edit", args=[column_id]), _("Edit the text"), "edit")]
    labels = {
        Article: _("Write an article"),
        OfficialDocument: _("Enter a document"),
        Leader: _("Add a leader"),
        ServiceGuide: _("Write a guide"),
    }
    return [WriteLink(_add_url(model, column_id), labels[model], "plus") for model in types_for(kind)]


def _add_url(model: Any, column_id: int) -> str:
    return reverse("wagtailadmin_pages:add", args=["govsites", model._meta.model_name, column_id])
