"""What happens at its time: signed articles go public, items whose date has passed come off, one failure stops no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sites import timed
from sites.messages import sentence
from sites.models import Article, Notice, Review, ReviewState
from sites.review.errors import ReviewError
from tenants.scope import tenant_scope
from tenants.tasks import timer
from tests.cast import Cast, first_column, publish_article


def waiting(cast: Cast, title: str, minutes: int) -> Article:
    """Return an article that is signed and goes public in so many minutes."""
    article = Article(title=title, live=False)
    first_column(cast.county_a).add_child(instance=article)
    article.go_live_at = timezone.now() + timedelta(hours=1)
    revision = article.save_revision(user=cast.contributor_a)
    revision.publish(user=cast.reviewer_a, skip_permission_checks=True)
    now = timezone.now()
    with tenant_scope(cast.county_a):
        Review.objects.create(
            tenant=cast.county_a, page=article, revision=revision, title=title, state=ReviewState.SIGNED,
            submitted_by=cast.contributor_a, submitted_at=now, waiting_since=now, closed_at=now,
        )  # fmt: skip
    revision.refresh_from_db()
    due = now + timedelta(minutes=minutes)
    revision.approved_go_live_at = due
    revision.content = {**revision.content, "go_live_at": due.isoformat()}
    revision.save()
    return article


def is_public(article: Article) -> bool:
    return Article.objects.get(pk=article.pk).live


def test_an_article_goes_public_when_its_time_has_come_and_not_before(cast: Cast) -> None:
    due, later = waiting(cast, "到时", -1), waiting(cast, "未到", 10)
    assert timed.publish_due.call() == {"done": 1, "unchanged": 0, "failed": 0}
    assert (is_public(due), is_public(later)) == (True, False)
    assert timed.publish_due.call()["done"] == 0


def test_an_item_comes_off_when_its_date_has_passed(cast: Cast) -> None:
    past = publish_article(first_column(cast.county_a), "过期")
    ahead = publish_article(first_column(cast.county_a), "未到期")
    Article.objects.filter(pk=past.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    Article.objects.filter(pk=ahead.pk).update(expire_at=timezone.now() + timedelta(minutes=1))
    assert timed.expire_due.call() == {"done": 1, "unchanged": 0, "failed": 0}
    assert (is_public(past), is_public(ahead)) == (False, True)
    assert Article.objects.get(pk=past.pk).published_at == past.published_at


def test_one_article_that_cannot_be_published_does_not_hold_up_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = waiting(cast, "坏的", -2), waiting(cast, "好的", -1)
    real = timed.actions.publish_signed

    def stumble(review: Any) -> bool:
        if review.page_id == broken.pk:
            raise RuntimeError("broken")
        return real(review)

    monkeypatch.setattr(timed.actions, "publish_signed", stumble)
    assert timed.publish_due.call() == {"done": 1, "unchanged": 0, "failed": 1}
    assert is_public(whole)


def test_both_are_enqueued_once_a_minute_however_many_processes_tick(db: None) -> None:
    timer.load()
    now = timezone.now()
    for _process in range(3):
        for entry in timer._timed:
            entry.last_key = ""
        timer.tick(now)
    for entry in timer._timed:
        entry.last_key = ""
    timer.tick(now + timedelta(minutes=1))
    for task in (timed.publish_due, timed.expire_due):
        assert DBTaskResult.objects.filter(task_path=task.module_path).count() == 2


def test_who_wrote_and_who_reviews_hear_once_of_a_signed_article_that_cannot_go_public(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = waiting(cast, "发不出去", -1)

    def refuse(review: Any) -> bool:
        raise ReviewError(sentence("It has no title."))

    monkeypatch.setattr(timed.actions, "publish_signed", refuse)
    for _minute in range(3):
        assert timed.publish_due.call()["failed"] == 1
    with tenant_scope(cast.county_a):
        told = Notice.objects.filter(page_id=article.pk)
        assert [notice.user_id for notice in told] == [cast.reviewer_a.pk]
        assert "发不出去" in told[0].text
