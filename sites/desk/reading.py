"""Looking into a sub-site below (drill-down): its columns, what waits there, and its items to read. Nothing is changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.fields import StreamField

from sites import addresses
from sites.desk.fleet import counted
from sites.desk.freshness import TEXT_KINDS, column_care
from sites.desk.paging import Pager
from sites.models import Column, Review, ReviewState, SitePage
from sites.public.bodies import body_html
from sites.reach import reach_of
from tenants.models import Tenant

PER_PAGE = 20
# Bookkeeping of a page, and what is shown apart.
LEFT_OUT = frozenset({"sitepage_ptr", "summary"})


class Reading(WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages about one sub-site below. Whose region it is not in finds nothing."""

    header_icon = "view"

    def found(self, tenant_id: int | None) -> Tenant:
        if tenant_id is None or not reach_of(self.request.user).may_in("supervise", tenant_id):
            raise Http404
        return get_object_or_404(Tenant, pk=tenant_id)

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        first = (str(_("Sub-sites below")), reverse("govsites_desk:sites"))
        return [{"url": url, "label": label} for label, url in (first, *steps)]


class SiteView(Reading):
    """One sub-site: its columns by urgency, and the articles that wait for review or were published last."""

    template_name = "govsites/desk/site.html"

    @cached_property
    def tenant(self) -> Tenant:
        return self.found(self.kwargs["tenant_id"])

    def get_page_title(self) -> str:
        return self.tenant.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return self.crumbs((self.tenant.name, ""))

    @cached_property
    def header_buttons(self) -> list[Any]:
        address = addresses.get(self.tenant.pk)
        url = address.root_url + address.prefix if address else ""
        outside = {"target": "_blank", "rel": "noreferrer"}
        return [HeaderButton(_("Open the site"), url=url, icon_name="link-external", attrs=outside)] if url else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        care = column_care(self.tenant)
        chosen = self.request.GET.get("column", "")
        column = next((row for row in care if str(row.column_id) == chosen), None)
        # By column, where an index gives the newest: a sub-site may hold 100,000 items.
        items = SitePage.objects.filter(
            column_id__in=[column.column_id] if column else [row.column_id for row in care], live=True
        )
        page = Pager(items.select_related("column").order_by("-published_at", "-pk"), PER_PAGE).get_page(
            self.request.GET.get("p")
        )
        waiting = Review.objects.filter(tenant=self.tenant, state=ReviewState.WAITING)
        return super().get_context_data(**kwargs) | {
            "tenant": self.tenant,
            "care": care,
            "figures": counted((row.clock, row.last_published) for row in care),
            "column": column,
            "waiting": waiting.select_related("column", "submitted_by").order_by("waiting_since")[:PER_PAGE],
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
        }


class ItemView(Reading):
    """One item as it stands on the site; where none stands there yet, the text that is under review."""

    template_name = "govsites/desk/item.html"

    @cached_property
    def page(self) -> Any:
        page = get_object_or_404(SitePage.objects.filter(depth__gt=3), pk=self.kwargs["page_id"])
        self.tenant = self.found(page.tenant_id)
        page = page.specific
        if isinstance(page, Column) and page.kind not in TEXT_KINDS:
            raise Http404
        if not page.live:
            if self.review is None or self.review.revision is None:
                raise Http404  # a draft is its author's own
            return self.review.revision.as_object()
        return page

    @cached_property
    def review(self) -> Review | None:
        rounds = Review.objects.filter(page_id=self.kwargs["page_id"], state=ReviewState.WAITING)
        return rounds.select_related("revision", "submitted_by").first()

    def get_page_title(self) -> str:
        return self.page.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        title = self.page.title  # finds the tenant, too
        return self.crumbs((self.tenant.name, reverse("govsites_desk:site", args=[self.tenant.pk])), (title, ""))

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = []
        if self.review:
            url = reverse("govsites_review:detail", args=[self.review.pk])
            buttons.append(HeaderButton(_("To the review"), url=url, icon_name="clipboard-list", priority=10))
        address = addresses.get(self.tenant.pk)
        if self.page.live and address:
            url = addresses.url_of(address, self.page.url_path)
            outside = {"target": "_blank", "rel": "noreferrer"}
            buttons.append(HeaderButton(_("On the site"), url=url, icon_name="link-external", attrs=outside))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = self.page
        streams = [field.name for field in page._meta.local_fields if isinstance(field, StreamField)]
        return context | {
            "page": page,
            "tenant": self.tenant,
            "column": SitePage.objects.filter(pk=page.column_id).first(),
            "review": self.review,
            "facts": facts_of(page),
            "summary": getattr(page, "summary", ""),
            "texts": [body_html(getattr(page, name)) for name in streams],
            "files": page.attachments.select_related("file") if not isinstance(page, Column) else (),
        }


def facts_of(page: Any) -> list[tuple[str, str]]:
    """Return (label, value) of what an item's type adds to a page and the author filled in."""
    if isinstance(page, Column):
        return []
    facts = []
    for field in page._meta.local_fields:
        if field.name in LEFT_OUT or isinstance(field, StreamField) or field.is_relation:
            continue
        value = getattr(page, f"get_{field.name}_display")() if field.choices else getattr(page, field.name)
        if value not in (None, ""):
            facts.append((str(field.verbose_name), str(value)))
    return facts
