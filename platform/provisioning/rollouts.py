"""Template roll-outs (栏目模板下发) to the fleet: begun once, applied wave by wave, stopped, continued, taken back.

The command, the admin and the background task all come through here. A sub-site's record is written in the transaction
that changes its pages: whatever ends a wave, kill -9 included, the next one finds exactly what is left to do.
"""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Case, IntegerField, Max, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning.exclusive import Busy, exclusive
from provisioning.models import UNFINISHED, RollOut, RollOutSite, RollOutStatus, SiteOutcome
from provisioning.rollout_preview import RollOutError, Scope, counts, passed_over, preview
from sites.column_changes import bring_to_template
from sites.column_templates import ColumnTemplate
from sites.column_undo import undo_template
from tenants.models import Tenant

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

logger = logging.getLogger("provisioning")
BATCH = 25
Progress = Callable[[int, int], None]


@dataclass
class WaveReceipt:
    """What became of a wave: sub-sites by outcome, and a sentence for each one that failed, was skipped or kept more."""

    wave: int
    total: int
    outcomes: Counter[str] = field(default_factory=Counter)
    sentences: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False
    left: int = 0

    @property
    def done(self) -> int:
        return self.outcomes.total()

    def as_json(self) -> dict[str, Any]:
        return {
            "wave": self.wave,
            "total": self.total,
            "outcomes": dict(self.outcomes),
            "stopped": self.stopped,
            "left": self.left,
            "sites": [{"code": code, "sentence": sentence} for code, sentence in self.sentences],
        }


def wave_of(size: str, total: int) -> int:
    """Return how many sub-sites a wave has: "10%" of the total, "50", or "all". Raises RollOutError for anything else."""
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
        raise RollOutError(_("There is no open sub-site of the kind “%(kind)s” here.") % {"kind": scope.kind})
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
            % {"number": other.pk, "kind": other.kind, "version": other.to_version}
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
        _note(rollout, status=RollOutStatus.RUNNING, stop_requested=False, finished_at=None)
        try:
            for batch in _batches(rows):
                if _stop_requested(rollout):
                    receipt.stopped = True
                    break
                _bring_or_split(rollout, template, batch, by, receipt)
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
    """Take the last wave back from its sub-sites. What they did themselves since is kept and told. Raises RollOutError."""
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
            _undo_or_split(rollout, batch, by, receipt)
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
            % {"kind": rollout.kind, "number": rollout.pk}
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
            % {"version": rollout.to_version, "kind": rollout.kind, "number": rollout.pk}
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


def _bring_or_split(
    rollout: RollOut, template: ColumnTemplate, batch: Sequence[RollOutSite], by: Any, receipt: WaveReceipt
) -> None:
    try:
        with transaction.atomic():
            _bring(rollout, template, batch, by)
            _record(batch, by)
    except (OperationalError, InterfaceError):
        raise  # The database itself is in trouble: it is not the sub-sites' fault.
    except Exception as error:
        if len(batch) > 1:
            fresh = {row.pk: row for row in RollOutSite.objects.filter(pk__in=[row.pk for row in batch])}
            for row in batch:
                _bring_or_split(rollout, template, [fresh[row.pk]], by, receipt)
            return
        [row] = batch
        logger.warning("Roll-out %s failed on tenant %s", rollout.pk, row.tenant_id, exc_info=error)
        row.outcome, row.sentence, row.counts, row.before = SiteOutcome.FAILED, sentence_of(error), {}, {}
        _record(batch, by)
    _tell(batch, receipt)


def sentence_of(error: Exception) -> str:
    """Return what a person is told of a failure; the log has the rest."""
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return _("This sub-site could not be changed (%(reason)s). Nothing of it was written.") % {
        "reason": f"{type(error).__name__}: {error}".splitlines()[0][:300]
    }


def _bring(rollout: RollOut, template: ColumnTemplate, batch: Sequence[RollOutSite], by: Any) -> None:
    tenants = Tenant.objects.in_bulk([row.tenant_id for row in batch])
    work: dict[int, RollOutSite] = {}
    for row in batch:
        row.sentence = passed_over(tenants[row.tenant_id], rollout.to_version)
        if row.sentence:
            row.outcome = SiteOutcome.SKIPPED
        else:
            work[row.tenant_id] = row
    brought = bring_to_template([tenants[pk] for pk in work], template, by=by, with_optional=rollout.with_optional)
    for result in brought:
        row = work[result.tenant_id]
        row.from_version = result.from_version
        row.outcome = SiteOutcome.CHANGED if result.changed else SiteOutcome.UNCHANGED
        row.before = result.before
        row.notes = list(result.plan.warnings)
        kept = sum(difference.kept for difference in result.plan.local_differences)
        row.counts = counts(result.plan) | {"kept": kept, "set_back": len(result.plan.local_differences) - kept}


def _undo_or_split(rollout: RollOut, batch: Sequence[RollOutSite], by: Any, receipt: WaveReceipt) -> None:
    try:
        with transaction.atomic():
            _undo(rollout, batch, by)
            _record(batch, by)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(batch) > 1:
            fresh = {row.pk: row for row in RollOutSite.objects.filter(pk__in=[row.pk for row in batch])}
            for row in batch:
                _undo_or_split(rollout, [fresh[row.pk]], by, receipt)
            return
        [row] = batch
        logger.warning("Undoing roll-out %s failed on tenant %s", rollout.pk, row.tenant_id, exc_info=error)
        row.outcome, row.sentence = SiteOutcome.FAILED, sentence_of(error)
    _tell(batch, receipt)


def _undo(rollout: RollOut, batch: Sequence[RollOutSite], by: Any) -> None:
    tenants = Tenant.objects.in_bulk([row.tenant_id for row in batch])
    work: dict[int, RollOutSite] = {}
    for row in batch:
        tenant = tenants[row.tenant_id]
        if tenant.template_version == rollout.to_version:
            work[tenant.pk] = row
        else:
            row.outcome = SiteOutcome.SKIPPED
            row.sentence = _("This sub-site has version %(version)d by now: it was left as it is.") % {
                "version": tenant.template_version
            }
    undone = undo_template([(tenants[pk], row.before) for pk, row in work.items()], version=rollout.to_version, by=by)
    for result in undone:
        row = work[result.tenant_id]
        row.outcome, row.notes, row.sentence, row.before = SiteOutcome.UNDONE, result.kept, "", {}
        row.counts = {"removed": result.removed, "kept": len(result.kept)}


def _record(rows: Sequence[RollOutSite], by: Any) -> None:
    for row in rows:
        row.done_at, row.done_by = timezone.now(), by
    fields = ["from_version", "outcome", "counts", "notes", "sentence", "before", "done_at", "done_by"]
    RollOutSite.objects.bulk_update(rows, fields)


def _tell(rows: Sequence[RollOutSite], receipt: WaveReceipt) -> None:
    receipt.outcomes.update(str(row.outcome) for row in rows)
    told = [row for row in rows if row.sentence or row.notes]
    if told:
        codes = dict(Tenant.objects.filter(pk__in=[row.tenant_id for row in told]).values_list("pk", "code"))
        for row in told:
            sentences = [row.sentence] if row.sentence else row.notes
            receipt.sentences += [(codes[row.tenant_id], sentence) for sentence in sentences]
