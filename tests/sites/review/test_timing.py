"""Publishing later, expiring, withdrawing, and what the dates say of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from sites.models import Review, SitePage
from sites.review import actions
from sites.review.actions import ReviewError
from tests.cast import Cast, first_column, own_column, publish_article
from tests.sites.review.build import draft, edited, published, sign, steps, submitted

pytestmark = pytest.mark.django_db


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def stored(page: Any) -> SitePage:
    return SitePage.objects.get(pk=getattr(page, "page_id", None) or page.pk)


@pytest.fixture
def signed_for_tomorrow(cast_in_scope: Cast) -> Review:
    steps(cast_in_scope.county_a, 1)
    return sign(submitted(cast_in_scope, publish_at=tomorrow()), cast_in_scope.reviewer_a)


def on(moment: datetime) -> Any:
    return mock.patch("django.utils.timezone.now", return_value=moment)


def test_a_signed_article_waits_for_its_time_and_is_dated_then(signed_for_tomorrow: Review) -> None:
    review = signed_for_tomorrow
    assert (review.state, stored(review).live, stored(review).published_at) == ("signed", False, None)
    assert not actions.publish_signed(review)
    later = tomorrow() + timedelta(hours=1)
    with on(later):
        assert actions.publish_signed(review)
        assert not actions.publish_signed(review)
    assert (stored(review).live, stored(review).published_at) == (True, later)


def test_wagtails_own_command_does_the_same_and_no_more(signed_for_tomorrow: Review) -> None:
    later = tomorrow() + timedelta(hours=1)
    with on(later):
        call_command("publish_scheduled")
        assert not actions.publish_signed(signed_for_tomorrow)
    assert stored(signed_for_tomorrow).published_at == later


def test_the_signer_may_set_another_time_or_none(cast_in_scope: Cast) -> None:
    steps(cast_in_scope.county_a, 1)
    review = submitted(cast_in_scope, publish_at=tomorrow())
    sign(review, cast_in_scope.reviewer_a, publish_at=None)
    assert stored(review).live


def test_a_time_that_passed_while_the_article_waited_means_at_once(cast_in_scope: Cast) -> None:
    steps(cast_in_scope.county_a, 1)
    review = submitted(cast_in_scope, publish_at=tomorrow())
    with on(tomorrow() + timedelta(days=3)):
        sign(review, cast_in_scope.reviewer_a)
    assert stored(review).live


def test_a_time_of_publication_lies_ahead(cast_in_scope: Cast) -> None:
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a)
    with pytest.raises(ReviewError, match="must lie ahead"):
        actions.submit(page, cast_in_scope.contributor_a, publish_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("days", [-400, 400])
def test_what_the_authors_form_says_of_the_time_does_not_count(cast_in_scope: Cast, days: int) -> None:
    steps(cast_in_scope.county_a, 1)
    claimed = timezone.now() + timedelta(days=days)
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a, go_live_at=claimed)
    call_command("publish_scheduled")
    assert not stored(page).live
    before = timezone.now()
    sign(actions.submit(page, cast_in_scope.contributor_a), cast_in_scope.reviewer_a)
    assert stored(page).live
    assert stored(page).published_at >= before


def test_a_correction_waits_for_its_time_while_the_old_version_is_public(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = edited(published(cast), cast.contributor_a, title="更正")
    steps(cast.county_a, 1)
    review = sign(actions.submit(page, cast.contributor_a, publish_at=tomorrow()), cast.reviewer_a)
    assert (stored(page).live, stored(page).title) == (True, "关于防汛工作的通知")
    with on(tomorrow() + timedelta(hours=1)):
        assert actions.publish_signed(review)
    assert stored(page).title == "更正"


def test_while_it_waits_for_its_time_nothing_new_is_submitted(signed_for_tomorrow: Review, cast_in_scope: Cast) -> None:
    with pytest.raises(ReviewError, match="signed already"):
        actions.submit(signed_for_tomorrow.page, cast_in_scope.contributor_a)


def test_withdrawn_before_its_time_it_is_never_published(signed_for_tomorrow: Review, cast_in_scope: Cast) -> None:
    actions.withdraw(stored(signed_for_tomorrow), cast_in_scope.reviewer_a, "暂缓")
    with on(tomorrow() + timedelta(days=2)):
        assert not actions.publish_signed(signed_for_tomorrow)
        call_command("publish_scheduled")
    assert not stored(signed_for_tomorrow).live


def test_an_old_signature_does_not_bring_back_what_was_withdrawn(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    review = page.reviews.get()
    actions.withdraw(page, cast_in_scope.reviewer_a, "内容有误")
    assert not actions.publish_signed(review)
    assert not stored(page).live


def test_withdrawn_and_published_again_it_keeps_the_first_date_and_both_marks(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = published(cast)
    first = page.published_at
    with on(first + timedelta(days=2)):
        actions.withdraw(page, cast.reviewer_a, "内容有误")
    assert (stored(page).live, stored(page).withdrawn_at) == (False, first + timedelta(days=2))
    with on(first + timedelta(days=5)):
        review = actions.submit(edited(page, cast.contributor_a, title="改正"), cast.contributor_a)
        sign(actions.approve(review, cast.reviewer_a), cast.reviewer_a)
    now = stored(page)
    assert (now.live, now.published_at) == (True, first)
    assert (now.withdrawn_at, now.republished_at) == (first + timedelta(days=2), first + timedelta(days=5))


@pytest.mark.parametrize("who", ["contributor_a", "manager_a", "supervisor", "reviewer_b"])
def test_only_the_sites_reviewers_withdraw(cast_in_scope: Cast, who: str) -> None:
    page = published(cast_in_scope)
    with pytest.raises(ReviewError, match="not, or no longer, a reviewer"):
        actions.withdraw(page, getattr(cast_in_scope, who), "不好看")
    assert stored(page).live


def test_a_withdrawal_needs_a_reason(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    with pytest.raises(ReviewError, match="Say why"):
        actions.withdraw(page, cast_in_scope.reviewer_a, " ")
    assert stored(page).live


def test_columns_are_not_withdrawn(cast_in_scope: Cast) -> None:
    mandatory = first_column(cast_in_scope.county_a)
    own = own_column(mandatory.get_parent().specific, "bendi")
    for column in (mandatory, own):
        with pytest.raises(ReviewError, match="Columns are not withdrawn here"):
            actions.withdraw(column, cast_in_scope.reviewer_a, "不用了")
        assert stored(column).live


def test_what_is_not_public_cannot_be_withdrawn(cast_in_scope: Cast) -> None:
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a)
    with pytest.raises(ReviewError, match="not public"):
        actions.withdraw(page, cast_in_scope.reviewer_a, "不用了")


def test_an_article_without_a_round_is_withdrawn_too(cast_in_scope: Cast) -> None:
    page = publish_article(first_column(cast_in_scope.county_a), "旧站的通知", by=cast_in_scope.operator)
    actions.withdraw(page, cast_in_scope.reviewer_a, "已失效")
    assert not stored(page).live


def test_an_expired_article_is_taken_off_once_and_keeps_its_date(cast_in_scope: Cast) -> None:
    end = tomorrow()
    steps(cast_in_scope.county_a, 1)
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a, expire_at=end)
    sign(actions.submit(page, cast_in_scope.contributor_a), cast_in_scope.reviewer_a)
    date = stored(page).published_at
    assert not actions.expire_due(stored(page))
    with on(end + timedelta(minutes=1)):
        assert actions.expire_due(page)
        assert not actions.expire_due(page)
    now = stored(page)
    assert (now.live, now.expired, now.published_at, now.withdrawn_at) == (
        False,
        True,
        date,
        end + timedelta(minutes=1),
    )


def test_an_article_whose_expiry_has_passed_is_not_signed(cast_in_scope: Cast) -> None:
    steps(cast_in_scope.county_a, 1)
    end = timezone.now() + timedelta(hours=1)
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a, expire_at=end)
    review = actions.submit(page, cast_in_scope.contributor_a)
    with on(end + timedelta(hours=1)), pytest.raises(ReviewError, match="expiry has passed"):
        sign(review, cast_in_scope.reviewer_a)
