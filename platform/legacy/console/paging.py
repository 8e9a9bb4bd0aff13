"""Pages of rows with a count that reads well in both languages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from sites.desk.paging import Pager

PER_PAGE = 50


def paged(rows: Any, request: HttpRequest, per_page: int = PER_PAGE) -> Any:
    """Return the page of the rows that the request asks for (?p=2); a page too far is the last one."""
    return Pager(rows, per_page).get_page(request.GET.get("p"))
