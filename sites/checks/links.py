"""What a link's address says by itself (链接): scheme, form, and whether it leads inside the office network. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from sites.checks.findings import Finding, Severity
from sites.checks.passages import Link, Passage
from sites.messages import Sentence, _, sentence

_HOST = re.compile(
    r"(?=.{1,253}$)(?:[\w\u4e00-\u9fff](?:[\w\u4e00-\u9fff-]{0,61}[\w\u4e00-\u9fff])?\.)+[\w\u4e00-\u9fff-]{2,63}$"
)
_DRIVE = re.compile(r"^(?:[a-zA-Z]:[\\/]|\\\\|file:)", re.IGNORECASE)


def outside_links(passage: Passage) -> list[Link]:
    """Return the links of the passage that carry an address of their own (not the id of a page or file)."""
    return [link for link in passage.links if "href" in link.attributes and "linktype" not in link.attributes]


def find(passage: Passage) -> Iterator[Finding]:
    """Yield links of the passage whose address cannot work, or not for citizens."""
    for link in outside_links(passage):
        judged = judge(link.attributes["href"])
        if judged is not None:
            severity, message = judged
            yield passage.found("link", severity, message, link.start, link.end)


def judge(address: str) -> tuple[Severity, Sentence] | None:
    """Return what is wrong with an address, None for a good one. Nothing is asked over the network."""
    address = address.strip()
    if not address:
        return Severity.REFUSE, sentence(_("The link leads nowhere."))
    if _DRIVE.match(address):
        return Severity.REFUSE, sentence(
            _("The link leads to a file on a computer of the office: “%(address)s”. Upload the file instead."),
            address=_short(address),
        )
    if address.startswith("#"):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return Severity.REFUSE, _malformed(address)
    scheme = parts.scheme.lower()
    if scheme in {"mailto", "tel"}:
        return None
    if not scheme and address.startswith("/"):
        return None
    if scheme not in {"http", "https"}:
        return Severity.REFUSE, _malformed(address)
    if is_inside(host):
        return Severity.CONFIRM, sentence(
            _("Citizens cannot reach “%(address)s”: it lies inside the office network."), address=_short(address)
        )
    if not _HOST.match(host) and not _is_address(host):
        return Severity.REFUSE, _malformed(address)
    return None


def is_inside(host: str) -> bool:
    """Return whether the host's name or number says by itself that it is not in the public internet."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith((".local", ".internal", ".lan", ".home.arpa")):
        return True
    if _is_address(host):
        return not ipaddress.ip_address(host).is_global
    return False


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _malformed(address: str) -> Sentence:
    return sentence(
        _("“%(address)s” is no web address. It begins with http:// or https:// and names a host."),
        address=_short(address),
    )


def _short(address: str) -> str:
    return address if len(address) <= 80 else f"{address[:79]}…"
