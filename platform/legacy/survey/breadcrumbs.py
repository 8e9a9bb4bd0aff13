"""The breadcrumb of a page (当前位置): its steps with their addresses, without a recipe. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from legacy.extraction.page import Page
from legacy.extraction.text import tidy, whole

_NAMED = re.compile(
    r"crumb|dqwz|location|position|weizhi|dangqian|(?:^|[^a-z])path(?:$|[^a-z])|currchnl|daohang|lujing|sitepath|nowplace|(?:^|[^a-z])wz(?:$|[^a-z])",
    re.IGNORECASE,
)
_SAID = re.compile(r"(?:当前|所在|现在|您的|你的|目前)[^:：<>]{0,8}(?:位置|栏目)|^\s*位置\s*[:：]|^\s*路径\s*[:：]")
_MARKS = re.compile(r"\s*(?:>>|->|-->|»|›|＞|>|→|\\|/|::|-{1,2}|·|—|\|)\s*")
_MOST_TEXT = 200
_MOST_STEPS = 8


def read(page: Page) -> list[tuple[str, str]]:
    """Return (title, whole address or "") for each step, the home page among them; [] where none is found."""
    best: list[tuple[str, str]] = []
    for element in _places(page.root):
        steps = _steps(page, element)
        if len(steps) > len(best):
            best = steps
        if len(best) >= 3:
            break
    return best


def _places(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter("div", "p", "span", "td", "ul", "ol", "nav", "section", "h2", "h3", "li", "dt", "dd"):
        text = element.text or ""
        named = _NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if not named and not _SAID.search(text):
            continue
        if len(tidy(whole(element))) > _MOST_TEXT:
            continue
        if not any(True for _link in element.iter("a")):
            above = element.getparent()  # <span>当前位置：</span><a>…
            if above is None or not _SAID.search(tidy(whole(element))) or len(tidy(whole(above))) > _MOST_TEXT:
                continue
            element = above
        yield element


def _steps(page: Page, element: etree._Element) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    for link in element.iter("a"):
        href = link.get("href")
        title = tidy(whole(link))
        if not title or len(title) > 40 or href is None:
            continue
        # An empty address is the page's own: list pages link to themselves.
        address = page.url if not href.strip() else page.absolute(href)
        steps.append((title, address))
        tail = _tail_title(link.tail)
        if tail:
            steps.append((tail, ""))
    return steps[:_MOST_STEPS]


def _tail_title(tail: str | None) -> str:
    """Return the title that stands without a link behind the marks of a step, "" where only marks do."""
    parts = [part for part in _MARKS.split(tidy(tail or "").replace("\xa0", " ")) if part.strip()]
    return parts[0].strip()[:40] if len(parts) == 1 and len(parts[0].strip()) > 1 else ""
