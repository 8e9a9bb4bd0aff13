"""The entrance (登录): user name and password, the code, and what an open page asks while its person is away."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout, views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.accounts import journal, second_factor, sessions
from tenants.accounts.forms import CodeForm, SignInForm
from tenants.models import Outcome

# The password was right, the code is still to come: who, and since when, in the session of nobody.
PENDING = "pending_sign_in"
PENDING_SECONDS = 300
MOST_CODES = 5
_WHY = {
    "ended": gettext_lazy("You were signed in for the longest time allowed. Please sign in again."),
    "again": gettext_lazy("That took too long, or too many codes were wrong. Please sign in again."),
}


class SignInView(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    form_class = SignInForm

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            if request.user.has_perm("wagtailadmin.access_admin"):
                return HttpResponseRedirect(self.get_success_url())
            logout(request)  # the last right has ended
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        return reverse("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"notice": _notice(self.request.GET.get("why", ""))}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        user = form.get_user()
        if not user.has_perm("wagtailadmin.access_admin"):
            journal.record(Outcome.NO_RIGHTS, user=user, request=self.request)
            form.add_error(None, _("This account has no rights at present. Please ask your site manager."))
            return self.form_invalid(form)
        if second_factor.device_of(user) is None:
            login(self.request, user)
            return HttpResponseRedirect(self.get_success_url())
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            "password": user.get_session_auth_hash(),
            "next": self.get_success_url(),
            "at": int(time.time()),
            "wrong": 0,
        }
        self.request.session.cycle_key()
        return HttpResponseRedirect(reverse("sign_in_code"))

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        form.ask_for_captcha()
        locked = any(error.code == "locked" for error in form.non_field_errors().as_data())
        return self.render_to_response(self.get_context_data(form=form), status=429 if locked else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the app, or a recovery code, after a right password."""
    pending = request.session.get(PENDING)
    user = _pending_user(pending)
    if user is None:
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(f"{reverse('sign_in')}?why=again")
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            del request.session[PENDING]
            user.otp_device = form.device  # django-otp marks the session with it
            login(request, user, backend=pending["backend"])
            return HttpResponseRedirect(pending["next"])
        if form.tried_wrong:
            journal.record(Outcome.WRONG_CODE, user=user, request=request)
            request.session[PENDING] = {**pending, "wrong": pending["wrong"] + 1}
    return render(request, "accounts/code.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def pulse(request: HttpRequest) -> JsonResponse:
    """Tell a page's script how long the session lasts; with POST also that its person is at work.

    `seconds` until the end, `user` (id), `token` against forged requests: a page kept open over a new sign-in needs
    the new one. Where nobody is signed in: 0 seconds.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0})
    if request.method == "POST":
        sessions.touch(request.session)
    left = sessions.seconds_left(request.session)
    return JsonResponse({"seconds": left, "user": request.user.pk, "token": get_token(request)})


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 for a form whose token against forged requests does not fit, mostly from a page that is too old."""
    back = request.get_full_path()
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return render(request, "accounts/forged.html", {"back": back if safe else "/"}, status=403)


def _notice(why: str) -> str:
    if why == "idle":
        minutes = settings.IDLE_MINUTES
        return ngettext(
            "You did nothing for %(minutes)d minute and were signed out for safety. "
            "After signing in you return to where you were.",
            "You did nothing for %(minutes)d minutes and were signed out for safety. "
            "After signing in you return to where you were.",
            minutes,
        ) % {"minutes": minutes}
    return str(_WHY.get(why, ""))


def _pending_user(pending: Any) -> Any:
    """Return whose sign-in waits for a code; None where it waited too long, was tried too often, or has changed."""
    if pending is None or time.time() - pending["at"] > PENDING_SECONDS or pending["wrong"] >= MOST_CODES:
        return None
    user = get_user_model().objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["password"]):
        return None
    return user
