"""The sub-sites of a wave, batch by batch: each one whole or not at all, its record in the same transaction."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning.models import RollOut, RollOutSite, SiteOutcome
from provisioning.rollout_preview import counts, passed_over
from sites.column_changes import bring_to_template
from sites.column_templates import ColumnTemplate
from sites.column_undo import undo_template
from sites.messages import SaidError
from tenants.models import Tenant

logger = logging.getLogger("provisioning")


@dataclass
class WaveReceipt:
    """What became of a wave: sub-sites by outcome; sentences (tenant code, text) on those that need a look."""

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


def bring_or_split(
    rollout: RollOut, template: ColumnTemplate, batch: Sequence[RollOutSite], by: Any, receipt: WaveReceipt
) -> None:
    """Bring a batch to the template in one transaction; if it fails, one by one, and give up only what fails alone."""
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
                bring_or_split(rollout, template, [fresh[row.pk]], by, receipt)
            return
        [row] = batch
        logger.warning("Roll-out %s failed on tenant %s", rollout.pk, row.tenant_id, exc_info=error)
        row.outcome, row.sentence, row.counts, row.before = SiteOutcome.FAILED, sentence_of(error), {}, {}
        _record(batch, by)
    _tell(batch, receipt)


def sentence_of(error: Exception) -> str:
    """Return what a person is told of a failure; the log has the rest."""
    if isinstance(error, SaidError):
        return error.say(_)
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
        row.notes = [warning.say(_) for warning in result.plan.warnings]
        kept = sum(difference.kept for difference in result.plan.local_differences)
        row.counts = counts(result.plan) | {"kept": kept, "set_back": len(result.plan.local_differences) - kept}


def undo_or_split(rollout: RollOut, batch: Sequence[RollOutSite], by: Any, receipt: WaveReceipt) -> None:
    """Take a batch back in one transaction; if it fails, one by one."""
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
                undo_or_split(rollout, [fresh[row.pk]], by, receipt)
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
