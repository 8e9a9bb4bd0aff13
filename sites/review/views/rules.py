"""How many steps the review of a site has: set by its manager."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sites.reach import reach_of, tenants_in_reach
from sites.review import policies, rounds
from sites.review.forms import RulesForm
from tenants.models import Tenant


class RulesView(WagtailAdminTemplateMixin, FormView):
    template_name = "govsites/review/rules.html"
    page_title = _("Rules of review")
    header_icon = "cogs"
    form_class = RulesForm

    @cached_property
    def tenant(self) -> Tenant:
        tenant = tenants_in_reach(self.request.user).filter(pk=self.kwargs["tenant_id"]).first()
        if tenant is None:
            raise Http404
        if not reach_of(self.request.user).may_in("manage", tenant.pk):
            raise PermissionDenied
        return tenant

    def get_page_subtitle(self) -> str:
        return self.tenant.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {"url": reverse("govsites_review:queue"), "label": _("Review")}
        return [*self.breadcrumbs_items, queue, {"url": "", "label": self.page_title, "sublabel": self.tenant.name}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": rounds.policy_of(self.tenant.pk)}

    def form_valid(self, form: RulesForm) -> HttpResponse:
        data = form.cleaned_data
        policies.set_rules(
            [self.tenant.pk], steps=data["steps"], allow_urgent=data["allow_urgent"], by=self.request.user
        )
        messages.success(self.request, gettext("The rules of review are saved. Open rounds keep the ones they had."))
        return redirect("govsites_review:rules", self.tenant.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reviewers = len(rounds.reviewer_ids(self.tenant.pk))
        return super().get_context_data(**kwargs) | {"tenant": self.tenant, "reviewers": reviewers}
