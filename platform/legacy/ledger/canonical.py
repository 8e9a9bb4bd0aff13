"""The canonical form of an old address (规范地址): all spellings of one address are one line in the ledger. Pure.

Host and path of the canonical form are ASCII: lower-case host (IDNA, without "www." and default port), path in
percent-encoded UTF-8 with the parameters that matter, sorted by name. `canonical` takes any text and never raises; the
canonical form of a canonical form is itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from legacy.ledger.address_rule import DEFAULT, Rule
from legacy.ledger.spelling import ascii_host, decoded, encoded, lower, read, without_www

MOST_KEY = 500  # of LegacyRaw.key, characters

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:(?=//)")
_PORT = re.compile(r"^(.*):([0-9]*)$", re.DOTALL)
_SESSION = re.compile(r";(?:jsessionid|sessionid)=[^/?#;]*", re.IGNORECASE)
_SAFE = "/:,@!$'()*;~?"  # in a parameter
_NO_TEXT = re.compile("[\ud800-\udfff]")  # bytes that no encoding explains


@dataclass(frozen=True, slots=True)
class Canonical:
    """An address in canonical form. `host` is "" where the text names none; `path` begins with "/"."""

    host: str
    path: str

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"

    @property
    def digest(self) -> str:
        return digest(self.host, self.path)

    @property
    def key(self) -> str:
        """Return host and path as LegacyRaw.key: what is longer than a key holds ends in its hash."""
        text = self.host + self.path
        return text if len(text) <= MOST_KEY else f"{text[: MOST_KEY - 33]}~{self.digest}"


def digest(host: str, path: str) -> str:
    """Return the 32 hex digits by which the ledger knows a canonical address."""
    return hashlib.sha256(f"{host} {path}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


@lru_cache(maxsize=4096)  # the steps ask for the same links several times
def canonical(url: str, rule: Rule = DEFAULT) -> Canonical:
    """Return the canonical form of an address, whole ("http://…", "//…", "host/…") or from the root ("/…")."""
    host, rest = _split(url)
    return Canonical(canonical_host(host, rule), canonical_path(rest, rule))


def canonical_path(full_path: str, rule: Rule = DEFAULT) -> str:
    """Return the canonical path, with the parameters that matter, of what a request asks for ("/a/b?c=d")."""
    path, _mark, query = full_path.partition("#")[0].partition("?")
    found = _path(path, rule)
    kept = _query(query, rule)
    return f"{found}?{kept}" if kept else found


def canonical_host(host: str, rule: Rule = DEFAULT) -> str:
    """Return the host (or host:port) in canonical form; "" for "". A port other than 80 and 443 stays."""
    host = host.rpartition("@")[2]
    port = ""
    found = None if host.endswith("]") else _PORT.match(host)
    if found:
        host, port = found[1], found[2].lstrip("0")
    host = ascii_host(host)
    if not rule.keep_www:
        host = without_www(host)
    if rule.aliases:
        host = dict(rule.aliases).get(host, host)
    return f"{host}:{port}" if host and port and port not in {"80", "443"} else host


def spellings(url: str) -> Iterator[str]:
    """Yield other spellings of a whole address that must be answered alike: to try out a host."""
    found = canonical(url)
    path, mark, query = found.path.partition("?")
    yield f"http://{found.host}{found.path}"
    yield f"https://www.{found.host}{found.path}"
    yield f"http://{found.host.upper()}:80{found.path}#top"
    yield f"http://{found.host}{path.upper()}{mark}{query}"
    yield f"http://{found.host}//.{path}{mark}{query}"
    yield f"http://{found.host}{path}{mark}{'&'.join(reversed(query.split('&')))}"


def _split(url: str) -> tuple[str, str]:
    text = url.strip().replace("\t", "").replace("\r", "").replace("\n", "")
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
    if text.startswith("//"):
        text = text.lstrip("/")
    elif text.startswith(("/", "?", "#")) or not text:
        return "", text
    end = min((at for at in (text.find(mark) for mark in "/?#\\") if at >= 0), default=len(text))
    return text[:end], text[end:]


def _path(path: str, rule: Rule) -> str:
    segments: list[str] = []
    closed = True  # ends in "/"
    for raw in path.replace("\\", "/").split("/"):
        for text in _texts(raw):
            closed = text in {"", ".", ".."}
            if text == "..":
                del segments[-1:]
            elif not closed:
                segments.append(_segment(text, rule))
    while segments and segments[-1] in rule.index_names and not (closed and rule.keep_slash):
        segments.pop()
        closed = True
    found = "/" + "/".join(segments)
    return found + "/" if segments and closed and rule.keep_slash else found


def _texts(raw: str) -> list[str]:
    """Return what stands between two slashes; several texts where a backslash was percent-encoded in it."""
    if raw.isascii() and "%" not in raw and ";" not in raw:
        return [raw]
    # The backslash is told from the second byte of a Han character only after decoding.
    found = _SESSION.sub("", decoded(raw)).split("\\")
    # Bytes that explain nothing keep their neighbours from being read: look again at what is left.
    return [text if text.isascii() else read(text.encode("utf-8", "surrogateescape")) for text in found]


def _segment(text: str, rule: Rule) -> str:
    if rule.fold_case and (text.isascii() or not _NO_TEXT.search(text)):
        text = lower(text)
    return encoded(text, "~!$'()*+,;=:@")


def _query(query: str, rule: Rule) -> str:
    if not query:
        return ""
    kept: list[tuple[str, str]] = []
    for part in query.split("&"):
        raw_name, equals, raw_value = part.partition("=")
        name = decoded(raw_name.replace("+", " "))
        while name.startswith("amp;"):  # "&amp;" that was escaped once too often
            name = name[4:]
        if rule.fold_case:
            name = lower(name)
        if (not name and not raw_value) or not rule.matters(name):
            continue
        value = decoded(raw_value.replace("+", " "))
        kept.append((encoded(name, _SAFE), f"={encoded(value, _SAFE)}" if equals else ""))
    kept.sort(key=lambda pair: pair[0])  # stable: several values of one name keep their order
    return "&".join(name + value for name, value in kept)


_SAFE = "/:,@!$'()*;~?"
