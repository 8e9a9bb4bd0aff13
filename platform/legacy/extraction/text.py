"""Text of elements, and how alike two texts are. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

BLOCKS = frozenset((
    "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "blockquote", "figure",
    "figcaption", "pre", "center", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "form", "fieldset", "body", "ucapcontent", "hr", "marquee",
))  # fmt: skip
_CELLS = frozenset({"td", "th", "dd", "dt", "li", "option"})
_SPACE = re.compile(r"[\s\u3000\u200b\ufeff]+")
_GAPS = re.compile(r"[ \t\r\f\v\xa0\u3000\u2000-\u200b\ufeff]+")


def squeezed(text: str) -> str:
    """Return the text without any blank."""
    return _SPACE.sub("", text)


def tidy(text: str) -> str:
    """Return the text on one line, each run of blanks as one."""
    return _SPACE.sub(" ", text).strip()


def whole(element: etree._Element) -> str:
    return "".join(element.itertext())


def lines(element: etree._Element) -> list[str]:
    """Return the text as people see it, a line for each block or line break; cells of a row are set apart by a tab."""
    parts: list[str] = []
    _write(element, parts)
    text = _GAPS.sub(lambda gap: "\t" if "\t" in gap[0] else " ", "".join(parts).replace("\r", ""))
    found = (re.sub(r" ?\t[ \t]*", "\t", line).strip(" \t") for line in text.split("\n"))
    return [line for line in found if line]


def row(element: etree._Element) -> str:
    """Return the text of a small element on one line, cells and blocks set apart by a tab."""
    return "\t".join(lines(element))


def _write(root: etree._Element, parts: list[str]) -> None:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start":
            if tag in _CELLS:
                parts.append("\t")
            if tag in BLOCKS:
                parts.append("\n" if tag not in _CELLS else "")
            elif tag == "br":
                parts.append("\n")
            if element.text:
                parts.append(element.text.replace("\n", " ").replace("\t", " "))
        else:
            if tag in BLOCKS and tag not in {"td", "th"}:
                parts.append("\n")
            if element is not root and element.tail:
                parts.append(element.tail.replace("\n", " ").replace("\t", " "))


def bigrams(text: str) -> Counter[str]:
    """Return how often each pair of neighbouring characters occurs, blanks left out."""
    text = squeezed(text)
    if len(text) == 1:
        return Counter([text])
    return Counter(map("".join, pairwise(text)))


def overlap(one: Counter[str], other: Counter[str]) -> float:
    """Return the F1 of two counts of bigrams: 1.0 the same, also where both are empty; 0.0 nothing in common."""
    left, right = one.total(), other.total()
    if not left or not right:
        return float(left == right)
    return 2 * (one & other).total() / (left + right)


def contained(inner: Counter[str], outer: Counter[str]) -> float:
    """Return which share of the inner text's bigrams the outer text has."""
    total = inner.total()
    return (inner & outer).total() / total if total else 1.0


def alike(one: str, other: str) -> float:
    return overlap(bigrams(one), bigrams(other))


def leaf_blocks(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the blocks that hold text and no other block, rows of tables as one, in their order."""
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag == "tr":
            if not any(inner.tag in {"tr", "p", "div"} for inner in element.iterdescendants()):
                yield element
        elif (tag in BLOCKS or tag in {"td", "th"}) and tag not in {"table", "tbody", "thead", "tfoot", "hr"}:
            inner_block = False
            for inner in element.iterdescendants():
                if inner.tag in BLOCKS or inner.tag in {"td", "th"}:
                    inner_block = True
                    break
            if not inner_block and not (tag in {"td", "th"} and _in_plain_row(element)):
                yield element


def _in_plain_row(cell: etree._Element) -> bool:
    above = cell.getparent()
    return (
        above is not None
        and above.tag == "tr"
        and not any(inner.tag in {"tr", "p", "div"} for inner in above.iterdescendants())
    )
