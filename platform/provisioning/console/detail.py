"""One sub-site: what it is, its columns, addresses, people and history; and the form that changes its details."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from provisioning import lifecycle
from provisioning.amend import amend
from provisioning.console import addresses, queries
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.forms import AmendForm
from sites import inventory
from tenants.models import Tenant

REGISTER = (
    "site_code", "undertaker", "address", "office_hours", "icp_filing", "police_filing", "contact_name",
    "contact_post", "contact_phone", "leader_name", "leader_post", "leader_phone", "theme",
)  # fmt: skip
SERIOUS = frozenset({"suspend", "close", "finish_closing"})


class SitePage(OperatorOnly, WagtailAdminTemplateMixin):
    """Base of the pages about one sub-site; `tenant` is found by its code."""

    header_icon = "site"

    @cached_property
    def tenant(self) -> Tenant:
        rows = Tenant.objects.select_related("region__parent", "supervisor", "mounted_under", "successor")
        return get_object_or_404(rows, code=self.kwargs["code"])  # type: ignore[attr-defined]

    def site_url(self) -> str:
        return reverse("provisioning:site", args=[self.tenant.code])

    def get_page_title(self) -> str:
        return self.tenant.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = [(_("Sub-sites"), reverse("provisioning:sites")), (self.tenant.name, self.site_url())]
        return crumbs(*steps, *self.last_crumb())

    def last_crumb(self) -> list[tuple[Any, str]]:
        return []


class SiteDetailView(SitePage, TemplateView):
    template_name = "provisioning/site_detail.html"

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = [HeaderButton(_("Edit details"), url=reverse("provisioning:site_edit", args=[self.tenant.code]),
                                icon_name="edit", priority=10)]  # fmt: skip
        members = reverse("govsites_members:site", args=[self.tenant.code])
        buttons.append(HeaderButton(_("Members"), url=members, icon_name="group", priority=15))
        limit = reverse("govsites_media:limit", args=[self.tenant.code])
        buttons.append(HeaderButton(_("Storage limit"), url=limit, icon_name="folder-open-inverse", priority=40))
        url = addresses.public_url(self.tenant)
        if url:
            buttons.append(HeaderButton(_("Open the site"), url=url, icon_name="link-external", priority=20,
                                        attrs={"target": "_blank", "rel": "noreferrer"}))  # fmt: skip
        if self.home_id:
            explorer = reverse("wagtailadmin_explore", args=[self.home_id])
            buttons.append(HeaderButton(_("Pages"), url=explorer, icon_name="folder-open-inverse", priority=30))
        return buttons

    @cached_property
    def home_id(self) -> int | None:
        return inventory.home_id(self.tenant.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenant = self.tenant
        columns = inventory.columns_of(tenant.pk)
        url = addresses.public_url(tenant)
        below = Tenant.objects.filter(mounted_under=tenant).count(), Tenant.objects.filter(supervisor=tenant).count()
        return super().get_context_data(**kwargs) | {
            "tenant": tenant,
            "url": url,
            "shown": addresses.shown(url),
            "home_id": self.home_id,
            "columns": columns,
            "articles": sum(column.items for column in columns),
            "former": [(addresses.former(each), each.changed_at) for each in self.former_addresses()],
            "register": [(tenant._meta.get_field(name).verbose_name, self.shown_value(name)) for name in REGISTER],
            "missing": [queries.label_of_field(name) for name in lifecycle.missing_marks(tenant)],
            "history": queries.history_of(tenant),
            "steps": [(action, lifecycle.LABELS[action], action in SERIOUS) for action in steps_of(tenant)],
            "mounted_count": below[0],
            "supervised_count": below[1],
        }

    def shown_value(self, name: str) -> Any:
        return self.tenant.get_theme_display() if name == "theme" else getattr(self.tenant, name)  # type: ignore[attr-defined]

    def former_addresses(self) -> Any:
        return self.tenant.former_addresses.select_related("under").order_by("-changed_at")


def steps_of(tenant: Tenant) -> list[str]:
    """Return the steps that the sub-site's state allows, without those that are for the other kind of address."""
    foreign = "change_mount" if tenant.host else "change_host"
    return [action for action in lifecycle.allowed(tenant.status) if action != foreign]


class AmendView(SitePage, TemplateView):
    """Footer, register and contacts. Name, address and place have steps of their own."""

    template_name = "provisioning/form.html"
    header_icon = "edit"

    def last_crumb(self) -> list[tuple[Any, str]]:
        return [(_("Edit details"), "")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(AmendForm(instance=self.tenant))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AmendForm(request.POST, instance=self.tenant)
        if form.is_valid() and self.save(form):
            return HttpResponseRedirect(self.site_url())
        messages.validation_error(request, _("The details were not saved."), form)
        return self.show(form)

    def save(self, form: AmendForm) -> bool:
        values = form.cleaned_data
        reason = values.pop("reason")
        # The form has written into its own instance: what changes is measured against what is stored.
        stored = Tenant.objects.get(pk=self.tenant.pk)
        try:
            event = amend(stored, by=self.request.user, reason=reason, **values)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        except IntegrityError:
            form.add_error(None, _("Somebody else took one of these values at the same moment. Look again."))
            return False
        if event:
            messages.success(self.request, _("The details of “%(name)s” were changed.") % {"name": stored.name})
        else:
            messages.info(self.request, _("Nothing was different: nothing was changed."))
        return True

    def show(self, form: AmendForm) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            tenant=self.tenant,
            heading=_("Edit details"),
            action_url=self.request.path,
            submit_label=_("Save"),
            cancel_url=self.site_url(),
        )
        return render(self.request, self.template_name, context)
