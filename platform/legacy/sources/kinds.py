"""What kind of record some bytes are: page, picture, file or other. Told by content, then by type and name. Pure.

Old servers declare anything: pictures as text/html, pages as application/octet-stream.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

PAGE, PICTURE, FILE, READY, OTHER = "page", "picture", "file", "ready", "other"
HEAD_BYTES = 8192

_PICTURES = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"\0\0\1\0", b"\0\0\2\0"),
    *(b"II*\0", b"MM\0*"),
)
_FILES = (
    *(b"%PDF", b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh"),
    *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"FWS", b"CWS", b"FLV\x01", b"ID3", b"\xff\xfb", b"OggS"),
    *(b"0&\xb2u\x8ef\xcf\x11", b"\x1aE\xdf\xa3", b"MZ", b".RMF"),
)
FILE_NAMES = frozenset({
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "ceb", "rtf", "odt", "ods", "txt", "csv",
    "zip", "rar", "7z", "gz", "tar", "bz2", "mp3", "mp4", "m4v", "wav", "wma", "wmv", "avi", "flv", "swf", "rm", "rmvb",
    "mov", "mpg", "mpeg", "mkv", "exe", "apk", "dwg", "iso", "chm", "caj", "epub",
})  # fmt: skip
PICTURE_NAMES = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "ico", "tif", "tiff", "svg"})
_OTHER_NAMES = frozenset({"css", "js", "json", "xml", "rss", "map", "woff", "woff2", "ttf", "eot"})
_MARKUP = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|title|meta|frameset|table|div|p|script|a|ul|h[1-6]|font|center|span|br)[\s>/]"
)


def extension(url: str) -> str:
    """Return the extension of the address's last segment in lower case, "" without one."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind_of(head: bytes, content_type: str, url: str) -> str:
    """Return the kind of the content that begins with `head` (the first HEAD_BYTES, or all of it)."""
    if not head:
        return OTHER
    declared = content_type.partition(";")[0].strip().lower()
    name = extension(url)
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return PICTURE
    if head.startswith(b"BM") and (name == "bmp" or declared == "image/bmp"):
        return PICTURE
    if head.startswith(_FILES) or head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WAVE")):
        return FILE
    text = _as_text(head)
    if text is None:
        return PICTURE if name in PICTURE_NAMES else FILE
    if text.startswith((b"<?xml", b"<svg")):
        if b"<svg" in text:
            return PICTURE
        return PAGE if _MARKUP.search(text) and b"<html" in text else OTHER
    if declared in {"text/css", "text/javascript", "application/javascript", "application/x-javascript"}:
        return OTHER
    if name in _OTHER_NAMES and not text.startswith((b"<!doctype", b"<html")):
        return OTHER
    if _MARKUP.search(text):
        return PAGE
    if name in FILE_NAMES:
        return FILE
    return PAGE if "html" in declared else OTHER


def _as_text(head: bytes) -> bytes | None:
    """Return the head as lower-case ASCII-compatible text without leading blanks, None for binary content."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "replace").lower().encode("utf-8", "replace").lstrip()
    if b"\0" in head.rstrip(b"\0"):
        return None
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
