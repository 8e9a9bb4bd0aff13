"""Archived copies (存档): what the old site sent, shown read-only from the store under its old address."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from legacy import blobs
from legacy.extraction.decoding import decode
from legacy.ledger import archived, hosts
from legacy.models import LegacyRaw, OldAddress, RawKind, Transition
from sites import old_hosts
from sites.public.parts import BEIJING

MOST_HTML = 5 * 2**20  # bytes; a larger page is offered as a file
PAGE_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'; sandbox allow-same-origin allow-popups allow-top-navigation-by-user-activation"
)
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
SIGNED: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\0\0\1\0", "image/x-icon"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """What is sent: the page made ready, or the file as it lies in the store."""

    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    file: Path | None = None


def copy(address_id: int) -> Copy | None:
    """Return the archived copy that a line of the ledger names, None where its bytes are not kept."""
    row = (
        OldAddress.objects.filter(pk=address_id)
        .select_related("raw", "transition")
        .only(
            "path", "url", "raw__url", "raw__kind", "raw__sha256", "raw__size", "raw__content_type", "raw__fetched_at",
            "transition__hosts", "transition__address_rule", "transition__tenant_id",
        )
        .first()
    )  # fmt: skip
    if row is None or row.raw is None or not row.raw.sha256:
        return None
    place = blobs.path_of(row.raw.sha256)
    if not place.is_file():
        return None
    if row.raw.kind == RawKind.PAGE and place.stat().st_size <= MOST_HTML:
        return _page(row, place.read_bytes())
    return _file(row, place)


def page_of(raw: Any, transition: Transition, data: bytes) -> archived.ArchivedPage:
    """Return the cleaned page of a raw record."""
    text = decode(data, raw.content_type).text
    return archived.cleaned(text, raw.url, hosts.own_hosts(transition), hosts.rule_of(transition))


def resources(raw: LegacyRaw, transition: Transition) -> list[str]:
    """Return the old addresses of the pictures and style sheets that the archived page needs; none of other records."""
    if raw.kind != RawKind.PAGE or not raw.sha256 or not blobs.path_of(raw.sha256).is_file():
        return []
    return [_whole(transition, address) for address in archived.needed(page_of(raw, transition, blobs.get(raw.sha256)))]


def _whole(transition: Transition, address: str) -> str:
    return f"http://{hosts.main_host(transition)}{address}" if address.startswith("/") else address


def _page(row: OldAddress, data: bytes) -> Copy:
    raw, transition = row.raw, row.transition
    page = page_of(raw, transition, data)
    home = old_hosts.home_url(transition.tenant_id)
    text = render_to_string(
        "legacy/archived.html",
        {
            "page": page,
            "styles": mark_safe(page.styles),
            "body": mark_safe(page.body),
            "url": raw.url,
            "copied_on": timezone.localdate(raw.fetched_at, BEIJING) if raw.fetched_at else None,
            "home": home,
        },
    )
    headers = {"Content-Security-Policy": PAGE_POLICY, **_common()}
    return Copy("text/html; charset=utf-8", headers, body=text.encode("utf-8", "replace"))


def _file(row: OldAddress, place: Path) -> Copy:
    name = unquote(PurePosixPath(row.path.partition("?")[0]).name) or "file"
    with place.open("rb") as file:
        head = file.read(512)
    headers = {"Content-Security-Policy": FILE_POLICY, **_common()}
    kind = next((kind for signature, kind in SIGNED if head.startswith(signature)), "")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        kind = "image/webp"
    declared = row.raw.content_type.partition(";")[0].strip().lower()
    if not kind and (declared == "text/css" or name.lower().endswith(".css")):
        kind = "text/css"
    if not kind and declared == "image/svg+xml":
        kind = "image/svg+xml"
    if not kind:
        kind = "application/octet-stream"
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return Copy(kind, headers, file=place)


def _common() -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "public, max-age=3600",
    }
