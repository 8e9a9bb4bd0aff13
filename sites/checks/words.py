"""Forbidden and commonly mistyped words (词库): found in one walk over the text, at any length of the list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sites.checks.findings import Finding, Remedy, Severity
from sites.checks.passages import Passage
from sites.messages import _, sentence


@dataclass(frozen=True, slots=True)
class Word:
    word: str
    replacement: str
    severity: Severity
    note: str


class WordList:
    """The compiled list: words by themselves, and for each first character the lengths worth trying, longest first.

    Making it costs a dictionary of the words; a text of n characters costs n look-ups, and a few more at characters
    that begin a word.
    """

    def __init__(self, words: Iterable[Word]) -> None:
        self._words = {entry.word: entry for entry in words if entry.word}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._words)

    def matches(self, text: str) -> Iterator[tuple[int, Word]]:
        """Yield (offset, word), from left to right, the longest at each place, none inside another."""
        at, end = 0, len(text)
        while at < end:
            for length in self._lengths.get(text[at], ()):
                entry = self._words.get(text[at : at + length])
                if entry is not None and not _is_right_already(text, at, entry):
                    yield at, entry
                    at += length - 1
                    break
            at += 1


def _is_right_already(text: str, at: int, entry: Word) -> bool:
    """Return whether the wrong word stands here only as a part of the right one."""
    inside = entry.replacement.find(entry.word)
    return inside >= 0 and text.startswith(entry.replacement, max(0, at - inside))


def find(passage: Passage, words: WordList) -> Iterator[Finding]:
    """Yield what the list says of the passage."""
    for at, entry in words.matches(passage.text):
        if entry.replacement:
            message = sentence(
                _("“%(word)s” should be “%(right)s”. %(note)s"),
                word=entry.word,
                right=entry.replacement,
                note=entry.note,
            )
        elif entry.severity is Severity.REFUSE:
            message = sentence(_("“%(word)s” must not be used. %(note)s"), word=entry.word, note=entry.note)
        else:
            message = sentence(_("Check whether “%(word)s” is right here. %(note)s"), word=entry.word, note=entry.note)
        yield passage.found(
            "word",
            entry.severity,
            message,
            at,
            at + len(entry.word),
            replacement=entry.replacement or None,
            remedy=Remedy.REPLACE if entry.replacement else Remedy.NONE,
        )
