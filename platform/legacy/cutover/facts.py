"""The facts from which phases and check lists are derived: gathered for many transitions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from legacy.cutover.checks import OK, Facts
from legacy.mapping import decisions
from legacy.models import (
    HostProbe,
    LegacyItem,
    LegacyRaw,
    LegacyRecipe,
    LegacyRun,
    OldAddress,
    OldHits,
    RunState,
    Step,
    Transition,
)
from legacy.verify import signing
from sites.desk.clock import State
from sites.desk.freshness import care_of

DAYS_OF_HITS = 14


def gather(transitions: Collection[Transition]) -> dict[int, Facts]:
    """Return the facts by transition, in the same number of queries however many there are. Inside their scope."""
    ids = [row.pk for row in transitions]
    if not ids:
        return {}
    now, today = timezone.now(), timezone.localdate()
    raws = _counts(LegacyRaw.objects.filter(transition__in=ids).values_list("transition_id").annotate(Count("pk")))
    recipes = _counts(
        LegacyRecipe.objects.filter(transition__in=ids, confirmed_at__isnull=False)
        .values_list("transition_id")
        .annotate(Count("family", distinct=True))
    )
    items = _by_value(LegacyItem.objects.filter(transition__in=ids), "state")
    addresses = _by_value(OldAddress.objects.filter(transition__in=ids), "result")
    columns = decisions.progress(ids)
    # A load that found everything unchanged makes nothing older.
    loaded = dict(LegacyItem.objects.filter(transition__in=ids).values_list("transition_id").annotate(Max("loaded_at")))
    surveyed = set(
        LegacyRun.objects.filter(transition__in=ids, step=Step.SURVEY, state=RunState.FINISHED).values_list(
            "transition_id", flat=True
        )
    )
    reports = signing.newest(ids)
    holding = signing.holding(reports.values())
    probes = _probes(ids)
    empty = _mandatory_empty({row.tenant_id for row in transitions})
    hits: dict[int, dict[Any, dict[str, int]]] = defaultdict(dict)
    since = today - timedelta(days=DAYS_OF_HITS)
    for pk, day, result, number in OldHits.objects.filter(transition__in=ids, day__gte=since).values_list(
        "transition_id", "day", "result", "count"
    ):
        hits[pk].setdefault(day, {})[result] = number
    found = {}
    for row in transitions:
        report = reports.get(row.pk)
        looked = probes[row.pk]
        dns = looked["dns"]
        preview = looked["preview"].values()
        found[row.pk] = Facts(
            now=now,
            today=today,
            site_status=row.tenant.status,
            raws=raws.get(row.pk, 0),
            surveyed=row.pk in surveyed,
            recipes=recipes.get(row.pk, 0),
            columns=columns[row.pk],
            items=items[row.pk],
            mandatory_empty=tuple(empty.get(row.tenant_id, ())),
            addresses=addresses[row.pk],
            loaded_at=loaded.get(row.pk),
            report_at=report.created_at if report else None,
            report_passed=bool(report and report.passed),
            signed_at=report.signed_at if report else None,
            signature_holds=bool(report and report.pk in holding),
            signed_name=report.signed_name if report else "",
            hosts=tuple(str(host) for host in row.hosts),
            dns={host: probe.state for host, probe in dns.items()},
            dns_looked_at=min((probe.looked_at for probe in dns.values()), default=None),
            certificates={host: probe.state for host, probe in looked["certificate"].items()},
            certificate_needed=settings.PUBLIC_SCHEME == "https",
            tested_at=min((probe.looked_at for probe in preview), default=None),
            tested_wrong=sum(probe.data.get("wrong", 0) for probe in preview if probe.state != OK),
            hits=hits[row.pk],
        )
    return found


def _counts(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return dict(rows)


def _by_value(rows: Any, name: str) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, value, number in rows.order_by().values_list("transition_id", name).annotate(Count("pk")):
        found[pk][value] = number
    return found


def _probes(ids: list[int]) -> dict[int, dict[str, dict[str, HostProbe]]]:
    found: dict[int, dict[str, dict[str, HostProbe]]] = defaultdict(lambda: defaultdict(dict))
    for probe in HostProbe.objects.filter(transition__in=ids):
        found[probe.transition_id][probe.kind][probe.host] = probe
    return found


def _mandatory_empty(tenant_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for column in care_of(tenant_ids):
        if column.mandatory and column.clock.state == State.EMPTY:
            found[column.tenant_id].append(column.title)
    return found
