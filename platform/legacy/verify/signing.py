"""Signing an acceptance report (签字确认): by a named person of the tenant, once, and only the newest one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from legacy.models import Acceptance
from legacy.verify import tally
from sites.messages import SaidError, _, sentence
from tenants.memberships import is_operator


class SigningRefused(SaidError):
    """The report cannot be signed; the message is a sentence."""


def sign(report: Acceptance, *, by: Any, name: str, remark: str = "") -> Acceptance:
    """Sign the report in the name of a person and return it. What is signed is its digest.

    A report with open points needs a remark that says why it is accepted. The platform's operator cannot sign for a tenant.
    Raises SigningRefused.
    """
    name, remark = name.strip(), remark.strip()
    with transaction.atomic():
        stored = Acceptance.objects.select_for_update().get(pk=report.pk)
        if stored.signed_at:
            raise SigningRefused(sentence(_("%(name)s has signed this report already."), name=stored.signed_name))
        if superseded(stored):
            raise SigningRefused(sentence(_("There is a newer report. Sign that one.")))
        if is_operator(by):
            raise SigningRefused(sentence(_("The site's own people sign, not the platform's operator.")))
        if not name:
            raise SigningRefused(sentence(_("Write the name of the person who signs.")))
        if not stored.passed and not remark:
            raise SigningRefused(
                sentence(_("The report has open points. Say in the remark why it is accepted with them."))
            )
        if tally.digest(stored.data) != stored.digest:
            raise SigningRefused(sentence(_("The report was changed after it was made. Make a new one.")))
        stored.signed_by, stored.signed_name, stored.signed_at = by, name[:150], timezone.now()
        stored.remark = remark
        stored.save(update_fields=["signed_by", "signed_name", "signed_at", "remark"])
    return stored


def newest(transition_ids: Iterable[int]) -> dict[int, Acceptance]:
    """Return the newest report of each transition that has one, in one query; its data are read when asked for."""
    of_these = Acceptance.objects.filter(transition__in=transition_ids)
    last = of_these.order_by().values("transition").annotate(last=Max("pk")).values("last")
    return {row.transition_id: row for row in Acceptance.objects.filter(pk__in=last).defer("data")}


def superseded(report: Acceptance) -> bool:
    """Return whether a newer report was made since: a signature counts on the newest one alone."""
    return newest([report.transition_id]).get(report.transition_id) != report


def holding(reports: Iterable[Acceptance]) -> set[int]:
    """Return the ids of the reports that are signed, and stored as they were signed."""
    signed = [report.pk for report in reports if report.signed_at]
    rows = Acceptance.objects.filter(pk__in=signed).values_list("pk", "data", "digest")
    return {pk for pk, data, digest in rows.iterator(chunk_size=20) if tally.digest(data) == digest}


def valid(report: Acceptance) -> bool:
    """Return whether the report is the newest one, signed, and stored as it was signed."""
    return not superseded(report) and bool(holding([report]))
