"""No door of the admin dates a publication back, and what was away says so in public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from sites.models import Article, OfficialDocument, SitePage
from sites.review import actions
from tests.cast import A_HOST, Cast, first_column, own_column, signed_in
from tests.sites.review.build import draft, edited, published, sign, steps

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
# Every name under which a form, a script or a forged request could send a date of publication.
CLAIMS = dict.fromkeys(
    ("published_at", "first_published_at", "last_published_at", "go_live_at", "withdrawn_at", "republished_at"),
    "2001-01-01 00:00",
)
EMPTY_FORM = {
    "title": "通知",
    "body-count": "0",
    "attachments-TOTAL_FORMS": "0",
    "attachments-INITIAL_FORMS": "0",
    "policy_links-TOTAL_FORMS": "0",
    "policy_links-INITIAL_FORMS": "0",
    "comments-TOTAL_FORMS": "0",
    "comments-INITIAL_FORMS": "0",
}


def stored(page: Any) -> SitePage:
    return SitePage.objects.get(pk=page.pk)


def has_no_forged_date(page: Any) -> None:
    row = stored(page)
    dates = (row.published_at, row.first_published_at, row.last_published_at, row.withdrawn_at, row.republished_at)
    assert LONG_AGO.year not in {date.year for date in dates if date}


def post(user: Any, url: str, data: dict[str, str]) -> Any:
    return signed_in(user).post(url, data)


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a", "operator"])
def test_the_editors_form_takes_no_date(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    page = draft(first_column(cast.county_a), user)
    post(user, f"/admin/pages/{page.pk}/edit/", EMPTY_FORM | CLAIMS)
    assert stored(page).latest_revision.content["title"] == "通知"
    has_no_forged_date(page)
    assert not stored(page).live


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
@pytest.mark.parametrize("button", ["action-publish", "action-submit"])
def test_no_button_of_the_stock_editor_publishes_for_a_member(cast: Cast, who: str, button: str) -> None:
    user = getattr(cast, who)
    page = draft(first_column(cast.county_a), user)
    post(user, f"/admin/pages/{page.pk}/edit/", EMPTY_FORM | CLAIMS | {button: "1"})
    call_command("publish_scheduled")
    assert (stored(page).live, stored(page).published_at) == (False, None)


def test_the_form_for_a_new_article_takes_no_date_and_publishes_nothing(cast: Cast) -> None:
    column = first_column(cast.county_a)
    data = EMPTY_FORM | CLAIMS | {"action-publish": "1"}
    post(cast.contributor_a, f"/admin/pages/add/govsites/article/{column.pk}/", data)
    made = Article.objects.get(title="通知")
    has_no_forged_date(made)
    call_command("publish_scheduled")
    assert not stored(made).live


def test_an_operator_who_publishes_with_a_past_time_gets_the_present_one(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.operator)
    before = timezone.now()
    post(cast.operator, f"/admin/pages/{page.pk}/edit/", EMPTY_FORM | CLAIMS | {"action-publish": "1"})
    assert stored(page).live
    assert stored(page).published_at >= before


def test_a_revision_with_forged_dates_is_signed_with_the_present_one(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    steps(cast.county_a, 1)
    page = draft(first_column(cast.county_a), cast.contributor_a)
    revision = page.get_latest_revision()
    forged = dict.fromkeys(CLAIMS, "2001-01-01T00:00:00Z")
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, **forged})
    before = timezone.now()
    sign(actions.submit(page, cast.contributor_a), cast.reviewer_a)
    assert stored(page).published_at >= before
    assert (stored(page).withdrawn_at, stored(page).republished_at) == (None, None)


def test_going_back_to_an_old_revision_through_the_review_keeps_the_date(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = published(cast)
    first, date = page.get_latest_revision(), page.published_at
    steps(cast.county_a, 1)
    sign(actions.submit(edited(page, cast.contributor_a, title="改"), cast.contributor_a), cast.reviewer_a)
    url = f"/admin/pages/{page.pk}/revisions/{first.pk}/revert/"
    assert signed_in(cast.contributor_a).get(url).status_code == 200
    post(cast.contributor_a, f"/admin/pages/{page.pk}/edit/", EMPTY_FORM | CLAIMS | {"revision": str(first.pk)})
    assert (stored(page).title, stored(page).published_at) == ("改", date)
    sign(actions.submit(stored(page), cast.contributor_a), cast.reviewer_a)
    assert stored(page).published_at == date


def test_a_copy_made_in_the_admin_is_an_undated_draft(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    page = published(cast)
    data = {
        "new_title": "副本",
        "new_slug": "fuben",
        "new_parent_page": str(page.column_id),
        "publish_copies": "on",
        **CLAIMS,
    }
    post(cast.contributor_a, f"/admin/pages/{page.pk}/copy/", data)
    copied = SitePage.objects.get(slug="fuben")
    assert (copied.live, copied.published_at) == (False, None)


def test_an_alias_shows_its_originals_date_and_no_other(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    target = own_column(first_column(cast_in_scope.county_a, "section"), "bendi")
    alias = page.specific.create_alias(parent=target)
    assert stored(alias).published_at == stored(page).published_at


def test_a_member_cannot_take_a_page_off_through_the_stock_view(cast_in_scope: Cast) -> None:
    page = published(cast_in_scope)
    for who in ("contributor_a", "reviewer_a", "manager_a"):
        answer = post(getattr(cast_in_scope, who), f"/admin/pages/{page.pk}/unpublish/", {})
        assert answer.status_code in {302, 403, 404}
    assert stored(page).live


def test_a_public_item_without_a_date_is_impossible_in_the_database(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        SitePage.objects.filter(pk=page.pk).update(live=True)


def test_whoever_takes_it_off_and_puts_it_back_the_page_keeps_both_moments(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    page.get_latest_revision().publish()
    first = stored(page).published_at
    away, again = first + timedelta(days=1), first + timedelta(days=2)
    with mock.patch("django.utils.timezone.now", return_value=away):
        stored(page).specific.unpublish()
    with mock.patch("django.utils.timezone.now", return_value=again):
        stored(page).specific.save_revision().publish()
    row = stored(page)
    assert (row.published_at, row.withdrawn_at, row.republished_at) == (first, away, again)


def test_a_page_in_memory_does_not_wipe_out_that_it_was_away(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    page.get_latest_revision().publish()
    stale = Article.objects.get(pk=page.pk)
    Article.objects.get(pk=page.pk).unpublish()
    Article.objects.get(pk=page.pk).save_revision().publish()
    stale.save()
    assert stored(page).withdrawn_at is not None
    assert stored(page).republished_at is not None


@pytest.mark.parametrize("model", [Article, OfficialDocument])
def test_the_public_page_shows_the_first_date_and_when_it_was_away(cast: Cast, model: Any) -> None:
    made = model(title="关于防汛工作的通知", live=False)
    column = first_column(cast.county_a)
    column.add_child(instance=made)
    made.save_revision().publish()
    moments = {
        "published_at": datetime(2026, 3, 1, 1, 0, tzinfo=UTC),
        "withdrawn_at": datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        "republished_at": datetime(2026, 3, 5, 3, 0, tzinfo=UTC),
    }
    SitePage.objects.filter(pk=made.pk).update(published_at=moments["published_at"])
    browser = Client(headers={"host": A_HOST})
    url = stored(made).get_url()
    text = browser.get(url).content.decode()
    assert "2026-03-01 09:00" in text
    assert "2026-03-05" not in text
    SitePage.objects.filter(pk=made.pk).update(**moments)
    text = browser.get(url).content.decode()
    assert all(shown in text for shown in ("2026-03-01 09:00", "2026-03-02 10:00", "2026-03-05 11:00"))
