"""Opening sub-sites (开站), step 1: a list is handed in, or the form for a single one is filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from provisioning import runs
from provisioning.console import export, queries
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.fields import HEADER_OF, HELP
from provisioning.console.forms import SingleSiteForm, UploadForm
from provisioning.console.problems import add_problems
from provisioning.models import ProvisioningRun
from sites.downloads import attachment
from tenants.models import Tenant
from tenants.tables import RawRow


class UploadView(OperatorOnly, WagtailAdminTemplateMixin, TemplateView):
    template_name = "provisioning/upload.html"
    page_title = gettext_lazy("Open sub-sites")
    header_icon = "plus-inverse"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs((_("Sub-sites"), reverse("provisioning:sites")), (_("Open sub-sites"), ""))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(UploadForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid() and (run := self.planned(form)):
            return HttpResponseRedirect(reverse("provisioning:run", args=[run.pk]))
        return self.show(form)

    def planned(self, form: UploadForm) -> ProvisioningRun | None:
        try:
            run, _plan = runs.create_run(*form.data_and_name(), by=self.request.user, options=form.options())
        except runs.RunError as error:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(error))
            return None
        return run

    def show(self, form: UploadForm) -> HttpResponse:
        context = self.get_context_data(form=form, columns=[(HEADER_OF[name], text) for name, text in HELP.items()])
        return render(self.request, self.template_name, context)


class EmptyListView(OperatorOnly, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return attachment(export.template_book(), "sites-template.xlsx", "xlsx")


class SingleView(OperatorOnly, WagtailAdminTemplateMixin, TemplateView):
    """One sub-site by a form: planned and opened at once, through the same plan as a list."""

    template_name = "provisioning/form.html"
    page_title = gettext_lazy("Open one sub-site")
    header_icon = "plus-inverse"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs((_("Sub-sites"), reverse("provisioning:sites")), (_("Open one sub-site"), ""))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(SingleSiteForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SingleSiteForm(request.POST)
        if form.is_valid() and (code := self.opened(form)):
            return HttpResponseRedirect(reverse("provisioning:site", args=[code]))
        messages.validation_error(request, _("The sub-site was not opened."), form)
        return self.show(form)

    def opened(self, form: SingleSiteForm) -> str:
        """Open the sub-site and return its code; "" where something is wrong, which then stands in the form."""
        options = runs.Options(with_optional=form.cleaned_data["with_optional"])
        request = form.as_request()
        try:
            planned = runs.plan_rows([RawRow(1, request)], options)
            if planned.refused:
                add_problems(form, planned.refused[0].problems)
                return ""
            site = planned.sites[0]
            if site.action != "create":
                form.add_error("code" if request.get("code") else "name", self.is_there(site.request.code))
                return ""
            if sentence := queries.busy():
                form.add_error(None, sentence)
                return ""
            run = runs.provision_rows([request], by=self.request.user, options=options, name=_("Form"))
        except runs.RunError as error:
            form.add_error(None, str(error))
            return ""
        row = run.rows.get()
        if row.outcome != "created":
            form.add_error(None, " ".join(row.problems) or _("The sub-site could not be opened."))
            return ""
        messages.success(self.request, _("“%(name)s” has been opened.") % {"name": row.name})
        for warning in row.warnings:
            messages.warning(self.request, warning)
        return row.code

    @staticmethod
    def is_there(code: str) -> str:
        tenant = Tenant.objects.filter(code=code).first()
        return _("“%(name)s” has the code %(code)s already. Change it on its own page.") % {
            "name": tenant.name if tenant else code,
            "code": code,
        }

    def show(self, form: forms.Form) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            intro=_("For many at once, hand in a list."),
            intro_url=reverse("provisioning:upload"),
            action_url=self.request.path,
            submit_label=_("Open the sub-site"),
            cancel_url=reverse("provisioning:sites"),
        )
        return render(self.request, self.template_name, context)
