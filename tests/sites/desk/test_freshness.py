"""Which content makes a column fresh, and which does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sites import addresses
from sites.desk.clock import State
from sites.desk.fleet import kept, sites_of
from sites.desk.freshness import column_care
from sites.models import Article, Column, Leader, SitePage
from tenants.scope import every_tenant
from tests.cast import Cast, column_of, first_column, home_of, own_column, publish_article
from tests.sites.desk.build import care_by_code, published

pytestmark = pytest.mark.django_db


def test_a_new_site_is_blank_but_for_what_the_platform_fills_in(cast: Cast) -> None:
    care = care_by_code(cast.town_a)
    assert care["gzdt"].state == State.EMPTY
    assert care["ldxx"].state == State.EMPTY
    assert care["zj-gk"].state == State.EMPTY  # a page without a text
    # Address and telephone come from the register, which is no publication.
    assert (care["lxfs"].state, care["lxfs"].last_published) == (State.UNTIMED, None)
    # Sections, letter boxes and the form for requests hold nothing that grows old.
    assert not {"xwdt", "zwgk", "zxts", "ysqgk"} & care.keys()


def test_publishing_makes_a_column_fresh_and_age_makes_it_overdue(cast: Cast) -> None:
    news, notices = column_of(cast.town_a, "gzdt"), column_of(cast.town_a, "tzgg")
    published(news, "十五天前的动态", days_ago=15)
    published(notices, "十五天前的公告", days_ago=15)
    care = care_by_code(cast.town_a)
    assert (care["gzdt"].state, care["gzdt"].days_left) == (State.OVERDUE, -1)
    assert (care["tzgg"].state, care["tzgg"].days_left) == (State.FRESH, 165)
    publish_article(news, "今天的动态")
    assert care_by_code(cast.town_a)["gzdt"].days_left == 14


def test_a_legacy_item_that_came_in_today_is_no_update(cast: Cast) -> None:
    published(column_of(cast.town_a, "gzdt"), "旧站文章", days_ago=400)
    article = Article.objects.get(title="旧站文章")
    assert article.first_published_at is not None
    assert article.first_published_at.date() == timezone.now().date()
    row = care_by_code(cast.town_a)["gzdt"]
    assert (row.state, row.days_left) == (State.OVERDUE, -386)


def test_a_correction_of_news_is_no_update(cast: Cast) -> None:
    article = published(column_of(cast.town_a, "gzdt"), "旧动态", days_ago=20)
    article.summary = "改了一个字"
    article.save_revision().publish(skip_permission_checks=True)
    assert care_by_code(cast.town_a)["gzdt"].state == State.OVERDUE


def test_a_correction_of_a_leaders_record_is_an_update(cast: Cast) -> None:
    column = column_of(cast.town_a, "ldxx")
    leader = Leader(title="张三", post="主任", live=False)
    column.add_child(instance=leader)
    leader.save_revision().publish(skip_permission_checks=True)
    long_ago = timezone.now() - timedelta(days=500)
    SitePage.objects.filter(pk=leader.pk).update(
        published_at=long_ago, first_published_at=long_ago, last_published_at=long_ago
    )
    assert care_by_code(cast.town_a)["ldxx"].state == State.OVERDUE
    leader = Leader.objects.get(pk=leader.pk)
    leader.duties = "主持全面工作"
    leader.save_revision().publish(skip_permission_checks=True)
    assert care_by_code(cast.town_a)["ldxx"].days_left == 365


def test_a_page_is_as_fresh_as_its_text(cast: Cast) -> None:
    column = column_of(cast.town_a, "zj-gk")
    column.body = [("paragraph", "本街道辖十二个社区。")]
    column.save_revision().publish(skip_permission_checks=True)
    assert care_by_code(cast.town_a)["zj-gk"].days_left == 365
    SitePage.objects.filter(pk=column.pk).update(last_published_at=timezone.now() - timedelta(days=366))
    assert care_by_code(cast.town_a)["zj-gk"].state == State.OVERDUE


@pytest.mark.parametrize("how", ["a draft", "withdrawn", "in another column"])
def test_what_citizens_do_not_find_there_does_not_count(cast: Cast, how: str) -> None:
    news = column_of(cast.town_a, "gzdt")
    if how == "a draft":
        news.add_child(instance=Article(title="草稿", live=False))
    elif how == "withdrawn":
        publish_article(news, "撤下的动态").unpublish()
    else:
        publish_article(column_of(cast.town_a, "tzgg"), "公告")
    assert care_by_code(cast.town_a)["gzdt"].state == State.EMPTY


def test_retired_columns_and_ended_topics_are_not_judged(cast: Cast) -> None:
    home, today = home_of(cast.county_a), timezone.localdate()
    topic = own_column(home, "zt-1", "抗旱专题", kind="topic", ends_on=today)
    section = own_column(home, "jiu", "旧栏目", kind="section")
    own_column(section, "jiu-1", "旧栏目下的列表")
    titles = {row.title for row in column_care(cast.county_a)}
    assert {"抗旱专题", "旧栏目下的列表"} <= titles
    Column.objects.filter(pk=topic.pk).update(ends_on=today - timedelta(days=1))
    Column.objects.filter(pk=section.pk).update(retired_on=today)
    titles = {row.title for row in column_care(cast.county_a)}
    assert not {"抗旱专题", "旧栏目下的列表"} & titles


def test_a_catalogue_that_only_leads_to_others_is_not_blank(cast: Cast) -> None:
    assert "fdzd" not in care_by_code(cast.town_a)
    publish_article(column_of(cast.town_a, "fdzd"), "目录说明")
    assert care_by_code(cast.town_a)["fdzd"].state == State.UNTIMED


def test_a_limit_of_the_sites_own_counts(cast: Cast) -> None:
    published(column_of(cast.town_a, "tzgg"), "公告", days_ago=31)
    Column.objects.filter(pk=column_of(cast.town_a, "tzgg").pk).update(update_within_days=30)
    assert care_by_code(cast.town_a)["tzgg"].days_left == -1


def test_a_limited_member_is_shown_single_columns(cast: Cast) -> None:
    column = first_column(cast.county_a)
    assert [row.column_id for row in column_care(cast.county_a, paths=[column.path])] == [column.pk]


def test_one_query_however_many_tenants_columns_and_articles(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(12):
        publish_article(column_of(cast.town_a, "gzdt"), f"动态{number}")
    with django_assert_num_queries(1):
        assert column_care(cast.town_a)


def test_the_figures_of_many_sites_are_one_query_and_then_none(cast: Cast, django_assert_num_queries: Any) -> None:
    kept.clear()
    tenants = [cast.county_a.pk, cast.town_a.pk, cast.department_a.pk, cast.county_b.pk, cast.town_b.pk]
    addresses.refresh()
    with every_tenant("a test"):
        with django_assert_num_queries(2):  # columns, open reviews
            before = {line.tenant_id: line.figures for line in sites_of(tenants)}
        with django_assert_num_queries(1):  # open reviews
            assert {line.tenant_id: line.figures for line in sites_of(tenants)} == before
    publish_article(column_of(cast.town_a, "gzdt"), "今天的动态")
    addresses.refresh()
    with every_tenant("a test"):
        after = {line.tenant_id: line.figures for line in sites_of(tenants)}
    assert after[cast.town_a.pk].empty == before[cast.town_a.pk].empty - 1
    assert after[cast.town_a.pk].fresh == before[cast.town_a.pk].fresh + 1
    assert after[cast.town_a.pk].last_published is not None
    assert after[cast.town_b.pk] == before[cast.town_b.pk]
