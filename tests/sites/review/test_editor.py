"""The page editor around a review: its buttons, its lock, and what is refused while an article waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sites.models import Article, Review, SitePage
from sites.review import actions
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, own_column, publish_article, signed_in
from tests.sites.review.build import draft, edited, published, sign, steps, submitted
from tests.sites.review.test_dates import EMPTY_FORM

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def review(cast: Cast) -> Review:
    with every_tenant("a test"):
        return submitted(cast)


def editor(page_id: int) -> str:
    return f"/admin/pages/{page_id}/edit/"


def buttons(user: Any, page_id: int) -> set[str]:
    """Return which of the acts the footer of the editor offers."""
    text = signed_in(user).get(editor(page_id)).content.decode()
    footer = text[text.index('class="review-buttons"') :]
    marks = {
        "save": "action-save",
        "submit": 'name="action-review"',
        "publish": 'name="action-publish"',
        "decide": "/admin/review/",
        "withdraw": "/admin/review/withdraw/",
    }
    found = {name for name, mark in marks.items() if mark in footer[: footer.index("</footer>")]}
    return found - {"decide"} if "withdraw" in found else found


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("contributor_a", {"save", "submit"}),
        ("reviewer_a", {"save", "submit"}),
        ("manager_a", {"save", "submit"}),
        ("operator", {"save", "submit", "publish"}),
    ],
)
def test_a_draft_offers_what_the_person_can_do(cast: Cast, who: str, offered: set[str]) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    assert buttons(getattr(cast, who), page.pk) == offered


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("contributor_a", {"save", "submit"}),
        ("reviewer_a", {"save", "submit", "withdraw"}),
        ("manager_a", {"save", "submit"}),
    ],
)
def test_a_public_article_can_be_withdrawn_by_its_reviewer_alone(cast: Cast, who: str, offered: set[str]) -> None:
    page = publish_article(first_column(cast.county_a), "通知", by=cast.contributor_a)
    assert buttons(getattr(cast, who), page.pk) == offered


@pytest.mark.parametrize("who", ["reviewer_a", "operator"])
def test_while_it_is_in_review_the_reviewer_saves_and_goes_to_the_decision(
    cast: Cast, review: Review, who: str
) -> None:
    assert buttons(getattr(cast, who), review.page_id) == {"save", "decide"}


@pytest.mark.parametrize("who", ["contributor_a", "manager_a"])
def test_while_it_is_in_review_nobody_else_edits(cast: Cast, review: Review, who: str) -> None:
    browser, newest = signed_in(getattr(cast, who)), review.revision_id
    answer = browser.get(editor(review.page_id))
    assert (answer.status_code, answer["location"]) == (302, f"/admin/review/{review.pk}/")
    assert browser.post(editor(review.page_id), EMPTY_FORM).status_code == 302
    saved = browser.post(editor(review.page_id), EMPTY_FORM, headers=JSON)
    assert (saved.status_code, saved.json()["error_code"]) == (400, "locked")
    revert = f"/admin/pages/{review.page_id}/revisions/{newest}/revert/"
    assert browser.get(revert).status_code == 302
    assert SitePage.objects.get(pk=review.page_id).latest_revision_id == newest


def test_a_reviewer_who_wrote_the_article_does_not_edit_it_either(cast: Cast) -> None:
    with every_tenant("a test"):
        review = actions.submit(draft(first_column(cast.county_a), cast.reviewer_a), cast.reviewer_a)
    assert signed_in(cast.reviewer_a).get(editor(review.page_id)).status_code == 302


def test_what_a_reviewer_saves_is_a_revision_of_his_own(cast: Cast, review: Review) -> None:
    signed_in(cast.reviewer_a).post(editor(review.page_id), EMPTY_FORM | {"title": "改过的标题"})
    newest = SitePage.objects.get(pk=review.page_id).latest_revision
    assert (newest.user, newest.content["title"]) == (cast.reviewer_a, "改过的标题")


def test_the_submit_button_saves_and_leads_to_the_submit_page(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    data = EMPTY_FORM | {"title": "新标题", "action-review": "1"}
    answer = signed_in(cast.contributor_a).post(editor(page.pk), data)
    assert (answer.status_code, answer["location"]) == (302, f"/admin/review/submit/{page.pk}/")
    assert SitePage.objects.get(pk=page.pk).draft_title == "新标题"


def test_it_does_so_for_a_new_article_too(cast: Cast) -> None:
    column = first_column(cast.county_a)
    data = EMPTY_FORM | {"title": "新写的通知", "action-review": "1"}
    answer = signed_in(cast.contributor_a).post(f"/admin/pages/add/govsites/article/{column.pk}/", data)
    made = Article.objects.get(title="新写的通知")
    assert answer["location"] == f"/admin/review/submit/{made.pk}/"


def test_the_comment_of_who_sent_it_back_stands_above_the_text_until_it_is_submitted_again(
    cast: Cast, review: Review
) -> None:
    with every_tenant("a test"):
        actions.send_back(review, cast.reviewer_a, "请补充<b>来源</b>")
    browser = signed_in(cast.contributor_a)
    text = browser.get(editor(review.page_id)).content.decode()
    assert "请补充&lt;b&gt;来源&lt;/b&gt;" in text
    with every_tenant("a test"):
        actions.take_back(actions.submit(review.page, cast.contributor_a), cast.contributor_a)
    assert "请补充" not in browser.get(editor(review.page_id)).content.decode()


def test_the_side_panel_says_where_the_article_is_and_at_whom(cast: Cast, review: Review) -> None:
    cast.reviewer_a.last_name, cast.reviewer_a.first_name = "张", "敏"
    cast.reviewer_a.save()
    text = signed_in(cast.operator).get(editor(review.page_id)).content.decode()
    panel = text[text.index('id="review-status-title"') :][:900]
    assert "张敏" in panel
    assert f"/admin/review/{review.pk}/" in panel


def test_autosave_does_not_overwrite_a_text_that_was_submitted(cast: Cast, review: Review) -> None:
    with every_tenant("a test"):
        actions.take_back(review, cast.contributor_a)
    page = SitePage.objects.get(pk=review.page_id)
    kept = page.latest_revision
    data = EMPTY_FORM | {
        "title": "旧标签页里的改动",
        "overwrite_revision_id": str(kept.pk),
        "loaded_revision_id": str(kept.pk),
        "loaded_revision_created_at": kept.created_at.isoformat(),
    }
    answer = signed_in(cast.contributor_a).post(editor(page.pk), data, headers=JSON)
    assert answer.json()["success"]
    kept.refresh_from_db()
    assert kept.content["title"] == "关于防汛工作的通知"
    assert SitePage.objects.get(pk=page.pk).latest_revision_id != kept.pk


def test_what_is_in_review_is_not_deleted_moved_or_published_past_it(cast: Cast, review: Review) -> None:
    target = own_column(first_column(cast.county_a, "section"), "bendi")
    pk, operator = review.page_id, signed_in(cast.operator)
    operator.post(f"/admin/pages/{pk}/delete/")
    operator.post(f"/admin/pages/{pk}/move/{target.pk}/confirm/")
    operator.post(editor(pk), EMPTY_FORM | {"action-publish": "1"})
    for action in ("delete", "publish", "move"):
        operator.post(f"/admin/bulk/govsites/sitepage/{action}/?id={pk}", {"chooser": str(target.pk)})
    signed_in(cast.contributor_a).post(f"/admin/pages/{pk}/delete/")
    page = SitePage.objects.get(pk=pk)
    assert (page.live, page.column_id) == (False, review.column_id)
    with every_tenant("a test"):
        assert Review.objects.get(pk=review.pk).state == "waiting"


def test_a_column_that_holds_an_article_in_review_is_not_deleted(cast: Cast) -> None:
    column = own_column(first_column(cast.county_a, "section"), "bendi")
    with every_tenant("a test"):
        actions.submit(draft(column, cast.contributor_a), cast.contributor_a)
    signed_in(cast.operator).post(f"/admin/pages/{column.pk}/delete/")
    assert SitePage.objects.filter(pk=column.pk).exists()


def test_a_signed_article_that_waits_for_its_time_is_locked_for_everybody(cast: Cast) -> None:
    with every_tenant("a test"):
        steps(cast.county_a, 1)
        review = sign(submitted(cast, publish_at=timezone.now() + timedelta(days=1)), cast.reviewer_a)
    signed_in(cast.contributor_a).post(editor(review.page_id), EMPTY_FORM | {"title": "偷改"})
    assert SitePage.objects.get(pk=review.page_id).latest_revision_id == review.revision_id


def test_a_correction_is_submitted_like_a_new_article(cast: Cast) -> None:
    with every_tenant("a test"):
        page = edited(published(cast), cast.contributor_a, title="更正")
    answer = signed_in(cast.contributor_a).post(f"/admin/review/submit/{page.pk}/", {"comment": ""})
    assert answer.status_code == 302
    with every_tenant("a test"):
        assert Review.objects.first().correction
