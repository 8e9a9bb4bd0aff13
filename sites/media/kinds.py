"""What a file is, by its content (never by its name alone), and whether it may be offered for download. Pure.

Signatures come from puremagic's table; what it cannot tell apart (the members of the OLE and ZIP families) is read
from the container itself.
"""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

import puremagic

from sites.messages import SaidError, Sentence, sentence

HEAD_BYTES = 8192
# Most that a packed document may unpack to, and how many entries it may hold.
MOST_UNPACKED = 512 * 1024 * 1024
MOST_ENTRIES = 10_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_NAMES = frozenset({"doc", "xls", "ppt", "wps", "et", "dps"})
PACKED_NAMES = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "ofd", "zip", "wps", "et", "dps"})
TEXT_NAMES = frozenset({"txt", "csv"})
# A name's extension and the extensions that its content may have by the table of signatures.
SIGNED = {
    "pdf": {".pdf"},
    "rar": {".rar"},
    "7z": {".7z"},
    "jpg": {".jpg", ".jpeg", ".jfif"},
    "jpeg": {".jpg", ".jpeg", ".jfif"},
    "png": {".png", ".apng"},
    "mp4": {".mp4", ".m4v", ".mov"},
}
# A packed office document says by one of these entries which family it is.
MARKS = {
    "docx": ("word/",),
    "xlsx": ("xl/",),
    "pptx": ("ppt/",),
    "odt": ("content.xml",),
    "ods": ("content.xml",),
    "ofd": ("OFD.xml",),
}
RUNS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
ACTIVE_TEXT = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"<iframe", b"javascript:")


def _(message: str) -> str:
    return message


class UnsafeFile(SaidError):
    """The content is not what the name says, or may not be offered; the message is a sentence."""


def check(stream: BinaryIO, name: str) -> None:
    """Raise UnsafeFile where the file's content does not fit its name or could harm whoever opens it.

    `stream` is seekable and is left at its beginning. `name` may be Chinese; only its extension counts.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    try:
        problem = _problem(stream, extension)
    finally:
        stream.seek(0)
    if problem is not None:
        raise UnsafeFile(problem)


def _problem(stream: BinaryIO, extension: str) -> Sentence | None:
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if not head:
        return sentence(_("The file is empty."))
    if head.startswith(RUNS):
        return sentence(_("The file is a program. Programs are not offered for download."))
    if head.startswith(OLE):
        if extension not in OLE_NAMES:
            return _mismatch(extension)
        return _macros_in_ole(stream)
    packed = _is_packed(stream)
    if extension in PACKED_NAMES:
        return _packed(stream, extension) if packed and head.startswith(b"PK") else _mismatch(extension)
    if packed and not head.startswith(b"PK"):
        return sentence(_("The file is two kinds of file in one (it also opens as an archive), which attackers use."))
    if extension in TEXT_NAMES:
        return _text(head)
    if extension in SIGNED:
        return None if SIGNED[extension] & _signatures(head) else _mismatch(extension)
    return _mismatch(extension)


def _mismatch(extension: str) -> Sentence:
    if not extension:
        return sentence(
            _("The file's name has no extension, so nobody can open it. Give it one, such as .docx or .pdf.")
        )
    return sentence(
        _("The content is not what “.%(extension)s” says. Save the file anew in its own program and upload it again."),
        extension=extension,
    )


def _signatures(head: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return set()


def _is_packed(stream: BinaryIO) -> bool:
    stream.seek(0)
    return zipfile.is_zipfile(stream)


def _packed(stream: BinaryIO, extension: str) -> Sentence | None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return sentence(_("The file is damaged and cannot be opened."))
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return sentence(_("The file unpacks to far more than its size and may be a trap."))
    names = [entry.filename for entry in entries]
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return sentence(_("The file holds macros. Save it without macros and upload it again."))
    marks = MARKS.get(extension)
    if marks and not any(name.startswith(marks) for name in names):
        return _mismatch(extension)
    return None


def _macros_in_ole(stream: BinaryIO) -> Sentence | None:
    stream.seek(0)
    rest = b""
    mark = "_VBA_PROJECT".encode("utf-16-le")
    while block := stream.read(1024 * 1024):
        if mark in rest + block:
            return sentence(_("The file holds macros. Save it without macros and upload it again."))
        rest = block[-len(mark) :]
    return None


def _text(head: bytes) -> Sentence | None:
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sentence(_("The file is not plain text."))
    lowered = head.lower()
    if any(mark in lowered for mark in ACTIVE_TEXT):
        return sentence(_("The file holds a web page or a script, not plain text."))
    return None


def check_bytes(content: bytes, name: str) -> None:
    """Like `check`, for content in memory."""
    check(io.BytesIO(content), name)
