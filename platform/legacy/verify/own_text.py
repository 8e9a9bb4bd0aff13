"""The own text of an old page (本页正文): what it says outside of links and what its neighbours do not say, too. Pure.

Found without any recipe or extraction, so that it can judge them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lxml import etree

from legacy.extraction.decoding import decode
from legacy.extraction.page import from_text
from legacy.extraction.text import lines, squeezed, whole

SAMPLE = 40  # pages of a family that are looked at for what they share
_SHARED = 0.2  # a line on so many of them belongs to the template
_LEAST = 4  # pages; below that nobody can say what the template is
_FRAME = re.compile(
    r"上一篇|下一篇|打印本页|关闭(?:本页|窗口)|点击(?:量|数|率|次数)|浏览(?:量|次数)|阅读(?:量|次数)|分享到|字体|字号|视力保护|发布时间|发布日期|更新时间|发表时间"
    r"|当前位置|所在位置|您现在的位置|文章来源|信息来源|责任编辑|相关(?:信息|新闻|文章|链接)|版权所有|Copyright|ICP备"
)
_FRAME_MOST = 120  # characters: a long line that holds such a word is a sentence
_SCRIPT = re.compile(r"<script\b.*?(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SILENT = ("script", "style", "select", "button", "textarea", "title", "noscript")


def page_lines(data: bytes, content_type: str = "", url: str = "") -> tuple[list[str], str]:
    """Return (the lines of the page outside of links, without blanks; all text of the page without blanks)."""
    text = decode(data, content_type).text
    page = from_text(text, url)
    body = page.root.find("body")
    everything = squeezed(whole(body if body is not None else page.root)) + squeezed(page.title)
    # What scripts would write are lists of neighbours as often as dates: nothing of it counts as the page's own.
    page = from_text(_SCRIPT.sub(" ", text), url)
    body = page.root.find("body")
    root = body if body is not None else page.root
    etree.strip_elements(root, *_SILENT, with_tail=False)
    for link in list(root.iter("a")):
        # A link within a sentence belongs to it; one that stands alone is a menu's, a list's, a neighbour's.
        if _stands_alone(link):
            _empty(link)
    found = [squeezed(line) for line in lines(root)]
    return [line for line in found if line], everything


def html_lines(html: str) -> tuple[list[str], str]:
    """Return the same of a piece of HTML that is nothing but text, such as a record's body."""
    page = from_text(f"<div>{html}</div>")
    found = [line for line in (squeezed(line) for line in lines(page.root)) if line]
    return found, squeezed(whole(page.root))


def shared_lines(pages: Iterable[Sequence[str]]) -> frozenset[str] | None:
    """Return the lines that pages of one family share; None where there are too few pages to say."""
    counts: Counter[str] = Counter()
    number = 0
    for one in pages:
        number += 1
        counts.update(set(one))
    if number < _LEAST:
        return None
    least = max(2, number * _SHARED)
    return frozenset(line for line, count in counts.items() if count > least)


def own_lines(found: Sequence[str], shared: frozenset[str]) -> list[str]:
    """Return the lines that are the page's own."""
    return [
        line
        for line in found
        if line not in shared and len(line) > 1 and not (len(line) <= _FRAME_MOST and _FRAME.search(line))
    ]


def _stands_alone(link: etree._Element) -> bool:
    above = link.getparent()
    if above is None:
        return True
    text = len(squeezed(whole(link)))
    around = len(squeezed(whole(above)))
    return around - text < max(text, 12)


def _empty(link: etree._Element) -> None:
    link.text = None
    for child in list(link):
        link.remove(child)
