"""Where a page, picture or file is used: on the pages in the person's reach, and not how often beyond."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField
from django.db.models.functions import Cast
from wagtail.admin.views.pages.usage import UsageView as PageUsageView
from wagtail.documents.views.documents import UsageView as FileUsageView
from wagtail.images.views.images import UsageView as PictureUsageView
from wagtail.models import ReferenceIndex

from sites.models import SitePage
from sites.reach import reach_of


class _InReach:
    def get_queryset(self) -> Any:
        references = ReferenceIndex.get_references_to(self.object)
        reach = reach_of(self.request.user)
        if not reach.everything:
            references = (
                references.filter(base_content_type=ContentType.objects.get_for_model(SitePage))
                .annotate(page_id=Cast("object_id", IntegerField()))
                .filter(page_id__in=SitePage.objects.filter(reach.pages("write")).order_by().values("pk"))
            )
        return references.group_by_source_object()


class OwnPageUsageView(_InReach, PageUsageView):
    pass


class OwnPictureUsageView(_InReach, PictureUsageView):
    pass


class OwnFileUsageView(_InReach, FileUsageView):
    pass
