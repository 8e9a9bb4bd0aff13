"""The skeleton of a page (骨架): which named blocks stand in which, whatever the text is. Pure.

A feature is a structural element that has a class or an id, alone and with the named element around it. What editors
paste into bodies (paragraphs, spans, tables without names) leaves no trace, so pages of one template have nearly the same
features; and a tag that a paste left open moves only what stands at its edges.
"""

from __future__ import annotations

import re
from zlib import crc32

from lxml import etree

_STRUCTURE = frozenset((
    "html", "body", "div", "section", "article", "header", "footer", "nav", "main", "aside", "form", "ul", "ol", "dl", "h1",
    "h2", "h3", "table", "iframe", "fieldset", "center",
))  # fmt: skip
_LAYOUT = ("width", "background", "bgcolor", "align")
_DIGITS = re.compile(r"\d+")
# Names that a page changes by itself: what is open now, what was pasted.
_VOLATILE = re.compile(
    r"^(?:on|cur|current|active|selected|hover|first|last|odd|even|mso.*|ke-.*|ueditor.*|edui.*|li_nav)$", re.IGNORECASE
)
_FEW = 16
_MOST_ELEMENTS = 20_000


def features(root: etree._Element) -> tuple[int, ...]:
    """Return the features of a parsed page, sorted, each once, as 33-bit numbers: even ones are elements alone."""
    named = _named(root)
    if len(named) < _FEW:
        named |= _layout(root)  # pages of before CSS are tables in tables
    return tuple(sorted(crc32(text.encode("utf-8", "surrogatepass")) * 2 + (">" in text) for text in named))


def _named(root: etree._Element) -> set[str]:
    found: set[str] = set()
    around: dict[etree._Element, str] = {}
    for number, element in enumerate(root.iter()):
        if number > _MOST_ELEMENTS:
            break
        tag = element.tag
        if not isinstance(tag, str):
            continue
        above = element.getparent()
        outer = around.get(above, "") if above is not None else ""
        if tag in _STRUCTURE and (name := _name(element)):
            own = tag + name
            found.add(own)
            found.add(f"{outer}>{own}")
            outer = own
        around[element] = outer
    return found


def _name(element: etree._Element) -> str:
    identity = element.get("id") or ""
    classes = [one for one in (element.get("class") or "").split() if not _VOLATILE.match(one)]
    text = ("#" + identity if identity else "") + "".join(f".{one}" for one in sorted(classes)[:3])
    return _DIGITS.sub("0", text)[:80]


def _layout(root: etree._Element) -> set[str]:
    found: set[str] = set()
    for element in root.iter("table", "td", "form", "frame", "frameset"):
        depth = sum(1 for above in element.iterancestors("table"))
        if depth > 4:
            continue
        said = ",".join(f"{name}={element.get(name)}" for name in _LAYOUT if element.get(name))
        if said or element.tag == "table":
            found.add(f"{depth}:{element.tag}:{said}")
    return found
