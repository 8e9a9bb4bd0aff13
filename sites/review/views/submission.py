"""Submitting an article for review, and withdrawing a published one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sites.models import SitePage
from sites.reach import reach_of
from sites.review import actions, checking, editor, flow, rounds
from sites.review.errors import ReviewError
from sites.review.forms import SubmitForm, WithdrawForm


class PageForm(WagtailAdminTemplateMixin, FormView):
    """A form about one page in the person's reach."""

    ability = "write"
    header_icon = "check"

    @cached_property
    def page(self) -> SitePage:
        page = SitePage.objects.select_related("tenant", "column").filter(pk=self.kwargs["page_id"]).first()
        reach = reach_of(self.request.user)
        if page is None or page.depth < 4 or not reach.may("read", page):
            raise Http404
        if not reach.may(self.ability, page):
            raise PermissionDenied
        return page

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.before()
        return response or super().dispatch(request, *args, **kwargs)

    def before(self) -> HttpResponse | None:
        """Return what answers instead of the form."""
        _unused = self.page
        return None

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "edit_url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
        }


class SubmitView(PageForm):
    """What the checks say, who will review, and the choices of the author."""

    template_name = "govsites/review/submit.html"
    page_title = _("Submit for review")
    form_class = SubmitForm

    def before(self) -> HttpResponse | None:
        review = rounds.open_round(self.page.pk)
        return redirect("govsites_review:detail", review.pk) if review is not None else None

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        return checking.shown(self.page, self.request.user)

    def has(self, severity: str) -> bool:
        return any(finding["severity"] == severity for finding in self.findings)

    @cached_property
    def policy(self) -> Any:
        return rounds.policy_of(self.page.tenant_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "allow_urgent": self.policy.allow_urgent,
            "to_confirm": self.has("confirm"),
        }

    def form_valid(self, form: SubmitForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            review = actions.submit(
                self.page,
                self.request.user,
                urgent=data.get("urgent", False),
                reason=data.get("reason", ""),
                publish_at=data["publish_at"],
                comment=data["comment"],
            )
        except ReviewError as error:
            messages.error(self.request, error.say(gettext))
            return self.form_invalid(form)
        messages.success(self.request, gettext("“%(title)s” is submitted for review.") % {"title": review.title})
        return redirect("govsites_review:detail", review.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "findings": self.findings,
            "refused": self.has("refuse"),
            "stages": flow.stages_of(self.policy.steps),
            "has_reviewer": bool(rounds.reviewer_ids(self.page.tenant_id) - {self.request.user.pk}),
        }


class WithdrawView(PageForm):
    """Taking a published item off the site, with the reason."""

    ability = "review"
    template_name = "govsites/review/withdraw.html"
    page_title = _("Withdraw from the site")
    form_class = WithdrawForm

    def before(self) -> HttpResponse | None:
        if not editor.may_withdraw(self.request.user, self.page):
            raise PermissionDenied
        return None

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        try:
            actions.withdraw(self.page, self.request.user, form.cleaned_data["reason"])
        except ReviewError as error:
            messages.error(self.request, error.say(gettext))
            return self.form_invalid(form)
        messages.success(
            self.request, gettext("“%(title)s” is withdrawn from the site.") % {"title": self.get_page_subtitle()}
        )
        return redirect("wagtailadmin_pages:edit", self.page.pk)
