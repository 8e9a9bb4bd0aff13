"""Old and new pages side by side, as a browser shows them; only where one is there (development requirements)."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legacy import blobs
from legacy.extraction.decoding import decode
from legacy.models import Acceptance, LegacyRaw
from legacy.verify.asking import Asker
from sites import old_hosts
from sites.messages import SaidError, _, sentence

SIZE = {"width": 1100, "height": 900}
_BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


class NoBrowser(SaidError):
    """Pictures cannot be taken here; the message says what is missing."""


def take(report: Acceptance) -> list[dict[str, Any]]:
    """Return {"title", "old", "new"} for the report's sample, the pictures as data URLs. Raises NoBrowser.

    Nothing outside is asked for: the old page comes out of the store, the new one from this process.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser(
            sentence(
                _("Pictures need playwright. Install requirements-dev.txt, or make the report without --pictures.")
            )
        ) from None
    pairs = list(_pairs(report))
    # Playwright runs an event loop in this thread, in which Django refuses the database: all is read before.
    found = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, java_script_enabled=False)  # type: ignore[arg-type]
            for title, old, new in pairs:
                found.append({"title": title, "old": _picture(page, old), "new": _picture(page, new)})
            browser.close()
    except Error as error:
        raise NoBrowser(
            sentence(_("The browser cannot be started: %(error)s"), error=str(error).splitlines()[0])
        ) from None
    return found


def _picture(page: Any, resources: dict[str, tuple[bytes, str]]) -> str:
    """Return a picture of the page; `resources` are its own address first, then everything that it may ask for."""
    address = next(iter(resources))

    def answer(route: Any) -> None:
        body, content_type = resources.get(route.request.url, (b"", "text/plain"))
        route.fulfill(status=200 if body else 404, body=body, content_type=content_type)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(address, wait_until="load", timeout=15_000)
    data = base64.b64encode(page.screenshot(type="jpeg", quality=60)).decode()
    return f"data:image/jpeg;base64,{data}"


def _pairs(report: Acceptance) -> Iterator[tuple[str, dict[str, tuple[bytes, str]], dict[str, tuple[bytes, str]]]]:
    samples = list(report.data.get("samples", {}).values())
    places = old_hosts.places(report.tenant_id, [one["page_id"] for one in samples if one["page_id"]])
    asker = Asker()
    for one in samples:
        place = places.get(one["page_id"])
        raw = LegacyRaw.objects.filter(transition_id=report.transition_id, key=one["key"]).exclude(sha256="").first()
        if place is None or not place["url"] or raw is None or raw.kind != "page":
            continue
        old = _old_resources(report, raw)
        new = {place["url"]: (asker.get(place["url"]).body, "text/html; charset=utf-8")}
        yield one["title"], old, new | _styles(asker, place["url"], new[place["url"]][0])


def _old_resources(report: Acceptance, raw: LegacyRaw) -> dict[str, tuple[bytes, str]]:
    from django.utils import timezone

    from legacy.survey.page_facts import facts_of

    data = blobs.get(raw.sha256)
    found = {raw.url: (decode(data, raw.content_type).text.encode(), "text/html; charset=utf-8")}
    wanted = facts_of(data, raw.content_type, raw.url, timezone.localdate()).pictures
    styles = LegacyRaw.objects.filter(transition_id=report.transition_id, url__endswith=".css").exclude(sha256="")
    pictures = LegacyRaw.objects.filter(transition_id=report.transition_id, url__in=wanted).exclude(sha256="")
    for row in (*styles[:40], *pictures[:60]):
        try:
            found[row.url] = (
                blobs.get(row.sha256),
                "text/css" if row.url.endswith(".css") else row.content_type or "image/*",
            )
        except OSError:
            continue
    return found


def _styles(asker: Asker, url: str, html: bytes) -> dict[str, tuple[bytes, str]]:
    """Return the new page's style sheets and pictures."""
    import re
    from urllib.parse import urljoin

    found = {}
    for match in re.findall(rb'(?:href|src)="([^"]+\.(?:css|png|jpe?g|svg|webp|gif)[^"]*)"', html):
        address = urljoin(url, match.decode("utf-8", "replace"))
        body = _static(address) or asker.get(address).body
        if body:
            found[address] = (body, "text/css" if ".css" in address else "image/*")
    return found


def _static(address: str) -> bytes:
    from urllib.parse import unquote, urlsplit

    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core.files.storage import default_storage

    path = unquote(urlsplit(address).path)
    static = "/" + settings.STATIC_URL.strip("/") + "/"
    if path.startswith(static):
        name = path.removeprefix(static)
        place = finders.find(name) or (Path(settings.STATIC_ROOT) / name if settings.STATIC_ROOT else "")
        return Path(str(place)).read_bytes() if place and Path(str(place)).is_file() else b""
    media = "/" + settings.MEDIA_URL.strip("/") + "/"
    name = path.removeprefix(media)
    if path.startswith(media) and default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    return b""


def _browser() -> str | None:
    """Return the browser's path: CHROMIUM, one of the system's, None for the one that playwright installed."""
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for path in _BROWSERS if Path(path).exists()), None)
