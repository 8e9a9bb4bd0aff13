"""What the console reads: sub-sites by filter, the rows of a run, a sub-site's history. No view, no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning import runs
from provisioning.lifecycle import LABELS
from provisioning.models import ProvisioningRun, RollOutSite, RunRow, RunStatus
from provisioning.requests import canonical_region_code
from sites.review import policies
from tenants.exclusive import Busy, exclusive
from tenants.models import LifecycleEvent, Region, Tenant

STALE_AFTER = timedelta(seconds=60)
HISTORY_LENGTH = 50


# Sub-sites -----------------------------------------------------------------------------------------------------------


def search(rows: QuerySet[Tenant], text: str) -> QuerySet[Tenant]:
    """Keep the sub-sites whose code, name, host or path holds every word of `text`."""
    for word in text.split()[:10]:
        rows = rows.filter(
            Q(code__istartswith=word)
            | Q(name__icontains=word)
            | Q(short_name__icontains=word)
            | Q(host__icontains=word)
            | Q(mount__istartswith=word.strip("/"))
        )
    return rows


def in_region(rows: QuerySet[Tenant], text: str) -> QuerySet[Tenant]:
    """Keep the sub-sites of a region and of all regions below it; `text` is a code, its beginning, or a name."""
    text = text.strip()
    code = text.split(" ")[0]
    if code.isascii() and code.isdigit():
        region = Region.objects.filter(code=canonical_region_code(code)).first()
        if region is None:
            return rows.filter(region__code__startswith=code)
        return rows.filter(region__lineage__startswith=region.lineage)
    # A name may be that of several regions (朝阳区): all of them, and what is below them.
    named = Region.objects.filter(name=text) or Region.objects.filter(name__icontains=text)
    below = Q(pk__in=[])
    for lineage in named.values_list("lineage", flat=True)[:50]:
        below |= Q(region__lineage__startswith=lineage)
    return rows.filter(below)


# Runs ----------------------------------------------------------------------------------------------------------------


def is_interrupted(run: ProvisioningRun, now: datetime | None = None) -> bool:
    """Return whether a run stands still and may be taken up again: it failed, or its process gives no sign of life."""
    if run.status == RunStatus.FAILED:
        return True
    now = now or timezone.now()
    return run.status == RunStatus.RUNNING and (run.heartbeat_at is None or run.heartbeat_at < now - STALE_AFTER)


def claim(run_id: int, *, by: Any) -> bool:
    """Take a planned or interrupted run for starting; False where somebody else has taken it already.

    One conditional statement, so of two clicks on the same button one wins.
    """
    now = timezone.now()
    free = (
        Q(status__in=[RunStatus.PLANNED, RunStatus.FAILED])
        | Q(status=RunStatus.RUNNING, heartbeat_at__lt=now - STALE_AFTER)
        | Q(status=RunStatus.RUNNING, heartbeat_at=None)
    )
    taken = ProvisioningRun.objects.filter(free, pk=run_id).update(
        status=RunStatus.RUNNING, heartbeat_at=now, started_at=None, finished_at=None, error="", started_by=by
    )
    return bool(taken)


def give_back(run_id: int, sentence: str) -> None:
    """Note on a claimed run why it could not begin; a run that has begun elsewhere is left alone."""
    ProvisioningRun.objects.filter(pk=run_id, status=RunStatus.RUNNING, started_at=None).update(
        status=RunStatus.FAILED, error=sentence, finished_at=timezone.now()
    )


def busy() -> str:
    """Return a sentence where a list is being carried out just now, "" otherwise: told before a run is recorded."""
    try:
        with exclusive(runs.LOCK):
            return ""
    except Busy:
        return runs.busy_sentence()


ROW_FILTERS = ("create", "change", "unchanged", "refused", "warnings")
OUTCOME_FILTERS = ("created", "changed", "unchanged", "refused", "failed", "open")


def rows_of(run: ProvisioningRun, chosen: str) -> QuerySet[RunRow]:
    """Return the rows of a run: all, or those with an action, an outcome, a warning, or still to do ("open")."""
    rows = run.rows.order_by("row", "pk")
    if chosen == "warnings":
        return rows.exclude(warnings=[])
    if chosen == "open":
        return rows.filter(outcome="")
    if chosen in {"create", "change"}:
        return rows.filter(action=chosen)
    if chosen in {"created", "changed", "failed", "refused"}:
        return rows.filter(outcome=chosen)
    if chosen == "unchanged":
        return rows.filter(Q(action="unchanged") | Q(outcome="unchanged"))
    return rows


@dataclass(frozen=True)
class Pace:
    """How far a run is: rows done of all, rows a second, seconds still to go (None while nobody can say)."""

    done: int
    total: int
    percent: int
    rate: float | None = None
    seconds_left: int | None = None


def pace_of(run: ProvisioningRun) -> Pace:
    percent = 100 if not run.total else min(100, run.done * 100 // run.total)
    refused = run.counts.get("refused", 0)
    worked = run.done - refused
    if run.started_at is None or run.heartbeat_at is None or worked <= 0:
        return Pace(run.done, run.total, percent)
    seconds = max((run.heartbeat_at - run.started_at).total_seconds(), 0.001)
    rate = worked / seconds
    return Pace(run.done, run.total, percent, rate, round((run.total - run.done) / rate))


# History -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happening:
    """One line of a sub-site's history."""

    at: datetime
    what: str
    by: Any
    changes: tuple[tuple[str, Any, Any], ...] = ()
    reason: str = ""
    run_id: int | None = None
    rollout_id: int | None = None
    notes: tuple[str, ...] = field(default=())


