"""Marked texts (canaries): short words that stand nowhere else, so that finding one says whose text has got out."""

from __future__ import annotations

import re
from collections.abc import Iterable

WORD = "zq7"  # stands in every marked text as a word of its own: a search for it finds them all
_MARK = re.compile(rf"{WORD}[a-z][0-9]{{4}}", re.IGNORECASE)


class Marks:
    """Gives out marks and remembers what each one stands in. The letter after the word says whose it is."""

    def __init__(self) -> None:
        self.meanings: dict[str, str] = {}

    def new(self, letter: str, meaning: str) -> str:
        """Return a new mark of eight ASCII characters: HTML, JSON, URLs and slugs all leave it as it is."""
        mark = f"{WORD}{letter}{len(self.meanings):04d}"
        self.meanings[mark] = meaning
        return mark

    def text(self, letter: str, meaning: str, longest: int | None = None) -> str:
        """Return a text with a new mark in it, findable by WORD where the length allows."""
        mark = self.new(letter, meaning)
        long = f"{mark} {WORD} 标记文字"
        return mark if longest is not None and longest < len(long) else long


def found(text: str, letters: Iterable[str]) -> set[str]:
    """Return the marks in a text that carry one of the letters."""
    wanted = frozenset(letters)
    return {mark.lower() for mark in _MARK.findall(text) if mark[len(WORD)].lower() in wanted}
