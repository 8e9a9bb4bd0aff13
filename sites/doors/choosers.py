"""The page chooser begins at one's own site, and shows and finds only pages in reach."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.templatetags.wagtailadmin_tags import icon
from wagtail.admin.views.chooser import BrowseView, PageNavigateToChildrenColumn, PageTitleColumn, SearchView
from wagtail.permissions import policy_registry

from sites.models import HomePage, SitePage
from sites.reach import reach_of
from sites.working import working_tenant


class _ChildColumn(PageTitleColumn):
    """Tells each row its parent, which is the page being looked at; the template would ask for it row by row."""

    def __init__(self, *args: Any, parent: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent = parent

    def get_value(self, instance: Any) -> str:
        if not instance.is_parent_page:
            instance._cached_parent_obj = self.parent
        return super().get_value(instance)


class _DescendColumn(PageNavigateToChildrenColumn):
    """The arrow that leads below a page. Arrow, words and query are made once; Wagtail makes them for each row."""

    cell_template_name = "govsites/doors/chooser_descend_cell.html"

    def __init__(self, *args: Any, query: QueryDict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = query.copy()
        kept.pop("p", None)
        self.query = f"?{kept.urlencode()}"
        self.arrow = render_to_string("wagtailadmin/shared/icon.html", icon(name="arrow-right", classname="default"))
        self.label, self.title = _("Explore"), _("Explore subpages of '%(title)s'")

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        if not instance.can_descend:
            return {}
        return {
            "url": reverse("wagtailadmin_choose_page_child", args=[instance.pk]) + self.query,
            "title": self.title % {"title": instance.get_admin_display_title()},
            "label": self.label,
            "arrow": self.arrow,
        }


class OwnSiteBrowseView(BrowseView):
    """Without a page named, Wagtail begins at the root of the install."""

    @property
    def columns(self) -> list[Any]:
        own = {
            "title": lambda label: _ChildColumn(
                "title", label=label, is_multiple_choice=self.is_multiple_choice, parent=self.parent_page
            ),
            "children": lambda label: _DescendColumn("children", label=label, width="10%", query=self.request.GET),
        }
        columns = super().columns
        return [own[column.name](column.label) if column.name in own else column for column in columns]

    def get(self, request: HttpRequest, parent_page_id: int | None = None) -> HttpResponse:
        return super().get(request, parent_page_id or first_page(request))


class OwnPagesSearchView(SearchView):
    """Finds the parents of all hits at once; the table would ask for them row by row."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        response = super().get(request)
        hits = list(response.context_data["pages"])
        above = {page.path[: -SitePage.steplen] for page in hits}
        parents = {page.path: page for page in SitePage.objects.filter(path__in=above).order_by()}
        for page in hits:
            page._cached_parent_obj = parents.get(page.path[: -SitePage.steplen])
        return response


def first_page(request: HttpRequest) -> int:
    """Return the id of the page where a person begins to choose: the working site's home, else what they share."""
    tenant = working_tenant(request)
    if tenant is not None:
        home = HomePage.objects.filter(tenant=tenant).only("path").order_by().first()
        if home is not None and reach_of(request.user).may("write", home):
            return home.pk
    shared = policy_registry.get_by_type(SitePage).explorable_root_instance(request.user)
    return (shared or SitePage.get_first_root_node()).pk


def in_reach(pages: Any, request: HttpRequest) -> Any:
    """Return the pages of the queryset that the person may write, and those on the way to them."""
    pages = pages.annotate_approved_schedule()  # each row's status would ask for it
    if reach_of(request.user).everything:
        return pages
    explorable = policy_registry.get_by_type(SitePage).explorable_instances(request.user)
    return pages.filter(pk__in=explorable.order_by().values("pk"))
