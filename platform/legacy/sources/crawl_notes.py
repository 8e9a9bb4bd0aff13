"""Sentences that a crawl's process sends home, and those that it says only once. Pure."""

from __future__ import annotations

from typing import BinaryIO

from legacy.sentences import store
from legacy.sources.crawl_job import write_frame
from sites.messages import Sentence


class Notes:
    def __init__(self, out: BinaryIO) -> None:
        self._out, self._said = out, set[str]()

    def count(self, level: str, place: str, said: Sentence, counted: str = "") -> None:
        head = {"type": "note", "level": level, "place": place, "said": store(said), "counted": counted}
        write_frame(self._out, head)

    def once(self, about: str, level: str, place: str, said: Sentence, counted: str = "") -> None:
        if about not in self._said:
            self._said.add(about)
            self.count(level, place, said, counted)
