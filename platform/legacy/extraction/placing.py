"""Where on the page something stands (位置): between title and text, in the text, behind it, or elsewhere. Pure.

The same words are the page's own date between its title and its text, and somebody else's in a list at the side, in a
comment, in the foot of the site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from lxml import etree

from legacy.extraction.shortlines import Line, Lines
from legacy.extraction.text import squeezed, whole

_WITHOUT_TITLE = 4  # lines that are looked at before the text of a page without a title
_FAR = 1e9
_FOOT = re.compile(r"版权|[Cc]opyright|©|ICP备|备案|主办单位|承办单位|技术支持|访问量|网站更新|最后更新|生成时间|建站")
_OTHERS = re.compile(r"网友|评论|回复|跟帖|留言|楼主|\d\s*楼|^\s*(?:上|下)一?[篇条页]")
_NAMES = re.compile(
    r"(?:^|[-_\s])(?:foot(?:er)?|bottom|copyright|comments?|reply|replies|pinglun|pl|huifu|review|liuyan|side(?:bar)?|related|hot|rank)"
    r"(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_ANCESTORS = 4


class Place(Enum):
    ABOVE = "above"  # before the title
    HEAD = "head"  # between title and text
    BODY = "body"
    BELOW = "below"  # behind the text
    ELSEWHERE = "elsewhere"  # a list, a comment, the foot of the site
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the title (-1 unknown), of the first and the last piece of text, and of the container's begin."""

    title: float
    begin: float
    end: float
    container: float
    first: float  # of the head: lines before it are above

    def of(self, line: Line) -> Place:
        if _hidden(line.element):
            return Place.HIDDEN
        if self.begin <= line.at <= self.end:
            return Place.BODY
        if self.first < line.at < self.begin:
            return Place.HEAD if not _links_to_others(line) else Place.ELSEWHERE
        if _FOOT.search(line.text) or _OTHERS.search(line.text) or _links_to_others(line) or _named(line.element):
            return Place.ELSEWHERE
        return Place.BELOW if line.at > self.end else Place.ABOVE


def places(lines: Lines, title: etree._Element | None, body: etree._Element | None) -> Places:
    """Return the places of a page; `body` is the element that holds its text (None: not found)."""
    at = float(lines.spans[title][0]) if title is not None and title in lines.spans else -1.0
    container, until = map(float, lines.spans.get(body, (0, _FAR))) if body is not None else (0.0, _FAR)
    inside = [one for one in lines.prose if max(container, at) < one <= until]
    if inside:
        begin, end = inside[0], inside[-1]
    else:
        # No sentence in it: a picture, a file. The text begins behind the first lines of what holds it.
        following = [line.at for line in lines.short if line.at > max(at, container)]
        begin, end = (following[3] if len(following) > 3 else until) if container <= at else max(container, at), until
    if at < begin and at >= 0:
        first = at
    else:
        above = [line.at for line in lines.short if line.at < begin]
        first = above[-_WITHOUT_TITLE] - 0.1 if len(above) >= _WITHOUT_TITLE else -1.0
    return Places(at, begin, end, container, first)


def _links_to_others(line: Line) -> bool:
    """Return whether a line names another page: a row of a list."""
    text = squeezed(line.text)
    for link in line.element.iter("a"):
        said = squeezed(whole(link))
        if len(said) >= 4 and link.get("href") and ((line.linked > 0.25 and len(said) >= 6) or text.startswith(said)):
            return True
    return False


def _named(element: etree._Element) -> bool:
    """Return whether the names of what holds the element say that it belongs to comments, a list at the side, the foot."""
    at: etree._Element | None = element
    for _step in range(_ANCESTORS):
        if at is None or at.tag in {"body", "html"}:
            return False
        if _NAMES.search(f"{at.get('class') or ''} {at.get('id') or ''}"):
            return True
        at = at.getparent()
    return False


def _hidden(element: etree._Element) -> bool:
    at: etree._Element | None = element
    while at is not None:
        if (style := at.get("style")) and _NONE.search(style):
            return True
        at = at.getparent()
    return False
