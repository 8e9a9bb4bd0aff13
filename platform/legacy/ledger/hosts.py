"""The old hosts of all transitions (旧域名), kept in each process: which transition answers for a host, by what rule.

Read anew only where a request needs it and the address book (sites.addresses) has seen a newer version; `touch` raises
the version of a transition's tenant whenever its row changes, so every process learns of a new host at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from legacy.ledger.address_rule import Rule, RuleRefused
from legacy.ledger.canonical import canonical_host
from legacy.models import Transition
from sites import addresses
from tenants import versions
from tenants.models import Tenant
from tenants.scope import every_tenant


@dataclass(frozen=True, slots=True)
class OldHost:
    transition_id: int
    tenant_id: int
    rule: Rule
    host: str  # in canonical form: the ledger's
    preview: bool = False


def rule_of(transition: Transition) -> Rule:
    """Return the transition's rule; the default one where what is stored cannot be read."""
    return _rule(transition.address_rule)


def own_hosts(transition: Transition) -> frozenset[str]:
    """Return the canonical hosts of the old site, its aliases included."""
    rule = rule_of(transition)
    return frozenset(canonical_host(str(host), rule) for host in transition.hosts)


def main_host(transition: Transition) -> str:
    """Return the first old host in canonical form, "" where the old site had none."""
    return canonical_host(str(transition.hosts[0]), rule_of(transition)) if transition.hosts else ""


class HostBook:
    """Old hosts by every name they may be asked under. Reading takes no lock: a changed book is swapped in whole."""

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.known = -1
        self._entries: dict[int, list[tuple[str, OldHost]]] = {}  # by tenant
        self._by_name: dict[str, OldHost] = {}

    def find(self, host: str) -> OldHost | None:
        """Return who answers for a host (lower case; with its port, where it is not a usual one), None for nobody."""
        self._refresh()
        found = self._by_name.get(host)
        return found if found is not None or ":" not in host else self._by_name.get(host.partition(":")[0])

    def _refresh(self) -> None:
        current = addresses.book.known
        if current == self.known:
            return
        since = self.known if self.known <= current else -1
        with self._writing, every_tenant("which transition an old host belongs to"):
            changed = set(Tenant.objects.filter(version__gt=since).values_list("pk", flat=True)) if since >= 0 else None
            rows = Transition.objects.order_by("pk").values_list("pk", "tenant_id", "hosts", "address_rule")
            found: dict[int, list[tuple[str, OldHost]]] = {}
            if changed is None or changed:
                for pk, tenant_id, hosts, rule in rows if changed is None else rows.filter(tenant_id__in=changed):
                    found.setdefault(tenant_id, []).extend(_named(pk, tenant_id, _rule(rule), hosts))
                kept = {} if changed is None else {pk: own for pk, own in self._entries.items() if pk not in changed}
                if found or changed is None or len(kept) != len(self._entries):
                    self._entries = kept | found
                    by_name: dict[str, OldHost] = {}
                    pairs = [pair for own in self._entries.values() for pair in own]
                    for name, entry in sorted(pairs, key=lambda pair: pair[1].transition_id):
                        by_name.setdefault(name, entry)  # the elder transition keeps a host
                    self._by_name = by_name
            self.known = current


book = HostBook()


def find(host: str) -> OldHost | None:
    """Return who answers for a request's host: an old host, or one below the preview domain (LEGACY_PREVIEW_DOMAIN)."""
    name, _colon, port = host.lower().partition(":")
    name, domain = name.rstrip("."), settings.LEGACY_PREVIEW_DOMAIN
    if domain and name.endswith(f".{domain}"):
        found = book.find(name[: -len(domain) - 1])
        return replace(found, preview=True) if found else None
    return book.find(f"{name}:{port}" if port else name)


def preview_url(host: str) -> str:
    """Return the address at which an old host can be tried before it is pointed here, "" where none is set up."""
    domain = settings.LEGACY_PREVIEW_DOMAIN
    return addresses.root_url(f"{host.partition(':')[0]}.{domain}") if domain else ""


def touch(sender: Any, instance: Transition, **kwargs: Any) -> None:
    """Tell every process that a transition's hosts or rule may have changed (connected to its saving and deletion)."""
    versions.bump([instance.tenant_id])


def _rule(data: Any) -> Rule:
    try:
        return Rule.from_json(data or {})
    except RuleRefused:
        return Rule()


def _named(transition_id: int, tenant_id: int, rule: Rule, hosts: Iterable[Any]) -> list[tuple[str, OldHost]]:
    """Return every name under which the old site may be asked, with who answers."""
    names: dict[str, OldHost] = {}
    for text in [*hosts, *(alias for alias, _same in rule.aliases)]:
        as_is = canonical_host(str(text), Rule(keep_www=True))
        if as_is:
            entry = OldHost(transition_id, tenant_id, rule, canonical_host(as_is, rule))
            names[as_is] = entry
            if not rule.keep_www:
                bare = canonical_host(as_is)
                names[bare] = names[f"www.{bare}"] = entry
    return list(names.items())
