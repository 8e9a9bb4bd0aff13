"""What a file is by its content: each kind that is taken, and each trick that is refused."""

import contextlib
import io
import struct
import zipfile
import zlib

import pytest

from sites.media.kinds import MOST_ENTRIES, OLE, UnsafeFile, check, check_bytes


def packed(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


WORD = packed(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<w/>"})
OLD_WORD = OLE + b"\0" * 2000
GOOD = {
    "通知.docx": WORD,
    "名单.xlsx": packed(xl__workbook=b"<x/>"),
    "汇报.pptx": packed(ppt__presentation=b"<x/>"),
    "公文.odt": packed(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
    "公报.ofd": packed(**{"OFD.xml": b"<x/>"}),
    "旧文件.doc": OLD_WORD,
    "旧表.wps": OLD_WORD,
    "新表.wps": WORD,
    "文件.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "图.png": png(),
    "图.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    "说明.txt": "说明文字".encode("gb18030"),
    "数据.csv": "年份,数量\n2026,3\n".encode(),
    "附件.zip": packed(**{"a.txt": b"a"}),
    "附件.rar": b"Rar!\x1a\x07\x01\x00" + b"\0" * 20,
    "附件.7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 30,
}
BAD = {
    "empty.pdf": (b"", "empty"),
    "程序.pdf": (b"MZ\x90\x00" + b"\0" * 100, "program"),
    "程序.txt": (b"#!/bin/sh\nrm -rf /\n", "program"),
    "程序.zip": (b"\x7fELF" + b"\0" * 100, "program"),
    "假.pdf": ("不是 PDF".encode(), "not what"),
    "假.docx": (packed(**{"a.txt": b"a"}), "not what"),
    "假.doc": (WORD, "not what"),
    "假.png": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "not what"),
    "网页.txt": (b"  <HTML><script>alert(1)</script>", "web page"),
    "图形.txt": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">', "web page"),
    "二进制.txt": (b"abc\0def", "not plain text"),
    "宏.docx": (
        packed(word__document=b"<w/>", word__vbaProject=b"x", **{"word/vbaProject.bin": b"x"}),
        "macros",
    ),
    "宏.xls": (OLE + b"\0" * 3_000_000 + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
    "两样.pdf": (b"%PDF-1.4\n" + WORD, "two kinds"),
    "两样.jpg": (GOOD["图.jpg"] + WORD, "two kinds"),
    "断.zip": (WORD[:40], "not what"),
    "没有扩展名": (WORD, "no extension"),
    "html.html": (b"<html></html>", "not what"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_offered_for_download(name: str) -> None:
    check_bytes(GOOD[name], name)


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_and_why(name: str) -> None:
    content, words = BAD[name]
    with pytest.raises(UnsafeFile, match=words):
        check_bytes(content, name)


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"word/{number}", b"\0" * 100_000_000)
    with pytest.raises(UnsafeFile, match="trap"):
        check_bytes(buffer.getvalue(), "炸弹.docx")


def test_a_flood_of_entries_is_refused() -> None:
    content = packed(**{f"word/{number}": b"" for number in range(MOST_ENTRIES + 1)})
    with pytest.raises(UnsafeFile, match="trap"):
        check_bytes(content, "很多.docx")


def test_the_stream_is_left_at_its_beginning_whatever_is_found() -> None:
    for content, name in ((GOOD["通知.docx"], "通知.docx"), (BAD["程序.pdf"][0], "程序.pdf")):
        stream = io.BytesIO(content)
        stream.seek(3)
        with contextlib.suppress(UnsafeFile):
            check(stream, name)
        assert stream.tell() == 0
