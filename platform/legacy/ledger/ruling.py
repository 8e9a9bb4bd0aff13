"""Another rule for the addresses of one old site: ledger, raw records and items are brought into the new canonical form."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction

from legacy.ledger import hosts, rekeying, writing
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import Canonical, canonical
from legacy.models import AddressResult, OldAddress, Transition
from legacy.running import RunRefused
from sites.messages import _, sentence
from tenants.exclusive import Busy, exclusive

CHUNK = 500


def set_rule(site: Transition, data: dict[str, Any], *, join: bool = False, dry_run: bool = False) -> Counter[str]:
    """Store the rule and rewrite the ledger, raw records and items by it; what is one address now becomes one.

    All of it or nothing: killed on the way, the old rule stands and the change is simply made again. Of several lines the
    one that a person decided on stays, else one with a result; requests are added up. Returns counts: rewritten, merged,
    unchanged (lines), rekeyed, joined (records; see rekeying.rekey). Raises RuleRefused for a rule that cannot be read or
    would make different things one, RunRefused while a run is at work.
    """
    rule = Rule.from_json(data)
    try:
        with exclusive(f"legacy-{site.pk}"), transaction.atomic():
            counts = _set(site, rule, join)
            transaction.set_rollback(dry_run)
    except Busy:
        raise RunRefused(
            sentence(_("Another run of this transition is at work. Wait for it, or stop it, and start again."))
        ) from None
    finally:
        site.refresh_from_db(fields=["address_rule"])
    return counts


def _set(site: Transition, rule: Rule, join: bool) -> Counter[str]:
    counts = rekeying.rekey(site, hosts.rule_of(site), rule, join=join)
    site.address_rule = rule.as_json()
    site.save(update_fields=["address_rule"])
    own, main = hosts.own_hosts(site), hosts.main_host(site)
    winners: dict[str, tuple[tuple[bool, bool, int], int, Canonical]] = {}
    losers: dict[int, int] = {}
    keys: dict[int, str] = {}
    rows = OldAddress.objects.filter(transition=site).order_by("pk")
    names = ("pk", "digest", "host", "path", "url", "result", "decided_by_id")
    for pk, key, host, path, url, result, decided_by in rows.values_list(*names).iterator(CHUNK):
        address = _address(url, host, path, rule, main, own)
        keys[pk] = key
        rank = (decided_by is not None, result != AddressResult.UNRESOLVED, -pk)
        held = winners.get(address.digest)
        if held is None or rank > held[0]:
            if held is not None:
                losers[held[1]] = pk
            winners[address.digest] = rank, pk, address
        else:
            losers[pk] = held[1]
    _merge(site, losers)
    changed = [(pk, address) for key, (_rank, pk, address) in winners.items() if keys[pk] != key]
    for start in range(0, len(changed), CHUNK):  # no new digest may meet an old one on the way
        some = [(pk, f"~{pk}") for pk, _new in changed[start : start + CHUNK]]
        writing.update(site.tenant_id, ("digest",), some)
    for start in range(0, len(changed), CHUNK):
        some_new = [(pk, new.digest, new.host, new.path) for pk, new in changed[start : start + CHUNK]]
        writing.update(site.tenant_id, ("digest", "host", "path"), some_new)
    counts["rewritten"], counts["merged"] = len(changed), len(losers)
    counts["unchanged"] = len(winners) - len(changed)
    return counts


def _address(url: str, host: str, path: str, rule: Rule, main: str, own: frozenset[str]) -> Canonical:
    """Return the new form: of the address as it was written, where that is whole; else of the old canonical form."""
    found = canonical(url if url and len(url) < 2000 else f"http://{host}{path}", rule)
    if not found.host:
        found = Canonical(main, found.path)
    return found if found.host in own else canonical(f"http://{host}{path}", rule)


def _merge(site: Transition, losers: dict[int, int]) -> None:
    if not losers:
        return
    mine = OldAddress.objects.filter(transition=site)
    final: Counter[int] = Counter()
    ids = list(losers)
    for start in range(0, len(ids), CHUNK):
        for pk, number in mine.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", "hits"):
            winner = losers[pk]
            while winner in losers:
                winner = losers[winner]
            final[winner] += number
    given = [(pk, number) for pk, number in final.items() if number]
    for start in range(0, len(given), CHUNK):
        writing.update(site.tenant_id, ("hits",), given[start : start + CHUNK], adds=("hits",))
    for start in range(0, len(ids), CHUNK):
        mine.filter(pk__in=ids[start : start + CHUNK]).delete()
