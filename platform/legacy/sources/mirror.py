"""A folder with a mirror of the old site (本地镜像): every file is one record, its address made from its name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from legacy.sources import choosing
from legacy.sources.mirror_names import (
    HEAD,
    Layout,
    Outside,
    address,
    decoded,
    is_skipped,
    looks_like_hosts,
    plain,
    said_address,
)
from legacy.sources.records import REFUSED, WARNING, Found, Note, Position, Record, SourceRefused, Unreadable
from sites.messages import Sentence, _, sentence

BLOCK = 2**20


def source(row: Any, options: dict[str, Any]) -> Mirror:
    path = choosing.path_of(row, options)
    if not path.is_dir():
        raise SourceRefused(sentence(_("“%(path)s” is no folder."), path=str(path)))
    return Mirror(path, layout_of(row, options))


def layout_of(row: Any, options: dict[str, Any]) -> Layout:
    """Options: base (address of the root), layout ("auto", "site", "hosts"), strip (folders of the machine)."""
    home = choosing.home_of(row)
    base = str(options.get("base", "") or (f"http://{home}" if home else ""))
    hosts = options.get("layout", "auto") == "hosts"
    return Layout(base, hosts, tuple(row.transition.hosts), str(options.get("strip", "")))


class Mirror:
    """Files in the order of their names; the position is the last one's. Links that lead outside are not followed."""

    name = "mirror"

    def __init__(self, root: Path, layout: Layout) -> None:
        self._root = os.fsencode(root.resolve())
        names = [decoded(entry) for entry in os.listdir(self._root)]
        if not layout.hosts and looks_like_hosts(names, layout.known):
            layout = replace(layout, hosts=True)
        self._layout = layout

    def read(self, position: Position) -> Iterator[Found]:
        after = tuple(bytes.fromhex(piece) for piece in position.get("after", []))
        yield from self._folder(self._root, (), after)

    def _folder(self, path: bytes, pieces: tuple[bytes, ...], after: tuple[bytes, ...]) -> Iterator[Found]:
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            yield self._unread(pieces, error)
            return
        for entry in entries:
            here = (*pieces, entry.name)
            if here < after[: len(here)]:
                continue  # stands before where the last run stopped
            name = decoded(b"/".join(here))
            if is_skipped(name):
                continue
            try:
                if entry.is_symlink() and (problem := self._link(entry, name)) is not None:
                    if here != after:
                        yield problem
                elif entry.is_dir(follow_symlinks=False):
                    yield from self._folder(entry.path, here, after)
                elif here != after:
                    yield from self._file(entry, here, name)
            except OSError as error:
                yield self._unread(here, error)

    def _link(self, entry: os.DirEntry[bytes], name: str) -> Note | None:
        """Return why a symbolic link is not followed, None where it leads to a file within the mirror."""
        target = os.path.realpath(entry.path)
        within = target.startswith(self._root + b"/")
        if within and os.path.isfile(target):
            return None
        if within:
            said = sentence(_("This link leads to a folder or to nothing, and was not followed."))
        else:
            said = sentence(_("This link leads out of the mirror, and was not followed."))
        return Note(REFUSED, name, said, "refused")

    def _file(self, entry: os.DirEntry[bytes], here: tuple[bytes, ...], name: str) -> Iterator[Found]:
        about = entry.stat()
        position = {"after": [piece.hex() for piece in here]}
        if not stat.S_ISREG(about.st_mode):
            yield Note(WARNING, name, sentence(_("This is neither a file nor a folder, and was not read.")), "refused")
            return
        try:
            below = plain(name)
        except Outside as outside:
            yield outside.note
            return
        fetched_at = datetime.fromtimestamp(int(about.st_mtime), UTC)
        with open(entry.path, "rb") as file:
            head = file.read(HEAD)
        url = said_address(head, self._layout.known) or address(below, self._layout)
        if about.st_size <= BLOCK:
            with open(entry.path, "rb") as file:
                body = file.read()
            yield Record(url=url, status=200, body=body, fetched_at=fetched_at, position=position)
        else:
            chunks = chunks_of(entry.path, name)
            yield Record(url=url, status=200, chunks=chunks, fetched_at=fetched_at, position=position)

    def _unread(self, pieces: tuple[bytes, ...], error: OSError) -> Note:
        return Note(REFUSED, decoded(b"/".join(pieces)), _why(error), "refused")


def chunks_of(path: bytes, name: str) -> Any:
    def chunks() -> Iterator[bytes]:
        try:
            with open(path, "rb") as file:
                while block := file.read(BLOCK):
                    yield block
        except OSError as error:
            raise Unreadable(_why(error)) from error

    return chunks


def _why(error: OSError) -> Sentence:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return sentence(_("This could not be read: %(reason)s."), reason=reason)
