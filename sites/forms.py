"""The column form shows what the column's kind needs, and locks what the template owns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sites.doors.forms import SitePageForm
from tenants.memberships import is_operator

BODY_KINDS = frozenset({"single", "organisation", "section", "topic", "data"})
# What the template sets, and only the platform operator changes.
TEMPLATE_OWNED = frozenset({"kind", "update_within_days", "keeper", "column_type"})
MANDATORY_OWNED = frozenset({"title", "slug", "position", "show_in_menus", "keywords"})
# What a site changes in column care, where the limits are checked and the change is seen at once; it passes no review.
CARE_OWNED = frozenset({
    "title", "slug", "kind", "position", "show_in_menus", "update_within_days", "keeper", "column_type", "responsible",
})  # fmt: skip


class ColumnForm(SitePageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = self.instance
        if column.pk and column.kind not in BODY_KINDS:
            self.fields.pop("body", None)
        if column.pk and column.kind != "topic":
            self.fields.pop("ends_on", None)
        if column.pk and column.kind != "external":
            self.fields.pop("external_url", None)
        if not is_operator(self.for_user):
            self._lock()

    def _lock(self) -> None:
        """Leave a member the description and the text: the rest is the template's, or is set in column care."""
        by_template: frozenset[str] = TEMPLATE_OWNED if self.instance.code else frozenset()
        by_template |= MANDATORY_OWNED if self.instance.mandatory else frozenset()
        for name in by_template | CARE_OWNED:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = (
                    _("Set by the column template; only the platform operator changes it.")
                    if name in by_template
                    else _("The site manager sets this in column care.")
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == "external" and "external_url" in self.fields and not data.get("external_url"):
            self.add_error("external_url", _("Give the address that this column links to."))
        return data
