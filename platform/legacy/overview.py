"""Where a transition stands, in figures: for the list, the overview page, the commands and the scripts' door."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from legacy.cutover import phases
from legacy.cutover.phases import PhaseView
from legacy.models import (
    Acceptance,
    LegacyColumn,
    LegacyItem,
    LegacyRaw,
    LegacyRecipe,
    LegacyRun,
    OldAddress,
    Transition,
)


def counted(rows: QuerySet[Any], name: str) -> dict[str, int]:
    """Return how many rows have each value of a field."""
    return dict(rows.order_by().values_list(name).annotate(Count("pk")))


def figures(transition: Transition) -> dict[str, Any]:
    """Return the transition's counts: raw records by kind, items by state, addresses by result, columns by decision."""
    return {
        "raws": counted(LegacyRaw.objects.filter(transition=transition), "kind"),
        "items": counted(LegacyItem.objects.filter(transition=transition), "state"),
        "addresses": counted(OldAddress.objects.filter(transition=transition), "result"),
        "columns": {
            decision or "open": count
            for decision, count in counted(LegacyColumn.objects.filter(transition=transition), "decision").items()
        },
        "recipes": LegacyRecipe.objects.filter(transition=transition, confirmed_at__isnull=False)
        .values("family")
        .distinct()
        .count(),
    }


def last_runs(transition: Transition) -> dict[str, LegacyRun]:
    """Return the newest run of each step, by step."""
    found: dict[str, LegacyRun] = {}
    for row in LegacyRun.objects.filter(transition=transition).defer("options", "cursor").order_by("-pk")[:200]:
        found.setdefault(row.step, row)
    return found


def phase_of(transition: Transition) -> PhaseView:
    """Return the phase at which the transition is now (legacy.cutover.phases)."""
    return phases_of([transition])[transition.pk]


def phases_of(transitions: Collection[Transition]) -> dict[int, PhaseView]:
    """Return the phases of several transitions by id, in the same number of queries however many they are."""
    return phases.current(list(transitions))


def totals(transitions: Collection[Transition]) -> dict[int, dict[str, dict[str, int]]]:
    """Return items by state and addresses by result of several transitions, by id, in two queries."""
    found: dict[int, dict[str, dict[str, int]]] = {row.pk: {"items": {}, "addresses": {}} for row in transitions}
    for group, model, name in (("items", LegacyItem, "state"), ("addresses", OldAddress, "result")):
        rows = model.objects.filter(transition__in=list(found)).order_by()
        for pk, value, count in rows.values_list("transition_id", name).annotate(Count("pk")):
            found[pk][group][value] = count
    return found


def summary(transition: Transition) -> dict[str, Any]:
    """Return the transition as JSON: what it is, its phase, its counts, its newest report."""
    phase = phase_of(transition)
    report = Acceptance.objects.filter(transition=transition).defer("data").order_by("-pk").first()
    return {
        "id": transition.pk,
        "code": transition.code,
        "name": transition.name,
        "tenant": transition.tenant.code,
        "hosts": list(transition.hosts),
        "phase": phase.code,
        "phase_title": str(phase.title),
        "created_at": transition.created_at.isoformat(),
        **figures(transition),
        "acceptance": None if report is None else report_facts(report),
    }


def report_facts(report: Acceptance) -> dict[str, Any]:
    return {
        "id": report.pk,
        "passed": report.passed,
        "digest": report.digest,
        "made_at": timezone.localtime(report.created_at).isoformat(),
        "signed_by": report.signed_name,
        "signed_at": timezone.localtime(report.signed_at).isoformat() if report.signed_at else None,
    }
