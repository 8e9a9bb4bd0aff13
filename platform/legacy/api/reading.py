"""Endpoints that say what became of it: items, the ledger of old addresses, the acceptance report."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router

from legacy.api import schemas
from legacy.api.parts import MAX_PAGE, in_scope
from legacy.contents import body_of
from legacy.models import Acceptance, LegacyItem, OldAddress
from legacy.overview import report_facts
from sites.doors.scripts import FAULTS, paged

router = Router()


@router.get("/transitions/{code}/items", response={200: schemas.ItemPage, **FAULTS})
def list_items(
    request: HttpRequest,
    code: str,
    state: str = "",
    column: str = "",
    url: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(100, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """Items by state (extracted, review, loaded, refused, dropped, conflict), old column or old address."""
    with in_scope(request, code) as found:
        rows = LegacyItem.objects.filter(transition=found).defer("values", "overrides").order_by("pk")
        for name, value in (("state", state), ("column_key", column), ("url", url)):
            if value:
                rows = rows.filter(**{name: value})
        return paged(rows, page, page_size, schemas.item_out)


@router.get("/transitions/{code}/items/{number}", response={200: schemas.ItemDetail, **FAULTS})
def get_item(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    """An item with its values, their evidence, and its body as blocks."""
    with in_scope(request, code) as found:
        item = get_object_or_404(LegacyItem, pk=number, transition=found)
        return schemas.item_out(item) | {"values": item.values, "body": body_of(item)}


@router.get("/transitions/{code}/ledger", response={200: schemas.AddressPage, **FAULTS})
def list_addresses(
    request: HttpRequest,
    code: str,
    result: str = "",
    host: str = "",
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(100, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """Old addresses by result (unresolved, redirect, archive, gone), those with the most hits first."""
    with in_scope(request, code) as found:
        rows = OldAddress.objects.filter(transition=found).order_by("-hits", "pk")
        if result:
            rows = rows.filter(result=result)
        if host:
            rows = rows.filter(host=host)
        return paged(rows, page, page_size, schemas.address_out)


@router.get("/transitions/{code}/acceptance", response={200: schemas.AcceptanceOut, **FAULTS})
def get_acceptance(request: HttpRequest, code: str) -> dict[str, Any]:
    """The newest acceptance report, and who signed it."""
    with in_scope(request, code) as found:
        report = Acceptance.objects.filter(transition=found).order_by("-pk").first()
        if report is None:
            raise Http404(_("There is no acceptance report yet."))
        return report_facts(report) | {"data": report.data}
