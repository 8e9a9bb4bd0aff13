"""Looking things up for a cut-over (割接探测): names, certificates, and the trial of all old addresses; kept in HostProbe.

The network is asked in the background, by a task: when somebody presses the button, and once a day where a worker runs.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from legacy.cutover import certificates, dns
from legacy.cutover.checks import OK, UNKNOWN
from legacy.ledger import answering, hosts
from legacy.models import AddressResult, HostProbe, OldAddress, Transition
from legacy.sources.guard import AddressGuard
from sites import addresses
from tenants.scope import every_tenant, tenant_scope
from tenants.tasks import durable

logger = logging.getLogger("legacy.cutover")

MOST_EXAMPLES = 20
EXPECTED = {
    AddressResult.REDIRECT: frozenset({301, 200}),
    AddressResult.ARCHIVE: frozenset({200}),
    AddressResult.GONE: frozenset({410}),
    AddressResult.UNRESOLVED: frozenset(),
}


def look_up(transition: Transition, *, resolver: Any = None) -> dict[str, str]:
    """Ask the name servers and the platform's certificates about all old hosts; returns the states by host."""
    by = resolver or dns.resolver()
    here = dns.platform_addresses(platform_names(transition), by)
    asked = certificate_address(here, by)
    states = {}
    for host in map(str, transition.hosts):
        looked = dns.look_up(host, by)
        states[host] = dns.state_of(looked, here)
        note(transition, host, "dns", states[host], {**looked.as_json(), "platform": sorted(here)})
        if settings.PUBLIC_SCHEME == "https":
            shown = certificates.look(asked, host) if asked else certificates.Shown(UNKNOWN)
            note(transition, host, "certificate", shown.state, shown.as_json())
    _forget_others(transition)
    return states


def platform_names(transition: Transition) -> list[str]:
    """Return hosts and addresses of the platform: as set, else its admin host and the sub-site's own host."""
    if settings.LEGACY_PLATFORM_ADDRESSES:
        return list(settings.LEGACY_PLATFORM_ADDRESSES)
    address = addresses.get(transition.tenant_id)
    own = addresses.registered(address).host if address is not None else ""
    names = [str(settings.ADMIN_HOSTS[0]), *([own] if own else [])]
    # An old host cannot say by itself where "here" is.
    return [name for name in names if hosts.book.find(name) is None]


def certificate_address(here: Collection[str], by: Any) -> str:
    """Return the address to ask for certificates, "" for none.

    Where a sub-site's host leads is up to its name server: an inner address counts only where the operator's own settings
    lead to it, too.
    """
    own = dns.platform_addresses(settings.LEGACY_PLATFORM_ADDRESSES or settings.ADMIN_HOSTS[:1], by)
    guard = AddressGuard(settings.LEGACY_INNER_HOSTS)
    return min((one for one in here if one in own or guard.permits(one, one)), default="")


def try_out(transition: Transition) -> dict[str, Any]:
    """Ask for every line of the ledger under the preview host, in this process, and keep what was answered by host.

    Returns {"asked", "wrong", "by_status", "examples"} of all hosts together. An address is wrong where its answer is not
    what its result says; unresolved ones are.
    """
    total: dict[str, Any] = {"asked": 0, "wrong": 0, "by_status": Counter(), "examples": []}
    domain = settings.LEGACY_PREVIEW_DOMAIN
    for host, rows in _by_host(transition):
        counts: Counter[str] = Counter()
        wrong: list[str] = []
        bad = 0
        for path, result in rows:
            answer = answering.answer(f"{host.partition(':')[0]}.{domain}" if domain else host, path)
            counts[str(answer.status)] += 1
            if answer.status not in EXPECTED[AddressResult(result)]:
                bad += 1
                if len(wrong) < MOST_EXAMPLES:
                    wrong.append(f"{answer.status} {host}{path}"[:300])
        asked = counts.total()
        state = OK if asked and not bad else "wrong"
        data = {"asked": asked, "wrong": bad, "by_status": dict(counts), "examples": wrong}
        note(transition, host, "preview", state, data)
        total["asked"] += asked
        total["wrong"] += bad
        total["by_status"].update(counts)
        total["examples"] = (total["examples"] + wrong)[:MOST_EXAMPLES]
    _forget_others(transition)
    return {**total, "by_status": dict(total["by_status"])}


def note(transition: Transition, host: str, kind: str, state: str, data: dict[str, Any]) -> None:
    HostProbe.objects.update_or_create(
        transition=transition,
        host=host,
        kind=kind,
        defaults={
            "tenant_id": transition.tenant_id, "state": state, "data": data, "looked_at": timezone.now(),
        },
    )  # fmt: skip


def _by_host(transition: Transition) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    rows = OldAddress.objects.filter(transition=transition)
    for host in sorted(rows.order_by().values_list("host", flat=True).distinct()):
        yield host, _lines(rows.filter(host=host))


def _lines(rows: Any) -> Iterator[tuple[str, str]]:
    last = (rows.aggregate(first=Min("pk"))["first"] or 0) - 1
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "path", "result")[:2000]):
        last = chunk[-1][0]
        yield from ((path, result) for _pk, path, result in chunk)


def _forget_others(transition: Transition) -> None:
    """Drop what was noted of hosts that are the old site's no more."""
    known = {*map(str, transition.hosts), *hosts.own_hosts(transition)}
    HostProbe.objects.filter(transition=transition).exclude(host__in=known).delete()


@durable(tries=2, first_wait_seconds=30)
def probe(transition_id: int, tenant_id: int, what: str) -> dict[str, Any]:
    """Look up names and certificates ("names"), or try the addresses ("preview"), of one transition."""
    with tenant_scope(tenant_id):
        transition = Transition.objects.select_related("tenant").filter(pk=transition_id).first()
        if transition is None:
            return {}
        addresses.refresh()
        return try_out(transition) if what == "preview" else dict(look_up(transition))


@durable(tries=2, first_wait_seconds=600)
def probe_all() -> int:
    """Look up the names of all transitions under way; returns how many."""
    if not settings.LINK_CHECKS:  # only workers go to the network unasked
        return 0
    with every_tenant("the daily look at old hosts"):
        rows = list(Transition.objects.filter(closed_at=None).values_list("pk", "tenant_id"))
    for pk, tenant_id in rows:
        probe.enqueue(pk, tenant_id, "names")
    return len(rows)
