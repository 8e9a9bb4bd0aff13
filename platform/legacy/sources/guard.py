"""Which machines may be connected to (内网地址防护): the world by default, an inner address only where it is allowed by name.

What counts is the address that a connection really goes to. A name is judged by what it resolves to at that moment,
an address in the link by itself; a redirect or a second answer of the name server is judged again. Pure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from sites.messages import SaidError, _, sentence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Services of clouds that hand out keys to whoever asks from within. Some of them have public addresses.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.0.23", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
)
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Forbidden(SaidError):
    """The address may not be connected to; the message is a sentence."""


def bare(host: str) -> str:
    """Return the host without brackets, port, trailing dot; in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.rstrip(".")


def inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for (mapped, translated, 6to4, Teredo), else the address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _TRANSLATED[0]:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _TRANSLATED[1] or int(address) < 2**32:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    found = inner(address)
    return found.is_global and not found.is_multicast and found not in METADATA and address not in METADATA


class AddressGuard:
    """Judges connections. `allowed` holds host names, addresses and networks that may be inner ones.

    A metadata service is reached only where its own address is listed, never because a name or a network is.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._addresses: set[Address] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for text in allowed:
            name = bare(text) if "/" not in text else text.strip()
            try:
                self._addresses.add(inner(ipaddress.ip_address(name)))
                continue
            except ValueError:
                pass
            try:
                self._networks.append(ipaddress.ip_network(name, strict=False))
            except ValueError:
                self._names.add(name)

    def permits(self, host: str, address: str) -> bool:
        """Return whether a connection to `host` may go to `address`, which it resolved to (or which it is)."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if is_public(found) or inner(found) in self._addresses:
            return True
        if inner(found) in METADATA or found in METADATA or found.is_link_local:
            return False
        if any(inner(found) in network for network in self._networks):
            return True
        return bare(host) in self._names and not (inner(found).is_multicast or inner(found).is_unspecified)

    def check(self, host: str, address: str) -> None:
        """Raise Forbidden where `permits` says no."""
        if not self.permits(host, address):
            raise Forbidden(
                sentence(
                    _(
                        "%(host)s leads to the inner address %(address)s, which is not asked."
                        " If this is right, let the platform's operator allow the host by name."
                    ),
                    host=host,
                    address=address,
                )
            )
