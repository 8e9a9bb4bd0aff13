"""The package of a .docx or .odt, opened with care: sizes checked before anything is unpacked, XML without entities. Pure."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from functools import cached_property

from lxml import etree

from sites.messages import _, sentence
from sites.writing.parts import Unreadable

ENTRIES_MOST = 3000
UNPACKED_MOST = 200 * 1024 * 1024
PART_MOST = 60 * 1024 * 1024
_RATIO_MOST = 200
# What zipfile raises of a file that somebody damaged, by chance or on purpose.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(
        ValueError,
        OSError,
        EOFError,
        KeyError,
        IndexError,
        RuntimeError,
        NotImplementedError,
        MemoryError,
        OverflowError,
    ),
)
_SMALL = 10 * 1024 * 1024  # below this any ratio is harmless: blank pages and pictures pack very well


class Package:
    """A ZIP package whose declared sizes are within limits. Raises Unreadable where it is broken, locked or a bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise damaged() from error
        entries = self._zip.infolist()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise locked()
        unpacked = sum(entry.file_size for entry in entries)
        swollen = any(
            entry.file_size > _SMALL and entry.file_size > _RATIO_MOST * max(entry.compress_size, 1)
            for entry in entries
        )
        if (
            len(entries) > ENTRIES_MOST
            or unpacked > UNPACKED_MOST
            or any(entry.file_size > PART_MOST for entry in entries)
            or swollen
        ):
            raise Unreadable(
                sentence(
                    _(
                        "The file unpacks to an unreasonable size, and was not opened. Save it again in Word or"
                        " WPS, with smaller pictures."
                    )
                )
            )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """Return the bytes of a part. Raises Unreadable where they are damaged."""
        try:
            with self._zip.open(name) as part:
                data = part.read(PART_MOST + 1)
        except _BROKEN as error:
            raise damaged() from error
        if len(data) > PART_MOST:
            raise damaged()
        return data

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML part. Raises Unreadable where it is broken or declares entities."""
        return parsed(self.read(name))


def parsed(data: bytes) -> etree._Element:
    """Return the root of an XML document that may not bring a document type, entities or addresses to fetch."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged() from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            sentence(_("The file holds declarations that an office program never writes, and was not opened."))
        )
    return root


def damaged() -> Unreadable:
    return Unreadable(
        sentence(_("The file is damaged or incomplete. Open it in Word or WPS, save it as .docx, and upload it again."))
    )


def locked() -> Unreadable:
    return Unreadable(
        sentence(_("The file is protected with a password. Remove the password in Word or WPS, and upload it again."))
    )
