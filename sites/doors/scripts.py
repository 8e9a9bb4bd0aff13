"""What the rooms' doors for scripts (HTTP APIs) share: how often a token may ask, what a fault looks like, pages of rows."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import Throttled
from ninja.openapi.schema import OpenAPISchema
from ninja.throttling import SimpleRateThrottle
from pydantic import ConfigDict
from wagtail.api.v3.errors import problem_response, register_exception_handlers


class Strict(Schema):
    """A misspelt field is told, not passed over."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Fault(Schema):
    """RFC 9457: what is wrong, in a sentence; `errors` has it field by field."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] | None = None


FAULTS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Fault)


class ScriptsDoor(NinjaAPI):
    """An API whose description (openapi.json) is made once: making it costs a third of a second each time."""

    @functools.cached_property
    def _descriptions(self) -> dict[str, OpenAPISchema]:
        return {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._descriptions:
            self._descriptions[prefix] = super().get_openapi_schema(path_prefix=prefix)
        return self._descriptions[prefix]


class TokenThrottle(SimpleRateThrottle):
    """So many requests a minute from one token, counted for each door: a script that runs wild must not stop the admin."""

    def __init__(self, scope: str, rate: str = "600/min") -> None:
        self.scope = scope
        super().__init__(rate)

    def get_cache_key(self, request: HttpRequest) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}  # type: ignore[attr-defined]


def answer_faults(api: NinjaAPI, logger: logging.Logger) -> None:
    """Have the door answer every fault that is not its own as application/problem+json, and log what broke."""
    register_exception_handlers(api)

    @api.exception_handler(Throttled)
    def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        response = problem_response(status=429, detail=_("Too many requests. Wait and go on more slowly."))
        response.headers["Retry-After"] = str(max(1, round(error.wait or 1)))
        return response

    @api.exception_handler(Exception)
    def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.error("The API failed at %s", request.path, exc_info=error)
        return problem_response(status=500, detail=_("The platform failed. The log has the details."))


def paged(rows: QuerySet[Any], page: int, page_size: int, out: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of rows (from 1), each as `out` writes it, with the count of all."""
    start = (page - 1) * page_size
    return {
        "count": rows.count(),
        "page": page,
        "page_size": page_size,
        "items": [out(row) for row in rows[start : start + page_size]],
    }
