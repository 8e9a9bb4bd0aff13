"""What the text of an item says of itself: its number at the head, the day it was written at the end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legacy.extraction import dates, numbers
from legacy.extraction.text import squeezed
from legacy.values import EVIDENCE_MOST, Value


def document_number(text: str, title: str, file_names: Sequence[str]) -> Value | None:
    """Return the document number at the head of the paper, in the title or in a file's name; None where none is."""
    written = text.split("\n")
    found = numbers.own(written)
    method, sure = "head of the text", 0.92
    if found is None:
        found, method, sure = numbers.in_title(title), "title", 0.9
    if found is None:
        names = [*file_names, *([] if len(text) > 400 else written[:6])]
        found = next(filter(None, map(numbers.in_file_name, names)), None)
        method, sure = "name of a file", 0.8
    return Value(found[0], method, found[1][:EVIDENCE_MOST], sure) if found else None


def written_on(text: str) -> Value | None:
    """Return the day in the signature, a line at the end that holds a date alone; None where there is no such line.

    Its value is None where the line is there and its date cannot be.
    """
    for line in reversed(text.split("\n")[-12:]):
        if len(line) > 40:
            continue
        found = dates.find(line)
        if len(found) != 1:
            continue
        rest = squeezed(line[: found[0].start] + line[found[0].end :])
        if len(rest) > 22 or re.search(r"[:：。，至到前起止]", rest):
            continue
        value = dates.day_of(found[0].value) if found[0].value else None
        return Value(value, "signature", line[:EVIDENCE_MOST], 0.85 if value else 0.5)
    return None
