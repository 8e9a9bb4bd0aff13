"""Endpoints that take records: raw ones (bytes of an old address) and ready ones (fields known), single and in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile

from legacy.api import pushing, schemas
from legacy.api.parts import earlier, idempotency_key, in_scope, keep, once
from legacy.models import ApiAnswer
from legacy.sources.records import Note, Record
from sites.doors.scripts import FAULTS

router = Router()
NDJSON_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {
                    "type": "string",
                    "description": "A record (ReadyIn, or RawIn with `data` or `text`) on each line, of any number",
                }
            }
        },
    }
}


@router.post("/transitions/{code}/raws", response={200: schemas.PushOut, **FAULTS})
def push_raws(request: HttpRequest, code: str, given: schemas.RawsIn) -> Status:
    """Hand in what stood at old addresses, bytes as base64. The same record again is `unchanged`."""
    with in_scope(request, code) as found:
        records = pushing.from_list(list(given.records), pushing.raw_of)
        return once(request, found, lambda: Status(200, pushing.take(found, records, by=request.user, label="API")))


@router.post("/transitions/{code}/raws/file", response={200: schemas.PushOut, **FAULTS})
def push_file(
    request: HttpRequest,
    code: str,
    file: UploadedFile = File(...),  # noqa: B008 - ninja's way to declare a part
    url: str = Form(..., max_length=2000),
    content_type: str = Form(""),
    fetched_at: datetime | None = Form(None),  # noqa: B008
) -> Status:
    """Hand in one file of an old address as multipart: for what is too large for JSON. Idempotent by its address."""
    with in_scope(request, code) as found:

        def records() -> Iterator[Record | Note]:
            for one in pushing.from_list(
                [schemas.RawIn(url=url, content_type=content_type[:200], fetched_at=fetched_at)], pushing.raw_of
            ):
                if isinstance(one, Record):
                    yield Record(
                        url=one.url,
                        status=200,
                        content_type=one.content_type,
                        fetched_at=one.fetched_at,
                        chunks=file.chunks,
                    )
                else:
                    yield one

        return Status(200, pushing.take(found, records(), by=request.user, label=(file.name or "API")[:300]))


@router.post("/transitions/{code}/records", response={200: schemas.PushOut, **FAULTS})
def push_records(request: HttpRequest, code: str, given: schemas.ReadysIn) -> Status:
    """Hand in records whose fields are known (see ReadyIn). The same record again is `unchanged`."""
    with in_scope(request, code) as found:
        records = pushing.from_list(list(given.records), pushing.ready_of)
        return once(request, found, lambda: Status(200, pushing.take(found, records, by=request.user, label="API")))


@router.post("/transitions/{code}/records.ndjson", response={200: schemas.PushOut, **FAULTS}, openapi_extra=NDJSON_BODY)
def push_stream(request: HttpRequest, code: str) -> Status:
    """Hand in any number of records, one JSON object on each line: read and stored as they come."""
    with in_scope(request, code) as found:
        key = idempotency_key(request)
        lines = _Lines(request)
        if key and (held := _again(request, found.tenant_id, key, lines)) is not None:
            return held
        receipt = pushing.take(found, pushing.from_lines(iter(lines)), by=request.user, label="API, NDJSON")
        return keep(found.tenant_id, found, key, lines.digest(), Status(200, receipt))


def _again(request: HttpRequest, tenant_id: int, key: str, lines: _Lines) -> Status | None:
    """Return the answer to the same stream sent under the same key before; what is sent now is read to its end."""
    if not ApiAnswer.objects.filter(tenant_id=tenant_id, key=key).exists():
        return None
    for _line in lines:
        pass
    return earlier(tenant_id, key, lines.digest())


class _Lines:
    """The lines of a request's body as they come, and the hash of what has come."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._hash = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                line = self._request.readline(pushing.LONGEST_LINE + 1)
            except UnreadablePostError as error:
                raise HttpError(
                    400, _("The stream broke off. What came whole is kept; send the same again.")
                ) from error
            if not line:
                return
            self._hash.update(line)
            whole = line
            while not whole.endswith(b"\n") and len(whole) > pushing.LONGEST_LINE:
                rest = self._request.readline(pushing.LONGEST_LINE)
                if not rest:
                    break
                self._hash.update(rest)
                if rest.endswith(b"\n"):
                    break
            yield line

    def digest(self) -> str:
        return self._hash.hexdigest()
