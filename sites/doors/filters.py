"""Filters of stock lists, without the platform's tags, sites and accounts."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import PopularTagsFilter, WagtailFilterSet
from wagtail.admin.views.reports.locked_pages import LockedPagesReportFilterSet
from wagtail.contrib.redirects.filters import RedirectsReportFilterSet
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.views.documents import DocumentsFilterSet
from wagtail.images.views.images import ImagesFilterSet

from sites.doors.tags import MOST_TAGS, tags_of
from sites.models import SitePage


class _OwnTags:
    """For the lists of media: the tag filter offers the tags of the media in reach."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shared = self.filters.pop("tag", None)
        if shared is None:
            return
        names = list(tags_of(self.request.user, self._meta.model).values_list("name", flat=True)[:MOST_TAGS])
        if names:
            self.filters["tag"] = PopularTagsFilter(
                label=shared.label,
                field_name=shared.field_name,
                choices=[(name, name) for name in names],
                widget=shared.extra["widget"],
                use_subquery=shared.use_subquery,
                help_text=shared.extra["help_text"],
            )


class PicturesFilterSet(_OwnTags, ImagesFilterSet):
    pass


class FilesFilterSet(_OwnTags, DocumentsFilterSet):
    pass


class LockedFilterSet(WagtailFilterSet):
    locked_at = LockedPagesReportFilterSet.base_filters["locked_at"]

    class Meta:
        model = SitePage
        fields: ClassVar = ["locked_at", "live"]


class RedirectFilterSet(WagtailFilterSet):
    """Redirects by kind and by host: a list of all sites would be the page."""

    is_permanent = RedirectsReportFilterSet.base_filters["is_permanent"]
    host = django_filters.CharFilter(label=_("Host"), field_name="site__hostname", lookup_expr="icontains")

    def filter_type(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_permanent=value)

    class Meta:
        model = Redirect
        fields: ClassVar = ["is_permanent", "host"]
