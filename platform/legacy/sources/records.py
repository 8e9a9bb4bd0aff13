"""What every source gives: records, and notes on what it could not read. Pure.

A source is read from a position on: after a kill it is asked again with the position of the last record that was
stored. Positions are JSON objects that only the source itself understands; {} is the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sites.messages import SaidError, Sentence

Chunks = Callable[[], Iterable[bytes]]
Position = Mapping[str, Any]

# Levels of a note, as LineLevel has them.
INFO, WARNING, REFUSED, ERROR = "info", "warning", "refused", "error"
NOT_FETCHED = "x-not-fetched"  # a header of our own: "robots", "size", "failed", "damaged"


class SourceRefused(SaidError):
    """The source as a whole cannot be read; the message is a sentence that says what to do."""


class Unreadable(SaidError):
    """The bytes of one record cannot be read; raised by its chunks. The run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing of the old site, as it was.

    Bytes are in `body`, or come from `chunks` where they may be large, or are those of the address `same_as`
    (not modified since, a WARC revisit). Where none of them is set, only the address is known.
    """

    url: str = ""  # the whole old address; "" where the source knows none
    key: str = ""  # "": the canonical address
    kind: str = ""  # page, picture, file, ready, other; "": told from the bytes
    status: int | None = None
    content_type: str = ""  # as declared
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    fields: Mapping[str, Any] = field(default_factory=dict)  # of kind ready: by our field names
    body: bytes | None = None
    chunks: Chunks | None = None
    same_as: str = ""
    fetched_at: datetime | None = None  # aware
    position: Position | None = None  # where to go on once this record is stored; None: as before


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence on something that was not read, or read with a doubt. `place` is an address, a file or a row."""

    level: str
    place: str
    said: Sentence
    counted: str = ""  # the count of the run that grows by one


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing new, still at work: a moment to store what there is. Comes while a slow server is waited for."""

    position: Position | None = None


Found = Record | Note | Tick


class Source(Protocol):
    """An adapter. `name` is the source of its rows in LegacyRaw."""

    name: str

    def read(self, position: Position) -> Iterator[Found]:
        """Yield what there is from the position on. Raises SourceRefused where nothing can be read at all."""
        ...
