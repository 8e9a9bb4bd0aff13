"""The acts of review: what each changes, whom it tells, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import PageLogEntry

from sites.models import Notice, Review, ReviewStep, SitePage
from sites.review import actions, rounds
from sites.review.actions import ReviewError
from tenants.models import Membership, Role
from tests.cast import Cast, first_column, own_column, person
from tests.sites.review.build import CLEAN, draft, edited, published, revoke, second_reviewer, sign, steps, submitted

pytestmark = pytest.mark.django_db


def told(user: Any, kind: str) -> list[str]:
    return list(Notice.objects.filter(user=user, kind=kind).values_list("text", flat=True))


def names(people: Any) -> set[str]:
    return {user.username for user in people}


def test_an_article_goes_from_its_author_through_two_people_to_the_public(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = submitted(cast, comment="请尽快审核")
    assert (review.state, review.stage, review.correction) == ("waiting", "first", False)
    assert names(rounds.reviewers_of(review)) == {"reviewer-a", "reviewer-a2"}
    review = actions.approve(review, cast.reviewer_a, "同意")
    assert (review.state, review.stage) == ("waiting", "sign")
    assert not SitePage.objects.get(pk=review.page_id).live
    assert names(rounds.reviewers_of(review)) == {"reviewer-a2"}
    review = sign(review, second)
    assert (review.state, review.closed_at is not None) == ("signed", True)
    page = SitePage.objects.get(pk=review.page_id)
    assert page.live
    assert page.live_revision_id == review.revision_id
    assert page.published_at is not None
    kept = list(review.records.values_list("decision", "by__username", "comment"))
    assert kept == [
        ("submitted", "contributor-a", "请尽快审核"),
        ("approved", "reviewer-a", "同意"),
        ("signed", "reviewer-a2", ""),
    ]


def test_the_signature_keeps_every_answer_in_the_words_it_was_asked_in(cast_in_scope: Cast) -> None:
    review = published(cast_in_scope).reviews.get()
    step = review.records.get(decision="signed")
    assert step.signature == "reviewer-a"
    assert step.secrecy["state_secret"] == {"question": "是否涉及国家秘密？", "answer": "no", "label": "不涉及"}
    assert step.secrecy["basis"]["label"] == CLEAN["basis"]
    assert set(step.secrecy) == set(CLEAN)


@pytest.mark.parametrize(
    ("code", "answer"),
    [("state_secret", "yes"), ("work_secret", "yes"), ("trade_secret", "yes"), ("privacy", "yes"), ("masked", "open")],
)
def test_an_answer_that_says_secret_refuses_and_stands_in_the_history(
    cast_in_scope: Cast, code: str, answer: str
) -> None:
    steps(cast_in_scope.county_a, 1)
    review = submitted(cast_in_scope)
    with pytest.raises(ReviewError, match="must not be public"):
        sign(review, cast_in_scope.reviewer_a, answers={**CLEAN, code: answer})
    assert not SitePage.objects.get(pk=review.page_id).live
    assert Review.objects.get(pk=review.pk).state == "waiting"
    assert PageLogEntry.objects.filter(page=review.page_id, action="govsites.review.secret").count() == 1


@pytest.mark.parametrize("missing", ["state_secret", "basis"])
def test_every_question_must_be_answered(cast_in_scope: Cast, missing: str) -> None:
    steps(cast_in_scope.county_a, 1)
    review = submitted(cast_in_scope)
    with pytest.raises(ReviewError, match="Answer all questions"):
        sign(review, cast_in_scope.reviewer_a, answers={**CLEAN, missing: " "})
    assert not SitePage.objects.get(pk=review.page_id).live


@pytest.mark.parametrize("typed", ["", "王五", "reviewer-b"])
def test_only_the_own_full_name_is_a_signature(cast_in_scope: Cast, typed: str) -> None:
    steps(cast_in_scope.county_a, 1)
    reviewer = cast_in_scope.reviewer_a
    reviewer.last_name, reviewer.first_name = "李", "明"
    reviewer.save()
    review = submitted(cast_in_scope)
    with pytest.raises(ReviewError, match="李明"):
        actions.sign(review, reviewer, CLEAN, typed)
    assert actions.sign(review, reviewer, CLEAN, "李 明").state == "signed"


def test_three_steps_need_three_people_where_there_are_three(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    steps(cast.county_a, 3)
    second, third = second_reviewer(cast), person("reviewer-a3", Role.REVIEWER, tenant=cast.county_a)
    review = actions.approve(submitted(cast), cast.reviewer_a)
    with pytest.raises(ReviewError, match="earlier stage"):
        actions.approve(review, cast.reviewer_a)
    review = actions.approve(review, second)
    assert review.stage == "sign"
    for early in (cast.reviewer_a, second):
        with pytest.raises(ReviewError, match="earlier stage"):
            sign(review, early)
    assert sign(review, third).state == "signed"


def test_an_urgent_article_goes_straight_to_the_signature_and_says_why(cast_in_scope: Cast) -> None:
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a)
    with pytest.raises(ReviewError, match="Say why"):
        actions.submit(page, cast_in_scope.contributor_a, urgent=True)
    review = actions.submit(page, cast_in_scope.contributor_a, urgent=True, reason="暴雨红色预警")
    assert (review.stage, review.urgent_reason) == ("sign", "暴雨红色预警")
    assert not SitePage.objects.get(pk=page.pk).live
    assert sign(review, cast_in_scope.reviewer_a).state == "signed"


def test_a_site_may_do_without_the_urgent_path(cast_in_scope: Cast) -> None:
    steps(cast_in_scope.county_a, 2, allow_urgent=False)
    page = draft(first_column(cast_in_scope.county_a), cast_in_scope.contributor_a)
    with pytest.raises(ReviewError, match="does not use the urgent path"):
        actions.submit(page, cast_in_scope.contributor_a, urgent=True, reason="急")
    assert not Review.objects.exists()


def test_sending_back_needs_a_comment_and_gives_the_article_back_to_its_author(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    with pytest.raises(ReviewError, match="Say what"):
        actions.send_back(review, cast.reviewer_a, "  ")
    review = actions.send_back(review, cast.reviewer_a, "标题请写全称")
    assert review.state == "sent_back"
    [text] = told(cast.contributor_a, "sent_back")
    assert all(part in text for part in ("reviewer-a", "关于防汛工作的通知", "标题请写全称"))
    again = actions.submit(edited(review.page, cast.contributor_a, title="全称"), cast.contributor_a)
    assert (again.pk != review.pk, again.title) == (True, "全称")


def test_a_supervisor_sends_back_below_the_own_region_and_decides_nothing(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    with pytest.raises(ReviewError, match="not, or no longer"):
        actions.approve(review, cast.supervisor)
    assert actions.send_back(review, cast.supervisor, "表述不当").state == "sent_back"
    other = actions.submit(draft(first_column(cast.county_b), cast.contributor_b), cast.contributor_b)
    with pytest.raises(ReviewError, match="Only a reviewer of this site"):
        actions.send_back(other, cast.supervisor, "表述不当")


def test_the_author_takes_the_article_back(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    colleague = person("contributor-a2", Role.CONTRIBUTOR, tenant=cast_in_scope.county_a)
    with pytest.raises(ReviewError, match="Only the person who submitted"):
        actions.take_back(review, colleague)
    assert actions.take_back(review, cast_in_scope.contributor_a).state == "withdrawn"
    assert rounds.open_round(review.page_id) is None


def test_submitting_twice_is_one_round_and_names_who_was_first(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    for by in (cast_in_scope.contributor_a, cast_in_scope.manager_a):
        with pytest.raises(ReviewError, match="in review already; contributor-a submitted it"):
            actions.submit(review.page, by)
    assert Review.objects.count() == 1


def test_the_database_holds_one_open_round_for_a_page(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    twin = Review.objects.get(pk=review.pk)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_of_two_who_submit_at_the_same_moment_one_is_told(cast_in_scope: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    review = submitted(cast_in_scope)
    real, asked = rounds.open_round, iter([True])

    def open_round(page_id: int) -> Any:
        # The first look comes a moment too early, as it does when two submit at once.
        return None if next(asked, False) else real(page_id)

    monkeypatch.setattr(rounds, "open_round", open_round)
    with pytest.raises(ReviewError, match="in review already"):
        actions.submit(review.page, cast_in_scope.manager_a)
    assert Review.objects.count() == 1


def test_nothing_to_review_is_not_submitted(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    with pytest.raises(ReviewError, match="Nothing was changed"):
        actions.submit(page, cast_in_scope.contributor_a)


def test_an_article_that_lacks_something_is_not_submitted(cast_in_scope: Cast) -> None:
    column = first_column(cast_in_scope.county_a)
    page = draft(column, cast_in_scope.contributor_a)
    newest = page.get_latest_revision_as_object()
    newest.title = ""
    newest.save_revision(user=cast_in_scope.contributor_a, clean=False)
    with pytest.raises(ReviewError, match="not complete yet"):
        actions.submit(SitePage.objects.get(pk=page.pk), cast_in_scope.contributor_a)


def test_only_who_may_write_in_the_column_submits(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = draft(first_column(cast.county_a), cast.contributor_a)
    for stranger in (cast.contributor_b, cast.supervisor):
        with pytest.raises(ReviewError, match="right to write"):
            actions.submit(page, stranger)
    Membership.objects.filter(user=cast.contributor_a).update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ReviewError, match="right to write"):
        actions.submit(page, cast.contributor_a)


def test_a_reviewer_whose_right_ended_a_minute_ago_decides_nothing(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    second = second_reviewer(cast)
    assert names(rounds.reviewers_of(review)) == {"reviewer-a", "reviewer-a2"}
    revoke(cast.reviewer_a)
    Membership.objects.filter(user=second).update(expires_at=timezone.now() - timedelta(seconds=1))
    for gone in (cast.reviewer_a, second):
        with pytest.raises(ReviewError, match="not, or no longer, a reviewer"):
            actions.approve(review, gone)
    assert names(rounds.reviewers_of(review)) == {"operator"}
    assert Review.objects.get(pk=review.pk).state == "waiting"


def test_the_operator_decides_where_nobody_else_can_but_not_on_his_own(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    steps(cast.town_a, 1)
    review = actions.submit(draft(first_column(cast.town_a), cast.operator), cast.operator)
    with pytest.raises(ReviewError, match="Nobody reviews his own"):
        sign(review, cast.operator)
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=cast.town_a)
    review = actions.submit(draft(first_column(cast.town_a), clerk), clerk)
    assert sign(review, cast.operator).state == "signed"


def test_an_article_moved_to_another_site_ends_its_review_there(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    review.page.specific.move(first_column(cast_in_scope.county_b), pos="last-child")
    with pytest.raises(ReviewError, match="moved to another site"):
        actions.approve(review, cast_in_scope.reviewer_a)


def test_a_deleted_article_leaves_its_closed_round_behind(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    SitePage.objects.get(pk=review.page_id).delete()
    kept = Review.objects.get(pk=review.pk)
    assert (kept.page_id, kept.state, kept.title) == (None, "withdrawn", "关于防汛工作的通知")
    with pytest.raises(ReviewError, match="deleted"):
        actions.approve(kept, cast_in_scope.reviewer_a)


def test_a_column_of_text_is_reviewed_like_an_article(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    steps(cast.county_a, 1)
    column = own_column(first_column(cast.county_a, "section"), "zhineng", kind="single", intro="旧")
    page = edited(column, cast.contributor_a, intro="新的说明")
    review = actions.submit(page, cast.contributor_a)
    assert (review.correction, type(page.specific).objects.get(pk=page.pk).intro) == (True, "旧")
    sign(review, cast.reviewer_a)
    assert type(page.specific).objects.get(pk=page.pk).intro == "新的说明"


def test_every_act_stands_in_the_history_of_the_page(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    actions.withdraw(page, cast_in_scope.reviewer_a, "内容有误")
    named = PageLogEntry.objects.filter(page=page.pk, action__startswith="govsites.review").order_by("id")
    assert [entry.action.rpartition(".")[2] for entry in named] == ["submit", "approve", "sign", "withdraw"]
    assert named.last().data == {"reason": "内容有误"}
    assert ReviewStep.objects.filter(review__page=page).count() == 4
