"""Rounds of review as they stand in the database: who wrote, who may decide, and which text is under review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Max, Q, QuerySet
from wagtail.models import Revision

from sites.models import Decision, Review, ReviewPolicy, ReviewState, SitePage
from sites.reach import reach_of
from sites.review import flow
from tenants.models import Membership, Role

ABILITIES = ("write", "review", "supervise")
NAMED = (Decision.SUBMITTED, Decision.APPROVED, Decision.REROUTED)


def policy_of(tenant_id: int) -> ReviewPolicy:
    """Return the tenant's rule of review; one with the defaults (not saved) where it has set none."""
    return ReviewPolicy.objects.filter(tenant_id=tenant_id).first() or ReviewPolicy(tenant_id=tenant_id)


def open_round(page_id: int | None) -> Review | None:
    """Return the round that waits for a decision on the page, with its submitter, in one query."""
    if page_id is None:
        return None
    return Review.objects.filter(page_id=page_id, state=ReviewState.WAITING).select_related("submitted_by").first()


def last_round(page_id: int) -> Review | None:
    """Return the newest round of the page, open or closed, with its submitter."""
    return Review.objects.filter(page_id=page_id).select_related("submitted_by").order_by("-id").first()


def round_in_editor(page: SitePage) -> Review | None:
    """Return the newest round of the page that is being edited, looked up once for the page object in hand."""
    if not hasattr(page, "_last_round"):
        page._last_round = last_round(page.pk) if page.pk else None
    return page._last_round


def open_in_editor(page: SitePage | None) -> Review | None:
    """Return the round that waits for a decision on the page that is being edited."""
    review = round_in_editor(page) if page is not None else None
    return review if review is not None and review.state == ReviewState.WAITING else None


def lock(review: Review) -> tuple[SitePage | None, Review]:
    """Lock the page and the round, in the order everybody takes locks in; return both as they stand now."""
    page = SitePage.objects.select_for_update(no_key=True).filter(pk=review.page_id).first()
    return page, Review.objects.select_for_update().get(pk=review.pk)


def facts_of(review: Review, newest: Revision | None = None) -> flow.Round:
    """Return the round as the rules see it, in three queries. `newest` is the page's newest revision (else one more)."""
    newest = newest or newest_revision(review)
    named: list[Any] = list(
        review.records.filter(decision__in=NAMED).order_by("id").values_list("decision", "by_id", "revision_id", "at")
    )
    starts = [number for number, step in enumerate(named) if step[0] != Decision.APPROVED]
    acted = {by for decision, by, _pk, _at in named[starts[-1] if starts else 0 :] if decision == Decision.APPROVED}
    # A revision that was overwritten in place carries a later date than the name put to it.
    vouched = {by for _what, by, pk, at in named if newest is not None and pk == newest.pk and at >= newest.created_at}
    return flow.Round(
        state=review.state,
        stage=review.stage,
        stages=flow.stages_of(review.steps, urgent=review.urgent),
        submitted_by=review.submitted_by_id,
        authors=author_ids(review),
        acted=frozenset(acted),
        vouched=frozenset(vouched),
        changed=newest is None or newest.pk != review.revision_id or not vouched,
    )


def author_ids(review: Review) -> frozenset[int]:
    """Return who wrote what is in review, looked up once for the round in hand."""
    if not hasattr(review, "_author_ids"):
        review._author_ids = frozenset(review.authors.values_list("pk", flat=True))
    return review._author_ids


def newest_revision(review: Review) -> Revision | None:
    """Return the newest revision of the page: the text as it stands now."""
    return Revision.objects.filter(pk__in=SitePage.objects.filter(pk=review.page_id).values("latest_revision")).first()


def reviewer_ids(tenant_id: int) -> frozenset[int]:
    """Return the people who hold the role of a reviewer over the tenant at this moment."""
    held = Membership.objects.active().filter(role=Role.REVIEWER, tenant_id=tenant_id, user__is_active=True)
    return frozenset(held.values_list("user_id", flat=True))


def reviewers_of(review: Review, newest: Revision | None = None) -> QuerySet[Any]:
    """Return the people whose turn it is: the tenant's reviewers; where none may decide, the platform operators."""
    return turn_of(facts_of(review, newest), reviewer_ids(review.tenant_id))


def turn_of(facts: flow.Round, reviewers: frozenset[int]) -> QuerySet[Any]:
    """Return the people whose turn it is, from what is known of the round and of the tenant's reviewers."""
    found = flow.deciders(reviewers, facts)
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(pk__in=found) if found else operators().exclude(pk__in=facts.authors)


def operators() -> QuerySet[Any]:
    held = Membership.objects.active().filter(role=Role.PLATFORM_OPERATOR)
    return (
        get_user_model().objects.filter(is_active=True).filter(Q(pk__in=held.values("user_id")) | Q(is_superuser=True))
    )


def reviewers(tenant_id: int) -> QuerySet[Any]:
    return get_user_model().objects.filter(pk__in=reviewer_ids(tenant_id))


def managers(tenant_id: int) -> QuerySet[Any]:
    held = Membership.objects.active().filter(role=Role.SITE_MANAGER, tenant_id=tenant_id)
    return get_user_model().objects.filter(is_active=True, pk__in=held.values("user_id"))


def person(user: Any, page: SitePage) -> flow.Person:
    """Return the person with the abilities held over the page now: read anew, not from the running request."""
    fresh = get_user_model().objects.filter(pk=user.pk).first()
    return shown_person(fresh, page) if fresh is not None else flow.Person(user.pk)


def shown_person(user: Any, page: SitePage) -> flow.Person:
    """Return the person with the abilities the running request knows of: enough to choose what a page offers."""
    reach = reach_of(user)
    return flow.Person(user.pk, frozenset(each for each in ABILITIES if reach.may(each, page)))


def authors_of(page: SitePage) -> frozenset[int]:
    """Return the ids of all who wrote on the page since it was last signed or published, outside of a review.

    Who corrects an article while it waits does so as its reviewer, and is recorded in the step.
    """
    rounds = list(
        Review.objects.filter(page_id=page.pk, closed_at__isnull=False).values_list("submitted_at", "closed_at")
    )
    signed = Review.objects.filter(page_id=page.pk, state=ReviewState.SIGNED).aggregate(last=Max("revision_id"))["last"]
    since = max(signed or 0, page.live_revision_id or 0)
    written: Iterable[Any] = page.revisions.filter(pk__gt=since, user__isnull=False).values_list(
        "user_id", "created_at"
    )
    found = {user_id for user_id, at in written if not any(start < at <= end for start, end in rounds)}
    if not since and page.owner_id:
        found.add(page.owner_id)
    return frozenset(found)


def first_open_below(pages: Iterable[SitePage]) -> Review | None:
    """Return an open round on one of the pages or on what stands below them, in one query."""
    condition = Q(pk__in=[])
    for page in pages:
        condition |= Q(page__path__startswith=page.path)
    return Review.objects.filter(condition, state=ReviewState.WAITING).select_related("submitted_by").first()
