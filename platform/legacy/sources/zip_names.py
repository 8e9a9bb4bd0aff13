"""Members of a ZIP: their names in any encoding, damage and bombs, and what can be saved where the directory is lost. Pure."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from legacy.sources.mirror_names import decoded
from sites.messages import Sentence, _, sentence

MOST_MEMBERS = 2_000_000
_UTF8_FLAG = 0x800
_LOCKED = 0x1
_UNICODE_PATH = 0x7075
_RATIO, _RATIO_FLOOR = 500, 10 * 2**20
_LOCAL = struct.Struct("<4s5H3L2H")
_BLOCK = 2**20


def member_name(info: zipfile.ZipInfo) -> str:
    """Return the member's name: by its Unicode field, its UTF-8 flag, else by its bytes (UTF-8 or GB18030)."""
    raw = getattr(info, "orig_filename", info.filename)
    if info.flag_bits & _UTF8_FLAG:
        return raw
    try:
        data = raw.encode("cp437")
    except UnicodeEncodeError:
        return raw
    return _unicode_path(info.extra, data) or decoded(data)


def _unicode_path(extra: bytes, name: bytes) -> str:
    """Return the name in the Unicode field that some packers add, where it belongs to this name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and size > 5 and len(extra) >= 4 + size:
            version, crc = struct.unpack_from("<BL", extra, 4)
            if version == 1 and crc == zlib.crc32(name):
                return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return ""


def refusal(info: zipfile.ZipInfo, max_bytes: int) -> Sentence | None:
    """Return why a member is not unpacked, None where it may be."""
    if info.flag_bits & _LOCKED:
        return sentence(_("The file is locked with a password. Pack it again without one."))
    if info.file_size > _RATIO_FLOOR and info.file_size > _RATIO * max(info.compress_size, 1):
        return sentence(_("The file unpacks to far more than its size and may be a trap; it was not unpacked."))
    if info.file_size > max_bytes:
        return sentence(
            _("The file is larger than %(limit)d MB and was not taken. Raise the limit, or bring it over by hand."),
            limit=max_bytes // 2**20,
        )
    return None


def overlapping(members: list[zipfile.ZipInfo]) -> frozenset[int]:
    """Return the offsets of members whose bytes are those of others, too: bombs are made of them."""
    placed = sorted(members, key=lambda info: info.header_offset)
    found: set[int] = set()
    end, before = 0, -1
    for info in placed:
        if info.header_offset < end:
            found |= {info.header_offset, before}
        if info.header_offset + 30 + info.compress_size > end:
            end, before = info.header_offset + 30 + info.compress_size, info.header_offset
    return frozenset(found - {-1})


@dataclass(frozen=True, slots=True)
class Saved:
    """A member found by its own header. `problem` is set where its bytes are not whole."""

    name: str
    body: bytes
    problem: bool = False


def saved(file: BinaryIO, max_bytes: int) -> Iterator[Saved]:
    """Yield the members of a ZIP whose directory is lost, from header to header, as far as they are there."""
    at = 0
    while (at := _find(file, at)) >= 0:
        file.seek(at)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            return
        _mark, _version, flags, method, _time, _date, crc, _packed, size, name_size, extra_size = _LOCAL.unpack(head)
        raw = file.read(name_size)
        file.seek(extra_size, 1)
        start = file.tell()
        name = raw.decode("utf-8", "replace") if flags & _UTF8_FLAG else decoded(raw)
        if flags & _LOCKED or method not in (0, 8) or not name:
            yield Saved(name, b"", problem=True)
            at = start
            continue
        if method == 8:
            body, used, whole = _inflated(file, max_bytes)
        else:
            body = file.read(min(size, max_bytes))
            used, whole = len(body), len(body) == size and not flags & 8
        if not name.endswith("/"):
            right = whole and (bool(flags & 8) or zlib.crc32(body) == crc)
            yield Saved(name, body, problem=not right)
        at = start + (used if whole else 0)


def _find(file: BinaryIO, at: int) -> int:
    """Return the offset of the next local header, -1 where there is none."""
    file.seek(at)
    rest, base = b"", at
    while block := file.read(_BLOCK):
        data = rest + block
        found = data.find(b"PK\x03\x04")
        if found >= 0:
            return base + found
        rest = data[-3:]
        base += len(data) - len(rest)
    return -1


def _inflated(file: BinaryIO, max_bytes: int) -> tuple[bytes, int, bool]:
    """Return (bytes, packed bytes used, whether the stream came to its end)."""
    unpacker, parts, used, size = zlib.decompressobj(-15), list[bytes](), 0, 0
    try:
        while not unpacker.eof and (block := file.read(_BLOCK)):
            used += len(block)
            while block and not unpacker.eof:
                part = unpacker.decompress(block, _BLOCK)
                block = unpacker.unconsumed_tail
                parts.append(part)
                size += len(part)
                if size > max_bytes:
                    return b"", used, False
    except zlib.error:
        return b"".join(parts), used, False
    return b"".join(parts), used - len(unpacker.unused_data), unpacker.eof
