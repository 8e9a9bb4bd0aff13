"""Tables to save: CSV and XLSX answers in which nothing turns into a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from tenants.tables.export import write_csv, write_xlsx

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written(form: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the table as a file; `form` is csv or xlsx."""
    return {"csv": write_csv, "xlsx": write_xlsx}[form](headers, rows)


def download(form: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Return a file to save, called `name` with the form behind it."""
    return attachment(written(form, headers, rows), f"{name}.{form}", form)


def attachment(data: bytes, name: str, form: str) -> HttpResponse:
    response = HttpResponse(data, content_type=CONTENT_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
