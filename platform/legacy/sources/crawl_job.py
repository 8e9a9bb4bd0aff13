"""What a crawl is asked to do, as it is handed to its process; and the frames in which the process answers. Pure.

A frame is a line of JSON, followed by as many bytes as its "size" says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, BinaryIO

AGENT = "Mozilla/5.0 (compatible; site transition on behalf of its owner)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Addresses to begin with, limits and manners. Seconds, bytes; hosts in canonical form."""

    starts: tuple[str, ...] = ()
    addresses: str = ""  # a file with one address a line
    sitemaps: tuple[str, ...] = ()
    base: str = ""  # of addresses without a host
    hosts: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = ()  # other hosts from which pictures and files are taken
    inner_hosts: tuple[str, ...] = ()  # hosts that may have inner addresses
    connect: dict[str, str] = field(default_factory=dict)  # host: "address:port" to connect to instead
    rule: dict[str, Any] | None = None  # legacy.ledger.address_rule.Rule as JSON
    follow: bool = True
    media: bool = True
    robots: bool = True
    delay: float = 0.2
    parallel: int = 4
    retries: int = 2
    timeout: float = 180.0
    max_bytes: int = 300 * 2**20
    max_pages: int = 1_000_000
    max_depth: int = 30
    agent: str = AGENT
    this_year: int = 2026
    known: str = ""  # an SQLite file: what is there already
    store: str = ""  # the folder of the store of bytes
    work: str = ""  # a folder of its own

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Job:
        data: dict[str, Any] = json.loads(text)
        lists = {one.name for one in fields(cls) if str(one.type).startswith("tuple")}
        values: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in data.items()}
        return cls(**values)


def write_frame(out: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    out.write(json.dumps(head | {"size": len(body)}, ensure_ascii=True).encode() + b"\n")
    if body:
        out.write(body)
    out.flush()


class Frames:
    """Frames out of a stream of pieces; `get` returns b"" at the end and None where nothing came in time."""

    def __init__(self, get: Callable[[], bytes | None]) -> None:
        self._get = get
        self._rest = bytearray()

    def __iter__(self) -> Iterator[tuple[dict[str, Any], bytes] | None]:
        """Yield (head, body), or None now and then while nothing comes. Ends with the stream."""
        while True:
            end = self._rest.find(b"\n")
            if end >= 0:
                head = json.loads(self._rest[:end])
                whole = end + 1 + head["size"]
                if len(self._rest) >= whole:
                    body = bytes(memoryview(self._rest)[end + 1 : whole])
                    del self._rest[:whole]
                    yield head, body
                    continue
            piece = self._get()
            if piece == b"":
                return
            if piece is None:
                yield None
            else:
                self._rest += piece
