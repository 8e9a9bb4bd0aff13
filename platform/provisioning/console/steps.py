"""The steps of a sub-site's life, each with a page of its own that says what will happen and asks for a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from provisioning import lifecycle
from provisioning.console import addresses, queries
from provisioning.console.detail import SERIOUS, SitePage, steps_of
from provisioning.console.forms import REASON
from provisioning.console.lookups import RegionField, TenantField, label_of
from tenants.models import Tenant

INTROS = {
    "open_trial": gettext_lazy("Citizens can open the sub-site; each page says that it is on trial."),
    "go_live": gettext_lazy("The sub-site is open for good. The day of opening is set, if there is none yet."),
    "suspend": gettext_lazy(
        "Citizens see a notice (503) until you resume. Nothing is deleted; editors can go on working."
    ),
    "resume": gettext_lazy("The sub-site is again what it was before the suspension."),
    "rename": gettext_lazy("The name changes in header, footer, page titles and register. The address stays."),
    "change_host": gettext_lazy(
        "The old host redirects to the new one permanently. DNS and certificate are up to you."
    ),
    "change_mount": gettext_lazy("The old path redirects to the new one permanently."),
    "move": gettext_lazy(
        "Puts the sub-site into another region, under another supervising unit, or below another host."
    ),
    "close": gettext_lazy(
        "Citizens see a notice that names the successor; after its last day the address redirects there."
    ),
    "finish_closing": gettext_lazy(
        "Ends the notice: from now on the address redirects to the successor, or answers 410."
    ),
    "cancel_closing": gettext_lazy("Takes the closing back: the sub-site is again what it was before."),
    "reopen": gettext_lazy(
        "Brings the closed sub-site back on trial. Within a year this must be forced, with a reason."
    ),
}


class StepForm(forms.Form):
    """A step that needs nothing but a reason."""

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self.fields["reason"] = self.reason_field()

    def reason_field(self) -> forms.CharField:
        return forms.CharField(label=REASON.label, max_length=200, required=False, help_text=REASON.help_text)

    def values(self) -> dict[str, Any]:
        """Return what the step is called with."""
        return dict(self.cleaned_data)


class SuspendForm(StepForm):
    def reason_field(self) -> forms.CharField:
        return forms.CharField(
            label=REASON.label,
            max_length=200,
            help_text=gettext_lazy("Kept in the history; the public notice shows it."),
        )


class RenameForm(StepForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=50)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": tenant.name, "short_name": tenant.short_name}
        super().__init__(*args, tenant=tenant, **kwargs)


class HostForm(StepForm):
    host = forms.CharField(
        label=gettext_lazy("New host"), max_length=300, help_text=gettext_lazy("No scheme, no port, no path.")
    )


class MountForm(StepForm):
    mount = forms.CharField(
        label=gettext_lazy("New path"),
        max_length=60,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens, 40 at most."),
    )


class MoveForm(StepForm):
    region = RegionField(label=gettext_lazy("New region"), required=False)
    supervisor = TenantField(label=gettext_lazy("New supervising unit"), required=False)
    no_supervisor = forms.BooleanField(label=gettext_lazy("Nobody supervises it any more"), required=False)
    mounted_under = TenantField(
        label=gettext_lazy("New host site"),
        required=False,
        help_text=gettext_lazy("The registered site below whose host it stands."),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        now = gettext_lazy("Now: %(label)s. Empty: stays.")
        self.fields["region"].help_text = now % {"label": label_of(tenant.region)}
        self.fields["supervisor"].help_text = now % {"label": label_of(tenant.supervisor) or "—"}
        if tenant.host:
            del self.fields["mounted_under"]
        else:
            self.fields["mounted_under"].help_text = now % {"label": label_of(tenant.mounted_under)}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("supervisor") and values.get("no_supervisor"):
            self.add_error("no_supervisor", _("Name a supervising unit, or tick this box; not both."))
        elif not self.errors and not any(value for name, value in values.items() if name != "reason"):
            self.add_error(None, _("Say where to: a region, a supervising unit, or a host site."))
        return values

    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if given.pop("no_supervisor", False):
            given["supervisor"] = None
        return given


class CloseForm(StepForm):
    successor = TenantField(
        label=gettext_lazy("Successor site"),
        required=False,
        help_text=gettext_lazy("Where the address leads after the notice. Empty: it answers “gone” (410)."),
    )
    notice_days = forms.IntegerField(label=gettext_lazy("Days of notice"), min_value=1, max_value=365)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        kwargs["initial"] = {"notice_days": settings.CLOSING_NOTICE_DAYS}
        super().__init__(*args, tenant=tenant, **kwargs)


class ReopenForm(StepForm):
    force = forms.BooleanField(
        label=gettext_lazy("Force it"),
        required=False,
        help_text=gettext_lazy("Needed within the first year after closing, together with a reason."),
    )


FORMS: dict[str, type[StepForm]] = {
    "suspend": SuspendForm,
    "rename": RenameForm,
    "change_host": HostForm,
    "change_mount": MountForm,
    "move": MoveForm,
    "close": CloseForm,
    "reopen": ReopenForm,
}


class StepView(SitePage, TemplateView):
    """GET asks, POST does. A refusal stands above the form; nothing has changed then."""

    template_name = "provisioning/form.html"
    header_icon = "cog"

    @cached_property
    def action(self) -> str:
        action = self.kwargs["action"]
        if action not in lifecycle.TRANSITIONS:
            raise Http404
        return action

    def last_crumb(self) -> list[tuple[Any, str]]:
        return [(lifecycle.LABELS[self.action], "")]

    def form(self, data: Any = None) -> StepForm:
        return FORMS.get(self.action, StepForm)(data, tenant=self.tenant)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid() and self.take(form):
            return HttpResponseRedirect(self.site_url())
        return self.show(form)

    def take(self, form: StepForm) -> bool:
        step = getattr(lifecycle, self.action)
        try:
            event = step(self.tenant, by=self.request.user, **form.values())
        except lifecycle.NothingToDo as error:
            messages.info(self.request, str(error))
            return True
        except lifecycle.LifecycleError as error:
            form.add_error(None, str(error))
            return False
        done = _("“%(name)s”: %(step)s — done.") % {"name": self.tenant.name, "step": lifecycle.LABELS[self.action]}
        messages.success(self.request, done)
        for warning in getattr(event, "warnings", ()):
            messages.warning(self.request, warning)
        return True

    def show(self, form: StepForm) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            tenant=self.tenant,
            shown=addresses.shown(addresses.public_url(self.tenant)),
            heading=lifecycle.LABELS[self.action],
            intro=INTROS[self.action],
            warnings=self.warnings(),
            action_url=self.request.path,
            submit_label=lifecycle.LABELS[self.action],
            serious=self.action in SERIOUS,
            cancel_url=self.site_url(),
        )
        return render(self.request, self.template_name, context)

    def warnings(self) -> list[str]:
        found = []
        if self.action not in steps_of(self.tenant):
            found.append(
                _("The sub-site is in the state “%(status)s”: this step will be refused.")
                % {"status": self.tenant.get_status_display()}
            )
        if self.action == "go_live":
            found += [
                _("%(field)s is missing; the footer must show it.") % {"field": queries.label_of_field(name)}
                for name in lifecycle.missing_marks(self.tenant)
            ]
        return found
