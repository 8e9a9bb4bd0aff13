"""What is checked before foreign HTML is parsed: its size, its depth, and what a parser would make of it. Pure.

The HTML standard lets a few kilobytes of unclosed tags grow to millions of elements, and a parser's time grow with the
square of the depth or of a text full of references; all three are counted here in one pass over the tags.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter

from sites.messages import _, sentence
from sites.writing.parts import Unreadable

HTML_MOST = 5_000_000  # characters, pictures not counted
DEPTH_MOST = 100
TAGS_MOST = 250_000
_PIECES_MOST = 60_000  # paragraphs, list items, cells, breaks
_REOPENED_MOST = 200_000
# References in one stretch of text times its length, summed: the parser copies the stretch at each.
_COPIED_MOST = 20_000_000_000
_PICTURE = re.compile(r"data:image/[a-z0-9.+-]{1,30}(?:;[a-z0-9=-]{1,40})*;base64,([A-Za-z0-9+/=%\s]*)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
# Closed by themselves, or without content: they do not nest.
_FLAT = frozenset((
    "p", "li", "tr", "td", "th", "dd", "dt", "option", "optgroup", "thead", "tbody", "tfoot", "colgroup",
    "col", "br", "hr", "img", "input", "meta", "link", "base", "area", "embed", "param", "source", "track",
    "wbr", "html", "head", "body", "rp", "rt",
))  # fmt: skip
# Opened again in every following block until they are closed.
_REOPENED = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])


def pictures_out(html: str) -> tuple[str, dict[str, bytes]]:
    """Return the HTML with each data: picture replaced by a name, and the bytes by these names."""
    found: dict[str, bytes] = {}

    def keep(match: re.Match[str]) -> str:
        try:
            data = base64.b64decode(re.sub(r"%3D", "=", re.sub(r"\s|%0[AD]", "", match[1]), flags=re.IGNORECASE))
        except (binascii.Error, ValueError):
            return "picture:unreadable"
        name = f"picture:{len(found)}"
        found[name] = data
        return name

    return _PICTURE.sub(keep, html), found


def without_comments(html: str) -> str:
    """Return the HTML without comments (Word's conditional ones hold its own markup); an open one swallows the rest."""
    out, at = [], 0
    while True:
        begin = html.find("<!--", at)
        if begin < 0:
            out.append(html[at:])
            return "".join(out)
        out.append(html[at:begin])
        # `<!-->` and `<!--->` are comments already closed.
        short = next((mark for mark in ("<!-->", "<!--->") if html.startswith(mark, begin)), None)
        if short:
            at = begin + len(short)
            continue
        end = html.find("-->", begin + 4)
        if end < 0:
            return "".join(out)
        at = end + 3


def check(html: str) -> None:
    """Raise Unreadable where the HTML (without comments) is too large or would blow up when parsed."""
    if len(html) > HTML_MOST or html.count("<") > 2 * TAGS_MOST:
        raise _too_large()
    open_now: Counter[str] = Counter()
    depth = formatting = reopened = copied = at = pieces = 0
    for match in [*_TAG.finditer(html), None]:
        end = match.start() if match else len(html)
        copied += html.count("&", at, end) * (end - at)
        if copied > _COPIED_MOST:
            raise _too_deep()
        if match is None:
            break
        at, name = match.end(), match[2].lower()
        if name in _FLAT:
            if not match[1]:
                reopened += formatting
                pieces += 1
                if pieces > _PIECES_MOST:
                    raise _too_large()
        elif not match[1]:
            open_now[name] += 1
            depth += 1
            formatting += name in _REOPENED
            reopened += 0 if name in _REOPENED else formatting
        elif open_now[name]:
            open_now[name] -= 1
            depth -= 1
            formatting -= name in _REOPENED
        if depth > DEPTH_MOST or reopened > _REOPENED_MOST + len(html):
            raise _too_deep()


def _too_large() -> Unreadable:
    return Unreadable(
        sentence(
            _(
                "The text is too large: with its markup, more than %(most)s million characters or"
                " %(pieces)s paragraphs and cells. Take it over in parts."
            ),
            most=HTML_MOST // 1_000_000,
            pieces=_PIECES_MOST,
        )
    )


def _too_deep() -> Unreadable:
    return Unreadable(
        sentence(_("The text is built too intricately to be read. Paste it as plain text, or upload the file."))
    )
