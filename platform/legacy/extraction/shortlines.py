"""The short lines of a page in their order (短行), and where its running text stands. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from legacy.extraction.page import Page
from legacy.extraction.text import leaf_blocks, row, squeezed, tidy, whole

_LINE_MOST = 260
_LINES_MOST = 2500
_LOOSE_MOST = 60
_PIECES_MOST = 900
_DATED = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]|(?:来源|作者|发布)\s*[:：]")
# Running text: a sentence's length, a sentence's marks, not the notice of who owns the site.
_PROSE_LEAST = 30
_SENTENCE = re.compile(r"[，。；！？]")
_NOTICE = re.compile(r"版权|[Cc]opyright|ICP|备案|主办|承办|浏览器|分辨率|转载")


@dataclass(slots=True)
class Line:
    """A short visible line and the element that holds it; `linked` is the share of it that stands in links, `at` its
    place on the page (it only says what comes before what)."""

    element: etree._Element
    text: str
    linked: float
    at: float


@dataclass(slots=True)
class Lines:
    """The short lines of a page, and the places of its pieces of running text, both in their order.

    `spans` gives where each element begins and ends.
    """

    short: list[Line]
    prose: list[float]
    spans: dict[etree._Element, tuple[int, int]]


def lines_of(page: Page) -> Lines:
    if "lines" not in page.memo:
        page.memo["lines"] = _read(page.root.find("body"))
    found: Lines = page.memo["lines"]
    return found


def _read(body: etree._Element | None) -> Lines:
    made = Lines([], [], {})
    if body is None:
        return made
    begins: dict[etree._Element, int] = {}
    for count, (event, element) in enumerate(etree.iterwalk(body, events=("start", "end"))):
        if event == "start":
            begins[element] = count
        else:
            made.spans[element] = (begins[element], count)
    seen = set()
    for element in leaf_blocks(body):
        size = len(whole(element))
        if not size:
            continue
        seen.add(element)
        text, at = row(element), float(made.spans[element][0])
        linked = sum(len(squeezed(whole(link))) for link in element.iter("a")) / max(len(squeezed(text)), 1)
        if size > _LINE_MOST * 6 or len(text) > _LINE_MOST:
            # Old pages hold whole articles in one cell, with the line of dates between two line breaks.
            pieces = text.split("\t")[:_PIECES_MOST]
            made.short += [
                Line(element, one, 0.0, at + number / 1000)
                for number, one in enumerate(pieces[:6])
                if 0 < len(one) <= 120
            ]
            made.prose += [at + number / 1000 for number, one in enumerate(pieces) if _is_prose(one)]
        elif text:
            made.short.append(Line(element, text, linked, at))
            if linked < 0.5 and _is_prose(text):
                made.prose.append(at)
        if len(made.short) >= _LINES_MOST:
            break
    made.short += _loose(body, seen)
    made.short.sort(key=lambda line: line.at)
    return made


def _is_prose(text: str) -> bool:
    return len(text) >= _PROSE_LEAST and _SENTENCE.search(text) is not None and not _NOTICE.search(text)


def _loose(body: etree._Element, seen: set[etree._Element]) -> list[Line]:
    """Return short texts that stand between blocks, not in one of their own, where they hold a date or a label."""
    out: list[Line] = []
    within = 0
    for at, (event, element) in enumerate(etree.iterwalk(body, events=("start", "end"))):
        if event == "start":
            within += element in seen
            text, holder = element.text, element
        else:
            within -= element in seen
            text, holder = element.tail, element.getparent()
        if within or not text or holder is None or (element is body and event == "end"):
            continue
        if 8 < len(text) < 400 and _DATED.search(text):
            out.append(Line(holder, tidy(text), 0.0, at + 0.5))
            if len(out) > _LOOSE_MOST:
                break
    return out
