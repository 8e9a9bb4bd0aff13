"""The words of roll-outs: steps, fields and kinds as the console calls them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from sites.rollout_plan import KIND_NAMES, LOCAL_PARENT
from tenants.models import TenantKind

STEP_LABELS = {
    "add": gettext_lazy("New column"),
    "move": gettext_lazy("Moved"),
    "kind": gettext_lazy("Other kind"),
    "retitle": gettext_lazy("Other title"),
    "reorder": gettext_lazy("New order"),
    "attribute": gettext_lazy("Other rule"),
    "retire": gettext_lazy("Retired"),
    "revive": gettext_lazy("Taken up again"),
    "stamp": gettext_lazy("Only the version is noted"),
    "kept": gettext_lazy("Local differences kept"),
    "set_back": gettext_lazy("Local differences set back"),
    "removed": gettext_lazy("Removed again"),
}
FIELD_LABELS = {
    "column": gettext_lazy("the column itself"),
    "title": gettext_lazy("title"),
    "position": gettext_lazy("order"),
    "show_in_menus": gettext_lazy("menu"),
    "intro": gettext_lazy("description"),
    "keywords": gettext_lazy("keywords"),
    "responsible": gettext_lazy("responsible unit"),
    "kind": gettext_lazy("kind"),
    "parent_code": gettext_lazy("parent column"),
    "mandatory": gettext_lazy("mandatory"),
    "update_within_days": gettext_lazy("update limit"),
    "disclosure": gettext_lazy("disclosure node"),
    "column_type": gettext_lazy("column type tag"),
    "keeper": gettext_lazy("keeping"),
    "live": gettext_lazy("published"),
    "slug": gettext_lazy("name in the address"),
}
KEEPER_NAMES = {"one": gettext_lazy("Kept by one unit"), "shared": gettext_lazy("Kept by several units")}


def counted(counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(STEP_LABELS.get(name, name), count) for name, count in counts.items() if count]


def value_text(field: str, value: Any) -> Any:
    """Return a column's value as people call it: kinds and ways of keeping by name, all else as it is."""
    if field == "kind" and value in KIND_NAMES:
        return gettext(KIND_NAMES[value])
    if field == "parent_code" and value in ("", LOCAL_PARENT):
        return gettext("a column of its own") if value else gettext("home page")
    if field == "keeper" and value in KEEPER_NAMES:
        return str(KEEPER_NAMES[value])
    return value


def kind_label(kind: str) -> str:
    return str(dict(TenantKind.choices).get(kind, kind))
