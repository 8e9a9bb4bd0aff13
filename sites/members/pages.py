"""What the pages about members share: their frame, who may open them, forms that can be refused."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from tenants.grants import GrantRefused, NeedsConfirmation
from tenants.memberships import is_operator
from tenants.models import Tenant

PER_PAGE = 50


def site_url(tenant: Any) -> str:
    return reverse("govsites_members:site", args=[tenant.code])


class MembersPage(WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages below members/. `steps` are the breadcrumbs before the page itself."""

    header_icon = "group"

    def steps(self) -> list[tuple[str, str]]:
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = [(_("Home"), reverse("wagtailadmin_home")), *self.steps(), (self.get_page_title(), "")]
        return [{"label": label, "url": url} for label, url in steps]

    @cached_property
    def by_operator(self) -> bool:
        return is_operator(self.request.user)

    def paged(self, rows: Any) -> Any:
        return WagtailPaginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))


class OperatorPage(MembersPage):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def steps(self) -> list[tuple[str, str]]:
        return [(_("All people"), reverse("govsites_members:people"))]


class SiteMembersPage(MembersPage):
    """A page about the members of one sub-site; `tenant` is found by its code, and who may come is asked at the door."""

    @cached_property
    def tenant(self) -> Tenant:
        return get_object_or_404(Tenant, code=self.kwargs["code"])

    def steps(self) -> list[tuple[str, str]]:
        first = [(_("All people"), reverse("govsites_members:people"))] if self.by_operator else []
        return [*first, (_("Members of %(name)s") % {"name": self.tenant.short_name}, site_url(self.tenant))]


class FormMixin:
    """A page with one form. `perform` does it and answers; what is refused stands at the field it is about.

    Whoever mixes it in says with `back_url()` where to go afterwards.
    """

    back_url: Any

    template_name = "govsites/members/form.html"
    form_class: Any = None
    submit_label: Any = gettext_lazy("Save")
    done: Any = ""
    serious = False

    def get_form(self, data: Any = None) -> Any:
        return self.form_class(data)

    def perform(self, form: Any) -> HttpResponse | None:
        """Do what the form asks; None goes back to `back_url` with the message `done`."""
        raise NotImplementedError

    def facts(self) -> list[tuple[Any, Any]]:
        """Return (label, value) of what the form is about."""
        return []

    def intro(self) -> str:
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if form.is_valid():
            try:
                answer = self.perform(form)
            except NeedsConfirmation as refused:
                form.ask_to_confirm(str(refused))
            except GrantRefused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            else:
                if answer is not None:
                    return answer
                messages.success(request, str(self.done))
                return HttpResponseRedirect(self.back_url())
        return self.show(form)

    def show(self, form: Any) -> HttpResponse:
        context = {
            "form": form,
            "facts": self.facts(),
            "intro": self.intro(),
            "submit_label": self.submit_label,
            "serious": self.serious,
            "cancel_url": self.back_url(),
        }
        return self.render_to_response(self.get_context_data(**context))  # type: ignore[attr-defined]


def link_page(view: Any, *, link: str, name: str, mailed_to: str, days: int, back_url: str) -> HttpResponse:
    """Answer with the page that shows a one-time link, this once."""
    view.template_name = "govsites/members/link.html"
    context = {"link": link, "name": name, "mailed_to": mailed_to, "days": days, "back_url": back_url}
    return view.render_to_response(view.get_context_data(**context))
