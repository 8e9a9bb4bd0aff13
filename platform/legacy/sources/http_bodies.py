"""The content of an HTTP answer as it was kept: chunks joined, compression undone, each as far as it is really there. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

import brotli

_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def content(body: bytes, headers: Mapping[str, str], most: int) -> bytes:
    """Return the content of a body. What headers announce and the bytes do not bear out is left as it is.

    `most`: the most bytes it may unpack to; a body that unpacks to more stays packed.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined(body)
    for name in reversed(headers.get("content-encoding", "").lower().split(",")):
        unpacked = _unpacked(body, name.strip(), most)
        if unpacked is None:
            break
        body = unpacked
    return body


def _joined(body: bytes) -> bytes:
    parts, at = list[bytes](), 0
    while found := _CHUNK.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        end = found.end() + size
        parts.append(body[found.end() : end])
        at = end + (2 if body[end : end + 2] == b"\r\n" else 1 if body[end : end + 1] == b"\n" else 0)
    # Joined already by whoever kept it; or cut off within.
    return b"".join(parts) if parts and at >= len(body) else body


def _unpacked(body: bytes, name: str, most: int) -> bytes | None:
    windows = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}.get(name, ())
    for window in windows:
        unpacker = zlib.decompressobj(window)
        try:
            found = unpacker.decompress(body, most + 1)
        except zlib.error:
            continue
        return found if len(found) <= most else None
    if name == "br":
        try:
            found = _brotli(body, most)
        except brotli.error:
            return None
        return found if len(found) <= most else None
    return None


def _brotli(body: bytes, most: int) -> bytes:
    unpacker, parts, size = brotli.Decompressor(), list[bytes](), 0
    for at in range(0, len(body), 4096):
        part: bytes = unpacker.process(body[at : at + 4096])
        parts.append(part)
        size += len(part)
        if size > most:
            break
    return b"".join(parts)
