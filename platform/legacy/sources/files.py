"""Files of a source as streams: unpacked where they are gzip, in the encoding their bytes are in. Pure.

Declared encodings lie. What is UTF-8 from beginning to end is UTF-8; everything else is GB18030, the superset of GBK.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from legacy.sources.records import Unreadable
from sites.messages import _, sentence

BLOCK = 2**20
_RATIO, _FLOOR = 500, 100 * 2**20  # no text packs better
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(path: Path) -> BinaryIO:
    """Return the file's bytes as a stream, unpacked where it is gzip whatever its name says."""
    with path.open("rb") as file:
        packed = file.read(3) == b"\x1f\x8b\x08"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def blocks(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks. Raises Unreadable where it is damaged gzip, or a bomb; what came before is whole."""
    size, most = 0, max(_FLOOR, _RATIO * path.stat().st_size)
    with open_bytes(path) as file:
        while True:
            try:
                block = file.read(BLOCK)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise Unreadable(
                    sentence(_("%(file)s is cut off or damaged. What comes before was read."), file=path.name)
                ) from error
            if not block:
                return
            size += len(block)
            if size > most:
                said = _("The file unpacks to far more than its size and may be a trap; it was not unpacked.")
                raise Unreadable(sentence(said))
            yield block


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 where every byte fits, else GB18030.

    Reads the whole file once, a block at a time. A character cut in two at the very end does not count.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    first = True
    try:
        for block in blocks(path):
            if first:
                for mark, encoding in _MARKS:
                    if block.startswith(mark):
                        return encoding
                first = False
            decoder.decode(block)
    except UnicodeDecodeError:
        return "gb18030"
    except Unreadable:
        pass
    return "utf-8"


def texts(path: Path, encoding: str) -> Iterator[str]:
    """Yield the file's text in blocks; bytes that fit no character become U+FFFD. Raises Unreadable as `blocks` does."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", True)


class Rewound(io.RawIOBase):
    """A stream over chunks, for readers that want a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
