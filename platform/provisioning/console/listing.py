"""The list of sub-sites: search, filters, order, export, and the choice of many for a roll-out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, Table
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import Button, HeaderButton

from provisioning.console import addresses, export, queries
from provisioning.console.access import OperatorOnly
from provisioning.console.lookups import LookupInput
from provisioning.hosts import display_host
from sites.downloads import CONTENT_TYPES, download
from sites.templates_library import library
from tenants.models import Status, Tenant, TenantKind

PER_PAGE = 50


def _versions() -> list[tuple[str, str]]:
    known = sorted({version for kind in TenantKind.values for version in library().versions(kind)})
    return [(str(version), str(version)) for version in known]


class TenantFilterSet(WagtailFilterSet):
    region = django_filters.CharFilter(
        label=gettext_lazy("Region"),
        method="filter_region",
        widget=LookupInput(
            reverse_lazy("provisioning:lookup_regions"), attrs={"placeholder": gettext_lazy("Division code or name")}
        ),
    )
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=TenantKind.choices, widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Status"), choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    template_version = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Template version"), choices=_versions, widget=forms.CheckboxSelectMultiple
    )
    conformance_below = django_filters.NumberFilter(
        label=gettext_lazy("Conformance below (%)"),
        method="filter_conformance",
        min_value=0,
        max_value=101,
        widget=forms.NumberInput(attrs={"min": 0, "max": 101, "placeholder": "100"}),
    )

    class Meta:
        model = Tenant
        fields: list[str] = []

    def filter_region(self, rows: QuerySet[Tenant], _name: str, value: str) -> QuerySet[Tenant]:
        return queries.in_region(rows, value)

    def filter_conformance(self, rows: QuerySet[Tenant], _name: str, value: Any) -> QuerySet[Tenant]:
        return rows.filter(conformance__lt=float(value) / 100)


class CheckboxColumn(Column):
    header_template_name = "provisioning/tables/checkbox_header.html"


@dataclass(frozen=True)
class Line:
    """One sub-site as its row shows it."""

    tenant: Tenant
    url: str
    public_url: str
    address: str
    kind: str
    status: str
    choose: str


class SiteTable(Table):
    """Draws its rows with one template: a template a cell, as Wagtail's do, cost four times as much."""

    template_name = "provisioning/tables/sites.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return super().get_context_data(parent_context) | {"lines": list(self.lines())}

    def lines(self) -> Iterator[Line]:
        kinds, statuses = ({value: str(label) for value, label in each.choices} for each in (TenantKind, Status))
        choose = _("Choose %(name)s")
        for tenant in self.data:
            found = addresses.public_url(tenant)
            yield Line(
                tenant,
                reverse("provisioning:site", args=[tenant.code]),
                found,
                addresses.shown(found) if found else display_host(tenant.host) or f"/{tenant.mount}/",
                kinds[tenant.kind],
                statuses[tenant.status],
                choose % {"name": tenant.name},
            )


class SiteListView(OperatorOnly, BaseListingView):
    template_name = "provisioning/site_list.html"
    results_template_name = "provisioning/site_list_results.html"
    page_title = gettext_lazy("Sub-sites")
    verbose_name_plural = gettext_lazy("sub-sites")
    header_icon = "site"
    model = Tenant
    paginate_by = PER_PAGE
    is_searchable = True
    default_ordering = "code"
    filterset_class = TenantFilterSet
    index_url_name = "provisioning:sites"
    index_results_url_name = "provisioning:sites_results"
    table_class = SiteTable
    columns = [
        CheckboxColumn("choose", label="", width="3%"),
        Column("name", label=gettext_lazy("Sub-site"), sort_key="code"),
        Column("kind", label=gettext_lazy("Kind"), sort_key="kind"),
        Column("region", label=gettext_lazy("Region"), sort_key="region__lineage"),
        Column("status", label=gettext_lazy("Status"), sort_key="status"),
        Column(
            "template_version",
            label=gettext_lazy("Template version"),
            sort_key="template_version",
            classname="console-number",
        ),
        Column("conformance", label=gettext_lazy("Conformance"), sort_key="conformance", classname="console-number"),
        Column("opened_on", label=gettext_lazy("Opened on"), sort_key="opened_on"),
    ]

    def get_base_queryset(self) -> QuerySet[Tenant]:
        return Tenant.objects.select_related("region")

    def order_queryset(self, queryset: QuerySet[Tenant]) -> QuerySet[Tenant]:
        ordering = self.ordering or self.default_ordering
        by = F(ordering.lstrip("-"))
        # Nulls last both ways and the code behind, so that the databases agree and no page repeats a row.
        first = by.desc(nulls_last=True) if ordering.startswith("-") else by.asc(nulls_last=True)
        return queryset.order_by(first, "code")

    def search_queryset(self, queryset: QuerySet[Tenant]) -> QuerySet[Tenant]:
        return queries.search(queryset, self.search_query) if self.is_searching else queryset

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("export", "")
        if form in CONTENT_TYPES:
            rows = self.get_queryset().select_related("region", "supervisor")
            name = f"sites-{timezone.localdate():%Y%m%d}"
            return download(form, name, *export.tenants_table(rows))
        return super().get(request, *args, **kwargs)

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Open sub-sites"), url=reverse("provisioning:upload"), icon_name="plus", priority=10)]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [
            Button(_("Open one sub-site"), url=reverse("provisioning:single"), icon_name="plus-inverse", priority=10),
            Button(_("Download XLSX"), url=self.export_url("xlsx"), icon_name="download", priority=20),
            Button(_("Download CSV"), url=self.export_url("csv"), icon_name="download", priority=30),
        ]

    def export_url(self, form: str) -> str:
        query = self.request.GET.copy()
        for name in ("p", "_w_filter_fragment"):
            query.pop(name, None)
        query["export"] = form
        return f"{self.index_url}?{query.urlencode()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        chosen = self.request.GET.copy()
        for name in ("p", "ordering", "_w_filter_fragment"):
            chosen.pop(name, None)
        return context | {
            "filter_fields": [(name, value) for name, values in chosen.lists() for value in values],
            "rollout_url": reverse("provisioning:rollout_preview"),
            "upload_url": reverse("provisioning:upload"),
        }
