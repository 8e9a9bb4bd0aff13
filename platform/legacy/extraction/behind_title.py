"""The block behind the title (标题后的正文块): where a body is too short for the libraries to see it. Pure.

Also what is the foot of a site: on a page with a short body it is the longest text, and is taken for the body.
"""

from __future__ import annotations

import re

from lxml import etree

from legacy.extraction.page import Page
from legacy.extraction.text import squeezed, whole
from legacy.extraction.trimming import is_file

_FOOT = re.compile(
    r"版权所有|[Cc]opyright|©|All\s?Rights\s?Reserved|ICP\s?备|公网安备|网站标识码|主办(?:单位)?[:：]|承办(?:单位)?[:：]|技术支持|分辨率|"
    r"浏览器|网站地图|联系我们|联系方式|网站声明|您是第|访问量",
    re.IGNORECASE,
)
_FOOT_MOST = 600  # characters of a foot
_STEPS_MOST = 6
_LEAST = 20
# What a picture or a file weighs, in characters.
_PICTURE, _FILE = 40, 30
_DATES = re.compile(r"(?:发布|发表|更新)?[时日][间期]\s*[:：]|来源\s*[:：]|点击|浏览|字[体号]|打印|分享到")
_MENU = re.compile(r"^(?:nav|footer|aside|script|form|select)$")


def is_foot(text: str) -> bool:
    """Return whether a text is the foot of a site and nothing else."""
    tight = squeezed(text)
    said = {found.lower() for found in _FOOT.findall(text)}
    return bool(tight) and len(tight) <= _FOOT_MOST and len(said) >= 2 and len(tight) <= 150 * len(said)


def block(page: Page, body: etree._Element) -> etree._Element | None:
    """Return the block that follows the page's heading and weighs most; None where the page has no heading."""
    at = _heading(page, body)
    for _step in range(_STEPS_MOST):
        if at is None or at is body:
            return None
        following = [(weight, one) for one in at.itersiblings() if (weight := _weight(one)) > 0]
        if sum(weight for weight, _one in following) >= _LEAST:
            most, best = max(following, key=lambda one: one[0])
            above = at.getparent()
            alone = most >= 0.8 * sum(weight for weight, _one in following)
            return best if alone or above is None or above is body else above
        at = at.getparent()
    return None


def _heading(page: Page, body: etree._Element) -> etree._Element | None:
    head = squeezed(page.title)
    for element in body.iter():
        if not isinstance(element.tag, str) or element.tag == "a":
            continue
        tight = squeezed(element.text or "") if element.tag not in {"h1", "h2", "h3"} else squeezed(whole(element))
        if len(tight) >= 6 and (head.startswith(tight) or (element.tag == "h1" and tight in head)):
            return element
    return next((one for one in body.iter("h1") if len(squeezed(whole(one))) >= 6), None)


def _weight(element: etree._Element) -> int:
    if not isinstance(element.tag, str) or _MENU.match(element.tag):
        return 0
    text = whole(element)
    tight = len(squeezed(text))
    if is_foot(text) or (tight < 120 and _DATES.search(text)):
        return 0
    links = list(element.iter("a"))
    files = sum(is_file(link.get("href") or "") for link in links)
    linked = sum(len(squeezed(whole(link))) for link in links)
    pictures = sum(1 for image in element.iter("img") if image.get("src"))
    return max(tight - linked, 0) + _PICTURE * pictures + _FILE * files
