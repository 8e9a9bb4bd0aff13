"""The scripts' door to the transitions, at /api/legacy/v1/ on the admin's hosts: bearer tokens of those who manage sites.

Tokens are Wagtail's own. A platform operator's reaches every transition, a site manager's those of the own sub-sites;
what is out of reach answers 404. Endpoints parse, call and show. A fault is application/problem+json with a sentence
in `detail`. A request that writes may carry an Idempotency-Key: sent again, it answers the same and does nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.api.v3.errors import problem_response

from legacy.access import manages_any
from legacy.api import reading, records, work
from legacy.opening import OpeningRefused
from legacy.running import RunRefused
from sites.doors.scripts import ScriptsDoor, TokenThrottle, answer_faults
from sites.messages import SaidError

logger = logging.getLogger("legacy")


class ManagerToken(BearerTokenAuth):
    """Wagtail's bearer tokens, those of people who manage a sub-site or the platform."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = super().authenticate(request, token)
        if found is not None and not manages_any(request.user):
            raise HttpError(403, _("This token's owner manages no sub-site."))
        return found


THROTTLE = TokenThrottle("legacy-api")
api = ScriptsDoor(
    title="Platform: old sites",
    version="1",
    description="Bring an old site over: begin a transition, hand in records, start steps, read what became of them.",
    urls_namespace="legacy_api",
    auth=ManagerToken(),
    throttle=[THROTTLE],
    docs_url=None,  # the usual documentation page loads scripts from elsewhere
)
answer_faults(api, logger)


@api.exception_handler(OpeningRefused)
def _not_opened(request: HttpRequest, error: OpeningRefused) -> HttpResponse:
    said = error.say(_)
    return problem_response(status=422, detail=said, errors=[{"field": error.field, "text": said}])


@api.exception_handler(RunRefused)
def _busy(request: HttpRequest, error: RunRefused) -> HttpResponse:
    return problem_response(status=409, detail=error.say(_))


@api.exception_handler(SaidError)
def _refused(request: HttpRequest, error: SaidError) -> HttpResponse:
    return problem_response(status=422, detail=error.say(_))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_response(status=413, detail=_("The body is too large. Send fewer records, or a stream (NDJSON)."))


@api.exception_handler(MultiPartParserError)
def _unreadable(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
    return problem_response(status=400, detail=_("The body cannot be read: %(reason)s") % {"reason": str(error)})


api.add_router("", work.router)
api.add_router("", records.router)
api.add_router("", reading.router)
