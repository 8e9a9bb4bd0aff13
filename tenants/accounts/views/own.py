"""The person's own pages: password, two-step verification, sessions, sign-in log."""

from __future__ import annotations

from typing import Any

import django_otp
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from tenants.accounts import journal, kept, second_factor, sessions
from tenants.accounts.forms import CodeForm, PasswordForm
from tenants.accounts.views.pages import log_page, page, session_row
from tenants.models import Outcome, SignIn


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Any) -> HttpResponse:
    """Change the password; stands alone where it is too old and must be changed before anything else."""
    due = request.session[sessions.MARK]["password_due"]
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        sessions.renew(request)
        request.session[sessions.MARK] = {**request.session[sessions.MARK], "password_due": False}
        sessions.end_others(form.user, request.session.session_key, _("Password changed"))
        journal.record(Outcome.PASSWORD, user=form.user, request=request)
        messages.success(request, _("Your password is changed. Your other sessions were ended."))
        return HttpResponseRedirect(_next(request) if due else reverse("govsites_accounts:password"))
    context = {"form": form, "rules": password_validators_help_texts(), "next": _next(request), "due": due}
    if due:
        return render(request, "accounts/password_due.html", context | {"days": settings.PASSWORD_DAYS})
    return page(request, "accounts/password.html", _("Password"), context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_up(request: Any) -> HttpResponse:
    """Set two-step verification up: scan, confirm with a code, then the recovery codes, once."""
    if second_factor.device_of(request.user) is not None:
        return HttpResponseRedirect(reverse("govsites_accounts:second_factor"))
    forced = second_factor.required_for(request.user)
    form = CodeForm(request.user, request.POST if request.method == "POST" else None, check=second_factor.confirm)
    if request.method == "POST" and form.is_valid():
        django_otp.login(request, form.device)
        sessions.renew(request)
        sessions.end_others(request.user, request.session.session_key, _("Two-step verification set up"))
        journal.record(Outcome.FACTOR_ON, user=request.user, request=request)
        return _codes(request, forced)
    if form.tried_wrong:
        journal.record(Outcome.WRONG_CODE, user=request.user, request=request)
    device = second_factor.begin(request.user, request.session.get("begun_app"))
    request.session["begun_app"] = device.pk
    context = {
        "form": form,
        "picture": second_factor.picture(device),
        "key": second_factor.key_in_words(device),
        "device_address": device.config_url,
        "next": _next(request),
        "forced": forced,
    }
    return page(request, "accounts/set_up.html", _("Two-step verification"), context, alone=forced)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_step(request: Any) -> HttpResponse:
    """Show how two-step verification stands; new recovery codes, another phone and turning it off need a code."""
    device = second_factor.device_of(request.user)
    required = second_factor.required_for(request.user)
    form = CodeForm(request.user, request.POST if request.method == "POST" else None)
    wanted = request.POST.get("do", "")
    if request.method == "POST":
        if device is None or wanted not in {"codes", "move", "off"} or (wanted == "off" and required):
            raise Http404
        if form.is_valid():
            if wanted == "codes":
                return _codes(request, alone=False)
            second_factor.remove(request.user)
            journal.record(Outcome.FACTOR_OFF, user=request.user, request=request)
            if wanted == "move":
                return HttpResponseRedirect(reverse("govsites_accounts:set_up"))
            messages.success(request, _("Two-step verification is turned off."))
            return HttpResponseRedirect(reverse("govsites_accounts:second_factor"))
        if form.tried_wrong:
            journal.record(Outcome.WRONG_CODE, user=request.user, request=request)
    left = second_factor.recovery_codes_left(request.user)
    context = {"form": form, "device": device, "required": required, "left": left}
    return page(request, "accounts/second_factor.html", _("Two-step verification"), context)


@require_http_methods(["GET", "POST"])
def my_sessions(request: Any) -> HttpResponse:
    """List the person's open sessions; with POST end one (`session`, the row's id) or all others."""
    if request.method == "POST":
        why = _("Ended by the person")
        chosen = request.POST.get("session", "")
        if chosen == "others":
            ended = sessions.end_others(request.user, request.session.session_key, why)
        elif chosen.isascii() and chosen.isdecimal() and len(chosen) < 19:
            ended = sessions.end_one(request.user, int(chosen), why)
        else:
            raise Http404
        messages.success(request, _("%(count)d session(s) ended.") % {"count": ended})
        return HttpResponseRedirect(reverse("govsites_accounts:sessions"))
    rows = [session_row(session, request.session.session_key) for session in sessions.of(request.user)]
    return page(request, "accounts/sessions.html", _("Sessions"), {"rows": rows})


def my_log(request: Any) -> HttpResponse:
    lines = SignIn.objects.filter(user=request.user)
    return log_page(request, lines, _("Sign-in log"), template="accounts/my_log.html")


def resume(request: Any) -> HttpResponse:
    """Show the form that came after the session's end, to be sent again."""
    form = kept.take(request)
    if form is None:
        return HttpResponseRedirect(reverse("wagtailadmin_home"))
    return page(request, "accounts/resume.html", _("Your form was kept"), {"kept": form})


def back(request: Any) -> HttpResponse:
    """Close the window in which a person signed in again for the page that waits behind it."""
    return render(request, "accounts/back.html")


@sensitive_variables("codes")
def _codes(request: Any, alone: bool) -> HttpResponse:
    codes = second_factor.new_recovery_codes(request.user)
    text = "\n".join([settings.WAGTAIL_SITE_NAME, request.user.get_username(), "", *codes, ""])
    context = {"codes": codes, "text": text, "next": _next(request)}
    return page(request, "accounts/recovery_codes.html", _("Recovery codes"), context, alone=alone)


def _next(request: HttpRequest) -> str:
    """Return where the person wanted to go, on this host; else the admin's home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("wagtailadmin_home")
