"""The panel beside the page editor that runs the checks and marks each finding at its block (checks.js)."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView


class TextChecksPanel(BaseSidePanel):
    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle the checks of the text")
        icon_name = "check-text"
        counter_classname = "w-bg-critical-200"

    name = "text-checks"
    title = _("Check the text")
    template_name = "govsites/checks/panel.html"
    order = 150

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        # The page may not exist yet; the script puts the number in that the first saving gives it.
        urls = {name: reverse(f"govsites_checks:{name}", args=[0]) for name in ("page", "apply", "ignore")}
        return super().get_context_data(parent_context) | {"urls": urls}

    @property
    def media(self) -> Media:
        return Media(css={"all": ["govsites/admin/checks.css"]}, js=["govsites/admin/checks.js"])


class CheckedEditView(EditView):
    """Wagtail's page editor with the panel of the checks, for pages that stand in a sub-site."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not self.expects_json_response and not self.hydrate_create_view and self.page.depth > 3:
            panels.insert(1, TextChecksPanel(self.page, self.request))
        return panels


class CheckedCreateView(CreateView):
    """The same for a new page, which the first autosave turns into an edited one without loading it again."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not self.expects_json_response and self.parent_page.depth > 2:
            panels.insert(1, TextChecksPanel(self.page, self.request))
        return panels
