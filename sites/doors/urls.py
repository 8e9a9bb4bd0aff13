"""Our own in the place of stock views, at the same addresses: config/urls.py puts these before Wagtail's."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from sites.doors import choosers, tags, usage


def _own(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    return path(route, never_cache(require_admin_access(view)), name=name)


app_name = "govsites_doors"
urlpatterns = [
    _own("choose-page/", choosers.OwnSiteBrowseView.as_view(), "choose_page"),
    _own("choose-page/<int:parent_page_id>/", choosers.OwnSiteBrowseView.as_view(), "choose_page_child"),
    _own("choose-page/search/", choosers.OwnPagesSearchView.as_view(), "choose_page_search"),
    _own("tag-autocomplete/", tags.autocomplete, "tag_autocomplete"),
    _own("images/usage/<int:image_id>/", usage.OwnPictureUsageView.as_view(), "picture_usage"),
    _own("documents/usage/<int:document_id>/", usage.OwnFileUsageView.as_view(), "file_usage"),
]
