"""Runs of characters with their styles, and how they are written as HTML. Pure.

The writer knows nine tags and one attribute with a checked address, so whatever came in, nothing active goes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from urllib.parse import quote, urlsplit

from sites.writing.characters import EDGE, collapsed

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ADDRESS_MOST = 2000
# What may stand in an address as it is; everything else is percent-encoded.
_PLAIN = "!#$%&()*+,/:;=?@[]~-._"


@dataclass(frozen=True, slots=True)
class Style:
    bold: bool = False
    italic: bool = False
    script: str = ""  # "sup", "sub" or ""
    href: str = ""


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style; a line break is "\\n"."""

    text: str
    style: Style = PLAIN


def checked_address(address: str) -> str:
    """Return a web, mail or telephone address that is safe to link to, "" for any other."""
    address = address.strip()
    if not address or len(address) > _ADDRESS_MOST or re.search(r"[\x00-\x20\x7f-\x9f\\]", address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SCHEMES or (parts.scheme.lower() in {"http", "https"} and not host):
        return ""
    return quote(address, safe=_PLAIN)


def joined(runs: Iterable[Run]) -> list[Run]:
    """Return the runs with blanks collapsed across them, none at the edges or around breaks, equal styles joined."""
    merged = list(runs)
    if len(merged) == 1:
        text = collapsed_lines(merged[0].text).strip(EDGE)
        return [Run(text, merged[0].style)] if text else []
    merged = _as_one(merged)
    tidied: list[Run] = []
    edge = EDGE
    for run in merged:
        lines = collapsed_lines(run.text).lstrip(edge)
        if not lines:
            continue
        tidied.append(Run(lines, run.style))
        edge = EDGE if lines.endswith("\n") else " " if lines.endswith(" ") else ""
    while tidied:
        last = tidied[-1].text.rstrip(EDGE)
        if last:
            tidied[-1] = replace(tidied[-1], text=last)
            break
        tidied.pop()
    return _as_one(tidied)


def _as_one(runs: list[Run]) -> list[Run]:
    """Return the runs with neighbours of one style joined."""
    return [Run("".join(run.text for run in group), style) for style, group in groupby(runs, key=lambda run: run.style)]


def collapsed_lines(text: str) -> str:
    """Return the text with blanks collapsed and none beside a line break."""
    if "\n" not in text:
        return collapsed(text)
    return "\n".join(collapsed(line).strip(" ") for line in text.split("\n"))


def plain(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


_NEW_PARAGRAPH = re.compile(r"[ \t\xa0]*\n(?:[ \t\xa0]*\n)+|[ \t\xa0]*\n(?=[ \xa0]*\u3000|\xa0{3})")


def paragraphs(runs: list[Run]) -> list[list[Run]]:
    """Return the runs cut where old pages begin a paragraph: at an empty line, or at a break before an indent."""
    whole = plain(runs)
    if "\n" not in whole:
        return [runs]
    out: list[list[Run]] = []
    begin = 0
    for gap in [*_NEW_PARAGRAPH.finditer(whole), None]:
        end = gap.start() if gap else len(whole)
        out.append(_between(runs, begin, end))
        begin = gap.end() if gap else end
    return out


def _between(runs: list[Run], begin: int, end: int) -> list[Run]:
    out, at = [], 0
    for run in runs:
        text = run.text[max(begin - at, 0) : max(end - at, 0)]
        if text:
            out.append(Run(text, run.style))
        at += len(run.text)
    return out


def written(runs: Iterable[Run], *, bold: bool = True) -> str:
    """Return tidy runs as HTML. Without `bold` (in headings, which are bold anyway) it is left out."""
    out = []
    for href, group in groupby(runs, key=lambda run: run.style.href):
        inner = "".join(_one(run, bold) for run in group)
        out.append(f'<a href="{escape(href, quote=True)}">{inner}</a>' if href else inner)
    return "".join(out)


def _one(run: Run, bold: bool) -> str:
    text = escape(run.text, quote=False).replace("\n", "<br/>")
    if run.style.script:
        text = f"<{run.style.script}>{text}</{run.style.script}>"
    if run.style.italic:
        text = f"<i>{text}</i>"
    return f"<b>{text}</b>" if run.style.bold and bold else text
