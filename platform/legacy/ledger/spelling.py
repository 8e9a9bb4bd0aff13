"""How one piece of an old address is spelt: hosts in ASCII, percent-encoding in UTF-8, GB18030 or escape(). Pure.

Nothing here raises: bytes that no encoding explains are kept as they are.
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import quote, unquote, unquote_to_bytes

_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
_PLAIN = re.compile(r"^[a-z0-9._-]+$")
_CAPITALS = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    """Return the text with A to Z in small letters, and nothing else changed."""
    return text.translate(_CAPITALS)


def ascii_host(host: str) -> str:
    """Return a host without its port in small ASCII letters: IDNA where it has others, else percent-encoded."""
    host = lower(unquote(host, errors="replace")).strip(". ")
    if _PLAIN.match(host) or not host:
        return host
    found = ""
    if len(host) < 1000:
        with contextlib.suppress(UnicodeError):
            found = host.encode("idna").decode("ascii").lower().strip(". ")
    if _PLAIN.match(found):
        return found
    return quote(host.encode("utf-8", "replace"), safe="[]:" if host[0] == "[" and host[-1] == "]" else "").lower()


def without_www(host: str) -> str:
    """Return the host without "www." before it, unless that is all but its last part."""
    while host.startswith("www.") and "." in host[4:].strip("."):
        host = host[4:].strip(".")
    return host


def decoded(text: str) -> str:
    """Return the text behind percent-encoding, in whichever encoding."""
    if "%" not in text and text.isascii():
        return text
    if "%u" in text:  # JavaScript's escape()
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    try:
        data = unquote_to_bytes(text.encode("utf-8", "surrogateescape"))  # file names hold their bytes so
    except UnicodeEncodeError:
        data = unquote_to_bytes(text.encode("utf-8", "replace"))
    return read(data)


def read(data: bytes) -> str:
    """Return the text in UTF-8 or GB18030; bytes that are neither stay as surrogates."""
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError:
        found = ""
    else:
        foreign = [char for char in found if char >= "\x80"]
        if not foreign or any(char > "\u07ff" for char in foreign):
            return found
    try:
        chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        return found or data.decode("utf-8", "surrogateescape")
    # Two bytes may be a Latin or Cyrillic letter in UTF-8 and a Han character in GBK. In China it is the Han character.
    if found and not all("\u4e00" <= char <= "\u9fff" for char in chinese if char >= "\x80"):
        return found
    return chinese


def encoded(text: str, safe: str) -> str:
    """Return the text percent-encoded in UTF-8; what `read` kept as surrogates becomes its bytes again."""
    return quote(text.encode("utf-8", "surrogateescape"), safe=safe)
