"""An old page as it may be shown again (存档副本): its words, pictures and look, nothing that runs or sends. Pure.

Links to the old site itself become paths on the host that is asked, so that they work under every name of the old host.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import nh3

from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical_host

_EMPTIED = {
    "script", "style", "title", "noscript", "noembed", "noframes", "iframe", "frameset", "frame", "object", "applet",
    "embed", "svg", "math", "template", "xml", "textarea", "select", "button", "audio", "video", "canvas", "portal",
}  # fmt: skip
_TAG_NAMES = (
    "p div section article header footer main aside nav address blockquote figure figcaption pre center dl dt dd"
    " h1 h2 h3 h4 h5 h6 ul ol li table colgroup col thead tbody tfoot tr td th caption hr fieldset legend marquee"
    " a b strong i em cite dfn sup sub span font u s strike del ins small big br img map area label abbr code tt"
    " q kbd samp var wbr ruby rb rt rp time mark nobr dir menu"
)
_TAGS = set(_TAG_NAMES.split())
_LOOK = {
    "class", "id", "style", "align", "valign", "width", "height", "bgcolor", "background", "border", "color", "face",
    "size", "title", "lang", "dir", "cellpadding", "cellspacing", "bordercolor", "hspace", "vspace", "nowrap",
}  # fmt: skip
_ATTRIBUTES = {
    "*": _LOOK,
    "a": {"href", "name"},
    "area": {"href", "shape", "coords", "alt"},
    "img": {"src", "alt", "usemap"},
    "map": {"name"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "td": {"colspan", "rowspan", "scope"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
}
_ADDRESSES = {"href", "src", "background"}
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(link|base|body)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_IN_CSS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
MOST_STYLE = 200_000  # characters
MOST_LINKED = 20  # style sheets


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """`styles` is safe inside <style>; `sheets` are addresses; `body` is safe HTML."""

    title: str
    sheets: tuple[str, ...]
    styles: str
    body: str
    body_class: str = ""


def cleaned(html: str, url: str, own_hosts: Collection[str], rule: Rule) -> ArchivedPage:
    """Return what of the page at `url` may be shown. `own_hosts` are the old site's, in canonical form."""
    bare = _HIDDEN.sub("", html)
    base, sheets, body_class, look = url, [], "", ""
    for tag, text in _TAG.findall(bare):
        values = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(text)}
        if tag.lower() == "base" and values.get("href"):
            base = _joined(url, values["href"]) or url
        elif tag.lower() == "link" and "stylesheet" in values.get("rel", "").lower() and values.get("href"):
            sheets.append(values["href"])
        elif tag.lower() == "body":
            body_class, look = values.get("class", ""), values.get("style", "")

    def own(address: str) -> str | None:
        return local(address, base, own_hosts, rule)

    def attribute(tag: str, name: str, value: str) -> str | None:
        return own(value) if name in _ADDRESSES else value

    body = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_EMPTIED,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
    )
    if look:
        body = nh3.clean(
            f'<div style="{look.replace(chr(34), "")}">{body}</div>', tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None
        )
    styles = "\n".join(_STYLE.findall(bare))[:MOST_STYLE].replace("<", "")
    found = _TITLE.search(bare)
    return ArchivedPage(
        title=unescape(found[1]).strip()[:200] if found else "",
        sheets=tuple(address for address in map(own, sheets[:MOST_LINKED]) if address),
        styles=styles,
        body=body,
        body_class=" ".join(re.findall(r"[\w-]+", body_class))[:200],
    )


def local(address: str, base: str, own_hosts: Collection[str], rule: Rule) -> str | None:
    """Return the address for use on the old host: a path where it is the old site's own, None where it cannot be used."""
    address = address.strip()
    if address.startswith("#") or not address:
        return address
    whole = _joined(base, address)
    if whole is None:
        return None
    parts = urlsplit(whole)
    if parts.scheme not in {"http", "https"}:
        return whole if parts.scheme in {"mailto", "tel"} else None
    if canonical_host(parts.netloc, rule) not in own_hosts:
        return whole
    path = "/" + parts.path.lstrip("/")
    return path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def needed(page: ArchivedPage) -> list[str]:
    """Return the addresses of pictures and style sheets without which the page does not look like itself."""
    pictures = re.findall(r'<img\b[^>]*?\bsrc="([^"]+)"', page.body) + re.findall(r'\bbackground="([^"]+)"', page.body)
    return list(dict.fromkeys([*page.sheets, *map(unescape, pictures), *in_css(page.styles), *in_css(page.body)]))


def in_css(text: str) -> list[str]:
    """Return the addresses that a style sheet names."""
    found = ("".join(groups).strip() for groups in _IN_CSS.findall(text))
    return [address for address in found if address and not address.startswith("data:")]


def _joined(base: str, address: str) -> str | None:
    try:
        whole = urljoin(base, address)
        urlsplit(whole)
    except ValueError:
        return None
    return whole
