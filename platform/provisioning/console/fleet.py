"""What the console reads and claims of template roll-outs: the fleet by version, the waves of one roll-out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Avg, Count, Q
from django.utils import timezone

from provisioning.console.queries import STALE_AFTER, Pace
from provisioning.models import UNFINISHED, RollOut, RollOutSite, RollOutStatus, SiteOutcome
from sites.templates_library import library
from tenants.exclusive import Busy, exclusive
from tenants.models import Status, Tenant, TenantKind

# A batch of a wave takes longer than one of a list.
STALE = max(STALE_AFTER, timedelta(seconds=60))
DONE = (SiteOutcome.CHANGED, SiteOutcome.UNCHANGED, SiteOutcome.SKIPPED, SiteOutcome.FAILED)


@dataclass(frozen=True)
class VersionLine:
    """One version of a kind's template: `sites` of the fleet have it."""

    version: int
    title: str
    sites: int
    is_latest: bool
    is_known: bool = True


@dataclass(frozen=True)
class KindLine:
    kind: str
    label: str
    latest: int
    sites: int
    conformance: float | None
    below: int
    versions: tuple[VersionLine, ...] = field(default=())

    @property
    def behind(self) -> int:
        return sum(line.sites for line in self.versions if not line.is_latest)


def fleet() -> list[KindLine]:
    """Return each kind of site with its template's versions and how many open sub-sites have them; one query."""
    rows = (
        Tenant.objects.exclude(status=Status.CLOSED)
        .values_list("kind", "template_version")
        .annotate(sites=Count("pk"), mean=Avg("conformance"), below=Count("pk", filter=Q(conformance__lt=1)))
        .order_by()
    )
    by_kind: dict[str, list[tuple[int, int, float, int]]] = {}
    for kind, version, sites, mean, below in rows:
        by_kind.setdefault(kind, []).append((version, sites, mean or 0.0, below))
    return [_kind_line(kind, str(label), by_kind.get(kind, [])) for kind, label in TenantKind.choices]


def _kind_line(kind: str, label: str, found: Sequence[tuple[int, int, float, int]]) -> KindLine:
    known = library().versions(kind)
    latest = max(known, default=0)
    counts = {version: sites for version, sites, _mean, _below in found}
    total = sum(counts.values())
    mean = sum(sites * mean for _version, sites, mean, _below in found) / total if total else None
    versions = tuple(
        VersionLine(
            version,
            library().get(kind, version).title if version in known else "",
            counts.get(version, 0),
            version == latest,
            version in known,
        )
        for version in sorted({*known, *counts}, reverse=True)
    )
    return KindLine(kind, label, latest, total, mean, sum(row[3] for row in found), versions)


@dataclass(frozen=True)
class Wave:
    number: int
    outcomes: dict[str, int]
    left: int

    @property
    def sites(self) -> int:
        return sum(self.outcomes.values()) + self.left


@dataclass(frozen=True)
class Standing:
    """How far a roll-out is. `waiting` sub-sites are in no wave yet, or were taken back."""

    waves: tuple[Wave, ...]
    outcomes: dict[str, int]
    pace: Pace
    waiting: int

    @property
    def last(self) -> Wave | None:
        return self.waves[-1] if self.waves else None

    @property
    def can_undo(self) -> bool:
        return bool(self.outcomes.get(SiteOutcome.CHANGED) or self.outcomes.get(SiteOutcome.UNCHANGED))


def standing_of(rollout: RollOut) -> Standing:
    """Return the waves of a roll-out with their outcomes; one query."""
    waves: dict[int, Counter[str]] = {}
    outcomes: Counter[str] = Counter()
    for wave, outcome, count in (
        RollOutSite.objects.filter(rollout=rollout)
        .values_list("wave", "outcome")
        .annotate(count=Count("pk"))
        .order_by()
    ):
        outcomes[outcome] += count
        if wave is not None:
            waves.setdefault(wave, Counter())[outcome] += count
    done = sum(outcomes[outcome] for outcome in DONE)
    lines = tuple(
        Wave(number, {name: count for name, count in found.items() if name}, found[""])
        for number, found in sorted(waves.items())
    )
    current = lines[-1] if lines else None
    if current and rollout.status == RollOutStatus.RUNNING and current.sites:
        shown, total = current.sites - current.left, current.sites
    else:
        shown, total = done, rollout.total
    pace = Pace(shown, total, 100 * shown // total if total else 100)
    return Standing(lines, {name: count for name, count in outcomes.items() if name}, pace, rollout.total - done)


def is_interrupted(rollout: RollOut) -> bool:
    """Return whether a wave is said to be running and its process gives no sign of life."""
    if rollout.status != RollOutStatus.RUNNING:
        return False
    return rollout.heartbeat_at is None or rollout.heartbeat_at < timezone.now() - STALE


def claim(rollout_id: int, *, finished_too: bool = False) -> bool:
    """Take a roll-out for its next wave, or for undoing its last; False where another click or wave has it.

    `finished_too` also takes roll-outs that are over, which only undoing may. One conditional statement.
    """
    now = timezone.now()
    free = Q(status__in=[each for each in UNFINISHED if each != RollOutStatus.RUNNING])
    free |= Q(status=RollOutStatus.RUNNING, heartbeat_at__lt=now - STALE)
    if finished_too:
        free |= Q(status__in=[RollOutStatus.FINISHED, RollOutStatus.ENDED])
    try:
        with transaction.atomic():
            taken = RollOut.objects.filter(free, pk=rollout_id).update(
                status=RollOutStatus.RUNNING, heartbeat_at=now, stop_requested=False
            )
    except IntegrityError:  # another roll-out of the kind is unfinished
        return False
    return bool(taken)


def give_back(rollout: RollOut, error: str) -> None:
    """Mark a claimed roll-out as stopped where its wave could not begin; one that is being worked on is left alone."""
    try:
        with exclusive(f"rollout-{rollout.kind}"):
            running = RollOut.objects.filter(pk=rollout.pk, status=RollOutStatus.RUNNING)
            running.update(status=RollOutStatus.STOPPED, error=error)
    except Busy:
        pass


def sites_of(rollout: RollOut, chosen: str) -> Any:
    """Return the sub-sites of a roll-out: all, those with an outcome, or those whose turn has not come ("open")."""
    rows = rollout.sites.select_related("tenant").defer("before").order_by("pk")
    if chosen == "open":
        return rows.filter(outcome="")
    return rows.filter(outcome=chosen) if chosen in SiteOutcome.values else rows