def history_of(tenant: Tenant) -> list[Happening]:
    """Return the newest happenings of a sub-site: steps of its life, rows of runs, roll-outs; three queries."""
    events = tenant.events.select_related("by")[:HISTORY_LENGTH]
    rows = (
        RunRow.objects.filter(code=tenant.code, outcome__in=["created", "changed", "failed"])
        .select_related("run__started_by")
        .defer("run__data")
        .order_by("-run_id")[:HISTORY_LENGTH]
    )
    rollouts = (
        RollOutSite.objects.filter(tenant=tenant)
        .exclude(outcome__in=["", "unchanged"])
        .select_related("rollout", "done_by")
        .defer("before")
        .order_by("-pk")[:HISTORY_LENGTH]
    )
    found = [_of_event(event) for event in events]
    found += [_of_row(row) for row in rows]
    found += [_of_rollout(site) for site in rollouts if site.done_at]
    return sorted(found, key=lambda each: each.at, reverse=True)[:HISTORY_LENGTH]


def label_of_event(action: str) -> str:
    """Return what was done to a sub-site, as people know it."""
    others = {"amend": _("Details changed"), policies.CHANGED: _("Rules of review changed")}
    return str(others.get(action) or LABELS.get(action, action))


def _of_event(event: LifecycleEvent) -> Happening:
    return Happening(
        event.at, label_of_event(event.action), event.by, _changes(event.before, event.after), event.reason
    )


def _of_row(row: RunRow) -> Happening:
    labels = {"created": _("Opened"), "changed": _("Changed from a list"), "failed": _("Failed")}
    at = row.run.finished_at or row.run.heartbeat_at or row.run.created_at
    return Happening(
        at,
        labels[row.outcome],
        row.run.started_by,
        tuple((label_of_field(name), old, new) for name, (old, new) in row.changes.items()),
        run_id=row.run_id,
        notes=tuple(row.problems),
    )


def _of_rollout(site: RollOutSite) -> Happening:
    what = _("Column template version %(version)s") % {"version": site.rollout.to_version}
    return Happening(
        site.done_at or site.rollout.created_at,
        f"{what}（{site.get_outcome_display()}）",
        site.done_by,
        reason=site.sentence,
        rollout_id=site.rollout_id,
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Return (label, old, new) of each field that changed; a choice by its label, a list (as of missing marks) joined."""
    return tuple(
        (label_of_field(name), _said(name, before.get(name)), _said(name, new))
        for name, new in after.items()
        if before.get(name) != new
    )


_OTHER_LABELS = {"region_code": "region", "supervisor_code": "supervisor", "mounted_under_code": "mounted_under"}


def label_of_field(name: str) -> str:
    """Return a field's name as people know it."""
    own = _OTHER_LABELS.get(name, name)
    if own == "missing":
        return _("Missing for the footer")
    if own == "forced":
        return _("Forced")
    return str(_FIELDS[own].verbose_name) if own in _FIELDS else own


def _said(name: str, value: Any) -> Any:
    if name == "missing" and isinstance(value, list):
        return "、".join(label_of_field(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _FIELDS and value not in (None, ""):
        return str(dict(_FIELDS[name].choices or ()).get(value, value))
    return value


_FIELDS: dict[str, Any] = {each.name: each for each in Tenant._meta.fields} | policies.FIELDS
