"""A mirror packed as a ZIP: one record for each member. Nothing is unpacked to disk under its own name."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from legacy.sources import choosing, limits
from legacy.sources.mirror import layout_of
from legacy.sources.mirror_names import (
    HEAD,
    Layout,
    Outside,
    address,
    is_skipped,
    looks_like_hosts,
    plain,
    said_address,
)
from legacy.sources.moments import BEIJING
from legacy.sources.records import REFUSED, WARNING, Found, Note, Position, Record, SourceRefused, Unreadable
from legacy.sources.zip_names import MOST_MEMBERS, Saved, member_name, overlapping, refusal, saved
from sites.messages import _, sentence

BLOCK = 2**20
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, RuntimeError),
    *(NotImplementedError, OverflowError),
)
_DAMAGED = _("The file is damaged inside the archive and could not be unpacked.")


def source(row: Any, options: dict[str, Any]) -> Zipped:
    path = choosing.path_of(row, options)
    return Zipped(path, layout_of(row, options), max_bytes=limits.max_bytes(options))


class Zipped:
    """Members in the order of the archive's directory; the position is how many were read."""

    name = "zip"

    def __init__(self, path: Path, layout: Layout, *, max_bytes: int) -> None:
        self._path, self._layout, self._max_bytes = path, layout, max_bytes

    def read(self, position: Position) -> Iterator[Found]:
        done = int(position.get("done", 0))
        try:
            archive = zipfile.ZipFile(self._path)
        except BROKEN:
            yield from self._save(done)
            return
        with archive:
            members = [info for info in archive.infolist() if not info.filename.endswith(("/", "\\"))]
            if len(members) > MOST_MEMBERS:
                raise SourceRefused(
                    sentence(_("The archive claims more than %(limit)d files. Split it."), limit=MOST_MEMBERS)
                )
            self._settle([member_name(info) for info in members])
            doubled = overlapping(members)
            for number, info in enumerate(members[done:], done + 1):
                yield from self._member(archive, info, doubled, {"done": number})

    def _settle(self, names: list[str]) -> None:
        first = {name.replace("\\", "/").partition("/")[0] for name in names}
        if not self._layout.hosts and looks_like_hosts(first, self._layout.known):
            self._layout = replace(self._layout, hosts=True)

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, doubled: frozenset[int], position: Position
    ) -> Iterator[Found]:
        name = member_name(info)
        if is_skipped(name.replace("\\", "/")):
            return
        try:
            below = plain(name)
        except Outside as outside:
            yield outside.note
            return
        url = address(below, self._layout)
        said = refusal(info, self._max_bytes)
        if said is None and info.header_offset in doubled:
            said = sentence(
                _("The file shares its bytes with others in the archive, as bombs do; it was not unpacked.")
            )
        if said is not None:
            yield Note(REFUSED, name, said, "refused")
            yield Record(url=url, position=position)
            return
        fetched_at = _moment(info)
        if info.file_size > BLOCK:
            chunks = self._chunks(archive, info)
            yield Record(url=url, status=200, chunks=chunks, fetched_at=fetched_at, position=position)
            return
        try:
            body = b"".join(self._chunks(archive, info)())
        except Unreadable as error:
            yield Note(REFUSED, name, error.sentence, "damaged")
            yield Record(url=url, position=position)
            return
        url = said_address(body[:HEAD], self._layout.known) or url
        yield Record(url=url, status=200, body=body, fetched_at=fetched_at, position=position)

    def _chunks(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
        def chunks() -> Iterator[bytes]:
            try:
                with archive.open(info) as member:
                    while block := member.read(BLOCK):
                        yield block
            except BROKEN as error:
                raise Unreadable(sentence(_DAMAGED)) from error

        return chunks

    def _save(self, done: int) -> Iterator[Found]:
        """Read an archive that is cut off or whose directory is damaged by the headers of its members."""
        said = sentence(_("The archive is cut off or damaged. What is whole in it is read file by file."))
        if not done:
            yield Note(WARNING, self._path.name, said, "damaged")
        number = 0
        with self._path.open("rb") as file:
            for number, one in enumerate(saved(file, self._max_bytes), 1):
                if number == 1:
                    self._settle([one.name])
                if number > done:
                    yield from self._saved(one, {"done": number})
        if not number:
            raise SourceRefused(sentence(_("“%(file)s” is no ZIP archive."), file=self._path.name))

    def _saved(self, one: Saved, position: Position) -> Iterator[Found]:
        if is_skipped(one.name.replace("\\", "/")):
            return
        if one.problem:
            yield Note(REFUSED, one.name, sentence(_DAMAGED), "damaged")
            return
        try:
            url = said_address(one.body[:HEAD], self._layout.known) or address(plain(one.name), self._layout)
        except Outside as outside:
            yield outside.note
            return
        yield Record(url=url, status=200, body=one.body, position=position)


def _moment(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=BEIJING)
    except ValueError:
        return None
