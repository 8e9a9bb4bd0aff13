"""Requests for old hosts: the ledger's line is looked up by the canonical address, and says what is answered.

    301  to the new page wherever it now stands (a reference, so later moves do not break it), to a picture or file, or to an
         address that somebody named
    200  the archived copy, read-only
    410  not moved, or moved and withdrawn since
    404  unresolved, counted

`answer` is all of it but the pages in the site's look; it counts nothing, and serves the trial of a host as well.
A redirect costs two queries: the address book's version, and the ledger's line with the page it refers to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from legacy.ledger import archive, hits, hosts
from legacy.ledger.canonical import canonical, canonical_path, digest
from legacy.ledger.hosts import OldHost
from legacy.models import AddressResult, OldAddress
from sites import addresses, old_hosts
from sites.public import old_pages
from tenants.scope import tenant_scope

# A redirect may be kept this long: its page may move again, or be withdrawn.
KEPT_SECONDS = 3600
FIELDS = (
    "pk", "result", "target_url", "page__tenant_id", "page__url_path", "page__live", "image__tenant_id", "image__file",
    "file_id", "file__tenant_id", "file__original_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What an old address gets. `result` is the ledger's, "" where the host is nobody's; `itself`: the page stands at
    its old address, so the new site answers.
    """

    status: int
    location: str | None = None
    body: bytes | None = None  # of an archived page
    file: Path | None = None  # an archived picture or file, in the store
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    result: str = ""
    address_id: int | None = None
    itself: bool = False


_PERCENT = re.compile("%(?![89A-Fa-f][0-9A-Fa-f])")
_NO_TENANT = -1
NOBODYS = Answer(404)


def answer(host: str, full_path: str) -> Answer:
    """Return what a GET of `full_path` ("/a/b?c=d", percent-encoded or not) on an old host is answered with.

    `host` may be below the preview domain. Needs no scope.
    """
    addresses.refresh()
    entry = hosts.find(host)
    return _answer(entry, full_path) if entry is not None else NOBODYS


def respond(request: HttpRequest, host: str, known: bool) -> HttpResponse | None:
    """Answer a request for an old host; `known`: the host is a sub-site's own, and only a line of the ledger answers."""
    entry = hosts.find(_asked_host(request) or host)
    if entry is None:
        return None
    if known:
        site = addresses.by_host(host)
        if site is None or site.tenant_id != entry.tenant_id:
            return None
    if request.method not in {"GET", "HEAD"}:
        return None if known else HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    asked = _asked_path(request)
    path = canonical_path(asked, entry.rule)
    found = _answer(entry, asked, path)
    if known and found.address_id is None:
        return None  # one of the new site's own dead links
    if not entry.preview:
        hits.count(entry, found.result or AddressResult.UNRESOLVED, found.address_id, path)
    if found.itself or (known and found.status == 404):
        return None
    return _response(request, entry, found)


def _answer(entry: OldHost, asked: str, path: str = "") -> Answer:
    path = path or canonical_path(asked, entry.rule)
    row = _line(entry.tenant_id, digest(entry.host, path))
    with tenant_scope(entry.tenant_id):
        if row is None:
            if path == "/":
                return _redirect(entry, path, old_hosts.home_url(entry.tenant_id), None)
            return Answer(404, result=AddressResult.UNRESOLVED)
        return _of_line(entry, path, row)


def _line(tenant_id: int, key: str) -> tuple[Any, ...] | None:
    """Return the ledger's line by its digest. The statement is written once: writing it costs more than asking it."""
    sql, places = _statement(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [key if place == "digest" else tenant_id if place == "tenant" else place for place in places]
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    with tenant_scope(_NO_TENANT):
        rows = OldAddress.objects.filter(digest="digest").order_by().values_list(*FIELDS)
        sql, params = rows.query.sql_with_params()
    return sql, tuple("tenant" if param == _NO_TENANT else param for param in params)


def _of_line(entry: OldHost, path: str, row: tuple[Any, ...]) -> Answer:
    pk, result, target_url, page_tenant, url_path, live, image_tenant, image, file_id, file_tenant, name = row
    if result == AddressResult.REDIRECT:
        location = ""
        if url_path:
            location = old_hosts.page_url(page_tenant, url_path) if live else ""
        elif image:
            location = old_hosts.picture_url(image_tenant, image)
        elif file_id:
            location = old_hosts.file_url(file_tenant, file_id, name)
        elif target_url:
            location = _whole(entry, target_url)
        return _redirect(entry, path, location, pk)
    if result == AddressResult.ARCHIVE:
        copy = archive.copy(pk)
        if copy is not None:
            return Answer(200, None, copy.body, copy.file, copy.content_type, copy.headers, result, pk)
        return Answer(410, result=AddressResult.GONE, address_id=pk)
    if result == AddressResult.GONE:
        return Answer(410, result=result, address_id=pk)
    if path == "/":
        return _redirect(entry, path, old_hosts.home_url(entry.tenant_id), pk)
    return Answer(404, result=AddressResult.UNRESOLVED, address_id=pk)


def _redirect(entry: OldHost, path: str, location: str, pk: int | None) -> Answer:
    if not location:
        return Answer(410, result=AddressResult.GONE, address_id=pk)
    where = canonical(location, entry.rule)
    if (where.host.partition(":")[0], where.path) == (entry.host.partition(":")[0], path) and not entry.preview:
        return Answer(200, location, result=AddressResult.REDIRECT, address_id=pk, itself=True)
    return Answer(301, location, result=AddressResult.REDIRECT, address_id=pk)


def _whole(entry: OldHost, target_url: str) -> str:
    return old_hosts.home_url(entry.tenant_id).rstrip("/") + target_url if target_url.startswith("/") else target_url


def _response(request: HttpRequest, entry: OldHost, found: Answer) -> HttpResponse:
    if found.status == 301 and found.location:
        response: Any = HttpResponsePermanentRedirect(found.location)
        response["Cache-Control"] = "no-store" if entry.preview else f"public, max-age={KEPT_SECONDS}"
    elif found.status == 200 and found.body is not None:
        response = HttpResponse(found.body, content_type=found.content_type, headers=found.headers)
    elif found.status == 200 and found.file is not None:
        response = FileResponse(found.file.open("rb"), content_type=found.content_type)
        del response["Content-Disposition"]  # it names the store's file
        for name, value in found.headers.items():
            response[name] = value
    elif found.status == 410:
        response = old_pages.gone(request, entry.tenant_id)
    else:
        response = old_pages.unknown(request, entry.tenant_id)
    if entry.preview:
        response["X-Robots-Tag"] = "noindex"
    if not response.streaming:  # the middleware that says it stands behind this answer; without it it goes in chunks
        response["Content-Length"] = str(len(response.content))
    return response


def _asked_host(request: HttpRequest) -> str:
    host: str = request._get_raw_host()  # type: ignore[attr-defined]
    return host


def _asked_path(request: HttpRequest) -> str:
    """Return path and parameters with their bytes as they came, as far as the server hands them on."""
    raw: str = request.META.get("RAW_URI", "")
    if raw.startswith("/"):
        return raw
    # Django has decoded the path; bytes that are no UTF-8 (GBK) stand in it percent-encoded again.
    path = _PERCENT.sub("%25", request.path_info).replace("?", "%3F").replace("#", "%23")
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
