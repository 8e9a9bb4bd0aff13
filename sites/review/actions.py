"""The acts of review (审核): each is one function that checks, changes atomically, logs and tells.

All raise ReviewError, with a sentence for the person, and then nothing has changed. Rights are asked when the act is
done, not when its page was opened: who was a reviewer a minute ago is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from sites.messages import _, sentence
from sites.models import Decision, Review, ReviewState, ReviewStep, SitePage
from sites.review import checking, flow, log_names, rounds, secrecy, secrecy_list, telling
from sites.review.changes import changed_fields
from sites.review.errors import ReviewError
from sites.review.flow import Act
from sites.review.publishing import expire_due, has_expired, publish, publish_signed, withdraw
from tenants.names import same_name, shown_name

__all__ = [
    "ReviewError", "approve", "expire_due", "publish_signed", "reroute", "reviewers_of", "send_back", "sign", "submit",
    "take_back", "withdraw",
]  # fmt: skip
reviewers_of = rounds.reviewers_of
AS_SUBMITTED = object()


def submit(
    page: SitePage,
    by: Any,
    urgent: bool = False,
    reason: str = "",
    publish_at: datetime | None = None,
    *,
    comment: str = "",
) -> Review:
    """Open a round with the newest text of the page. `reason` is that of urgency; `publish_at` must lie ahead."""
    checking.require_passed(page, by)
    with transaction.atomic():
        stored = SitePage.objects.select_for_update(no_key=True).get(pk=page.pk)
        policy = rounds.policy_of(stored.tenant_id)
        _check_submission(stored, by)
        if urgent and not policy.allow_urgent:
            raise ReviewError(sentence(_("This site does not use the urgent path.")))
        if urgent and not reason.strip():
            raise ReviewError(sentence(_("Say why the article is urgent.")))
        if publish_at is not None and publish_at <= timezone.now():
            raise ReviewError(sentence(_("The time of publication must lie ahead.")))
        authors = rounds.authors_of(stored) | {by.pk}
        now = timezone.now()
        review = Review(
            tenant_id=stored.tenant_id,
            page=stored,
            column_id=stored.column_id,
            revision_id=stored.latest_revision_id,
            title=stored.draft_title,
            stage=flow.stages_of(policy.steps, urgent=urgent)[0],
            steps=policy.steps,
            urgent=urgent,
            urgent_reason=reason.strip() if urgent else "",
            correction=stored.live,
            submitted_by=by,
            submitted_at=now,
            waiting_since=now,
            publish_at=publish_at,
        )
        try:
            with transaction.atomic():
                review.save()
        except IntegrityError:  # the constraint is the last word between two who submit at once
            raise _already_open(stored) from None
        review.authors.set(authors)
        _record(review, Decision.SUBMITTED, by, comment=comment.strip(), log_action=log_names.SUBMITTED)
        telling.of_waiting(review)
    return review


def approve(review: Review, by: Any, comment: str = "", *, seen: int | None = None) -> Review:
    """Pass the article on to the next stage, with the text as it stands now; corrections are recorded by field.

    `seen` is the id of the revision that the person had before the eyes; a newer one refuses.
    """
    with transaction.atomic():
        page, review, facts = _allowed(review, Act.APPROVE, by)
        newest = _seen(review, seen)
        changed = changed_fields(review.revision, newest) if newest.pk != review.revision_id else []
        stage = review.stage
        review.revision, review.title = newest, page.draft_title
        _move(review, facts, Act.APPROVE)
        _record(review, Decision.APPROVED, by, stage, comment=comment, changed=changed, log_action=log_names.APPROVED)
        telling.of_waiting(review)
    return review


def sign(
    review: Review,
    by: Any,
    answers: Mapping[str, str],
    signature: str,
    *,
    comment: str = "",
    publish_at: Any = AS_SUBMITTED,
    seen: int | None = None,
) -> Review:
    """Sign the article (签发) and publish it: at once, or at `publish_at` (default: the time asked for when submitting).

    `answers` are those of the secrecy review by code of the question; all are kept. An answer that says "secret"
    refuses, and the refusal stands in the page's history.
    """
    questions = secrecy_list.questions()
    if secrecy.problems(questions, answers):
        raise ReviewError(sentence(_("Answer all questions of the secrecy review.")))
    secret = secrecy.secrets(questions, answers)
    with transaction.atomic():
        page, review, facts = _allowed(review, Act.SIGN, by)
        newest = _seen(review, seen)
        if not same_name(signature, shown_name(by)):
            raise ReviewError(sentence(_("Sign with your own full name: %(name)s."), name=shown_name(by)))
        if secret:
            data = {"questions": secret}
            log(instance=page.specific, action=log_names.SECRET, user=by, data=data, revision=newest)
        else:
            _publish_signed(review, facts, by, newest, publish_at, answers, signature, comment)
    if secret:
        raise ReviewError(
            sentence(
                _("By the secrecy review the article must not be public: %(questions)s"), questions=" ".join(secret)
            )
        )
    return review


def _publish_signed(
    review: Review,
    facts: flow.Round,
    by: Any,
    revision: Any,
    publish_at: Any,
    answers: Mapping[str, str],
    signature: str,
    comment: str,
) -> None:
    if has_expired(revision):
        raise ReviewError(sentence(_("The article's date of expiry has passed: send it back to have it changed.")))
    if publish_at is not AS_SUBMITTED:
        review.publish_at = publish_at
    _move(review, facts, Act.SIGN)
    _record(
        review,
        Decision.SIGNED,
        by,
        comment=comment,
        secrecy=secrecy.kept(secrecy_list.questions(), answers),
        signature=signature.strip(),
        log_action=log_names.SIGNED,
    )
    if publish(revision, by=by, at=review.publish_at):
        telling.of_published(review)
    else:
        telling.of_signed_for_later(review, by)


def send_back(review: Review, by: Any, comment: str) -> Review:
    """Send the article back to its author; the comment is demanded."""
    if not comment.strip():
        raise ReviewError(sentence(_("Say what has to be changed.")))
    with transaction.atomic():
        _page, review, facts = _allowed(review, Act.SEND_BACK, by)
        _move(review, facts, Act.SEND_BACK)
        _record(review, Decision.SENT_BACK, by, comment=comment.strip(), log_action=log_names.SENT_BACK)
        telling.of_sent_back(review, by, comment.strip())
    return review


def take_back(review: Review, by: Any) -> Review:
    """Let the author have the article again, as a draft."""
    with transaction.atomic():
        _page, review, facts = _allowed(review, Act.TAKE_BACK, by)
        _move(review, facts, Act.TAKE_BACK)
        _record(review, Decision.WITHDRAWN, by, log_action=log_names.TOOK_BACK)
    return review


def reroute(review: Review, by: Any, comment: str = "") -> Review:
    """Send a text that was changed before the signature through the review once more, from its first stage."""
    with transaction.atomic():
        page, review, facts = _allowed(review, Act.REROUTE, by)
        newest = _seen(review, None)
        changed = changed_fields(review.revision, newest)
        stage = review.stage
        review.revision, review.title = newest, page.draft_title
        _move(review, facts, Act.REROUTE)
        _record(review, Decision.REROUTED, by, stage, comment=comment, changed=changed, log_action=log_names.REROUTED)
        telling.of_waiting(review)
    return review


def _check_submission(page: SitePage, by: Any) -> None:
    if page.depth < 4 or page.tenant_id is None:
        raise ReviewError(sentence(_("Only what stands in a sub-site is submitted for review.")))
    if "write" not in rounds.person(by, page).abilities:
        raise ReviewError(sentence(_("You no longer have the right to write in this column.")))
    if page.alias_of_id:
        raise ReviewError(sentence(_("A reference follows its original, which is reviewed in its own place.")))
    if rounds.open_round(page.pk) is not None:
        raise _already_open(page)
    if page.approved_schedule:
        raise ReviewError(sentence(_("The article is signed already and waits for its time of publication.")))
    if page.latest_revision_id is None or (page.live and not page.has_unpublished_changes):
        raise ReviewError(sentence(_("Nothing was changed since the article was published.")))
    try:
        page.latest_revision.as_object().full_clean()
    except ValidationError as error:
        named = [f"{_label(page, name)}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
        raise ReviewError(sentence(_("The article is not complete yet. %(faults)s"), faults=" ".join(named))) from None


def _label(page: SitePage, name: str) -> str:
    fields = {field.name: field for field in page.specific_class._meta.get_fields()}
    return str(getattr(fields.get(name), "verbose_name", name))


def _already_open(page: SitePage) -> ReviewError:
    found = rounds.open_round(page.pk)
    name = shown_name(found.submitted_by) if found else ""
    return ReviewError(
        sentence(_("“%(title)s” is in review already; %(name)s submitted it."), title=page.draft_title, name=name)
    )


def _allowed(review: Review, act: Act, by: Any) -> tuple[SitePage, Review, flow.Round]:
    """Lock page and round and return them with the facts, or raise ReviewError where `by` may not do that now."""
    page, review = rounds.lock(review)
    if page is None:
        raise ReviewError(sentence(_("The article was deleted.")))
    if page.tenant_id != review.tenant_id:
        raise ReviewError(sentence(_("The article was moved to another site; its review ends there.")))
    facts = rounds.facts_of(review)
    refused = flow.refusal(facts, act, rounds.person(by, page), rounds.reviewer_ids(review.tenant_id))
    if refused is not None:
        raise ReviewError(refused)
    return page, review, facts


def _seen(review: Review, seen: int | None) -> Any:
    """Return the newest revision; raise ReviewError where the person had an older one before the eyes."""
    newest = rounds.newest_revision(review)
    if newest is None or (seen is not None and newest.pk != seen):
        raise ReviewError(sentence(_("The text was changed while you were reading. Read it once more, then decide.")))
    return newest


def _move(review: Review, facts: flow.Round, act: Act) -> None:
    """Take the round to where the act leads, and save it."""
    state, stage = flow.after(facts, act) or (review.state, review.stage)
    now = timezone.now()
    review.state, review.stage = ReviewState(state), stage
    review.waiting_since = now
    if state != flow.WAITING:
        review.closed_at = now
    review.save()


def _record(
    review: Review, decision: str, by: Any, stage: str | None = None, *, log_action: str, **values: Any
) -> ReviewStep:
    """Keep who did what with which text, in the round and in the history of the page."""
    step = ReviewStep.objects.create(
        tenant_id=review.tenant_id,
        review=review,
        stage=stage or review.stage,
        decision=decision,
        by=by,
        revision_id=review.revision_id,
        **values,
    )
    log(
        instance=review.page.specific,
        action=log_action,
        user=by,
        data={"stage": step.stage, "comment": step.comment},
        revision=review.revision,
    )
    return step
