"""Lists of rounds: what waits for a person, what came back, what is open. All are querysets, limited by the scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sites.models import Decision, Review, ReviewState, ReviewStep
from sites.reach import reach_of
from tenants.memberships import is_operator
from tenants.models import Membership, Role

LATE_AFTER = timedelta(days=2)


def waiting_for(user: Any) -> QuerySet[Review]:
    """Return the rounds this person can decide on now, the oldest first.

    For a platform operator, who is the last resort: those on which no reviewer of the tenant may decide.
    """
    waiting = _waiting().exclude(pk__in=_written_by(user))
    if is_operator(user):
        return waiting.filter(~_has_reviewer(), page__isnull=False)
    ids = reach_of(user).tenant_ids("review") or ()
    acted = Exists(_approvals(OuterRef("pk")).filter(by=user))
    return waiting.filter(tenant_id__in=ids).filter(~acted | ~_has_reviewer(fresh=True))


def open_reviews(tenant_ids: Iterable[int] | None) -> QuerySet[Review]:
    """Return the rounds that wait for a decision in these tenants (None: in all of the scope), the oldest first."""
    waiting = _waiting()
    return waiting if tenant_ids is None else waiting.filter(tenant_id__in=list(tenant_ids))


def sent_back_to(user: Any) -> QuerySet[Review]:
    """Return the rounds that came back to the person and are not submitted again, the newest first."""
    later = Review.objects.filter(page_id=OuterRef("page_id"), pk__gt=OuterRef("pk"))
    return (
        Review.objects.filter(state=ReviewState.SENT_BACK, submitted_by=user, page__isnull=False)
        .filter(~Exists(later))
        .select_related("tenant", "column", "submitted_by")
        .order_by("-closed_at")
    )


def submitted_by(user: Any) -> QuerySet[Review]:
    """Return all rounds the person opened, the newest first."""
    return (
        Review.objects.filter(submitted_by=user)
        .select_related("tenant", "column", "submitted_by")
        .order_by("-submitted_at", "-id")
    )


def closed_reviews(tenant_ids: Iterable[int] | None) -> QuerySet[Review]:
    """Return the rounds of these tenants (None: of the scope) that ended, the newest first."""
    closed = Review.objects.exclude(state=ReviewState.WAITING)
    if tenant_ids is not None:
        closed = closed.filter(tenant_id__in=list(tenant_ids))
    return closed.select_related("tenant", "column", "submitted_by").order_by("-closed_at", "-id")


def orphans() -> QuerySet[Review]:
    """Return the open rounds of the scope on which no reviewer of the tenant may decide, the oldest first."""
    return _waiting().filter(~_has_reviewer(), page__isnull=False)


def is_late(review: Review, now: datetime) -> bool:
    """Return whether the round has waited at its stage for more than two days."""
    return review.state == ReviewState.WAITING and now - review.waiting_since > LATE_AFTER


def _waiting() -> QuerySet[Review]:
    return (
        Review.objects.filter(state=ReviewState.WAITING)
        .select_related("tenant", "column", "submitted_by")
        .order_by("waiting_since", "pk")
    )


def _written_by(user: Any) -> Any:
    return Review.authors.through.objects.filter(user_id=user.pk).values("review_id")


def _approvals(review: Any) -> QuerySet[ReviewStep]:
    """Return the approvals of a round since its text was last put in (submitted, or sent through again)."""
    later = ReviewStep.objects.filter(
        review=OuterRef("review"), pk__gt=OuterRef("pk"), decision__in=[Decision.SUBMITTED, Decision.REROUTED]
    )
    return ReviewStep.objects.filter(review=review, decision=Decision.APPROVED).filter(~Exists(later))


def _has_reviewer(*, fresh: bool = False) -> Exists:
    """Return the condition that the tenant has a reviewer who is no author; `fresh`: and did not approve already."""
    wrote = Review.authors.through.objects.filter(review_id=OuterRef(OuterRef("pk")), user_id=OuterRef("user_id"))
    held = Membership.objects.active().filter(
        Q(tenant_id=OuterRef("tenant_id")), ~Exists(wrote), role=Role.REVIEWER, user__is_active=True
    )
    if fresh:
        held = held.filter(~Exists(_approvals(OuterRef(OuterRef("pk"))).filter(by=OuterRef("user_id"))))
    return Exists(held)
