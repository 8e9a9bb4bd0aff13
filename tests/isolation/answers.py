"""All the text that an answer carries: status line, headers, cookies, body; tables and packed files opened."""

from __future__ import annotations

import gzip
import io
import zipfile
from email.header import decode_header, make_header
from typing import Any


def body_of(response: Any) -> bytes:
    """Return the whole body, also of a streaming answer."""
    return b"".join(response.streaming_content) if getattr(response, "streaming", False) else response.content


def text_of(response: Any, body: bytes) -> str:
    """Return headers, cookies and body as one text; an archive or spreadsheet gives the text of every file in it."""
    headers = "\n".join(f"{name}: {_plain(value)}" for name, value in response.items())
    cookies = "\n".join(morsel.OutputString() for morsel in response.cookies.values())
    return f"{headers}\n{cookies}\n{opened(body)}"


def _plain(value: str) -> str:
    """Return a header's value as text: Django packs what is not Latin into base64 words."""
    return str(make_header(decode_header(value))) if "=?utf-8?" in value.lower() else value


def opened(data: bytes, depth: int = 2) -> str:
    """Return data as text. Packed data is opened to `depth` layers: a spreadsheet in an archive is read, too."""
    if depth and data.startswith(b"\x1f\x8b"):
        return opened(gzip.decompress(data), depth - 1)
    if depth and data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(f"{name}\n{opened(archive.read(name), depth - 1)}" for name in archive.namelist())
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")
