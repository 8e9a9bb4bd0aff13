"""Titles of an unknown page (标题): headings, what is styled as one, the page's <title>, weighed against each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from legacy.extraction.candidate import Candidate
from legacy.extraction.interpreting import titled
from legacy.extraction.locating import selector_for
from legacy.extraction.page import Page
from legacy.extraction.recipe import Rule
from legacy.extraction.shortlines import Lines
from legacy.extraction.text import squeezed, tidy, whole

_TITLE_NAMES = re.compile(
    r"(?:^|[-_\s])(?:title|bt|biaoti|headline|tit|arttitle|newstitle|article[-_]?title|main[-_]?title|xxbt|wzbt|h1)(?:$|[-_\s\d])|title$|Title",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(
    r"^(?:首页|网站首页|当前位置|您的位置|正文|新闻|返回|登录|注册|相关|推荐|热门|今日|更多|来源|发布|日期|字体|显示|打印|分享)"
)
SUFFIX = re.compile(r"\s+[-–—]\s+|(?<![A-Za-z0-9])-(?![A-Za-z0-9-])|\s*(?:[_|│｜‖»›<>]+|\s·\s)\s*|(?<!-)--(?!-)")


def titles(page: Page, others: list[Candidate]) -> Iterator[Candidate]:
    """Yield titles from headings, from what is styled as one, and from the page's <title>, weighed against each other."""
    head = squeezed(page.title)
    heads = {squeezed(part) for part in SUFFIX.split(page.title)}
    said = [squeezed(one.value) for one in others if one.name == "title" and one.confidence > 0.8]
    body = page.root.find("body")
    for element in body.iter() if body is not None else ():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        heading = tag in {"h1", "h2", "h3"}
        styled = tag in {
            "div",
            "p",
            "span",
            "td",
            "font",
            "strong",
            "h4",
            "h5",
            "b",
            "dt",
            "li",
            "center",
            "big",
        } and bool(_TITLE_NAMES.search(named))
        same = False
        if not heading and not styled:
            size = len(element.text or "")
            if not 6 <= size <= 150 or tag in {"a", "option", "script", "title"} or not head:
                continue
            own = squeezed(element.text or "")
            same = len(own) >= 6 and own in head
            if not same:
                continue
        text = titled(tidy(whole(element)))
        tight = squeezed(text)
        short = len(tight) >= 2 and (tight == head or (tag == "h1" and tight in heads))
        if not 4 <= len(tight) <= 160 and not short:
            continue
        if _NOT_TITLE.match(text):
            continue
        if sum(len(squeezed(whole(link))) for link in element.iter("a")) > len(tight) * 0.8:
            continue
        sure = {"h1": 0.6, "h2": 0.5, "h3": 0.4}.get(tag, 0.3) + (0.1 if styled and heading else 0.1 if styled else 0)
        if head and tight in head:
            # What ends the page's <title> is the site's name, also where it stands in a heading.
            site = head.endswith(tight) and len(tight) < len(head) * 0.6
            sure += -0.3 if site else 0.35 if head.startswith(tight) else 0.25
        elif head and len(tight) >= 8 and _cut(head) and tight.startswith(_cut(head)):
            sure += 0.3
        if any(tight == one for one in said):
            sure += 0.1
        if same:
            sure -= 0.05
        yield Candidate("title", text, Rule("css", selector_for(element)), text, min(sure, 0.95), element)
    parts = [part for part in SUFFIX.split(page.title) if part.strip()]
    if parts and len(squeezed(parts[0])) >= 4:
        sure = 0.5 if len(parts) > 1 else 0.45
        if not re.search(r"网站?$|政府$|频道$|局$|栏目$|中心$|门户|[主首]页$|^欢迎|^谢谢", parts[0]):
            pattern = r"^(.+?)\s*(?:[-_—–|│｜－‖»›<>]{1,2}|$)"
            yield Candidate("title", tidy(parts[0]), Rule("html_title", "", pattern=pattern), page.title, sure)


def above_the_text(lines: Lines, body: etree._Element | None, page: Page) -> Candidate | None:
    """Return the line above the line of dates, or right above the text, where it looks like a heading: in pages of tables
    nothing names it."""
    container, until = lines.spans.get(body, (0, _FAR)) if body is not None else (0, _FAR)
    begin = next((at for at in lines.prose if container <= at <= until), float(container))
    above = [line for line in lines.short if line.at < begin][-_LINES_ABOVE:]
    for at in [*(at for at, line in enumerate(above) if at and _DATED.search(line.text)), len(above)]:
        before = above[at - 1] if at else None
        if before is None or before.linked > 0.3 or not 6 <= len(squeezed(before.text)) <= 120 or "\t" in before.text:
            continue
        if _NOT_TITLE.match(before.text) or _NO_HEADING.search(before.text):
            continue
        strong = _strong(before.element)
        if at == len(above) and not strong:
            continue
        sure = (0.72 if strong else 0.55) + (0.2 if squeezed(before.text) in squeezed(page.title) else 0.0)
        rule = Rule("css", selector_for(before.element))
        return Candidate("title", tidy(before.text), rule, before.text, sure, before.element)
    return None


def _strong(element: etree._Element) -> bool:
    """Return whether an element is written as headings of tables are: bold, large or in the middle."""
    within = [element, *element.iterdescendants()]
    return any(one.tag in _STRONG or one.get("align") == "center" for one in within if isinstance(one.tag, str))


_NO_HEADING = re.compile(r"[。；]$|[:：]")
_DATED = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d|(?:发布|发表|更新)?[时日][间期]\s*[:：]|(?:来源|作者)\s*[:：]"
)
_LINES_ABOVE = 6
_FAR = 1e9
_STRONG = frozenset({"b", "strong", "font", "h1", "h2", "h3", "h4", "big"})


def _cut(head: str) -> str:
    """Return a title that was cut for <title>, without its dots."""
    found = re.match(r"^(.{6,}?)(?:\.{2,}|…)", head)
    return found[1] if found else ""
