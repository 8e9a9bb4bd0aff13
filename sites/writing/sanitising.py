"""The allow-lists: what foreign HTML is cut down to before it is read, and what rich text may hold in the end. Pure."""

from __future__ import annotations

import nh3

_BLOCKS = (
    "p div section article header footer main aside nav address blockquote figure figcaption pre center dl dt dd"
    " h1 h2 h3 h4 h5 h6 ul ol li table thead tbody tfoot tr td th caption hr"
)
_INLINE = "a b strong i em cite dfn sup sub span font u s strike del ins small big br img"
_READ_TAGS = set(f"{_BLOCKS} {_INLINE}".split())
# Dropped with everything in them.
EMPTIED = {
    "script", "style", "title", "noscript", "noembed", "noframes", "iframe", "frameset", "object", "applet",
    "embed", "svg", "math", "template", "xml", "textarea", "select", "button", "audio", "video", "canvas",
    "map", "head", "rp", "rt",
}  # fmt: skip
_READ_ATTRIBUTES = {
    "*": {"style", "class", "align"},
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Addresses are checked one by one where they are read; here only what could run is cut.
_READ_SCHEMES = {"http", "https", "mailto", "tel", "picture", "file", "cid", "blob", "part", "ftp"}

STORED_TAGS = {"p", "h2", "h3", "ul", "ol", "li", "b", "i", "sup", "sub", "a", "br", "hr"}
STORED_CLASSES = {"p": {"text-center", "text-right"}}


def readable(html: str) -> str:
    """Return well-formed HTML with the tags and attributes that the reader looks at."""
    return nh3.clean(
        html,
        tags=_READ_TAGS,
        clean_content_tags=EMPTIED,
        attributes=_READ_ATTRIBUTES,
        url_schemes=_READ_SCHEMES,
        link_rel=None,
    )


def stored(html: str) -> str:
    """Return rich text cut down to what may be stored. What the writers here make passes unchanged."""
    cleaned = nh3.clean(
        html,
        tags=STORED_TAGS,
        clean_content_tags=EMPTIED,
        attributes={"a": {"href"}},
        allowed_classes=STORED_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    # The editor's own reader wants void tags closed.
    return cleaned.replace("<br>", "<br/>").replace("<hr>", "<hr/>")
