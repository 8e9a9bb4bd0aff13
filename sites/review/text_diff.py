"""What changed between two texts, in pieces that a reader of Chinese can follow. Free of Django.

A run of Chinese characters has no spaces to cut it at: each character is a piece of its own, words of other scripts and
numbers stay whole. A long text is cut into sentences instead, so that the time it takes stays short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

PIECE = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)
WORD = re.compile(r"[A-Za-z0-9]")
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")
MOST_PIECES = 2000


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str


def parts(before: str, after: str) -> list[Part]:
    """Return both texts as one sequence of what stayed, what went and what came; neighbours of a kind are joined."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    found = [Part(Kind.SAME, before[:head]), *_differences(old, new), Part(Kind.SAME, before[len(before) - tail :])]
    return _joined(found)


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with, without cutting into a word or number that goes on differently."""
    length = min(len(one), len(other))
    same = next((number for number in range(length) if one[number] != other[number]), length)
    while same and WORD.match(one[same - 1]) and (WORD.match(one[same:]) or WORD.match(other[same:])):
        same -= 1
    return same


def _differences(old: str, new: str) -> list[Part]:
    cut = PIECE if max(len(old), len(new)) <= MOST_PIECES else SENTENCE
    old_pieces, new_pieces = cut.findall(old), cut.findall(new)
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old_pieces, new_pieces, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Part(Kind.SAME, "".join(old_pieces[a:b])))
        else:
            found.append(Part(Kind.GONE, "".join(old_pieces[a:b])))
            found.append(Part(Kind.NEW, "".join(new_pieces[c:d])))
    return found


def _joined(found: list[Part]) -> list[Part]:
    made: list[Part] = []
    for part in found:
        if part.text and made and made[-1].kind is part.kind:
            made[-1] = Part(part.kind, made[-1].text + part.text)
        elif part.text:
            made.append(part)
    return made
