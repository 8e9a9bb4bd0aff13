"""The desk and "my columns" (我的栏目): a plain list of columns, and of the items of one column."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from sites import addresses
from sites.desk import items
from sites.desk.forms_by_kind import write_links
from sites.desk.freshness import column_care
from sites.desk.home import desk_for, may_write
from sites.desk.paging import Pager
from sites.models import Column
from sites.reach import reach_of
from sites.working import working_tenant
from sites.writing.upload import models_for
from tenants.memberships import is_operator
from tenants.models import Tenant

PER_PAGE = 30


def admin_home(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer /admin/: a platform operator is sent to the list of sub-sites, everybody else gets the desk."""
    if is_operator(request.user):
        return HttpResponseRedirect(reverse(settings.OPERATOR_HOME))
    return DeskView.as_view()(request, *args, **kwargs)


class OfWorkingSite(WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages about the working site; without one, a person is sent to where the own work is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tenant = working_tenant(request)
        if tenant is None or not self.is_for(tenant):
            return self.elsewhere(request)
        self.tenant = Tenant.objects.select_related("region").get(pk=tenant.pk)
        return super().dispatch(request, *args, **kwargs)

    def is_for(self, tenant: Tenant) -> bool:
        return may_write(reach_of(self.request.user), tenant.pk)

    def elsewhere(self, request: HttpRequest) -> HttpResponse:
        if reach_of(request.user).lineages:
            return HttpResponseRedirect(reverse("govsites_desk:sites"))
        if is_operator(request.user):
            return HttpResponseRedirect(reverse("wagtailadmin_home"))
        raise Http404

    @cached_property
    def public_button(self) -> list[Any]:
        address = addresses.get(self.tenant.pk)
        if address is None:
            return []
        url = address.root_url + address.prefix
        return [
            HeaderButton(
                _("Open the site"),
                url=url,
                icon_name="link-external",
                priority=90,
                attrs={"target": "_blank", "rel": "noreferrer"},
            )
        ]


class DeskView(OfWorkingSite):
    template_name = "govsites/desk/home.html"
    page_title = gettext_lazy("Desk")
    header_icon = "home"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [{"url": "", "label": _("Desk")}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        return self.public_button

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"desk": desk_for(self.request.user, self.tenant)}


class ColumnsView(OfWorkingSite):
    """All columns that a person keeps, in the order of the site, with their state."""

    template_name = "govsites/desk/columns.html"
    page_title = gettext_lazy("My columns")
    header_icon = "list-ul"

    @cached_property
    def header_buttons(self) -> list[Any]:
        return self.public_button

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [{"url": reverse("wagtailadmin_home"), "label": _("Desk")}, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paths = reach_of(self.request.user).column_paths(self.tenant.pk)
        care = sorted(column_care(self.tenant, paths=paths), key=lambda row: row.path)
        closed = Column.objects.filter(tenant=self.tenant, retired_on__isnull=False).order_by("path")
        return super().get_context_data(**kwargs) | {
            "tenant": self.tenant,
            "rows": [(row, write_links(row.column_id, row.kind)) for row in care],
            "closed": [page for page in closed if paths is None or page.path.startswith(tuple(paths))],
        }


class ItemsView(WagtailAdminTemplateMixin, TemplateView):
    """The items of one column: search, filter by state, and what can be done with each."""

    template_name = "govsites/desk/items.html"
    header_icon = "doc-full"

    @cached_property
    def column(self) -> Column:
        column = get_object_or_404(Column.objects.select_related("tenant"), pk=self.kwargs["column_id"])
        if not reach_of(self.request.user).may("write", column):
            raise Http404
        return column

    def get_page_title(self) -> str:
        return self.column.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Desk")},
            {"url": reverse("govsites_desk:columns"), "label": _("My columns")},
            {"url": "", "label": self.column.title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state, search = self.request.GET.get("state", ""), self.request.GET.get("q", "").strip()
        found = items.items_of(self.column.pk, state=state, search=search)
        page = Pager(found, PER_PAGE).get_page(self.request.GET.get("p"))
        address = addresses.get(self.column.tenant_id)
        return super().get_context_data(**kwargs) | {
            "column": self.column,
            "links": [] if self.column.retired_on else write_links(self.column.pk, self.column.kind),
            "takes_files": not self.column.retired_on and bool(models_for(self.column)),
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "rows": [self.row(item, address) for item in page],
            "state": state if state in items.LABELS else "",
            "states": [(each.value, items.LABELS[each]) for each in items.ItemState],
            "search": search,
        }

    @cached_property
    def reviews(self) -> bool:
        return reach_of(self.request.user).may("review", self.column)

    def row(self, item: Any, address: Any) -> dict[str, Any]:
        state = items.state_of(item)
        never = not item.live and item.published_at is None
        return {
            "item": item,
            "state": state.value,
            "label": items.LABELS[state],
            "may_submit": state in items.OPEN,
            "may_withdraw": item.live and self.reviews,
            "may_delete": never and state in items.OPEN and item.owner_id == self.request.user.pk,
            "public": addresses.url_of(address, item.url_path) if item.live and address else "",
        }
