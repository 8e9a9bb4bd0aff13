"""The addresses below /admin/legacy/: each part of the room has a module with its own `urlpatterns`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

PARTS = (
    "transitions",
    "starts",
    "runs",
    "items",
    "rollback",
    "recipes",
    "survey",
    "mapping",
    "acceptance",
    "ledger",
    "board",
    "cutover",
)

app_name = "legacy"
urlpatterns: list[URLPattern | URLResolver] = []
for part in PARTS:
    if find_spec(f"legacy.console.{part}") is not None:
        urlpatterns += import_module(f"legacy.console.{part}").urlpatterns
