"""WARC archives: answers, resources and revisits, the newest of each address. Damaged records are reported and passed by."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from legacy.sources import choosing, limits
from legacy.sources.http_bodies import content
from legacy.sources.records import REFUSED, WARNING, Found, Note, Position, Record, SourceRefused, Unreadable
from sites.messages import _, sentence

BLOCK = 2**20
WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
_GZIP, _PLAIN = b"\x1f\x8b\x08", b"WARC/1."


def source(row: Any, options: dict[str, Any]) -> Warc:
    path = choosing.path_of(row, options)
    files = sorted(one for one in path.rglob("*") if ".warc" in one.name and one.is_file()) if path.is_dir() else [path]
    if not files:
        raise SourceRefused(sentence(_("There is no WARC file in “%(path)s”."), path=str(path)))
    return Warc(files, max_bytes=limits.max_bytes(options))


class Warc:
    """Files by name, records in their order; the position is the file and how many of its records were read."""

    name = "warc"

    def __init__(self, files: list[Path], *, max_bytes: int) -> None:
        self._files, self._max_bytes = files, max_bytes

    def read(self, position: Position) -> Iterator[Found]:
        last = str(position.get("file", ""))
        for path in self._files:
            if str(path) < last:
                continue
            done = int(position.get("record", 0)) if str(path) == last else 0
            with path.open("rb") as file:
                yield from self._file(file, path, done)

    def _file(self, file: BinaryIO, path: Path, done: int) -> Iterator[Found]:
        """Yield the records of one file; after damage, go on with the next record that can be found."""
        at, number = 0, 0
        while at >= 0:
            last, held = at, list[Found]()
            file.seek(at)
            damaged = False
            try:
                for record in ArchiveIterator(file, WANTED, quirks_mode=True):
                    yield from held
                    held, last = [], record.stream_pos
                    number += 1
                    if number > done:
                        place = f"{path.name}:{last}"
                        for found in self._record(record, place, {"file": str(path), "record": number}):
                            if isinstance(found, Record) and found.chunks is not None:
                                yield found  # too large to be held back
                            else:
                                held.append(found)
                    if damaged := not _whole(record):
                        held = []
                        break
            except (OSError, ValueError):
                damaged = True
                if not _sound(file, last):
                    held = []  # what was read of it does not bear its checksum out
            yield from held
            if not damaged:
                break
            following = _next(file, last + 1)
            if number >= done:
                said = sentence(_("A record after byte %(byte)d is damaged or cut off. It was passed by."), byte=last)
                yield Note(REFUSED, path.name, said, "damaged")
            at = following
        if not number and not done:
            yield Note(WARNING, path.name, sentence(_("This file holds no record that could be read.")), "damaged")

    def _record(self, record: WarcRecord, place: str, position: Position) -> Iterator[Found]:
        url = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")
        if not url.lower().startswith(("http://", "https://")):
            return
        status, headers = _answer(record)
        about: dict[str, Any] = {
            "url": url,
            "status": status,
            "headers": headers,
            "content_type": headers.get("content-type", ""),
            "fetched_at": record.record_date,
            "position": position,
        }
        if record.record_type == WarcRecordType.revisit:
            same_as = (record.headers.get("WARC-Refers-To-Target-URI") or url).strip().strip("<>")
            yield Record(**about, same_as=same_as)
            return
        packed = "chunked" in headers.get("transfer-encoding", "").lower() or headers.get("content-encoding")
        if not packed and record.content_length > BLOCK:
            yield Record(**about, chunks=lambda: _chunks(record))
            return
        expected = record.content_length
        if expected > self._max_bytes:
            said = sentence(
                _("The file is larger than %(limit)d MB and was not taken. Raise the limit, or bring it over by hand."),
                limit=self._max_bytes // 2**20,
            )
            yield Note(REFUSED, url, said, "too_large")
            yield Record(**about)
            return
        try:
            body = record.reader.read()
        except OSError:
            body = b""
        if len(body) < expected:
            return  # cut off: _file says so
        if record.headers.get("WARC-Truncated"):
            yield Note(WARNING, place, sentence(_("%(url)s was already cut off when it was archived."), url=url))
        yield Record(**about, body=content(body, headers, self._max_bytes) if status else body)


def _answer(record: WarcRecord) -> tuple[int | None, dict[str, str]]:
    """Return status and headers of the answer in the record; a resource has none and counts as 200."""
    if record.record_type == WarcRecordType.resource:
        return 200, {"content-type": record.headers.get("Content-Type") or ""}
    found = record.http_headers
    if not record.is_http or found is None:
        return None, {}
    return found.status_code, {name.lower(): value for name, value in found.to_tuples()}


def _chunks(record: WarcRecord) -> Iterator[bytes]:
    size, expected = 0, record.content_length
    try:
        while block := record.reader.read(BLOCK):
            size += len(block)
            yield block
    except OSError:
        size = -1
    if size < expected:
        raise Unreadable(sentence(_("The record is cut off.")))


def _whole(record: WarcRecord) -> bool:
    """Return whether the record's bytes were all there: what is left of it can be read, and nothing more is due."""
    try:
        record.reader.read()
    except OSError:
        return False
    return not record.reader.read(1) and record.reader.tell() >= record.content_length


def _sound(file: BinaryIO, at: int) -> bool:
    """Return whether the packed record that begins here comes to its end with the right checksum."""
    file.seek(at)
    unpacker = zlib.decompressobj(31)
    try:
        while not unpacker.eof and (block := file.read(BLOCK)):
            while block and not unpacker.eof:
                unpacker.decompress(block, BLOCK)
                block = unpacker.unconsumed_tail
    except zlib.error:
        return _is_plain(file, at)
    return unpacker.eof


def _is_plain(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    return file.read(5) == b"WARC/"


def _next(file: BinaryIO, at: int) -> int:
    """Return the offset from which records can be read again, -1 where there is none."""
    rest, base = b"", at
    file.seek(at)
    while block := file.read(BLOCK):
        data = rest + block
        found = 0
        while (found := _first(data, found)) >= 0:
            if data.startswith(_PLAIN, found) or _begins(file, base + found):
                return base + found
            found += 1
        rest = data[-6:]
        base += len(data) - len(rest)
        file.seek(base + len(rest))
    return -1


def _first(data: bytes, at: int) -> int:
    places = [place for place in (data.find(_GZIP, at), data.find(b"\n" + _PLAIN, at)) if place >= 0]
    if not places:
        return -1
    place = min(places)
    return place + 1 if data[place : place + 1] == b"\n" else place


def _begins(file: BinaryIO, at: int) -> bool:
    """Return whether a packed record begins here: these three bytes also occur within packed data."""
    here = file.tell()
    file.seek(at)
    try:
        return zlib.decompressobj(31).decompress(file.read(4096), 8).startswith(b"WARC/")
    except zlib.error:
        return False
    finally:
        file.seek(here)
