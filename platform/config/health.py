"""/healthz on every host: 200 when the database answers, 503 when it does not. Before sessions and sites."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return healthz()
        return self.get_response(request)


def healthz() -> JsonResponse:
    """Return {"database": "ok" | "down"}; tells no address, no version and no error text."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = "ok"
    except DatabaseError:
        database = "down"
    response = JsonResponse({"database": database}, status=200 if database == "ok" else 503)
    response["Cache-Control"] = "no-store"
    return response
