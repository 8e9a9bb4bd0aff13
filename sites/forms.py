"""The column form shows what the column's kind needs, and locks what the template owns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from tenants.memberships import is_operator

BODY_KINDS = frozenset({"single", "organisation", "section", "topic", "data"})
# Of a column that comes from the template, the site itself keeps the description, the text and the responsible unit.
TEMPLATE_OWNED = ("kind", "update_within_days", "keeper", "column_type")
MANDATORY_OWNED = ("title", "slug", "position", "show_in_menus", "keywords")


class ColumnForm(WagtailAdminPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = self.instance
        if column.pk and column.kind not in BODY_KINDS:
            self.fields.pop("body", None)
        if column.pk and column.kind != "topic":
            self.fields.pop("ends_on", None)
        if column.pk and column.kind != "external":
            self.fields.pop("external_url", None)
        if column.code and not is_operator(self.for_user):
            locked = TEMPLATE_OWNED + (MANDATORY_OWNED if column.mandatory else ())
            for name in locked:
                if name in self.fields:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = _(
                        "Set by the column template; only the platform operator changes it."
                    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == "external" and "external_url" in self.fields and not data.get("external_url"):
            self.add_error("external_url", _("Give the address that this column links to."))
        return data
