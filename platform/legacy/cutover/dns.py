"""Where the name servers send people who ask for an old host: still to the old site, partly here, or here.

What "here" means is looked up as well: the addresses of the platform's own hosts, and LEGACY_PLATFORM_ADDRESSES.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.resolver

from legacy.cutover.checks import MIXED, MOVED, STILL_OLD, UNKNOWN

SECONDS = 5.0
LONG_TTL = 3600  # seconds; a longer one should be lowered days before the cut-over


@dataclass(frozen=True, slots=True)
class Looked:
    """What the name servers said of one host. `ttl` in seconds, the longest of its records; `error` "" where it answered."""

    host: str
    addresses: tuple[str, ...] = ()
    alias: str = ""  # the host it stands for (CNAME)
    ttl: int | None = None
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"addresses": list(self.addresses), "alias": self.alias, "ttl": self.ttl, "error": self.error}


def resolver() -> dns.resolver.Resolver:
    """Return the system's resolver with short patience."""
    found = dns.resolver.Resolver()
    found.lifetime = SECONDS
    return found


def look_up(host: str, by: dns.resolver.Resolver) -> Looked:
    """Return the addresses of a host. Never raises: what failed is said in `error`."""
    name = host.partition(":")[0]
    try:
        return Looked(host, (str(ipaddress.ip_address(name)),))
    except ValueError:
        pass
    found: list[str] = []
    ttls: list[int] = []
    alias = error = ""
    for kind in ("A", "AAAA"):
        try:
            answer = by.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return Looked(host, error="NXDOMAIN")
        except dns.exception.DNSException as failure:
            error = type(failure).__name__
            continue
        canonical = str(answer.canonical_name).rstrip(".")
        alias = canonical if canonical.lower() != name.lower().rstrip(".") else ""
        if answer.rrset is not None:
            found += [record.to_text() for record in answer.rrset]
            ttls += [rrset.ttl for rrset in answer.response.answer]
    return Looked(host, tuple(sorted(found)), alias, max(ttls, default=None), "" if found else error or "NoAnswer")


def platform_addresses(names: Iterable[str], by: dns.resolver.Resolver) -> frozenset[str]:
    """Return the addresses at which the platform answers: those written down, and those of its hosts."""
    found: set[str] = set()
    for name in names:
        try:
            found.add(str(ipaddress.ip_address(name)))
        except ValueError:
            found.update(look_up(name, by).addresses)
    return frozenset(found)


def state_of(looked: Looked, platform: Collection[str]) -> str:
    """Return old, mixed, moved or unknown."""
    if not looked.addresses or not platform:
        return UNKNOWN
    here = [address for address in looked.addresses if address in platform]
    if not here:
        return STILL_OLD
    return MOVED if len(here) == len(looked.addresses) else MIXED
