"""What site managers and operators see: the sign-in log of their members, of all, and who is locked out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from tenants import memberships
from tenants.accounts import clients, lockout
from tenants.accounts.views.pages import log_page, page
from tenants.models import Outcome, Role, SignIn, User
from tenants.names import shown_name

# The browser's own calendar.
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LogFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("User name, name or network address"), required=False, max_length=100)
    outcome = forms.ChoiceField(
        label=gettext_lazy("outcome"), required=False, choices=[("", gettext_lazy("All")), *Outcome.choices]
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DATE)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=DATE)

    def narrowed(self, lines: Any) -> Any:
        """Return the lines that fit what was filled in; all where nothing was, none where it makes no sense."""
        if not self.is_valid():
            return lines.none()
        wanted = self.cleaned_data
        text = wanted["q"].strip()
        if text:
            lines = lines.filter(
                Q(username__icontains=text) | Q(user__first_name__icontains=text) | Q(address__startswith=text)
            )
        if wanted["outcome"]:
            lines = lines.filter(outcome=wanted["outcome"])
        if wanted["since"]:
            lines = lines.filter(at__date__gte=wanted["since"])
        if wanted["until"]:
            lines = lines.filter(at__date__lte=wanted["until"])
        return lines


def log(request: Any, user_id: int) -> HttpResponse:
    """Show a member's sign-in log to the managers of the sites where he is a member; to everybody else 404."""
    person = get_object_or_404(User, pk=user_id)
    if not may_see_log(request.user, person):
        raise Http404
    title = _("Sign-in log of %(name)s") % {"name": shown_name(person)}
    return log_page(
        request, SignIn.objects.filter(user=person), title, person=person, breadcrumbs_items=[_crumb(title)]
    )


def may_see_log(viewer: Any, person: Any) -> bool:
    """Return whether `viewer` manages a site in which `person` is a member now, or is an operator."""
    if memberships.is_operator(viewer):
        return True
    managed = {held.tenant_id for held in memberships.active(viewer) if held.role == Role.SITE_MANAGER}
    return any(held.tenant_id in managed for held in memberships.active(person) if held.tenant_id)


def whole_log(request: Any) -> HttpResponse:
    _operators_only(request)
    form = LogFilter(request.GET)
    lines = form.narrowed(SignIn.objects.all())
    title = _("Sign-in log")
    return log_page(
        request, lines, title, template="accounts/whole_log.html", form=form, breadcrumbs_items=[_crumb(title)]
    )


@require_http_methods(["GET", "POST"])
def lockouts(request: Any) -> HttpResponse:
    """List closed accounts and addresses; with POST (`kind`, `value`) open one again."""
    _operators_only(request)
    if request.method == "POST":
        kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
        if kind not in {"account", "address"} or "\0" in value:
            raise Http404
        by = _("by %(name)s") % {"name": shown_name(request.user)}
        if lockout.unlock(kind, value, by=by):
            messages.success(request, _("%(value)s is open again.") % {"value": value})
        else:
            messages.warning(request, _("%(value)s is not locked.") % {"value": value})
        return HttpResponseRedirect(reverse("govsites_accounts:lockouts"))
    rows = [
        row | {"words": clients.address_in_words(row["value"]) if row["kind"] == "address" else row["value"]}
        for row in lockout.closed()
    ]
    title = _("Locked out")
    return page(request, "accounts/lockouts.html", title, {"rows": rows, "breadcrumbs_items": [_crumb(title)]})


def _operators_only(request: Any) -> None:
    if not memberships.is_operator(request.user):
        raise Http404


def _crumb(title: str) -> dict[str, str]:
    return {"url": "", "label": title}
