"""Moving items in bulk leaves what Wagtail's own move would leave."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageLogEntry

from sites import addresses
from sites.building import lock_tree
from sites.columns.moving import move_items
from sites.models import Article, Column, Review, SitePage
from sites.review import actions
from tenants import versions
from tenants.scope import every_tenant
from tests.cast import A_HOST, Cast, home_of, own_column, publish_article
from tests.sites.review.build import draft

pytestmark = pytest.mark.django_db


def move(ids: list[int], target: Column, by: Any = None) -> int:
    with every_tenant("a test"), transaction.atomic():
        lock_tree()
        moved = move_items(ids, target, by=by)
        versions.bump([target.tenant_id])
        return moved


@pytest.fixture
def columns(cast: Cast) -> tuple[Column, Column]:
    home = home_of(cast.county_a)
    deep = own_column(own_column(home, "shang", kind="section"), "laolanmu", "老栏目")
    return deep, own_column(home, "xinlanmu", "新栏目")


def state(page: SitePage) -> dict[str, Any]:
    """Return what a move changes of a page, in words that do not name its place among its siblings."""
    page = SitePage.objects.get(pk=page.pk)
    parent = page.get_parent()
    redirects = Redirect.objects.filter(redirect_page=page.pk).values_list(
        "old_path", "site_id", "automatically_created"
    )
    log = PageLogEntry.objects.filter(page_id=page.pk, action="wagtail.move").order_by("-pk").first()
    return {
        "parent": parent.pk,
        "column": page.column_id,
        "tenant": page.tenant_id,
        "depth": page.depth,
        "url_path": page.url_path.replace(page.slug, "*"),
        "numchild": page.numchild,
        "dates": (page.published_at, page.first_published_at),
        "redirects": [(path.rpartition("/")[0], *rest) for path, *rest in redirects],
        "log": (log.data, log.content_type_id, log.user_id) if log else None,
    }


def test_the_result_is_that_of_wagtails_move(cast: Cast, columns: tuple[Column, Column]) -> None:
    old, new = columns
    one, other = publish_article(old, "第一篇"), publish_article(old, "第二篇")
    one.move(new, pos="last-child", user=cast.operator)
    move([other.pk], new, by=cast.operator)
    by_wagtail, in_bulk = state(one), state(other)
    by_wagtail["dates"] = in_bulk["dates"] = None
    assert in_bulk == by_wagtail
    assert in_bulk["redirects"]
    assert SitePage.find_problems() == ([], [], [], [], [])
    assert Column.objects.get(pk=new.pk).numchild == 2
    assert Column.objects.get(pk=old.pk).numchild == 0


def test_the_dates_of_publication_stay(cast: Cast, columns: tuple[Column, Column]) -> None:
    old, new = columns
    article = publish_article(old, "文章")
    before = state(article)["dates"]
    move([article.pk], new)
    assert state(article)["dates"] == before


def test_a_citizen_with_the_old_address_reaches_the_article(cast: Cast, columns: tuple[Column, Column]) -> None:
    old, new = columns
    article = publish_article(old, "人人能看的文章")
    path = f"/shang/laolanmu/{article.slug}/"
    browser = Client(headers={"host": A_HOST})
    assert browser.get(path).status_code == 200
    move([article.pk], new)
    answer = browser.get(path, follow=True)
    assert answer.redirect_chain[0][1] == 301
    assert answer.redirect_chain[-1][0].endswith(f"/xinlanmu/{article.slug}/")
    assert "人人能看的文章" in answer.content.decode()


def test_an_address_that_is_taken_gets_a_number_in_the_draft_too(cast: Cast, columns: tuple[Column, Column]) -> None:
    old, new = columns
    publish_article(new, "先到", slug="wen")
    later = publish_article(old, "后到", slug="wen")
    move([later.pk], new)
    later = Article.objects.get(pk=later.pk)
    assert (later.slug, later.url_path.split("/")[-2]) == ("wen-2", "wen-2")
    later.get_latest_revision().publish(skip_permission_checks=True)
    assert Article.objects.get(pk=later.pk).slug == "wen-2"


def test_what_is_under_review_goes_on_in_the_new_column(cast: Cast, columns: tuple[Column, Column]) -> None:
    old, new = columns
    with every_tenant("a test"):
        page = draft(old, cast.contributor_a)
        review = actions.submit(page, cast.contributor_a)
        move([page.pk], new)
        assert Review.objects.get(pk=review.pk).column_id == new.pk
        assert not Redirect.objects.filter(redirect_page=page.pk).exists()


def test_nothing_is_moved_from_a_neighbour(cast: Cast, columns: tuple[Column, Column]) -> None:
    theirs = publish_article(own_column(home_of(cast.county_b), "linju"), "邻县的文章")
    assert move([theirs.pk], columns[1]) == 0
    assert SitePage.objects.get(pk=theirs.pk).tenant_id == cast.county_b.pk


def test_the_number_of_statements_does_not_grow_with_the_items(
    cast: Cast, columns: tuple[Column, Column], django_assert_max_num_queries: Any
) -> None:
    old, new = columns
    addresses.refresh()
    few = [publish_article(old, f"少{n}").pk for n in range(2)]
    with django_assert_max_num_queries(20) as two:
        move(few, new)
    many = [publish_article(old, f"多{n}").pk for n in range(12)]
    with django_assert_max_num_queries(len(two)):
        move(many, new)
