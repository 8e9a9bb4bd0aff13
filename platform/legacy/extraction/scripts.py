"""What a page's own scripts would have written (脚本变量): string variables, and document.write of them. Pure.

No script is run. `var pubdata='2010年10月11日'; document.write(pubdata)` is read as text; what depends on more is left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_STRING = r"""(?:"(?:[^"\\\n]|\\.){0,4000}"|'(?:[^'\\\n]|\\.){0,4000}')"""
_STEP = re.compile(
    rf"(?:\b(?:var|let|const)\s+|(?<=[;{{}}\n,])\s*)(?P<name>[A-Za-z_$][\w$]{{0,40}})\s*=\s*(?P<value>{_STRING})\s*(?=[;,\n}}]|$|//)"
    rf"|document\s*\.\s*write(?:ln)?\s*\(\s*(?P<written>(?:{_STRING}|[\w$.]+)(?:\s*\+\s*(?:{_STRING}|[\w$.]+))*)\s*\)"
)
_PIECE = re.compile(rf"{_STRING}|[\w$.]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": ""}
_TAGS = re.compile(r"<[^>]{0,2000}>")
SCRIPT_MOST = 200_000
PRINTED_MOST = 300
_SHORT_MOST = 1000


def read(source: str, above: Mapping[str, str] | None = None) -> tuple[Mapping[str, str], str]:
    """Return the string variables of one script, and the text that it would write (without tags, "" where unclear).

    `above` holds the variables of the scripts before it.
    """
    found, printed = _alone(source)
    if above and not printed and len(source) <= _SHORT_MOST and "write" in source:
        return found, _read(source, above)[1]
    return found, printed


@lru_cache(maxsize=1000)
def _alone(source: str) -> tuple[Mapping[str, str], str]:
    # Kept, because the pages of a site repeat most of their scripts.
    return _read(source, {})


def _read(source: str, above: Mapping[str, str]) -> tuple[dict[str, str], str]:
    if len(source) > SCRIPT_MOST or ("=" not in source and "write" not in source):
        return {}, ""
    known: dict[str, str] = dict(above)
    first: dict[str, str] = {}
    printed: list[str] = []
    for step in _STEP.finditer(source):
        if step["name"]:
            known[step["name"]] = text(step["value"])
            first.setdefault(step["name"], known[step["name"]])
        elif (written := _written(step["written"], known)) is not None:
            printed.append(written)
    return first, " ".join(printed)


def text(literal: str) -> str:
    """Return what a script's string literal says."""
    inner = literal[1:-1]
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def linked_data(source: str) -> dict[str, Any]:
    """Return the article of a JSON-LD script; {} where there is none or it cannot be read."""
    try:
        found = json.loads(source.strip(), strict=False)
    except (ValueError, RecursionError):
        return {}
    waiting = found if isinstance(found, list) else [found]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, dict):
            continue
        waiting += one["@graph"] if isinstance(one.get("@graph"), list) else []
        if "datePublished" in one or "headline" in one:
            return one
    return {}


def _written(expression: str, known: dict[str, str]) -> str | None:
    """Return the text of an expression of literals and known variables; None where a part is unknown or empty: scripts
    write "来源：" + source only where there is one."""
    parts: list[str] = []
    for piece in _PIECE.findall(expression):
        if piece[0] in "\"'":
            parts.append(text(piece))
        elif known.get(piece):
            parts.append(known[piece])
        else:
            return None
    return " ".join(html.unescape(_TAGS.sub(" ", "".join(parts))).split())


def _unescaped(found: re.Match[str]) -> str:
    mark = found[1]
    if len(mark) > 1:
        return chr(int(mark[1:], 16))
    return _PLAIN.get(mark, mark)
