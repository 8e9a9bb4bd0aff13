"""What the sub-sites add to Wagtail's admin."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from sites.column_edits import ROLLED_OUT, UNDONE
from sites.listing_filters import SitePageViewSet

# Each part brings its own hooks, addresses and menu items.
for _part in (
    "doors",
    "media",
    "review",
    "notices",
    "checks",
    "desk",
    "columns",
    "writing",
    "references",
    "numbers",
    "members",
):
    import_module(f"sites.{_part}.hooks")


@hooks.register("register_admin_viewset", order=1)  # after Wagtail's own, which it replaces
def register_page_views() -> SitePageViewSet:
    return SitePageViewSet()


class _RollOutFormatter(LogFormatter):
    def _says(self, log_entry: Any, sentence: str) -> str:
        data = log_entry.data if isinstance(log_entry.data, dict) else {}
        return sentence % {"version": data.get("version", "?"), "fields": ", ".join(data.get("fields", {}))}


@hooks.register("register_log_actions")
def register_roll_out_actions(actions: Any) -> None:
    @actions.register_action(ROLLED_OUT)
    class RolledOut(_RollOutFormatter):
        label = _("Template roll-out")

        def format_message(self, log_entry: Any) -> str:
            return self._says(log_entry, gettext("Brought to template version %(version)s (%(fields)s)"))

    @actions.register_action(UNDONE)
    class Undone(_RollOutFormatter):
        label = _("Template roll-out undone")

        def format_message(self, log_entry: Any) -> str:
            return self._says(log_entry, gettext("Template version %(version)s was taken back (%(fields)s)"))
