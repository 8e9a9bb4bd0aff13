"""A page taken in once (页面): its text decoded, its tree parsed, what its meta tags and scripts say. Pure."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from legacy.extraction import decoding, scripts
from legacy.extraction.text import tidy, whole

_PARSER = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
_SILENT = ("style", "noscript", "template", "noframes", "link")
_MEASURED_MOST = 20_000_000
_TAGS_TRUSTED, _DEPTH_MOST = 2_000, 400
# Control characters end the parser's reading; in UTF-8 their bytes stand for nothing else.
_CONTROL = bytes.maketrans(bytes([*range(9), 11, 12, *range(14, 32)]), b" " * 29)
_XML = re.compile(rb"^\s*<\?xml[^>]*>")


@dataclass(slots=True, eq=False)
class Page:
    """`root` is the tree without styles and comments; where a script would have written a short text, that text stands.

    `metas` holds the contents of meta tags by their name in lower case, `variables` the string variables of scripts.
    """

    url: str
    text: str
    encoding: str
    damaged: int
    root: etree._Element
    base: str
    metas: dict[str, list[str]]
    variables: dict[str, str]
    linked: dict[str, Any]
    title: str
    memo: dict[str, Any] = field(default_factory=dict)

    def absolute(self, address: str) -> str:
        """Return a whole address; "" for what is none (script, empty, damaged)."""
        known: dict[str, str] = self.memo.setdefault("addresses", {})
        if address not in known:
            known[address] = self._whole_address(address.strip().replace("\\", "/"))
        return known[address]

    def _whole_address(self, address: str) -> str:
        if not address or address.lower().startswith(("javascript:", "#", "about:", "vbscript:")):
            return ""
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""


def take_in(data: bytes, content_type: str = "", url: str = "") -> Page:
    """Return the page. Never raises for what the bytes hold: what is no HTML gives a page without text."""
    decoded = decoding.decode(data[:_MEASURED_MOST], content_type)
    return from_text(decoded.text, url, decoded.encoding, decoded.damaged)


def from_text(text: str, url: str = "", encoding: str = "utf-8", damaged: int = 0) -> Page:
    root = _tree(text)
    variables: dict[str, str] = {}
    linked: dict[str, Any] = {}
    head = root.find("head")
    for script in list(root.iter("script")):
        source = script.text or ""
        kind = (script.get("type") or "").lower()
        printed = ""
        if "ld+json" in kind:
            linked = linked or scripts.linked_data(source)
        elif source:
            found, printed = scripts.read(source, variables)
            for name, value in found.items():
                variables.setdefault(name, value)
        _replace(script, printed if 0 < len(printed) <= scripts.PRINTED_MOST else "")
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        content = (meta.get("content") or "").strip()
        if name and content:
            metas.setdefault(name.strip().lower(), []).append(content)
    found_title = (head if head is not None else root).find(".//title")
    title = tidy(whole(found_title)) if found_title is not None else ""
    base = url
    with contextlib.suppress(ValueError):  # a base that is no address is none
        base = urljoin(url, next((element.get("href") for element in root.iter("base") if element.get("href")), ""))
    etree.strip_elements(root, *_SILENT, with_tail=False)
    return Page(url, text, encoding, damaged, root, base, metas, variables, linked, title)


def _tree(text: str) -> etree._Element:
    # An XML declaration's encoding would win over the parser's.
    data = _XML.sub(b"", text.encode("utf-8", "replace").translate(_CONTROL))
    try:
        root = etree.fromstring(data, parser=_PARSER) if data.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag != "html" or (text.count("<") > _TAGS_TRUSTED and _depth(root) > _DEPTH_MOST):
        # What nests thousands of elements is no page that anybody wrote; reading it would take minutes.
        root = etree.fromstring(b"<html><body></body></html>", parser=_PARSER)
    return root


def _depth(root: etree._Element) -> int:
    depth = most = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        most = max(most, depth)
    return most


def _replace(script: etree._Element, printed: str) -> None:
    """Put the printed text where the script stands, and take the script away."""
    above = script.getparent()
    if above is None:
        return
    if printed:
        span = etree.Element("span")
        span.text = f" {printed} "
        span.tail = script.tail
        above.replace(script, span)
        return
    tail = script.tail
    before = script.getprevious()
    above.remove(script)
    if tail:
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            above.text = (above.text or "") + tail
