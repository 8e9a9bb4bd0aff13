"""The old address of a file in a mirror: from its name, as the programmes that copy sites write them, or from its page. Pure.

Names come from everywhere: absolute Windows paths, GBK bytes, "show.asp@id=3.html". Programmes that rename files say in
the page where it came from ("Mirrored from ...", "saved from url=...").
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from legacy.ledger.canonical import canonical_host
from legacy.sources.records import REFUSED, Note
from sites.messages import _, sentence

SKIPPED = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini", "hts-cache", "hts-log.txt", ".git", ".svn"})
_DRIVE = re.compile(r"^/*(?:\?/)?[A-Za-z]:(?=/|$)")
_ROOTS = frozenset({"wwwroot", "htdocs", "webroot", "public_html"})
_QUERY = re.compile(r"\.(?:asp|aspx|jsp|jspx|php|do|action|cgi|html?|shtml)(?P<mark>[?@]|%3[fF])(?=[^/=]+=)")
_ADDED = re.compile(r"\.html?$")
_MIRRORED = re.compile(rb"<!--\s*Mirrored from ([^\s]+) by HTTrack", re.IGNORECASE)
_SAVED = re.compile(rb"<!--\s*saved from url=\(\d+\)\s*(https?://[^\s>]+)\s*-->", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
HEAD = 4096


class Outside(ValueError):
    """The name leads out of the mirror; `note` says so."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        said = sentence(_("The name leads out of the mirror; the file was not taken."))
        self.note = Note(REFUSED, name, said, "refused")


@dataclass(frozen=True, slots=True)
class Layout:
    """How file names become addresses. `base`: of the mirror's root; `hosts`: its first folders are hosts."""

    base: str = ""
    hosts: bool = False
    known: tuple[str, ...] = ()  # the old site's hosts
    strip: str = ""  # leading folders that belong to the machine and not to the site


def decoded(name: bytes) -> str:
    """Return a file name as text: UTF-8 where it is, else GB18030."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def plain(name: str) -> str:
    """Return the name below the mirror's root with "/" between folders, without a Windows drive and its web root.

    Raises Outside where ".." leads out of the root.
    """
    text = name.replace("\\", "/")
    text, absolute = _DRIVE.subn("", text, count=1)
    pieces: list[str] = []
    for piece in text.split("/"):
        if piece == "..":
            if not pieces:
                raise Outside(name)
            pieces.pop()
        elif piece not in {"", "."}:
            pieces.append(piece)
    if absolute:
        roots = [at for at, piece in enumerate(pieces[:-1]) if piece.lower() in _ROOTS]
        pieces = pieces[roots[-1] + 1 :] if roots else pieces
    return "/".join(pieces)


def is_skipped(name: str) -> bool:
    """Return whether the name belongs to a programme or a system, not to the site."""
    return any(piece.lower() in SKIPPED for piece in name.split("/"))


def address(name: str, layout: Layout) -> str:
    """Return the old address of a file by its plain name."""
    text = name
    strip = layout.strip.strip("/")
    if strip and text.startswith(strip + "/"):
        text = text[len(strip) + 1 :]
    base = layout.base.rstrip("/")
    if layout.hosts:
        host, slash, rest = text.partition("/")
        if slash and "." in host:
            # Some programmes write the port as "+8080" or "_8080": a colon is no part of a Windows name.
            base, text = "http://" + re.sub(r"[+_](\d{2,5})$", r":\1", host), rest
    path, query = text, ""
    found = _QUERY.search(text)
    if found:
        path, query = text[: found.start("mark")], "?" + _quoted(_ADDED.sub("", text[found.end("mark") :]), "=&+")
    return f"{base}/{_quoted(path, '/')}{query}"


def _quoted(text: str, safe: str) -> str:
    if _ESCAPED.search(text):
        safe += "%"  # the name is an address already
    return quote(text, safe=safe + "!$'()*,;:@~", errors="replace")


def said_address(head: bytes, known: Collection[str]) -> str:
    """Return the address that the page itself says it was saved from, "" where it says none (or one elsewhere)."""
    found = _MIRRORED.search(head) or _SAVED.search(head)
    if found is None:
        return ""
    text = found[1].decode("utf-8", "replace")
    text = text if text.startswith("http") else "http://" + text
    host = canonical_host(text.partition("//")[2].partition("/")[0])
    return text if not known or host in {canonical_host(one) for one in known} else ""


def looks_like_hosts(names: Collection[str], known: Collection[str]) -> bool:
    """Return whether the first folders of a mirror are hosts: one of them is a host of the old site."""
    hosts = {canonical_host(host) for host in known}
    return any(canonical_host(re.sub(r"[+_](\d{2,5})$", r":\1", name)) in hosts for name in names)
