"""The scripts' door (HTTP API) at /api/v1/, on the admin's hosts alone: bearer tokens of platform operators.

Tokens are Wagtail's own (settings, API tokens; or `manage.py api_tokens`). Endpoints parse, call and show, like the
console's views. A fault is application/problem+json with a sentence in `detail`.
"""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.api.v3.errors import problem_response

from provisioning import api_lists, api_sites, lifecycle, runs
from provisioning.api_parts import Unfit, problem_out
from sites.doors.scripts import ScriptsDoor, TokenThrottle, answer_faults
from tenants.memberships import is_operator

logger = logging.getLogger("provisioning")


class OperatorToken(BearerTokenAuth):
    """Wagtail's bearer tokens, those of platform operators alone."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = super().authenticate(request, token)
        if found is not None and not is_operator(request.user):
            raise HttpError(403, _("This token's owner is no platform operator."))
        return found


THROTTLE = TokenThrottle("provisioning-api")
api = ScriptsDoor(
    title="Platform: sub-sites",
    version="1",
    description="Open, change and lead sub-sites. Writing is idempotent by the tenant's code.",
    urls_namespace="provisioning_api",
    auth=OperatorToken(),
    throttle=[THROTTLE],
    docs_url=None,  # the usual documentation page loads scripts from elsewhere
)
answer_faults(api, logger)


@api.exception_handler(Unfit)
def _unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    errors = [problem_out(problem) for problem in error.problems]
    return problem_response(status=422, detail=" ".join(each["text"] for each in errors), errors=errors)


@api.exception_handler(runs.RunError)
def _run_error(request: HttpRequest, error: runs.RunError) -> HttpResponse:
    return problem_response(status=422, detail=str(error))


@api.exception_handler(lifecycle.LifecycleError)
def _refused(request: HttpRequest, error: lifecycle.LifecycleError) -> HttpResponse:
    return problem_response(status=409, detail=str(error))


api.add_router("", api_sites.router)
api.add_router("/provisioning", api_lists.router)
