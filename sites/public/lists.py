"""Rows for lists, straight from the page table: title, address, date, and what a document adds to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import pgettext_lazy

from sites import addresses
from sites.addresses import SiteAddress
from sites.public.parts import Chip, Link, Record, Row, moment

ORDER = ("-published_at", "-id")
_ROW = ("id", "title", "url_path", "published_at", "officialdocument__document_number", "officialdocument__validity")
_RECORD = (*_ROW, "officialdocument__index_number", "officialdocument__written_on")
_COLUMN = object()
_VALIDITY = {
    "valid": (pgettext_lazy("validity of a document", "Valid"), ""),
    "partly": (pgettext_lazy("validity of a document", "Partly invalid"), "busy"),
    "repealed": (pgettext_lazy("validity of a document", "Repealed"), "void"),
}


def items_of(column_id: int) -> QuerySet[Any]:
    """Return the published items of a column, newest first. To be sliced and evaluated by the caller at once."""
    from sites.models import SitePage

    return SitePage.objects.filter(column_id=column_id, live=True).order_by(*ORDER)


def rows(address: SiteAddress, column_id: int, start: int, stop: int) -> tuple[Row, ...]:
    """Return the rows from `start` up to `stop`, counted from 0, in one query."""
    found = items_of(column_id).values_list(*_ROW)[start:stop]
    return tuple(_row(address, *values) for values in found)


def records(address: SiteAddress, column_id: int, start: int, stop: int) -> tuple[Record, ...]:
    """Return the lines of a disclosure catalogue in one query; items that are no documents have empty cells."""
    made = []
    for _pk, title, url_path, at, number, validity, index_number, written_on in items_of(column_id).values_list(
        *_RECORD
    )[start:stop]:
        made.append(
            Record(
                title,
                addresses.path_of(address, url_path),
                index_number or "",
                number or "",
                written_on.isoformat() if written_on else "",
                moment(at),
                chip_of(validity),
            )
        )
    return tuple(made)


def newest(address: SiteAddress, wanted: Sequence[tuple[int, int]]) -> dict[int, tuple[Row, ...]]:
    """Return the newest rows of several columns in one query: `wanted` pairs column ids with how many.

    A window function would read every item of every column; here each part stops after its few rows.
    """
    if not wanted:
        return {}
    parts, params = [], []
    for number, (column_id, how_many) in enumerate(wanted):
        sql, values = _newest_part(connection.vendor, how_many)
        # SQLite takes no ORDER BY in a member of a union unless it stands in a sub-select of its own.
        parts.append(f"SELECT * FROM ({sql}) AS part{number}")
        params.extend(column_id if value is _COLUMN else value for value in values)
    found: dict[int, list[Row]] = {column_id: [] for column_id, _ in wanted}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for pk, title, url_path, at, column_id in cursor.fetchall():
            found[column_id].append(_row(address, pk, title, url_path, _stored_moment(at), "", ""))
    return {column_id: tuple(made) for column_id, made in found.items()}


@lru_cache(maxsize=32)
def _newest_part(vendor: str, how_many: int) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters for the newest items of one column, written once for each number of rows."""
    stand_in = -1
    part = items_of(stand_in).values_list("id", "title", "url_path", "published_at", "column_id")[:how_many]
    sql, params = part.query.sql_with_params()
    return sql, tuple(_COLUMN if value == stand_in else value for value in params)


def _stored_moment(value: Any) -> datetime | None:
    """Return a date as the ORM would: SQLite keeps it as text."""
    from sites.models import SitePage

    column = SitePage._meta.get_field("published_at").cached_col
    for convert in connection.ops.get_db_converters(column):
        value = convert(value, column, connection)
    return value


def neighbours(address: SiteAddress, page: Any) -> tuple[Link | None, Link | None]:
    """Return the newer and the older neighbour of an item in its column."""
    if page.published_at is None or page.column_id is None:
        return None, None
    at, pk = page.published_at, page.pk
    siblings = items_of(page.column_id)
    # The bounds on the date alone let the index be entered at the right place; the rest settles equal dates.
    newer = siblings.filter(Q(published_at__gte=at) & ~(Q(published_at=at) & Q(id__lte=pk))).order_by(
        "published_at", "id"
    )
    older = siblings.filter(Q(published_at__lte=at) & ~(Q(published_at=at) & Q(id__gte=pk)))
    return _neighbour(address, newer), _neighbour(address, older)


def _neighbour(address: SiteAddress, found: QuerySet[Any]) -> Link | None:
    for title, url_path in found.values_list("title", "url_path")[:1]:
        return Link(title, addresses.path_of(address, url_path))
    return None


def chip_of(validity: str | None) -> Chip | None:
    """Return a document's validity (有效性) as a word, None for what is no document."""
    if not validity or validity not in _VALIDITY:
        return None
    label, tone = _VALIDITY[validity]
    return Chip(str(label), tone)


def _row(
    address: SiteAddress,
    pk: int,
    title: str,
    url_path: str,
    at: datetime | None,
    document_number: str | None,
    validity: str | None,
) -> Row:
    # A document in force needs no mark in a list; one that is not must say so.
    chip = chip_of(validity) if validity and validity != "valid" else None
    return Row(pk, title, addresses.path_of(address, url_path), moment(at), document_number or "", chip)
