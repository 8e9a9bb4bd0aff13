"""Where a stock view stays but one of its parts lists the whole platform: that part is exchanged here, and only here.

Run once, when Wagtail makes its addresses (sites/doors/hooks.py).
"""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.pages.bulk_actions import PublishBulkAction, UnpublishBulkAction
from wagtail.admin.views.reports.locked_pages import LockedPagesView
from wagtail.contrib.redirects import views as redirect_views
from wagtail.documents.views.documents import IndexView as FileIndexView
from wagtail.images.views.chooser import ImageChooseView, viewset as image_chooser
from wagtail.images.views.images import IndexView as PictureIndexView

from sites.doors.filters import FilesFilterSet, LockedFilterSet, PicturesFilterSet, RedirectFilterSet
from sites.doors.forms import SitePageForm
from sites.doors.redirects import HostImportForm, HostRedirectForm
from sites.doors.tags import MOST_TAGS, tags_of
from sites.models import SitePage


class OwnTagsChooseView(ImageChooseView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "popular_tags": tags_of(self.request.user, self.model)[:MOST_TAGS],
        }


def exchange() -> None:
    SitePage.base_form_class = SitePageForm  # on the class itself, Wagtail's admin would overwrite it when it starts
    PictureIndexView.filterset_class = PicturesFilterSet
    FileIndexView.filterset_class = FilesFilterSet
    image_chooser.choose_view_class = OwnTagsChooseView
    LockedPagesView.filterset_class = LockedFilterSet
    redirect_views.IndexView.filterset_class = RedirectFilterSet
    redirect_views.CreateView.form_class = HostRedirectForm
    redirect_views.EditView.form_class = HostRedirectForm
    redirect_views.ConfirmImportForm = HostImportForm
    # Nobody publishes or withdraws in bulk: that would pass by the signature. Without models they are offered nowhere.
    PublishBulkAction.models = UnpublishBulkAction.models = []
