"""A step begun by a click: the person is led to its run, or back with the reason why it cannot begin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.admin import messages

from legacy import starting
from legacy.models import Transition
from legacy.running import RunRefused


def begun(request: HttpRequest, transition: Transition, step: str, *, back: str, **options: Any) -> HttpResponse:
    """Begin the step as `starting.begin` does. `back` names the page of the transition to return to."""
    try:
        row = starting.begin(transition, step, by=request.user, **options)
    except RunRefused as refused:
        messages.error(request, refused.say(gettext))
        return HttpResponseRedirect(reverse(back, args=[transition.pk]))
    return HttpResponseRedirect(reverse("legacy:run", args=[transition.pk, row.pk]))
