"""Who may see a round: members whose reach covers its page. To others it does not exist."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from sites.models import Review
from sites.reach import reach_of


def review_or_404(user: Any, review_id: int) -> Review:
    """Return the round with its page, tenant and people; raise Http404 where it is out of the person's reach.

    A round outlives its page; then whoever reads the whole site may still read it.
    """
    review = (
        Review.objects.select_related("page", "tenant", "column", "submitted_by", "revision")
        .filter(pk=review_id)
        .first()
    )
    reach = reach_of(user)
    if review is None:
        raise Http404
    readable = reach.may("read", review.page) if review.page is not None else reach.may_in("read", review.tenant_id)
    if not readable:
        raise Http404
    return review
