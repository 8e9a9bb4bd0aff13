"""What each request of a signed-in account must pass: the clock, then the steps that come before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.accounts import activity, kept, second_factor, sessions
from tenants.models import Outcome

# Open to everybody: they are never asked for more.
ENTRANCE = frozenset({"sign_in", "sign_in_code", "pulse", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
SIGN_OUT = "wagtailadmin_logout"
# Where a person does what must come first.
PASSWORD_STEP = "govsites_accounts:password"
FACTOR_STEP = "govsites_accounts:set_up"


class AccountMiddleware:
    """Ends sessions by the clock, leads to a due password and to two-step verification. Public pages cost nothing.

    It looks in `process_view`, after the check against forged requests: a forged form is never kept for later.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _concerned(request):
            return self.get_response(request)
        key = request.session.session_key
        response = self.get_response(request)
        new_key = request.session.session_key
        if new_key and new_key != key and request.user.is_authenticated:
            sessions.follow(key, new_key)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not _concerned(request) or not request.user.is_authenticated:
            return None
        if sessions.MARK not in request.session:  # signed in before there were marks
            sessions.begin(request, request.user)
        outcome = sessions.over(request.session)
        name = request.resolver_match.view_name
        if outcome:
            return self.ended(request, outcome, name)
        if activity.by_person(request):
            sessions.touch(request.session)
        if name in ENTRANCE or name == SIGN_OUT:
            return None
        return self.first_things_first(request, name)

    def ended(self, request: Any, outcome: str, name: str) -> HttpResponse | None:
        person = activity.by_person(request)
        form = kept.take_out(request) if person and name not in ENTRANCE and name != SIGN_OUT else None
        why = "" if outcome == Outcome.IDLE else _("Signed in for the longest time allowed")
        sessions.end_here(request, outcome, why)
        if name in ENTRANCE:
            return None
        if not person:
            return JsonResponse({"error": _("Your session has ended. Please sign in again.")}, status=401)
        if form is not None:
            kept.put(request, form)
            back = reverse("govsites_accounts:resume")
        else:
            back = request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': back, 'why': outcome})}")

    def first_things_first(self, request: Any, name: str) -> HttpResponse | None:
        if request.session[sessions.MARK]["password_due"]:
            step = PASSWORD_STEP
        elif second_factor.required_for(request.user) and not request.user.is_verified():
            if second_factor.device_of(request.user) is not None:
                # Signed in without the code: from before it was set up.
                sessions.end_here(request, Outcome.ENDED, _("Signed in without two-step verification"))
                return HttpResponseRedirect(reverse("sign_in"))
            step = FACTOR_STEP
        else:
            return None
        if name == step:
            return None
        if not activity.by_person(request):
            return JsonResponse({"error": _("Please finish the steps that come before anything else.")}, status=403)
        return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")


def _concerned(request: Any) -> bool:
    return request.govsite is None and settings.SESSION_COOKIE_NAME in request.COOKIES
