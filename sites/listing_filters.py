"""The explorer's filters, without Wagtail's lists of all sites, all owners and all editors of the platform.

Those lists show an editor the neighbours, and at thousands of sub-sites they are most of the page.
"""

from __future__ import annotations

from typing import ClassVar

from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.pages import listing
from wagtail.admin.viewsets.pages import PageViewSet

from sites.models import SitePage


class SitePageFilterSet(WagtailFilterSet):
    latest_revision_created_at = listing.PageFilterSet.base_filters["latest_revision_created_at"]
    has_child_pages = listing.PageFilterSet.base_filters["has_child_pages"]
    content_type = listing.GenericPageFilterSet.base_filters["content_type"]

    class Meta:
        model = SitePage
        fields: ClassVar = []


class SitePageViewSet(PageViewSet):
    """Wagtail's page views for every page type, with our filters in the explorer and in the list of a type."""

    filterset_class = SitePageFilterSet
