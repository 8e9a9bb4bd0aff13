"""The explorer's lists, without Wagtail's lists of all sites, all owners and all editors of the platform.

Those lists show an editor the neighbours, and at thousands of sub-sites they are most of the page.
"""

from __future__ import annotations

from typing import Any, ClassVar

from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.pages import listing
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet

from sites.checks.panel import CheckedCreateView, CheckedEditView
from sites.columns.stock_views import ColumnSafeDeleteView, ColumnSafeMoveConfirmView, ColumnSafeMoveView
from sites.doors.usage import OwnPageUsageView
from sites.models import SitePage

ROWS = 20


class SitePageFilterSet(WagtailFilterSet):
    latest_revision_created_at = listing.PageFilterSet.base_filters["latest_revision_created_at"]
    has_child_pages = listing.PageFilterSet.base_filters["has_child_pages"]
    content_type = listing.GenericPageFilterSet.base_filters["content_type"]

    class Meta:
        model = SitePage
        fields: ClassVar = []


class ExplorerView(listing.ExplorableIndexView):
    """The explorer, twenty pages at a time: fifty rows of buttons are 160 KB."""

    paginate_by = ROWS


class PagesOfTypeView(ContentTypeUseView):
    """The pages of one type in reach, without ways to the closed report and to "choose parent"."""

    paginate_by = ROWS
    add_url = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, super().get_breadcrumbs_items()[-1]]


class SitePageViewSet(PageViewSet):
    """Wagtail's page views for every page type, with our filters in the explorer and in the list of a type."""

    filterset_class = SitePageFilterSet
    index_view_class = ExplorerView
    content_type_use_view_class = PagesOfTypeView
    usage_view_class = OwnPageUsageView
    add_view_class = CheckedCreateView
    edit_view_class = CheckedEditView
    delete_view_class = ColumnSafeDeleteView
    move_view_class = ColumnSafeMoveView
    move_confirm_view_class = ColumnSafeMoveConfirmView
