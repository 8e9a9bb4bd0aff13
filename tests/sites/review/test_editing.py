"""Changes of the text around a review: by its author, by the reviewers, and of what is public already."""

from __future__ import annotations

import pytest

from sites.models import Article, Review, SitePage
from sites.review import actions, rounds
from sites.review.actions import ReviewError
from tenants.models import Role
from tests.cast import Cast, first_column, person
from tests.sites.review.build import draft, edited, published, second_reviewer, sign, steps, submitted

pytestmark = pytest.mark.django_db


def title_of(page: SitePage) -> str:
    return SitePage.objects.get(pk=page.pk).title


def test_a_reviewers_correction_is_recorded_by_field_and_published(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    second = second_reviewer(cast)
    edited(review.page, cast.reviewer_a, title="关于做好防汛工作的通知", source="应急管理局")
    review = actions.approve(review, cast.reviewer_a)
    step = review.records.get(decision="approved")
    assert (step.by, step.changed) == (cast.reviewer_a, ["title", "source"])
    assert review.title == "关于做好防汛工作的通知"
    sign(review, second)
    assert title_of(review.page) == "关于做好防汛工作的通知"


def test_an_approval_without_a_change_records_none(cast_in_scope: Cast) -> None:
    review = actions.approve(submitted(cast_in_scope), cast_in_scope.reviewer_a)
    assert review.records.get(decision="approved").changed == []


def test_a_text_changed_after_the_review_is_not_signed(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = actions.approve(submitted(cast), cast.reviewer_a)
    edited(review.page, second, title="悄悄改过")
    with pytest.raises(ReviewError, match="must be what was reviewed"):
        sign(review, second)
    assert not SitePage.objects.get(pk=review.page_id).live


def test_it_goes_through_the_review_once_more_and_then_is_signed(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = actions.approve(submitted(cast), cast.reviewer_a)
    edited(review.page, second, title="改过的标题")
    review = actions.reroute(review, second, "改了标题")
    assert (review.stage, review.title) == ("first", "改过的标题")
    assert review.records.get(decision="rerouted").changed == ["title"]
    review = actions.approve(review, cast.reviewer_a)
    sign(review, second)
    assert title_of(review.page) == "改过的标题"


def test_the_only_reviewer_cannot_sign_what_he_changed_himself(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    edited(review.page, cast.reviewer_a, title="改过的标题")
    review = actions.approve(review, cast.reviewer_a)
    with pytest.raises(ReviewError, match="You alone have read"):
        sign(review, cast.reviewer_a)
    actions.send_back(review, cast.reviewer_a, "我改了标题，请确认")
    review = actions.submit(SitePage.objects.get(pk=review.page_id), cast.contributor_a)
    review = actions.approve(review, cast.reviewer_a)
    assert sign(review, cast.reviewer_a).state == "signed"


def test_who_corrected_a_text_in_an_earlier_round_is_still_no_author_of_it(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    edited(review.page, cast.reviewer_a, title="改过的标题")
    actions.send_back(review, cast.reviewer_a, "请补充附件")
    again = actions.submit(SitePage.objects.get(pk=review.page_id), cast.contributor_a)
    assert [user.username for user in again.authors.all()] == ["contributor-a"]


def test_a_reviewer_who_wrote_part_of_a_draft_leaves_it_to_another(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = draft(first_column(cast.county_a), cast.contributor_a)
    review = actions.submit(edited(page, cast.reviewer_a, title="代拟的标题"), cast.contributor_a)
    with pytest.raises(ReviewError, match="Nobody reviews his own"):
        actions.approve(review, cast.reviewer_a)
    second = second_reviewer(cast)
    assert [user.username for user in rounds.reviewers_of(review)] == [second.username]


@pytest.mark.parametrize("submitter", ["reviewer_a", "contributor_a"])
def test_an_article_that_a_reviewer_wrote_is_his_own_whoever_submits_it(cast_in_scope: Cast, submitter: str) -> None:
    cast = cast_in_scope
    page = draft(first_column(cast.county_a), cast.reviewer_a)
    review = actions.submit(page, getattr(cast, submitter))
    for act in (lambda: actions.approve(review, cast.reviewer_a), lambda: actions.reroute(review, cast.reviewer_a)):
        with pytest.raises(ReviewError):
            act()
    second = second_reviewer(cast)
    review = actions.approve(review, second)
    assert sign(review, second).state == "signed"


def test_who_wrote_the_public_version_may_review_a_colleagues_correction(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    steps(cast.county_a, 1)
    review = actions.submit(draft(first_column(cast.county_a), cast.reviewer_a), cast.reviewer_a)
    sign(review, second)
    correction = actions.submit(edited(review.page, cast.contributor_a, title="更正"), cast.contributor_a)
    assert sign(correction, cast.reviewer_a).state == "signed"


def test_a_decision_on_a_text_that_is_no_longer_on_the_screen_is_refused(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    seen = review.revision_id
    edited(review.page, second_reviewer(cast), title="另一位审核员改过")
    with pytest.raises(ReviewError, match="changed while you were reading"):
        actions.approve(review, cast.reviewer_a, seen=seen)
    assert Review.objects.get(pk=review.pk).stage == "first"


def test_a_revision_overwritten_in_place_after_the_approval_is_not_signed(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = submitted(cast)
    page = edited(review.page, cast.reviewer_a, title="改过的标题")
    review = actions.approve(review, cast.reviewer_a)
    again = page.get_latest_revision_as_object()
    again.title = "再改一次"
    again.save_revision(user=cast.reviewer_a, overwrite_revision=page.get_latest_revision())
    with pytest.raises(ReviewError, match="must be what was reviewed"):
        sign(review, second)


def test_the_public_version_stays_until_its_correction_is_signed(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = published(cast)
    first_date = page.published_at
    page = edited(page, cast.contributor_a, title="更正后的标题")
    review = actions.submit(page, cast.contributor_a)
    assert review.correction
    assert title_of(page) == "关于防汛工作的通知"
    review = actions.approve(review, cast.reviewer_a)
    assert title_of(page) == "关于防汛工作的通知"
    sign(review, cast.reviewer_a)
    stored = Article.objects.get(pk=page.pk)
    assert (stored.title, stored.published_at) == ("更正后的标题", first_date)


def test_a_correction_that_is_sent_back_changes_nothing_in_public(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = edited(published(cast), cast.contributor_a, title="更正后的标题")
    actions.send_back(actions.submit(page, cast.contributor_a), cast.reviewer_a, "不必更正")
    stored = SitePage.objects.get(pk=page.pk)
    assert (stored.title, stored.live) == ("关于防汛工作的通知", True)


def test_colleagues_in_the_same_site_submit_each_others_drafts(cast_in_scope: Cast) -> None:
    colleague = person("contributor-a2", Role.CONTRIBUTOR, tenant=cast_in_scope.county_a)
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a)
    review = actions.submit(page, colleague)
    assert {user.username for user in review.authors.all()} == {"contributor-a", "contributor-a2"}
