"""The items of one column as their keepers see them: states, search, and what can be done next."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.models import Review, ReviewState, SitePage


class ItemState(StrEnum):
    """How far an item is, in the order of the filter."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENT_BACK = "sent_back"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


LABELS = {
    ItemState.DRAFT: _("Draft"),
    ItemState.WAITING: _("In review"),
    ItemState.SENT_BACK: _("Sent back"),
    ItemState.SCHEDULED: _("Signed, to be published"),
    ItemState.PUBLISHED: _("Published"),
    ItemState.CHANGED: _("Published, with changes not handed in"),
    ItemState.WITHDRAWN: _("Withdrawn from the site"),
}
# Whether the author may hand the text in for review.
OPEN = frozenset({ItemState.DRAFT, ItemState.SENT_BACK, ItemState.CHANGED, ItemState.WITHDRAWN})


def items_of(column_id: int, *, state: str = "", search: str = "") -> Any:
    """Return the items of a column with `last_review` (state of the newest round, "" without one) and `goes_live_at`.

    What was never published comes first, then the newest publications: the order of the listing index.
    """
    rounds = Review.objects.filter(page=OuterRef("pk")).order_by("-pk")
    found = (
        SitePage.objects.filter(column_id=column_id)
        .annotate(
            last_review=Coalesce(Subquery(rounds.values("state")[:1]), Value("")),
            goes_live_at=Subquery(rounds.values("publish_at")[:1]),
        )
        .select_related("content_type", "owner")
        .order_by(F("published_at").desc(nulls_first=True), "-pk")
    )
    if search:
        found = found.filter(Q(draft_title__icontains=search) | Q(title__icontains=search))
    if state in LABELS:
        found = found.filter(_condition(ItemState(state)))
    return found


def state_of(item: Any) -> ItemState:
    """Return the state of an item that `items_of` gave."""
    if item.live and not item.has_unpublished_changes:
        return ItemState.PUBLISHED
    if item.last_review == ReviewState.WAITING:
        return ItemState.WAITING
    if item.last_review == ReviewState.SENT_BACK and item.has_unpublished_changes:
        return ItemState.SENT_BACK
    if item.live:
        return ItemState.CHANGED
    if item.last_review == ReviewState.SIGNED and item.goes_live_at and item.goes_live_at > timezone.now():
        return ItemState.SCHEDULED
    return ItemState.WITHDRAWN if item.withdrawn_at else ItemState.DRAFT


def _condition(state: ItemState) -> Q:
    """Return the condition for a state; it says the same as `state_of`, and begins at what the index finds."""
    now = timezone.now()
    public = Q(live=True, has_unpublished_changes=False)
    waiting = Q(Exists(Review.objects.filter(page=OuterRef("pk"), state=ReviewState.WAITING))) & ~public
    back = Q(has_unpublished_changes=True, last_review=ReviewState.SENT_BACK)
    timed = Q(live=False, last_review=ReviewState.SIGNED, goes_live_at__gt=now)
    # Said without a NOT, in which a missing time would be neither true nor false.
    untimed = Q(live=True) | ~Q(last_review=ReviewState.SIGNED) | Q(goes_live_at=None) | Q(goes_live_at__lte=now)
    idle = ~waiting & ~back & untimed
    return {
        ItemState.WAITING: waiting,
        ItemState.SENT_BACK: back & ~waiting,
        ItemState.PUBLISHED: public,
        ItemState.CHANGED: Q(live=True, has_unpublished_changes=True) & idle,
        ItemState.SCHEDULED: timed & ~waiting & ~back,
        ItemState.WITHDRAWN: Q(live=False, withdrawn_at__isnull=False) & idle,
        ItemState.DRAFT: Q(live=False, withdrawn_at=None) & idle,
    }[state]
