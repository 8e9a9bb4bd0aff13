"""The elements of a JSON list as a stream: a list of a million objects passes in the memory of one. Pure.

The parts between the commas of the outermost list are found; whether each is JSON is for the reader to see. So damage
costs one element, as it costs one line of JSON lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OUTSIDE = re.compile(r'["\[\]{},]')
_TO_ITS_END = re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL)
_BACKSLASHES = re.compile(r"\\*$")


def elements(stream: Iterator[str], most: int) -> Iterator[str]:
    """Yield the text of each element. What is longer than `most` characters is cut there and is no JSON any more."""
    parts: list[str] = []  # of the element at hand
    length, depth, quoted, skip = 0, 0, False, False
    for block in stream:
        begin, at, skip = 0, int(skip and bool(block)), skip and not block
        while True:
            if quoted:
                end = _TO_ITS_END.match(block, at)
                if end is None:
                    tail = _BACKSLASHES.search(block, at)
                    skip = tail is not None and len(tail[0]) % 2 == 1
                    break
                quoted, at = False, end.end()
            found = _OUTSIDE.search(block, at)
            if found is None:
                break
            at, mark = found.end(), found[0]
            if mark == '"':
                quoted = True
            elif mark in "[{":
                depth += 1
                if depth == 1:
                    begin = at
            elif mark == "," and depth == 1:
                yield "".join([*parts, block[begin : found.start()]])
                parts, length, begin = [], 0, at
            elif mark in "]}":
                depth -= 1
                if depth == 0:
                    if last := "".join([*parts, block[begin : found.start()]]).strip():
                        yield last
                    return
        if depth and length <= most:
            parts.append(block[begin:])
            length += len(block) - begin
    if parts:
        yield "".join(parts)
