"""The items of a column: states, filters, and what is offered for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sites.desk import items
from sites.desk.items import ItemState, items_of, state_of
from sites.models import Column, SitePage
from sites.review import actions
from tenants.scope import every_tenant
from tests.cast import Cast, column_of, publish_article, signed_in
from tests.sites.review.build import draft, edited, sign, steps

pytestmark = pytest.mark.django_db
TITLES = {
    ItemState.DRAFT: "草稿件",
    ItemState.WAITING: "待审件",
    ItemState.SENT_BACK: "退回件",
    ItemState.SCHEDULED: "定时件",
    ItemState.PUBLISHED: "发布件",
    ItemState.CHANGED: "改动件",
    ItemState.WITHDRAWN: "撤下件",
}


@pytest.fixture
def column(cast: Cast) -> Column:
    """A column with one item in each state, all by contributor A."""
    found, author = column_of(cast.county_a, "tzgg"), cast.contributor_a
    steps(cast.county_a, 1)
    with every_tenant("a test"):
        draft(found, author, "草稿件")
        actions.submit(draft(found, author, "待审件"), author)
        actions.send_back(actions.submit(draft(found, author, "退回件"), author), cast.reviewer_a, "请改")
        later = timezone.now() + timedelta(days=2)
        sign(actions.submit(draft(found, author, "定时件"), author, publish_at=later), cast.reviewer_a)
        publish_article(found, "发布件", by=author)
        edited(publish_article(found, "改动件", by=author), author, summary="改了")
        actions.withdraw(publish_article(found, "撤下件", by=author), cast.reviewer_a, "内容有误")
    return found


def url(column: Column) -> str:
    return reverse("govsites_desk:items", args=[column.pk])


def rows(client: Any, column: Column, **query: str) -> dict[str, dict[str, Any]]:
    return {row["item"].draft_title: row for row in client.get(url(column), query).context["rows"]}


def test_each_item_says_how_far_it_is(cast: Cast, column: Column) -> None:
    with every_tenant("a test"):
        assert {state_of(item): item.draft_title for item in items_of(column.pk)} == TITLES


@pytest.mark.parametrize("state", ItemState)
def test_the_filter_finds_what_says_so(cast: Cast, column: Column, state: ItemState) -> None:
    assert list(rows(signed_in(cast.contributor_a), column, state=state.value)) == [TITLES[state]]


def test_what_was_never_public_stands_first_then_the_newest(cast: Cast, column: Column) -> None:
    found = list(rows(signed_in(cast.contributor_a), column))
    assert set(found[:4]) == {"草稿件", "待审件", "退回件", "定时件"}
    assert found[4:] == ["撤下件", "改动件", "发布件"]


def test_the_search_looks_at_titles_of_drafts_too(cast: Cast, column: Column) -> None:
    client = signed_in(cast.contributor_a)
    page = SitePage.objects.get(title="发布件")
    edited(page, cast.contributor_a, title="换了题目")
    assert list(rows(client, column, q="换了")) == ["换了题目"]
    assert list(rows(client, column, q="发布件")) == ["换了题目"]
    assert not rows(client, column, q="没有这样的标题")


def test_what_is_offered_fits_the_state_and_the_person(cast: Cast, column: Column) -> None:
    found = rows(signed_in(cast.contributor_a), column)
    assert {title for title, row in found.items() if row["may_submit"]} == {"草稿件", "退回件", "改动件", "撤下件"}
    assert {title for title, row in found.items() if row["may_delete"]} == {"草稿件", "退回件"}
    assert {title for title, row in found.items() if row["public"]} == {"发布件", "改动件"}
    assert not any(row["may_withdraw"] for row in found.values())
    reviewer = rows(signed_in(cast.reviewer_a), column)
    assert {title for title, row in reviewer.items() if row["may_withdraw"]} == {"发布件", "改动件"}
    assert not any(row["may_delete"] for row in reviewer.values())


def test_every_link_that_is_offered_opens(cast: Cast, column: Column) -> None:
    client = signed_in(cast.contributor_a)
    for title, row in rows(client, column).items():
        pk = row["item"].pk
        links = [reverse("wagtailadmin_pages:history", args=[pk])]
        links += [reverse("govsites_review:submit", args=[pk])] if row["may_submit"] else []
        links += [reverse("wagtailadmin_pages:delete", args=[pk])] if row["may_delete"] else []
        for link in links:
            assert client.get(link).status_code == 200, (title, link)


def test_a_long_column_is_paged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from sites.desk import views

    monkeypatch.setattr(views, "PER_PAGE", 3)
    column = column_of(cast.county_a, "tzgg")
    for number in range(7):
        publish_article(column, f"第{number}篇")
    client = signed_in(cast.contributor_a)
    assert list(rows(client, column)) == ["第6篇", "第5篇", "第4篇"]
    assert list(rows(client, column, p="3")) == ["第0篇"]
    assert list(rows(client, column, p="99")) == ["第0篇"]


def test_the_queries_do_not_grow_with_the_items(cast: Cast, django_assert_max_num_queries: Any) -> None:
    column = column_of(cast.county_a, "tzgg")
    client = signed_in(cast.contributor_a)
    for number in range(2):
        publish_article(column, f"少{number}")
    client.get(url(column))
    with django_assert_max_num_queries(40) as few:
        client.get(url(column))
    asked = len(few)  # the next request empties the log
    for number in range(18):
        publish_article(column, f"多{number}")
    client.get(url(column))
    with django_assert_max_num_queries(asked):
        answer = client.get(url(column))
    assert len(answer.content) < 150_000


@pytest.mark.parametrize(("who", "status"), [("contributor_b", 404), ("supervisor", 403), ("manager_a", 200)])
def test_the_list_is_for_those_who_write_there(cast: Cast, column: Column, who: str, status: int) -> None:
    assert signed_in(getattr(cast, who)).get(url(column)).status_code == status


def test_a_closed_column_offers_no_new_item(cast: Cast, column: Column) -> None:
    client = signed_in(cast.contributor_a)
    assert client.get(url(column)).context["links"]
    Column.objects.filter(pk=column.pk).update(retired_on=timezone.localdate())
    assert not client.get(url(column)).context["links"]
    assert [page.pk for page in client.get(reverse("govsites_desk:columns")).context["closed"]] == [column.pk]


def test_every_state_has_a_name() -> None:
    assert items.LABELS.keys() == set(ItemState)
