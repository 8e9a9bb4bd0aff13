"""Files to save: tables in which nothing turns into a formula, and reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from tenants.tables.export import write_csv, write_xlsx

CONTENT_TYPES = {  # of tables
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OF_REPORTS = {"html": "text/html; charset=utf-8", "json": "application/json"}


def written(form: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the table as a file; `form` is csv or xlsx."""
    return {"csv": write_csv, "xlsx": write_xlsx}[form](headers, rows)


def download(form: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Return a file to save, called `name` with the form behind it."""
    return attachment(written(form, headers, rows), f"{name}.{form}", form)


def attachment(data: bytes | str, name: str, form: str) -> HttpResponse:
    """Return the data as a file to save, never as a page; `form` is csv, xlsx, html or json."""
    response = HttpResponse(data, content_type=(CONTENT_TYPES | _OF_REPORTS)[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
