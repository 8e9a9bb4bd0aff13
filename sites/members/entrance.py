"""The doors that need no sign-in: an invitation, and a link for a new password. A wrong link names nobody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from sites.members import joining
from sites.members.forms import JoinForm, KnownForm
from sites.models import SitePage
from tenants import invitations
from tenants.grants import GrantRefused
from tenants.invitations import DeadLink
from tenants.models import Invitation, Role


@never_cache
@sensitive_post_parameters("password", "again")
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what one is invited to, and take the answer: a password of a new person, or the consent of a known one."""
    invitation = invitations.find(secret)
    if invitation is None:
        return dead(request)
    known = invitations.account_of(invitation)
    form: Any = (KnownForm if known else JoinForm)(request.POST or None, invitation=invitation)
    problem = ""
    if request.method == "POST":
        try:
            if request.user.is_authenticated:
                joining.accept(invitations.accept_as, secret, user=request.user)
                return welcome(request, invitation)
            if form.is_valid() and known:
                return with_password(request, secret, form)
            if form.is_valid():
                values = form.cleaned_data
                membership = joining.accept(
                    invitations.accept_as_new, secret, full_name=values["full_name"], password=values["password"]
                )
                return first_sign_in(request, membership.user, invitation)
        except DeadLink:
            return dead(request)
        except GrantRefused as refused:
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            else:
                problem = str(refused)
    return shown(request, invitation, form, known=known is not None, problem=problem)


def with_password(request: HttpRequest, secret: str, form: Any) -> HttpResponse:
    """Accept for an account that proves itself with its password, and lead to the sign-in with all its steps.

    An account whose last right has ended cannot sign in, and is the one that needs this.
    """
    user = authenticate(request, username=form.username, password=form.cleaned_data["password"])
    if user is None:
        raise GrantRefused(_("The password is wrong, or the account is locked for a while."), "password")
    joining.accept(invitations.accept_as, secret, user=user)
    messages.success(request, _("The invitation is accepted. Sign in to begin."))
    return HttpResponseRedirect(reverse("sign_in"))


class NewPasswordView(PasswordResetConfirmView):
    """The door of a link for a new password. Django takes the token out of the address before the form is shown."""

    template_name = "govsites/members/new_password.html"
    reset_url_token = "choose"

    def get_success_url(self) -> str:
        messages.success(self.request, _("The password is set. Sign in with it."))
        return reverse("sign_in")

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if not self.validlink:
            return dead(self.request)
        context["rules"] = password_validators_help_texts()
        return super().render_to_response(context, **kwargs)


def shown(request: HttpRequest, invitation: Invitation, form: Any, **values: Any) -> HttpResponse:
    own_name = request.user.get_username() if request.user.is_authenticated else ""
    columns = SitePage.objects.filter(pk__in=invitation.column_ids).order_by("path").values_list("title", flat=True)
    context = values | {
        "invitation": invitation,
        "role": Role(invitation.role).label,
        "columns": list(columns),
        "form": form,
        "own_name": own_name,
        "is_own": own_name.casefold() == invitation.username.casefold(),
    }
    return render(request, "govsites/members/accept.html", context)


def dead(request: HttpRequest) -> HttpResponse:
    return render(request, "govsites/members/dead_link.html", status=404)


def first_sign_in(request: HttpRequest, user: Any, invitation: Invitation) -> HttpResponse:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return welcome(request, invitation)


def welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    said = _("Welcome. You are now %(role)s of “%(name)s”.")
    messages.success(request, said % {"role": Role(invitation.role).label, "name": invitation.tenant.name})
    return HttpResponseRedirect(reverse("wagtailadmin_home"))
