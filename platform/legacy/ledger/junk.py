"""Addresses that nobody looks for (无效请求): scanners and robots, told by patterns that are data. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from sites.messages import SaidError, _, sentence

OWN = Path(__file__).parent / "junk.toml"


class JunkRefused(SaidError):
    """The file of patterns cannot be read; the message is a sentence."""


@cache
def patterns(file: Path = OWN) -> re.Pattern[str]:
    """Return one expression for all patterns of a TOML file (groups of lists of texts). Raises JunkRefused."""
    try:
        groups = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise JunkRefused(
            sentence(_("The patterns in %(file)s cannot be read: %(error)s"), file=file.name, error=str(error))
        ) from None
    found: list[str] = []
    for name, group in groups.items():
        if not isinstance(group, list) or not all(isinstance(text, str) for text in group):
            raise JunkRefused(
                sentence(_('"%(name)s" in %(file)s must be a list of patterns.'), name=name, file=file.name)
            )
        found += group
    return re.compile("|".join(_expression(text) for text in found) or r"(?!)", re.DOTALL)


def is_junk(path: str, file: Path = OWN) -> bool:
    """Return whether a canonical path (with its parameters) says nothing about the old site."""
    return patterns(file).fullmatch(path.lower()) is not None


def _expression(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.lower().split("*"))
