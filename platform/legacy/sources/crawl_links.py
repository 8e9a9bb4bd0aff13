"""The addresses that a page leads to: links, frames, pictures, and what old sites hide in scripts. Pure.

Lists of TRS sites are paged by createPageHTML(pages, current, "index", "html"): index.html, index_1.html ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from w3lib.url import safe_url_string

MOST_LIST_PAGES = 5000
MOST_LINKS = 20_000  # of one page
MOST_URL = 2000
_LINKS = {"a": "href", "area": "href", "frame": "src", "iframe": "src"}
_MEDIA = {
    "img": ("src", "data-src", "data-original", "original"),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "source": ("src",),
    "input": ("src",),
    "table": ("background",),
    "td": ("background",),
    "body": ("background",),
}
_PAGING = re.compile(
    r"createPageHTML\s*\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?(\d{1,7})\s*,\s*\d{1,7}\s*,\s*['\"]([\w%./-]{1,80})['\"]\s*,\s*['\"]\.?(\w{2,5})['\"]"
)
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|window\.open\s*\(|(?:window|self|top|parent)\.navigate\s*\()"
    r"\s*\\?['\"]([^'\"\\<>\s]+)"
)
_WRITTEN = re.compile(r"""<a\b[^<>]{0,300}?href\s*=\s*\\?['"]?([^'"\\<>\s+]+)""", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_STYLE_URL = re.compile(r"url\(\s*['\"]?([^'\")\s]+)['\"]?\s*\)", re.IGNORECASE)
_SCHEME = re.compile(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_CHARSET = re.compile(rb"charset\s*=\s*['\"]?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    media: bool = False  # a part of the page: picture, style sheet


def text_of(body: bytes) -> tuple[str, str]:
    """Return (text, encoding) of a page: UTF-8 where it is, else GB18030."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), "utf-8"
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace"), "gb18030"


def links_of(body: bytes, url: str) -> list[Link]:
    """Return the links of a page, each once, in its order."""
    text, encoding = text_of(body)
    if not text.strip():
        return []
    try:
        parser = etree.HTMLParser(encoding="utf-8", no_network=True)
        root = etree.fromstring(text.encode("utf-8", "replace").replace(b"\0", b""), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return []
    base, found = url, dict[str, bool]()
    for element in root.iter("base"):
        if element.get("href"):
            base = _joined(url, element.get("href"), encoding) or url
            break
    for target, media in _targets(root):
        address = _joined(base, target, encoding)
        if address:
            found[address] = found.get(address, True) and media
        if len(found) >= MOST_LINKS:
            break
    return [Link(address, media) for address, media in found.items()]


def style_links(body: bytes, url: str) -> list[Link]:
    """Return the pictures that a style sheet names."""
    text = body[: 2**20].decode("utf-8", "replace")
    found = (_joined(url, target, "utf-8") for target in _STYLE_URL.findall(text))
    return [Link(address, True) for address in dict.fromkeys(found) if address]


def _targets(root: Any) -> Iterator[tuple[str, bool]]:
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag in _LINKS:
            target = element.get(_LINKS[tag]) or ""
            yield from ((one, False) for one in _from_script(target) if "javascript:" in target.lower())
            yield target, False
        elif tag in _MEDIA:
            yield from ((element.get(name), True) for name in _MEDIA[tag] if element.get(name))
        elif tag == "link" and re.search(r"stylesheet|icon", element.get("rel", ""), re.IGNORECASE):
            yield element.get("href", ""), True
        elif tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            if refresh := _REFRESH.match(element.get("content", "")):
                yield refresh[1].strip(), False
        elif tag == "script":
            for one in _from_script(element.text or ""):
                yield one, False
        elif tag == "style":
            yield from ((one, True) for one in _STYLE_URL.findall(element.text or ""))
        for name in ("onclick", "onmousedown"):
            if handler := element.get(name):
                yield from ((one, False) for one in _from_script(handler))
        if "url(" in (style := element.get("style", "")):
            yield from ((one, True) for one in _STYLE_URL.findall(style))


def _from_script(text: str) -> Iterator[str]:
    """Yield addresses that a script goes to or writes into the page, and the pages of a TRS list."""
    for count, name, extension in _PAGING.findall(text):
        for number in range(1, min(int(count), MOST_LIST_PAGES)):
            yield f"{name}_{number}.{extension}"
    yield from _GOES.findall(text)
    yield from (one for one in _WRITTEN.findall(text) if "{" not in one and "$" not in one)


def _joined(base: str, target: str, encoding: str) -> str:
    """Return the whole address of a link without its fragment, "" where it is none over HTTP."""
    target = re.sub(r"[\t\r\n]", "", target).strip()
    scheme = _SCHEME.match(target)
    if not target or target.startswith("#") or (scheme and scheme[1].lower() not in {"http", "https"}):
        return ""
    try:
        address = urljoin(base, target.replace("\\", "/")).partition("#")[0]
        parts = urlsplit(address)
        # Browsers send the path in UTF-8 and the query in the encoding of the page.
        address = safe_url_string(address, encoding=encoding, path_encoding="utf-8")
    except (ValueError, UnicodeError):
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname and len(address) <= MOST_URL else ""
