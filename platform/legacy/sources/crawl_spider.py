"""The spider: follows the old site's links within its limits and hands every answer on as a frame. Pure; its own process."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy.exceptions import CloseSpider, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest

from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical, canonical_host
from legacy.sources import kinds
from legacy.sources.crawl_job import Job, write_frame
from legacy.sources.crawl_links import Link, links_of, style_links
from legacy.sources.crawl_network import Watch
from legacy.sources.crawl_notes import Notes
from legacy.sources.crawl_seeds import seeds, sitemap_addresses
from legacy.sources.crawl_state import Known
from legacy.sources.crawl_traps import Traps, shape_of
from legacy.sources.records import NOT_FETCHED, REFUSED, WARNING
from sites.messages import _, sentence

MOST_REDIRECTS = 10
MOST_FAILURES = 30  # in a row: the site is gone, and what was not reached is for another day
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Spider(scrapy.Spider):
    name = "legacy"

    def __init__(self, job: Job, watch: Watch, out: BinaryIO, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._job, self._watch, self._out = job, watch, out
        self._rule = Rule.from_json(job.rule or {})
        self._hosts = {canonical_host(host, self._rule) for host in job.hosts}
        self._file_hosts = {canonical_host(host, self._rule) for host in job.file_hosts}
        self._known = Known(Path(job.known), Path(job.store))
        self._traps = Traps(job.this_year, job.max_depth)
        self._notes = Notes(out)
        self._seen: set[bytes] = set()
        self._done: deque[tuple[str, dict[str, Any]]] = deque()  # fetched earlier in this run: only their links count
        self._asked = self._failures = 0

    async def start(self) -> AsyncIterator[Any]:
        for url in seeds(self._job, self._notes):
            for request in self._visit(url, {"depth": 0, "chain": 0, "start": True}):
                yield request
        for sitemap in self._job.sitemaps:
            yield self._request(sitemap, {"sitemap": 1}, self.on_sitemap)

    # Deciding

    def _visit(self, url: str, at: dict[str, Any], *, media: bool = False) -> Iterator[scrapy.Request]:
        """Yield the request for an address that is new and within the limits, and all that follows from what is known."""
        yield from self._consider(url, at, media)
        while self._done:
            known_url, known_at = self._done.popleft()
            entry = self._known.get(canonical(known_url, self._rule).key)
            if entry is not None and (body := self._known.body(entry)) is not None:
                yield from self._follow(known_url, body, known_at)

    def _consider(self, url: str, at: dict[str, Any], media: bool) -> Iterator[scrapy.Request]:
        found = canonical(url, self._rule)
        mark = bytes.fromhex(found.digest)
        if mark in self._seen or not (at.get("start") or self._within(found.host, url, media)):
            return
        if not media and (said := self._traps.refusal(url, depth=at["depth"], chain=at["chain"])) is not None:
            self._notes.once(shape_of(url) + said.msgid, WARNING, url, said, "traps")
            return
        self._seen.add(mark)
        entry = self._known.get(found.key)
        if entry is not None and entry.done:
            self._done.append((url, at))
            return
        if self._asked >= self._job.max_pages:
            limit = self._job.max_pages
            said = sentence(_("The limit of %(limit)d addresses is reached; nothing more was asked."), limit=limit)
            self._notes.once("max_pages", WARNING, url, said, "limits")
            return
        self._asked += 1
        headers = {}
        if entry is not None and entry.etag:
            headers["If-None-Match"] = entry.etag
        if entry is not None and entry.last_modified:
            headers["If-Modified-Since"] = entry.last_modified
        yield self._request(url, {**at, "media": media}, self.on_answer, headers)

    def _within(self, host: str, url: str, media: bool) -> bool:
        if host in self._hosts:
            return True
        is_file = media or kinds.extension(url) in kinds.FILE_NAMES | kinds.PICTURE_NAMES
        return is_file and host in self._file_hosts

    def _request(
        self, url: str, at: dict[str, Any], callback: Any, headers: dict[str, str] | None = None
    ) -> scrapy.Request:
        # Seen addresses are counted by their canonical form; and depth first would leave the newest lists for last.
        return scrapy.Request(
            url, callback, errback=self.on_failure, headers=headers or {}, dont_filter=True, priority=-at.get("depth", 0),
            meta={"at": at, "handle_httpstatus_all": True},
        )  # fmt: skip

    # Answers

    def on_answer(self, response: Any) -> Iterator[scrapy.Request]:
        self._failures = 0
        at, url = response.meta["at"], response.request.url
        headers = {
            name.decode("latin-1").lower(): response.headers.get(name).decode("latin-1") for name in response.headers
        }
        if response.status in _REDIRECTS and "location" in headers:
            yield from self._redirected(response, url, headers, at)
            return
        if getattr(response, "certificate", None) is not None:
            self._certificate(response, url)
        if response.status == 304:
            self._record(url, 304, headers, b"", same_as=url)
            entry = self._known.get(canonical(url, self._rule).key)
            if entry is not None and (body := self._known.body(entry)) is not None:
                yield from self._follow(url, body, at)
            return
        body = response.body
        self._record(url, response.status, headers, body)
        if response.status >= 400:
            self._notes.count(
                WARNING, url, sentence(_("The server answers %(status)d."), status=response.status), "broken"
            )
            return
        if not at.get("media") and self._traps.saw(url, hashlib.sha256(body).hexdigest()[:16]):
            said = sentence(_("Pages of this kind only repeat themselves, and are no longer followed."))
            self._notes.count(WARNING, url, said, "traps")
        yield from self._follow(url, body, at, headers.get("content-type", ""))

    def _redirected(
        self, response: Any, url: str, headers: dict[str, str], at: dict[str, Any]
    ) -> Iterator[scrapy.Request]:
        try:
            target = urljoin(url, headers["location"].encode("latin-1").decode("utf-8", "replace")).partition("#")[0]
            scheme = urlsplit(target).scheme
        except ValueError:
            target, scheme = "", ""
        via = [*at.get("via", []), url]
        headers["location"] = target
        same = canonical(target, self._rule) == canonical(url, self._rule)
        if not same or scheme not in {"http", "https"}:
            self._record(url, response.status, headers, b"")
        if scheme not in {"http", "https"}:
            return
        if via.count(target) > 1 or (target in via and target != url) or len(via) > MOST_REDIRECTS:
            self._notes.count(
                REFUSED, url, sentence(_("The address redirects in a circle (to %(url)s)."), url=target), "loops"
            )
            if same:
                self._record(url, None, {NOT_FETCHED: "failed"}, b"")
        elif same:
            # Another spelling of itself: https, www, a slash, or itself once a cookie is set.
            if self._within(canonical(target, self._rule).host, target, bool(at.get("media"))) or at.get("start"):
                yield self._request(target, {**at, "via": via}, self.on_answer)
        else:
            on = {**at, "via": via, "start": False}
            yield from self._visit(target, on, media=bool(at.get("media")))

    def _follow(self, url: str, body: bytes, at: dict[str, Any], content_type: str = "") -> Iterator[scrapy.Request]:
        if not self._job.follow:
            return
        links: list[Link] = []
        if kinds.kind_of(body[: kinds.HEAD_BYTES], content_type, url) == kinds.PAGE:
            links = links_of(body, url)
        elif content_type.startswith("text/css") or kinds.extension(url) == "css":
            links = style_links(body, url)
        shape = shape_of(url)
        for link in links:
            if link.media and not self._job.media:
                continue
            chained = shape_of(link.url) == shape
            step = {"depth": at["depth"] + (not chained), "chain": at["chain"] + 1 if chained else 0}
            yield from self._consider(link.url, step, link.media)

    def on_sitemap(self, response: Any) -> Iterator[scrapy.Request]:
        level = response.meta["at"]["sitemap"]
        for url, nested in sitemap_addresses(response.body, self._job.max_bytes):
            if not nested:
                yield from self._visit(url, {"depth": 0, "chain": 0})
            elif level < 4:
                yield self._request(url, {"sitemap": level + 1}, self.on_sitemap)

    # What goes wrong

    def on_failure(self, failure: Any) -> None:
        request, error = failure.request, failure.value
        url, host = request.url, (urlsplit(request.url).hostname or "").lower()
        reason = "failed"
        if host in self._watch.refused:
            said, reason = self._watch.refused[host], "inner"
        elif isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" not in str(error):
            said, reason = (
                sentence(_("The site's robots.txt forbids this address. It can be set aside by the owner.")),
                "robots",
            )
        elif isinstance(error, DownloadCancelledError | IgnoreRequest):  # the latter: what it unpacks to
            limit = self._job.max_bytes // 2**20
            said = sentence(
                _("The file is larger than %(limit)d MB and was not taken. Raise the limit, or bring it over by hand."),
                limit=limit,
            )
            reason = "size"
        elif isinstance(error, DownloadTimeoutError):
            said = sentence(_("The server did not answer within %(seconds)d seconds."), seconds=int(self._job.timeout))
        else:
            said = sentence(_("The server could not be asked: %(reason)s"), reason=_reason(error))
        self._notes.count(REFUSED, url, said, {"failed": "failed", "size": "too_large"}.get(reason, reason))
        if not request.meta["at"].get("sitemap"):
            kind = kinds.FILE if reason == "size" else kinds.OTHER
            self._record(url, None, {NOT_FETCHED: reason}, b"", kind=kind)
        self._failures = self._failures + 1 if reason == "failed" else 0
        if self._failures >= MOST_FAILURES:
            raise CloseSpider("gone")

    def _certificate(self, response: Any, url: str) -> None:
        found = response.certificate.original
        if found.get_issuer() == found.get_subject():
            host = urlsplit(url).netloc
            said = sentence(
                _("%(host)s proves itself with a certificate that it signed itself. It was read all the same."),
                host=host,
            )
            self._notes.once("certificate " + host, WARNING, url, said, "certificates")

    def _record(self, url: str, status: int | None, headers: dict[str, str], body: bytes, **more: Any) -> None:
        head = {"type": "record", "url": url, "status": status, "headers": headers, **more}
        write_frame(self._out, head | {"fetched_at": datetime.now(UTC).isoformat()}, body)


def _reason(error: Any) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0][:200]
