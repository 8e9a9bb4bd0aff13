"""What list pages say of their items (列表): title, address, date. An independent check on what was read from the items. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from lxml import etree

from legacy.extraction.page import Page
from legacy.extraction.text import tidy, whole

_FULL = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(1[0-2]|0?[1-9])\s*[-/.月]\s*(3[01]|[12]\d|0?[1-9])(?!\d)")
_AT_EDGE = re.compile(
    r"^\W{0,3}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}(?!\d)|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\W{0,3}$"
)
_PLACES = frozenset({"li", "tr", "dd", "dl", "p", "td", "div"})
_MOST_TEXT = 300
_SHORTEST = 4
MOST = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list. `on` is None where the line bears no whole date."""

    url: str
    title: str
    on: date | None


def entries(page: Page) -> list[Entry]:
    """Return the dated lines of a page's lists in their order, each address once."""
    found: dict[str, Entry] = {}
    for link in page.root.iter("a"):
        href = link.get("href") or ""
        text = tidy(whole(link))
        if len(text) < _SHORTEST and not link.get("title"):
            continue
        on = _line(link, text)
        url = page.absolute(href)
        if on is None or not url.startswith("http") or url in found:
            continue
        found[url] = Entry(url, _title(link, text), on)
        if len(found) >= MOST:
            break
    return list(found.values())


def _line(link: etree._Element, text: str) -> date | None:
    """Return the date beside the link, in the smallest block round it that holds one and hardly another link.

    A date within the link counts where it stands at its beginning or its end: titles hold dates, too.
    """
    element = link
    for _step in range(5):
        above = element.getparent()
        if above is None or above.tag in {"body", "ul", "ol", "tbody", "table", "html"}:
            break
        element = above
        if element.tag not in _PLACES:
            continue
        around = _bounded(element)
        if around is None:
            break
        found = _date(around.replace(text, " ", 1))
        if found:
            links = [one for one in element.iter("a") if tidy(whole(one))]
            return found if len(links) <= 2 else None
    edge = _AT_EDGE.search(text)
    return _date(edge[0]) if edge else None


def _bounded(element: etree._Element) -> str | None:
    """Return the element's text on one line, None where it is too long for a line of a list."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        if not part.isspace():
            parts.append(part)
            length += len(part)
            if length > 3 * _MOST_TEXT:
                return None
    text = tidy(" ".join(parts))
    return text if len(text) <= _MOST_TEXT else None


def _title(link: etree._Element, text: str) -> str:
    """Return the whole title: lists cut long ones, and keep them in the title attribute."""
    whole_title = tidy(link.get("title") or "")
    text = _FULL.sub("", text).strip(" []()（）·•")
    if whole_title and (not text or text.endswith(("...", "…", "..")) or whole_title.startswith(text)):
        return whole_title[:300]
    return text[:300]


def _date(text: str) -> date | None:
    found = list(_FULL.finditer(text))
    if not found:
        return None
    match = found[-1]  # titles hold dates, too
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
