"""Which columns of a sub-site need care, read from the pages: one query for all columns of any number of tenants.

What counts as an update depends on what a column holds:

  news, documents   the newest publication date (发布日期) of a public item that was published here. It is set once, so
                    a correction makes no column fresh; nor does a legacy item, whatever date it carries: an import is
                    not an update. A column that holds nothing else is not blank, though: its clock runs from the
                    newest of the old dates, and is at best amber until something is published here.
  records           leaders and service guides are kept right rather than added to: a correction counts as well.
  a text            the last publication of the column's own page; a roll-out of the template does not touch it.

Retired columns, ended topics and columns that only lead on (sections, letter boxes, links) are not judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, OuterRef, Subquery, TextField, When
from django.db.models.functions import Cast, Length
from django.utils import timezone

from sites.desk.clock import Clock, State, judge
from sites.models import Column, ColumnKind, SitePage
from sites.public.codes import CONTACT, SITE_MAP
from tenants.models import TenantKind

NEWS_KINDS = frozenset({"list", "catalogue", "topic", "data", "interview"})
RECORD_KINDS = frozenset({"people", "guide"})
TEXT_KINDS = frozenset({"single", "organisation"})
JUDGED_KINDS = NEWS_KINDS | RECORD_KINDS | TEXT_KINDS
# Pages that the platform fills by itself.
FILLED_CODES = CONTACT | {SITE_MAP}
PORTAL_KINDS = frozenset({TenantKind.PROVINCE, TenantKind.CITY, TenantKind.COUNTY})
EMPTY_STREAM = len("[]")
NEVER = 1_000_000  # days: blank columns without a limit stand behind those with one
_FIELDS = (
    "pk", "path", "kind", "code", "tenant_id", "tenant__kind", "update_within_days", "retired_on", "ends_on", "last",
    "held",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnCare:
    """One column and how fresh it is. `line` are the titles of the columns above it, from the top."""

    column_id: int
    tenant_id: int
    path: str
    title: str
    line: tuple[str, ...]
    kind: str
    code: str
    mandatory: bool
    is_disclosure: bool
    update_within_days: int | None
    last_published: datetime | None
    clock: Clock

    @property
    def state(self) -> State:
        return self.clock.state

    @property
    def days_left(self) -> int | None:
        return self.clock.days_left

    @property
    def due_on(self) -> date | None:
        return self.clock.due_on

    @property
    def kind_label(self) -> str:
        return str(ColumnKind(self.kind).label)


def column_care(tenant: Any, *, today: date | None = None, paths: Collection[str] | None = None) -> list[ColumnCare]:
    """Return the judged columns of a tenant (row or id), the most urgent first. One query.

    `paths` limits them to the columns at and below these tree paths (what a limited member keeps).
    """
    found = care_of([getattr(tenant, "pk", tenant)], today=today)
    if paths is not None:
        found = [row for row in found if row.path.startswith(tuple(paths))]
    return sorted(found, key=lambda row: (row.clock.urgency, row.update_within_days or NEVER, row.path))


def care_of(tenant_ids: Collection[int], *, today: date | None = None) -> list[ColumnCare]:
    """Return the judged columns of the tenants in the order of the tree. One query for any number of them."""
    rows = list(columns_with_last(tenant_ids).order_by("path").values(*_FIELDS, "title", "disclosure", "mandatory"))
    titles = {row["path"]: row["title"] for row in rows}
    return [_care(row, clock, titles) for row, clock in _judged(rows, today or timezone.localdate())]


def clocks_of(
    tenant_ids: Collection[int], *, today: date | None = None
) -> Iterator[tuple[int, Clock, datetime | None]]:
    """Yield (tenant id, clock, last publication) of the same columns: all that thousands of sub-sites are counted by."""
    rows = list(columns_with_last(tenant_ids).order_by("path").values(*_FIELDS))
    for row, clock in _judged(rows, today or timezone.localdate()):
        yield row["tenant_id"], clock, row["last"]


def columns_with_last(tenant_ids: Collection[int]) -> Any:
    """Return the tenants' public columns with `last`: when their content was last renewed, None for empty ones.

    `held` is the newest date of any item of a column of news, legacy ones among them.
    """
    now = timezone.now()
    items = SitePage.objects.filter(column_id=OuterRef("pk"), live=True).order_by("-published_at", "-pk")
    held = items.filter(published_at__isnull=False, published_at__lte=now).values("published_at")[:1]
    newest = items.filter(loaded_at=None, published_at__isnull=False, published_at__lte=now).values("published_at")[:1]
    renewed = (
        SitePage.objects.filter(column_id=OuterRef("pk"), live=True, published_at__lte=now)
        .annotate(
            # A second publication here is a correction; the first one of a legacy item is its arrival.
            kept=Case(
                When(last_published_at__gt=F("first_published_at"), then=F("last_published_at")),
                default=F("published_at"),
            )
        )
        .order_by("-kept")
        .values("kept")[:1]
    )
    return (
        Column.objects.filter(tenant_id__in=tenant_ids, live=True)
        .alias(body_length=Length(Cast("body", TextField())))
        .annotate(
            last=Case(
                When(kind__in=TEXT_KINDS, body_length__gt=EMPTY_STREAM, then=F("last_published_at")),
                When(kind__in=RECORD_KINDS, then=Subquery(renewed)),
                When(kind__in=NEWS_KINDS, then=Subquery(newest)),
                default=None,
                output_field=DateTimeField(null=True),
            ),
            held=Case(
                When(kind__in=NEWS_KINDS, then=Subquery(held)), default=None, output_field=DateTimeField(null=True)
            ),
        )
    )


def _judged(rows: list[dict[str, Any]], today: date) -> Iterator[tuple[dict[str, Any], Clock]]:
    closed = tuple(row["path"] for row in rows if row["retired_on"] or _has_ended(row, today))
    rows = [row for row in rows if not row["path"].startswith(closed)] if closed else rows
    parents = {row["path"][: -SitePage.steplen] for row in rows}
    for row in rows:
        # Where its own list is empty, the columns below it are what the reader finds.
        holds = row["last"] is not None or row["held"] is not None
        if row["kind"] in JUDGED_KINDS and (holds or row["path"] not in parents):
            yield row, _clock(row, today)


def _care(row: dict[str, Any], clock: Clock, titles: dict[str, str]) -> ColumnCare:
    above = [row["path"][:end] for end in range(4 * SitePage.steplen, len(row["path"]), SitePage.steplen)]
    return ColumnCare(
        column_id=row["pk"],
        tenant_id=row["tenant_id"],
        path=row["path"],
        title=row["title"],
        line=tuple(titles[path] for path in above if path in titles),
        kind=row["kind"],
        code=row["code"],
        mandatory=row["mandatory"],
        is_disclosure=bool(row["disclosure"]),
        update_within_days=row["update_within_days"],
        last_published=row["last"],
        clock=clock,
    )


def _clock(row: dict[str, Any], today: date) -> Clock:
    if row["last"] is None and _is_filled(row):
        return Clock(State.UNTIMED)
    if row["last"] is None and row["held"] is not None:
        clock = judge(_day(row["held"]), row["update_within_days"], today)
        return replace(clock, state=State.SOON) if clock.state == State.FRESH else clock
    return judge(_day(row["last"]), row["update_within_days"], today)


def _is_filled(row: dict[str, Any]) -> bool:
    """Return whether the platform shows something on a page without a text: from the register, or from the tree."""
    if row["kind"] == ColumnKind.ORGANISATION:
        return row["tenant__kind"] in PORTAL_KINDS
    return row["kind"] == ColumnKind.SINGLE and row["code"] in FILLED_CODES


def _has_ended(row: dict[str, Any], today: date) -> bool:
    return row["kind"] == ColumnKind.TOPIC and row["ends_on"] is not None and row["ends_on"] < today


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
