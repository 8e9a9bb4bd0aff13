"""From bytes to text (解码): the declared encoding lies too often to be asked first. Pure.

Strict UTF-8 decodes UTF-8 pages alone, and GB18030 the GB ones; the declaration matters only for what neither can be.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# What GB18030 put into the private-use area before its edition of 2022, and the space of GBK that never got a place.
_GB_PRIVATE = {
    0xE5E5: 0x3000, 0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE816: 0x20087, 0xE817: 0x20089,
    0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8,
    0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Fewer bad bytes than this share of the good sequences: a UTF-8 page in which something cut characters in the middle.
_BAD_MOST = 0.02
_COMMON_TRADITIONAL = frozenset(
    "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`encoding` is what was used, `declared` what the page or server said ("" where nothing); `damaged` counts
    characters that could not be read."""

    text: str
    encoding: str
    declared: str = ""
    damaged: int = 0


def decode(data: bytes, content_type: str = "") -> Decoded:
    """Return the text of a page's bytes. Never raises: what cannot be read becomes U+FFFD and is counted."""
    declared = _declared(data, content_type)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _as(data[len(mark) :], name, declared)
    if (wide := _wide(data)) is not None:
        return _as(data, wide, declared)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", declared)
    except UnicodeDecodeError as error:
        cut_at_the_end = error.start >= len(data) - 3
    good = len(_MULTI_BYTE.findall(data))
    if good and (cut_at_the_end or _bad_bytes(data) <= good * _BAD_MOST):
        return _as(data, "utf-8", declared)
    if _codec(declared) in {"big5", "big5hkscs", "cp950"} and (found := _big5(data)):
        return Decoded(found, "big5", declared)
    try:
        return Decoded(mended(data.decode("gb18030")), "gb18030", declared)
    except UnicodeDecodeError:
        pass
    tried = [_as(data, name, declared) for name in ("gb18030", "utf-8")]
    return min(tried, key=lambda found: found.damaged)


def mended(text: str) -> str:
    """Return text decoded from a GB encoding with its private-use characters as what they stand for (E5E5 a space)."""
    return text.translate(_GB_PRIVATE) if _PRIVATE.search(text) else text


def _declared(data: bytes, content_type: str) -> str:
    head = data[:4096]
    found = _DECLARED.search(head) or _XML.search(head)
    if found:
        return found[1].decode("ascii").lower()
    said = _HEADER.search(content_type)
    return said[1].lower() if said else ""


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared).name if declared else ""
    except LookupError:
        return ""


def _as(data: bytes, encoding: str, declared: str) -> Decoded:
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd")
    return Decoded(mended(text) if encoding == "gb18030" else text, encoding, declared, damaged)


def _wide(data: bytes) -> str | None:
    """Return the encoding of text whose every second byte is zero: UTF-16 without a mark."""
    head = data[:400]
    if len(head) < 20:
        return None
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[first::2].count(0) > len(head) * 0.35:
            return name
    return None


def _bad_bytes(data: bytes) -> int:
    rest = _MULTI_BYTE.sub(b"", data)
    return sum(byte >= 0x80 for byte in rest)


def _big5(data: bytes) -> str:
    """Return the text where the bytes read as traditional Chinese; GB pages that declare Big5 do not."""
    try:
        text = data.decode("big5hkscs")
    except UnicodeDecodeError:
        return ""
    han = [mark for mark in text if "\u4e00" <= mark <= "\u9fff"]
    return text if han and sum(mark in _COMMON_TRADITIONAL for mark in han) > len(han) * 0.08 else ""
