"""What the survey notes of one page (页面特征): encoding, skeleton, breadcrumb, links, forms, date, personal data. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from legacy.extraction import dates, labels
from legacy.extraction.page import Page, from_text, take_in
from legacy.extraction.text import squeezed, tidy, whole
from legacy.survey import breadcrumbs, listing, skeleton
from sites.checks import personal
from sites.checks.passages import Passage

MOST_LINKS = 1500
_MOST_TEXT = 400_000  # characters looked through for personal data
_SHORT_BODY = 40
_DATE_LINE = re.compile(r"时间|日期|发布|发表|更新|发文|成文")
_LONG_NUMBER = re.compile(r"[0-9０-９](?:[ \-\u2010-\u2014\u00a0]?[0-9０-９]){10}")
_LABELLED = frozenset({"published_at"})
_SKIPPED = ("javascript:", "mailto:", "tel:", "#", "about:", "data:", "vbscript:")


@dataclass(slots=True)
class PageFacts:
    """Facts of one page as JSON can hold them. `date_method` is "" for a page on which no publication date was found.

    `links`: [address, text]; `entries`: [address, title, ISO day] of dated list lines; `forms`: [action, method, names
    of its fields]; `personal`: numbers found by kind; `body_hash`: of the main text, "" where it is short.
    """

    url: str
    encoding: str = ""
    declared: str = ""
    damaged: int = 0
    title: str = ""
    features: list[int] = field(default_factory=list)
    breadcrumb: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    entries: list[tuple[str, str, str]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    forms: list[tuple[str, str, list[str]]] = field(default_factory=list)
    published_on: str = ""
    date_method: str = ""
    text_length: int = 0
    body_hash: str = ""
    personal: dict[str, int] = field(default_factory=dict)
    is_list: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def facts_of(data: bytes, content_type: str, url: str, today: date) -> PageFacts:
    """Return the facts of a page's bytes. Never raises for what the bytes hold."""
    page = take_in(data, content_type, url)
    found = PageFacts(url=url, encoding=page.encoding, damaged=page.damaged, title=page.title[:300])
    found.declared = _declared(data, content_type)
    found.features = list(skeleton.features(page.root))
    found.breadcrumb = breadcrumbs.read(page)
    _take_links(page, found)
    found.forms = _forms(page)
    found.entries = [(one.url, one.title, one.on.isoformat() if one.on else "") for one in listing.entries(page)]
    main = _main_block(page.root)
    text = whole(main)
    found.text_length = len(squeezed(text))
    linked = sum(len(squeezed(whole(link))) for link in main.iter("a"))
    own = found.text_length - linked
    found.is_list = len(found.entries) >= 3 and own < max(200, linked * 2)
    if not found.is_list:
        found.published_on, found.date_method = _date(page, today)
        body = squeezed(text)
        if len(body) >= _SHORT_BODY:
            found.body_hash = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    found.personal = personal_of(whole(page.root))
    return found


def personal_of(text: str) -> dict[str, int]:
    """Return how many personal numbers of each kind (mobile, identity, card) the text holds."""
    text = text[:_MOST_TEXT]
    if not _LONG_NUMBER.search(text):
        return {}  # most pages: looking closely costs a hundred times more
    return dict(Counter(one.code for one in personal.find(Passage("body", text))))


def text_of(html: str) -> str:
    """Return the text of a piece of HTML."""
    return whole(from_text(html).root) if html.strip() else ""


def _declared(data: bytes, content_type: str) -> str:
    match = re.search(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", data[:4096], re.IGNORECASE)
    if match:
        return match[1].decode("ascii").lower()
    said = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,30})", content_type, re.IGNORECASE)
    return said[1].lower() if said else ""


def _take_links(page: Page, found: PageFacts) -> None:
    seen: set[str] = set()
    for element in page.root.iter("a", "area", "img", "iframe", "frame", "embed", "object", "source", "video"):
        tag = element.tag
        href = element.get("href") if tag in {"a", "area"} else element.get("src") or element.get("data")
        if not href or href.strip().lower().startswith(_SKIPPED):
            continue
        address = page.absolute(href).partition("#")[0]
        if not address or address in seen or not urlsplit(address).scheme.startswith("http"):
            continue
        seen.add(address)
        if tag == "img":
            found.pictures.append(address)
        elif tag in {"iframe", "frame"}:
            found.frames.append(address)
        elif len(found.links) < MOST_LINKS:
            found.links.append((address, tidy(whole(element))[:120]))


def _forms(page: Page) -> list[tuple[str, str, list[str]]]:
    found = []
    for form in page.root.iter("form"):
        names = sorted({
            name
            for field_ in form.iter("input", "select", "textarea")
            if (name := field_.get("name") or field_.get("id") or "") and not name.startswith("__")
        })  # fmt: skip
        found.append(
            (page.absolute(form.get("action") or "") or page.url, (form.get("method") or "get").lower(), names[:20])
        )
    return found[:20]


def _main_block(root: etree._Element) -> etree._Element:
    """Return the smallest block that holds most of the page's text outside of links."""
    body = root.find("body")
    best = body if body is not None else root
    sums: dict[etree._Element, int] = {}
    for _event, element in etree.iterwalk(root, events=("end",)):
        if not isinstance(element.tag, str):
            continue
        length = 0 if element.tag == "a" else len((element.text or "").strip())
        for child in element:
            length += sums.get(child, 0) + len((child.tail or "").strip())
        sums[element] = 0 if element.tag in {"a", "select", "head"} else length
    total = sums.get(best, 0)
    while True:
        inner = max(
            (child for child in best if isinstance(child.tag, str)), key=lambda child: sums.get(child, 0), default=None
        )
        if (
            inner is None
            or sums.get(inner, 0) < total * 0.6
            or inner.tag in {"p", "span", "font", "b", "strong", "tr", "td", "tbody"}
        ):
            return best
        best = inner


def _date(page: Page, today: date) -> tuple[str, str]:
    """Return the page's publication day and how it was found; ("", "") where nothing says it."""
    for name in labels.META["published_at"]:
        for content in page.metas.get(name, ()):
            day = _day(content, today)
            if day:
                return day, f"meta:{name}"
    lowered = {name.lower(): value for name, value in page.variables.items()}
    for name in labels.VARIABLES["published_at"]:
        day = _day(lowered.get(name, ""), today)
        if day:
            return day, f"script:{name}"
    for line in _short_lines(page.root):
        for said in labels.split(line):
            if said.name in _LABELLED:
                day = _day(said.text, today)
                if day:
                    return day, f"label:{said.label}"
    return "", ""


def _short_lines(root: etree._Element) -> list[str]:
    found: list[str] = []
    for element in root.iter(
        "div", "p", "span", "td", "li", "h3", "h4", "h5", "h6", "dd", "dt", "tr", "em", "i", "center", "small"
    ):
        text = element.text or ""
        if len(text) > 300:
            continue
        if _DATE_LINE.search(text) or any(
            _DATE_LINE.search(child.tail or "") or _DATE_LINE.search(child.text or "") for child in element
        ):
            line = tidy(whole(element))
            if len(line) <= 400:
                found.append(line)
        if len(found) >= 60:
            break
    return found


def _day(text: str, today: date) -> str:
    value = dates.parse(text) if text else None
    if value is None and text:
        first = next((one.value for one in dates.find(text[:60]) if one.value), None)
        value = first
    if not value:
        return ""
    day = dates.day_of(value)
    return day if dates.plausible(day, today) else ""
