"""Template roll-outs (栏目模板下发) to the fleet: begun once, applied wave by wave, stopped, continued, taken back.

The command, the admin and the background task all come through here. A sub-site's record is written in the transaction
that changes its pages: whatever ends a wave, kill -9 included, the next one finds exactly what is left to do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Case, IntegerField, Max, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning.console.rollout_words import kind_label
from provisioning.models import UNFINISHED, RollOut, RollOutSite, RollOutStatus, SiteOutcome
from provisioning.rollout_batches import WaveReceipt, bring_or_split, undo_or_split
from provisioning.rollout_preview import RollOutError, Scope, preview
from sites.column_templates import ColumnTemplate
from tenants.exclusive import Busy, exclusive

__all__ = [
    "RollOutError",
    "Scope",
    "WaveReceipt",
    "apply_wave",
    "end",
    "preview",
    "request_stop",
    "start",
    "undo_last_wave",
    "unfinished",
    "wave_of",
]

BATCH = 25
Progress = Callable[[int, int], None]


def wave_of(size: str, total: int) -> int:
    """Return how many sub-sites a wave has: "10%" of the total, "50", or "all". Raises RollOutError otherwise."""
    if size == "all":
        return total
    found = re.fullmatch(r"([1-9][0-9]{0,5})(%?)", size)
    if not found or (found[2] and int(found[1]) > 100):
        raise RollOutError(
            _("“%(size)s” is no size of a wave. Write a number of sub-sites (50), a share (10%%), or all.")
            % {"size": size}
        )
    return math.ceil(total * int(found[1]) / 100) if found[2] else int(found[1])


def unfinished(kind: str) -> RollOut | None:
    return RollOut.objects.filter(kind=kind, status__in=UNFINISHED).first()


def start(scope: Scope, *, by: Any, wave_size: str = "10%") -> RollOut:
    """Record a roll-out with the sub-sites it is for, and return it; nothing changes yet. Raises RollOutError."""
    template = scope.template()
    tenants = scope.sub_sites()
    wave_of(wave_size, len(tenants))
    if not tenants:
        raise RollOutError(
            _("There is no open sub-site of the kind “%(kind)s” here.") % {"kind": kind_label(scope.kind)}
        )
    try:
        with transaction.atomic():
            rollout = RollOut.objects.create(
                kind=scope.kind,
                to_version=scope.to_version,
                digest=template.digest,
                with_optional=scope.with_optional,
                scope={"tenants": list(scope.tenants), "region": scope.region},
                wave_size=wave_size,
                started_by=by,
                total=len(tenants),
            )
            RollOutSite.objects.bulk_create(
                [RollOutSite(rollout=rollout, tenant=t, from_version=t.template_version) for t in tenants],
                batch_size=1000,
            )
    except IntegrityError:
        other = unfinished(scope.kind)
        if other is None:
            raise
        raise RollOutError(
            _(
                "Roll-out %(number)d of “%(kind)s” to version %(version)d is not finished. Continue it, or end it "
                "first: columns stop --rollout %(number)d --end"
            )
            % {"number": other.pk, "kind": kind_label(other.kind), "version": other.to_version}
        ) from None
    return rollout


def apply_wave(
    rollout: RollOut, *, by: Any, progress: Progress = lambda done, total: None, wave_size: str = ""
) -> WaveReceipt:
    """Bring the next wave of sub-sites to the template, or finish a wave that was broken off.

    `progress(done, total)` is called after every batch. Raises RollOutError where the roll-out is over, its template
    says something else by now, or another process works on it. Any other error stops the roll-out and is raised again.
    """
    with _working_on(rollout):
        template = _checked_template(rollout)
        number, rows = _take_wave(rollout, wave_size or rollout.wave_size)
        receipt = WaveReceipt(wave=number, total=len(rows))
        _note(rollout, status=RollOutStatus.RUNNING, stop_requested=False, finished_at=None, error="")
        try:
            for batch in _batches(rows):
                if _stop_requested(rollout):
                    receipt.stopped = True
                    break
                bring_or_split(rollout, template, batch, by, receipt)
                _note(rollout)
                progress(receipt.done, receipt.total)
        except BaseException:
            with suppress(DatabaseError):
                _note(rollout, status=RollOutStatus.STOPPED)
            raise
        receipt.left = rollout.sites.filter(outcome__in=("", SiteOutcome.UNDONE)).count()
        if receipt.left:
            _note(rollout, status=RollOutStatus.STOPPED if receipt.stopped else RollOutStatus.WAITING)
        else:
            _note(rollout, status=RollOutStatus.FINISHED, finished_at=timezone.now())
        return receipt


def undo_last_wave(rollout: RollOut, *, by: Any, progress: Progress = lambda done, total: None) -> WaveReceipt:
    """Take the last wave back. What its sub-sites did themselves since is kept and told. Raises RollOutError."""
    with _working_on(rollout):
        done = rollout.sites.filter(outcome__in=(SiteOutcome.CHANGED, SiteOutcome.UNCHANGED))
        number = done.aggregate(last=Max("wave"))["last"]
        if number is None:
            raise RollOutError(_("Roll-out %(number)d has no wave that could be undone.") % {"number": rollout.pk})
        # A wave that was broken off ends here: its other sub-sites go into a later one.
        rollout.sites.filter(outcome="", wave__isnull=False).update(wave=None)
        rows = list(done.filter(wave=number).select_related("tenant").order_by("pk"))
        receipt = WaveReceipt(wave=number, total=len(rows))
        _note(rollout, stop_requested=False)
        for batch in _batches(rows):
            if _stop_requested(rollout):
                receipt.stopped = True
                break
            undo_or_split(rollout, batch, by, receipt)
            _note(rollout)
            progress(receipt.done, receipt.total)
        receipt.left = done.filter(wave=number).count()
        free = not RollOut.objects.filter(kind=rollout.kind, status__in=UNFINISHED).exclude(pk=rollout.pk).exists()
        if rollout.status != RollOutStatus.ENDED:
            _note(rollout, status=RollOutStatus.STOPPED if free else RollOutStatus.ENDED, finished_at=None)
        return receipt


def request_stop(rollout: RollOut) -> None:
    """Ask a running wave to stop after its batch. Sub-sites that are done stay done."""
    RollOut.objects.filter(pk=rollout.pk).update(stop_requested=True)


def end(rollout: RollOut) -> None:
    """Give up what is left of a roll-out, so that another one of its kind can begin. Raises RollOutError if it runs."""
    with _working_on(rollout):
        if rollout.status in UNFINISHED:
            _note(rollout, status=RollOutStatus.ENDED, finished_at=timezone.now())


@contextmanager
def _working_on(rollout: RollOut) -> Iterator[None]:
    try:
        with exclusive(f"rollout-{rollout.kind}"):
            rollout.refresh_from_db()
            yield
    except Busy:
        raise RollOutError(
            _(
                "A roll-out of “%(kind)s” is being carried out just now. Wait until its wave is done, or stop it: "
                "columns stop --rollout %(number)d"
            )
            % {"kind": kind_label(rollout.kind), "number": rollout.pk}
        ) from None


def _checked_template(rollout: RollOut) -> ColumnTemplate:
    if rollout.status not in UNFINISHED:
        raise RollOutError(_("Roll-out %(number)d is over. Start another one.") % {"number": rollout.pk})
    template = Scope(rollout.kind, rollout.to_version).template()
    if template.digest != rollout.digest:
        raise RollOutError(
            _(
                "Version %(version)d of the template “%(kind)s” says something else than when roll-out %(number)d "
                "began. Put the old file back, or end the roll-out and issue a new version."
            )
            % {"version": rollout.to_version, "kind": kind_label(rollout.kind), "number": rollout.pk}
        )
    return template


def _take_wave(rollout: RollOut, size: str) -> tuple[int, list[RollOutSite]]:
    """Return the wave's number and its sub-sites; one that was broken off is finished first."""
    broken_off = rollout.sites.filter(outcome="", wave__isnull=False)
    if not broken_off.exists():
        number = (rollout.sites.aggregate(last=Max("wave"))["last"] or 0) + 1
        turn = Case(When(outcome="", then=Value(0)), default=Value(1), output_field=IntegerField())
        waiting = rollout.sites.filter(outcome__in=("", SiteOutcome.UNDONE)).order_by(turn, "pk")
        chosen = list(waiting.values_list("pk", flat=True)[: wave_of(size, rollout.total)])
        for start_at in range(0, len(chosen), 1000):
            rollout.sites.filter(pk__in=chosen[start_at : start_at + 1000]).update(
                wave=number, outcome="", sentence="", notes=[], counts={}, before={}
            )
    rows = list(broken_off.order_by("pk"))
    return (rows[0].wave or 0 if rows else 0), rows


def _batches(rows: Sequence[RollOutSite]) -> Iterator[Sequence[RollOutSite]]:
    return (rows[start_at : start_at + BATCH] for start_at in range(0, len(rows), BATCH))


def _note(rollout: RollOut, **values: Any) -> None:
    values |= {"heartbeat_at": timezone.now()}
    RollOut.objects.filter(pk=rollout.pk).update(**values)
    for name, value in values.items():
        setattr(rollout, name, value)


def _stop_requested(rollout: RollOut) -> bool:
    return RollOut.objects.filter(pk=rollout.pk, stop_requested=True).exists()
