"""The sub-sites a supervisor (主管单位) answers for, by state: figures kept in the process until a site changes.

At thousands of sub-sites the figures are one query over all their columns, which takes seconds. So they are kept by
the tenant's version (tenants.versions): every publication raises it, and the next look asks for the changed ones alone.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Min
from django.utils import timezone

from sites import addresses
from sites.desk.clock import Clock, State
from sites.desk.freshness import clocks_of
from sites.models import Review, ReviewState
from tenants.models import Status

# Some 200 bytes each.
KEPT_SITES = 20_000


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of a sub-site's columns are in which state, and when it published last."""

    overdue: int = 0
    empty: int = 0
    soon: int = 0
    fresh: int = 0
    untimed: int = 0
    last_published: datetime | None = None

    @property
    def faults(self) -> int:
        return self.overdue + self.empty

    @property
    def good(self) -> int:
        return self.fresh + self.untimed


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One sub-site as its supervisor sees it. `waiting` counts open reviews, `waiting_since` is the oldest one's."""

    tenant_id: int
    code: str
    name: str
    kind: str
    status: str
    region_lineage: str
    figures: Figures
    waiting: int = 0
    waiting_since: datetime | None = None

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)


def counted(columns: Iterable[tuple[Clock, datetime | None]]) -> Figures:
    """Return the figures of one sub-site from its columns' clocks and last publications."""
    by_state = dict.fromkeys(State, 0)
    newest: datetime | None = None
    for clock, last in columns:
        by_state[clock.state] += 1
        newest = max(filter(None, (newest, last)), default=None)
    return Figures(**{state.value: number for state, number in by_state.items()}, last_published=newest)


class _Kept:
    """Figures by tenant, each with the version and the day it was made for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[int, tuple[int, date, Figures]] = {}

    def get(self, versions: dict[int, int], today: date) -> dict[int, Figures]:
        """Return the figures of the tenants (id -> version); one query where any of them is not kept."""
        entries = self._entries
        stale = [pk for pk, version in versions.items() if pk not in entries or entries[pk][:2] != (version, today)]
        if stale:
            fresh = {pk: (versions[pk], today, Figures()) for pk in stale}
            # The rows come in the order of the tree, so each tenant's stand together.
            for pk, columns in groupby(clocks_of(stale, today=today), key=itemgetter(0)):
                fresh[pk] = (versions[pk], today, counted((clock, last) for _pk, clock, last in columns))
            with self._lock:
                entries = {**self._entries, **fresh}
                self._entries = entries if len(entries) <= KEPT_SITES else fresh
        return {pk: entries[pk][2] for pk in versions}

    def clear(self) -> None:
        self._entries = {}


kept = _Kept()


def sites_of(tenant_ids: Collection[int], *, today: date | None = None) -> list[SiteLine]:
    """Return the sub-sites with their figures, in the order of their codes. At most two queries."""
    today = today or timezone.localdate()
    found = [address for pk in tenant_ids if (address := addresses.get(pk)) and address.status != Status.CLOSED]
    figures = kept.get({address.tenant_id: address.version for address in found}, today)
    waiting = {
        tenant_id: (number, since)
        for tenant_id, number, since in Review.objects.filter(state=ReviewState.WAITING)
        .order_by()
        .values_list("tenant_id")
        .annotate(Count("pk"), Min("waiting_since"))
    }
    lines = [
        SiteLine(
            tenant_id=address.tenant_id,
            code=address.code,
            name=address.name,
            kind=address.kind,
            status=address.status,
            region_lineage=address.region_lineage,
            figures=figures[address.tenant_id],
            waiting=waiting.get(address.tenant_id, (0, None))[0],
            waiting_since=waiting.get(address.tenant_id, (0, None))[1],
        )
        for address in found
    ]
    return sorted(lines, key=lambda line: line.code)
