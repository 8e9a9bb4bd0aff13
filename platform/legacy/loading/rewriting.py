"""Links in the rich text of an item: found, and pointed at what they lead to here. Pure.

The text is the editor's rich text as legacy.bodies describes it: a link is <a href="whole old address">. One that leads
to a page or file of the site becomes a reference by number, which later moves do not break.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

_LINK = re.compile(r"<a\s[^<>]*?href=\"([^\"<>]*)\"[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a link leads to here: "page" or "document", and its number."""

    kind: str
    pk: int


def links_in(html: str) -> list[str]:
    """Return the addresses that the text links to, in their order, without those inside the page itself."""
    if "href=" not in html:
        return []
    found = (unescape(href).strip() for href in _LINK.findall(html))
    return [href for href in found if href.lower().startswith(("http://", "https://"))]


def rewrite(html: str, goal_of: Callable[[str], Goal | None]) -> str:
    """Return the text with every link that leads to something here pointing at it; the others stay as they are."""
    if "href=" not in html:
        return html

    def pointed(match: re.Match[str]) -> str:
        goal = goal_of(unescape(match[1]).strip())
        return match[0] if goal is None else f'<a linktype="{goal.kind}" id="{goal.pk}">'

    return _LINK.sub(pointed, html)
