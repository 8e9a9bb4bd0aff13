"""Setting quotas (报送任务) for regions: a page for platform operators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sites.desk import quotas
from sites.desk.paging import Pager
from sites.models import Quota
from sites.region_field import RegionField
from tenants.memberships import is_operator

PER_PAGE = 50


class QuotaForm(forms.Form):
    region = RegionField(
        label=gettext_lazy("Region"),
        help_text=gettext_lazy("Division code, or the whole name where only one region has it."),
    )
    items_a_month = forms.IntegerField(
        label=gettext_lazy("Items a month"),
        min_value=0,
        max_value=quotas.HIGHEST,
        initial=quotas.DEFAULT_ITEMS_A_MONTH,
        help_text=gettext_lazy("0: nothing is asked."),
    )
    disclosures_a_week = forms.IntegerField(
        label=gettext_lazy("Disclosures a week"),
        min_value=0,
        max_value=quotas.HIGHEST,
        initial=quotas.DEFAULT_DISCLOSURES_A_WEEK,
        help_text=gettext_lazy("0: nothing is asked."),
    )


class OperatorsPage:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class QuotasView(OperatorsPage, WagtailAdminTemplateMixin, TemplateView):
    template_name = "govsites/desk/quotas.html"
    page_title = gettext_lazy("Quotas")
    header_icon = "tasks"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = {name: request.GET[name] for name in QuotaForm.base_fields if name in request.GET}
        return self.render_to_response(self.get_context_data(form=QuotaForm(initial=asked)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = QuotaForm(request.POST)
        if not form.is_valid():
            messages.validation_error(request, _("The quota was not saved."), form)
            return self.render_to_response(self.get_context_data(form=form))
        values = form.cleaned_data
        region = values.pop("region")
        if quotas.set_quota(region, **values, by=request.user):
            messages.success(request, _("The quota of %(region)s was saved.") % {"region": region.name})
        else:
            messages.success(request, _("%(region)s had this quota already.") % {"region": region.name})
        return HttpResponseRedirect(reverse("govsites_desk:quotas"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Quota.objects.select_related("region").order_by("region__lineage")
        page = Pager(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "default": quotas.Task(),
        }


class ClearQuotaView(OperatorsPage, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, quota_id: int) -> HttpResponse:
        quota = get_object_or_404(Quota.objects.select_related("region"), pk=quota_id)
        quotas.clear_quota(quota.region, by=request.user)
        messages.success(
            request,
            _("%(region)s has no quota of its own any more: that of the region above counts.")
            % {"region": quota.region.name},
        )
        return HttpResponseRedirect(reverse("govsites_desk:quotas"))
