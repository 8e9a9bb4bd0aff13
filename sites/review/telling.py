"""Tells people what happened in a review. The texts are English msgids; each person gets them in the own language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from sites import notices
from sites.messages import _
from sites.models import Notice, NoticeKind, Review
from sites.review import flow, rounds
from tenants.names import shown_name

WAITS = _("“%(title)s” by %(author)s waits for your review.")
WAITS_URGENTLY = _("Urgent: “%(title)s” by %(author)s waits for your signature.")
SENT_BACK = _("%(reviewer)s sent “%(title)s” back: %(comment)s")
SIGNED_FOR_LATER = _("%(reviewer)s signed “%(title)s”; it will be published at the time set.")
PUBLISHED = _("“%(title)s” is published.")
WITHDRAWN = _("%(reviewer)s withdrew “%(title)s” from the site: %(reason)s")
NO_REVIEWER = _("“%(title)s” waits for review, and no reviewer of this site may decide on it. Appoint one.")
NOT_PUBLISHED = _("“%(title)s” is signed, but could not be published at its time: %(reason)s")
COMMENT_LENGTH = 200


def of_waiting(review: Review) -> None:
    """Tell those whose turn it is; where the tenant has nobody left, its site managers and the operators."""
    found = flow.deciders(rounds.reviewer_ids(review.tenant_id), rounds.facts_of(review))
    if not found:
        of_no_reviewer(review)
        return
    text = WAITS_URGENTLY if review.urgent else WAITS
    params = {"title": review.title, "author": shown_name(review.submitted_by)}
    _send(review, rounds.reviewers_of(review), NoticeKind.SUBMITTED, text, params)


def of_no_reviewer(review: Review) -> bool:
    """Tell site managers and operators that nobody can decide, once for each stage; return whether they were told."""
    known = Notice.objects.filter(kind=NoticeKind.NO_REVIEWER, page_id=review.page_id, at__gte=review.waiting_since)
    if known.exists():
        return False
    people = [*rounds.managers(review.tenant_id), *rounds.operators()]
    _send(review, people, NoticeKind.NO_REVIEWER, NO_REVIEWER, {"title": review.title})
    return True


def of_sent_back(review: Review, by: Any, comment: str) -> None:
    params = {"title": review.title, "reviewer": shown_name(by), "comment": comment[:COMMENT_LENGTH]}
    _send(review, _authors(review), NoticeKind.SENT_BACK, SENT_BACK, params)


def of_signed_for_later(review: Review, by: Any) -> None:
    params = {"title": review.title, "reviewer": shown_name(by)}
    _send(review, _authors(review), NoticeKind.PUBLISHED, SIGNED_FOR_LATER, params)


def of_published(review: Review) -> None:
    _send(review, _authors(review), NoticeKind.PUBLISHED, PUBLISHED, {"title": review.title})


def of_not_published(review: Review, reason: str) -> bool:
    """Tell authors and reviewers that a signed article did not go public, once; return whether they were told."""
    since = review.publish_at or review.closed_at or review.submitted_at
    if Notice.objects.filter(kind=NoticeKind.SENT_BACK, page_id=review.page_id, at__gte=since).exists():
        return False
    people = {person.pk: person for person in [*_authors(review), *rounds.reviewers(review.tenant_id)]}
    params = {"title": review.title, "reason": reason[:COMMENT_LENGTH]}
    _send(review, people.values(), NoticeKind.SENT_BACK, NOT_PUBLISHED, params)
    return True


def of_withdrawn(page: Any, review: Review | None, by: Any, reason: str) -> None:
    """Tell the authors of the last round, or the owner of a page that never had one."""
    params = {"title": page.title, "reviewer": shown_name(by), "reason": reason[:COMMENT_LENGTH]}
    if review is not None:
        _send(review, _authors(review), NoticeKind.WITHDRAWN, WITHDRAWN, params)
    elif page.owner is not None:
        notices.send(page.tenant, [page.owner], NoticeKind.WITHDRAWN, WITHDRAWN, params, page=page)


def _authors(review: Review) -> Iterable[Any]:
    return review.authors.all()


def _send(review: Review, people: Iterable[Any], kind: str, text: str, params: dict[str, str]) -> None:
    url = reverse("govsites_review:detail", args=[review.pk])
    notices.send(review.tenant, people, kind, text, params, page=review.page, url=url)
