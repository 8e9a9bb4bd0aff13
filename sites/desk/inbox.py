"""What waits for a person at the working site: sent back, to be finished, under review, and to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from sites.models import Column, Decision, Notice, Review, ReviewState, ReviewStep, SitePage
from sites.review import queue

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Part:
    """The newest or oldest entries of one list, and how many there are in all."""

    rows: Sequence[Any]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.total)


@dataclass(frozen=True, slots=True)
class SentBack:
    """A round of review that ended with its author, and the step that says why."""

    review: Review
    step: ReviewStep | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was begun and not handed in. `published` tells a correction from a new one."""

    page_id: int
    title: str
    column: str
    edited_at: datetime | None
    published: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    sent_back: Part
    drafts: Part
    under_review: Part

    def __bool__(self) -> bool:
        return bool(self.sent_back or self.drafts or self.under_review)


def inbox(user: Any, tenant_id: int) -> Inbox:
    """Return what an author has to do or is waiting for. At most six queries."""
    mine = Review.objects.filter(submitted_by=user, tenant_id=tenant_id, state=ReviewState.WAITING)
    return Inbox(
        sent_back=_sent_back(queue.sent_back_to(user).filter(tenant_id=tenant_id)),
        drafts=_drafts(user, tenant_id),
        under_review=_part(mine.select_related("column").order_by("submitted_at")),
    )


def _sent_back(reviews: Any) -> Part:
    found = _part(reviews.select_related("column").order_by("-closed_at"))
    steps = ReviewStep.objects.filter(review__in=found.rows, decision=Decision.SENT_BACK).select_related("by")
    last = {step.review_id: step for step in steps.order_by("pk")}
    return Part([SentBack(review, last.get(review.pk)) for review in found.rows], found.total)


def _drafts(user: Any, tenant_id: int) -> Part:
    open_review = Review.objects.filter(page=OuterRef("pk"), state=ReviewState.WAITING)
    texts = Column.objects.filter(tenant_id=tenant_id, has_unpublished_changes=True, latest_revision__user=user)
    pages = (
        SitePage.objects.filter(Q(owner=user, column__isnull=False) | Q(pk__in=texts.values("pk")))
        .filter(tenant_id=tenant_id, has_unpublished_changes=True)
        .exclude(live=False, withdrawn_at__isnull=False)
        .exclude(Exists(open_review))
        .exclude(pk__in=queue.sent_back_to(user).filter(tenant_id=tenant_id).values("page_id"))
        .order_by("-latest_revision_created_at", "-pk")
    )
    rows = pages.values_list("pk", "draft_title", "column__title", "latest_revision_created_at", "live")[:SHOWN]
    found = [Draft(pk, title, column or "", edited, live) for pk, title, column, edited, live in rows]
    return Part(found, pages.count() if len(found) == SHOWN else len(found))


def to_decide(user: Any, tenant_id: int) -> Part:
    """Return the reviews this person can decide now, the oldest first. At most two queries."""
    waiting = queue.waiting_for(user).filter(tenant_id=tenant_id)
    return _part(waiting.select_related("column", "submitted_by").order_by("-urgent", "waiting_since"))


def notices_of(user: Any, tenant_id: int) -> list[Notice]:
    """Return the person's latest notices of this sub-site."""
    return list(Notice.objects.filter(user=user, tenant_id=tenant_id)[:5])


def _part(reviews: Any) -> Part:
    rows = list(reviews[:SHOWN])
    return Part(rows, reviews.count() if len(rows) == SHOWN else len(rows))
