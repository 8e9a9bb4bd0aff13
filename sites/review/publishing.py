"""What a signature makes public, and what takes it off again. Each function checks, changes atomically, logs, tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import Revision

from sites.locks import LockedPage, is_locked
from sites.messages import _, sentence
from sites.models import Column, Decision, Review, ReviewState, ReviewStep, SitePage
from sites.review import rounds, telling
from sites.review.errors import ReviewError
from sites.review.log_names import WITHDREW


def publish(revision: Revision, *, by: Any, at: datetime | None = None, log_action: str = "wagtail.publish") -> bool:
    """Publish a signed revision, at once or (where `at` lies ahead) later; return whether it is public now.

    The time written into the revision is the signature's: what the author's form said of it does not count.
    Raises ReviewError where the page cannot be published as it is.
    """
    later = at.isoformat() if at is not None and at > timezone.now() else None
    if revision.content.get("go_live_at") != later:
        revision.content = {**revision.content, "go_live_at": later}
        revision.save(update_fields=["content"])
    try:
        with transaction.atomic():
            revision.publish(user=by, log_action=log_action, skip_permission_checks=True)
    except ValidationError as error:
        raise ReviewError(
            sentence(_("The article cannot be published as it is: %(faults)s"), faults=" ".join(error.messages))
        ) from error
    except LockedPage as error:
        raise ReviewError(sentence(_("The article cannot be published as it is: %(faults)s"), faults=error)) from error
    live, published_at = SitePage.objects.values_list("live", "published_at").get(pk=revision.object_id)
    if later is None and (not live or published_at is None):
        raise ReviewError(sentence(_("The article has no date of publication and cannot be public.")))
    return later is None


def has_expired(revision: Revision) -> bool:
    """Return whether the revision's own date of expiry has passed."""
    expire_at = parse_datetime(revision.content.get("expire_at") or "")
    return expire_at is not None and expire_at <= timezone.now()


def publish_signed(review: Review) -> bool:
    """Publish a signed article whose time has come; return whether it was published by this call.

    Safe to repeat: only a revision that still waits for its time is published, so neither a second call nor one after
    a withdrawal or a later correction does anything.
    """
    with transaction.atomic():
        page, review = rounds.lock(review)
        revision = Revision.objects.filter(pk=review.revision_id).first()
        if page is None or review.state != ReviewState.SIGNED or revision is None:
            return False
        if revision.approved_go_live_at is None or revision.approved_go_live_at > timezone.now():
            return False
        signed = review.records.filter(decision=Decision.SIGNED).select_related("by").last()
        publish(revision, by=signed.by if signed else None, log_action="wagtail.publish.scheduled")
        telling.of_published(review)
    return True


def expire_due(page: SitePage) -> bool:
    """Take a page off whose date of expiry has passed; return whether this call did. Safe to repeat."""
    with transaction.atomic():
        stored = SitePage.objects.select_for_update(no_key=True).filter(pk=page.pk).first()
        if stored is None or not stored.live or stored.expire_at is None or stored.expire_at > timezone.now():
            return False
        if is_locked(stored):
            return False
        stored.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def withdraw(page: SitePage, by: Any, reason: str) -> None:
    """Take a published item (or one that is signed and waits for its time) off the site; the reason is demanded.

    Columns are closed by their own pages, with a decision on what stands in them. Raises ReviewError.
    """
    reason = reason.strip()
    if not reason:
        raise ReviewError(sentence(_("Say why the article is withdrawn.")))
    with transaction.atomic():
        stored = SitePage.objects.select_for_update(no_key=True).get(pk=page.pk).specific
        if "review" not in rounds.person(by, stored).abilities:
            raise ReviewError(sentence(_("You are not, or no longer, a reviewer of this site.")))
        if is_locked(stored) or isinstance(stored, Column):
            raise ReviewError(sentence(_("Columns are not withdrawn here; an optional column can be closed.")))
        if not stored.live and not stored.approved_schedule:
            raise ReviewError(sentence(_("The article is not public.")))
        if stored.live:
            UnpublishPageAction(stored, user=by).execute(skip_permission_checks=True)
        else:
            stored.revisions.update(approved_go_live_at=None)
            SitePage.objects.filter(pk=stored.pk).update(go_live_at=None)
        review = rounds.last_round(stored.pk)
        if review is not None:
            ReviewStep.objects.create(
                tenant_id=review.tenant_id,
                review=review,
                stage=review.stage,
                decision=Decision.UNPUBLISHED,
                by=by,
                comment=reason,
                revision_id=stored.live_revision_id,
            )
        log(instance=stored, action=WITHDREW, user=by, data={"reason": reason})
        telling.of_withdrawn(stored, review, by, reason)
