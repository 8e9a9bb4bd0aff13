"""Trying an address over the network, without being led into our own (SSRF). Pure, but for the network.

The host is resolved once, every address it has must be public, and the connection goes to the very number that was
checked: a name that changes its mind in between gains nothing. Redirects are followed by hand, each checked anew.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

TIMEOUT_SECONDS = 8
MOST_REDIRECTS = 4
PORTS = frozenset({80, 443, 8080, 8443})
GOOD, DEAD, UNSURE, FORBIDDEN = "good", "dead", "unsure", "forbidden"  # the words of sites.models.LinkOutcome
_GONE = frozenset({404, 410})
_AGENT = "GovsitesLinkCheck/1.0"

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: str
    status_code: int | None = None


class _Forbidden(Exception):
    """The address leads, or is led, to where the platform must not go."""


def try_address(url: str, resolve: Resolve | None = None, most_redirects: int = MOST_REDIRECTS) -> Answer:
    """Return what the address answers: good, dead (404, 410, no such host), unsure (all else), or forbidden."""
    look_up = resolve or _resolve
    try:
        for _hop in range(most_redirects + 1):
            status, onward = _ask(url, look_up)
            if onward is None:
                return Answer(_outcome(status), status)
            url = urljoin(url, onward)
        return Answer(UNSURE, status)
    except _Forbidden:
        return Answer(FORBIDDEN)
    except socket.gaierror:
        return Answer(DEAD)
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(UNSURE)


def is_public(address: str) -> bool:
    """Return whether a number belongs to the public internet; those that wrap another one are unwrapped first."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        if inner is not None:
            return inner.is_global
        if number in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF).is_global
    return number.is_global and not number.is_multicast and not number.is_reserved


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _ask(url: str, resolve: Resolve) -> tuple[int, str | None]:
    """Return (status, where a redirect leads or None)."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or port not in PORTS:
        raise _Forbidden(url)
    host = parts.hostname.encode("idna").decode("ascii")
    addresses = resolve(host, port)
    if not addresses or not all(is_public(address) for address in addresses):
        raise _Forbidden(url)
    status, location = _request("HEAD", parts, host, addresses[0], port)
    if status in {403, 405, 501}:  # some servers do not know HEAD
        status, location = _request("GET", parts, host, addresses[0], port)
    return status, location if 300 <= status < 400 and location else None


def _request(method: str, parts: SplitResult, host: str, address: str, port: int) -> tuple[int, str | None]:
    """Ask the number, by the host's name. The body is not read."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    plain = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    try:
        secure = parts.scheme == "https"
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = host if port == (443 if secure else 80) else f"{host}:{port}"
        headers = {"Host": named, "User-Agent": _AGENT, "Accept": "*/*", "Connection": "close"}
        connection.request(method, _ascii(path), headers=headers)
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        connection.close()
        plain.close()


def _ascii(path: str) -> str:
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)


def _outcome(status: int) -> str:
    if status in _GONE:
        return DEAD
    return GOOD if 200 <= status < 400 else UNSURE
