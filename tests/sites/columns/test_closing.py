"""Closing a column: where its items go, what citizens meet afterwards, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from sites.column_changes import bring_to_template
from sites.columns import closing
from sites.columns.adding import add_optional
from sites.columns.care import at_work
from sites.columns.closing import close, contents_of, reopen
from sites.columns.rules import CareRefused
from sites.desk.freshness import column_care
from sites.models import Column, Leader, SitePage
from sites.review import actions
from sites.templates_library import library
from tenants.models import Tenant
from tenants.scope import every_tenant
from tests.cast import A_HOST, Cast, column_of, home_of, own_column, publish_article
from tests.sites.review.build import draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_scope() -> Any:
    with every_tenant("tests of the acts below the doors"):
        yield


@pytest.fixture
def column(cast: Cast) -> Column:
    """An own column with a published article, a draft, and a column below it that holds another article."""
    made = own_column(home_of(cast.county_a), "bendi", kind="topic", show_in_menus=True)
    publish_article(made, "已发布的文章")
    draft(made, cast.contributor_a, "还没写完")
    publish_article(own_column(made, "unten", "下级栏目"), "下级栏目的文章")
    return made


def get(path: str, **values: Any) -> Any:
    return Client(headers={"host": A_HOST}).get(path, **values)


def titles_in(column: Column) -> set[str]:
    return set(SitePage.objects.filter(column_id=column.pk).values_list("title", flat=True))


def contents(cast: Cast, column: Column) -> closing.Contents:
    with at_work(cast.county_a, by=None) as work:
        return contents_of(work, work.place(column.pk))


def test_the_preview_counts_what_stands_in_the_column_and_below(cast: Cast, column: Column) -> None:
    actions.submit(SitePage.objects.get(title="还没写完"), cast.contributor_a)
    found = contents(cast, column)
    assert found.columns == ["本地栏目", "下级栏目"]
    assert (found.published, found.drafts, found.in_review, found.items) == (2, 1, 1, 3)
    assert list(found.by_type.values()) == [3]


def test_only_open_columns_of_the_same_site_that_take_the_items_are_offered(cast: Cast, column: Column) -> None:
    targets = dict(contents(cast, column).targets)
    assert column_of(cast.county_a, "tzgg").pk in targets
    assert column_of(cast.county_a, "ldxx").pk not in targets  # takes leaders
    assert not Column.objects.filter(pk__in=targets).exclude(tenant=cast.county_a).exists()
    assert column.pk not in targets
    assert "›" in targets[column_of(cast.county_a, "tzgg").pk]
    column.add_child(instance=Leader(title="张三", post="主任", live=False))
    assert contents(cast, column).targets == []  # no column takes leaders and articles


def test_items_that_stay_are_readable_and_need_no_more_care(cast: Cast, column: Column) -> None:
    article = SitePage.objects.get(title="已发布的文章")
    assert column.pk in {row.column_id for row in column_care(cast.county_a)}
    assert close(cast.county_a, column.pk, into=None, by=cast.manager_a) == 0
    assert column.pk not in {row.column_id for row in column_care(cast.county_a)}
    assert "本地栏目" not in get("/zwgk/").content.decode()
    assert get(f"/bendi/{article.slug}/").status_code == 200
    assert get("/bendi/unten/").status_code == 200
    stored = Column.objects.get(pk=column.pk)
    assert (stored.retired_on is not None, stored.show_in_menus, stored.live) == (True, False, True)


def test_items_move_with_their_addresses(cast: Cast, column: Column) -> None:
    article = SitePage.objects.get(title="已发布的文章")
    target = column_of(cast.county_a, "tzgg")
    assert close(cast.county_a, column.pk, into=target.pk, by=cast.manager_a) == 3
    assert titles_in(target) == {"已发布的文章", "还没写完", "下级栏目的文章"}
    answer = get(f"/bendi/{article.slug}/", follow=True)
    assert answer.redirect_chain[0][1] == 301
    assert "已发布的文章" in answer.content.decode()
    assert SitePage.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize("which", ["people", "neighbour", "itself", "nowhere"])
def test_a_column_that_cannot_take_the_items_is_refused_and_nothing_changes(
    cast: Cast, column: Column, which: str
) -> None:
    into = {
        "people": column_of(cast.county_a, "ldxx").pk,
        "neighbour": column_of(cast.county_b, "tzgg").pk,
        "itself": column.pk,
        "nowhere": 0,
    }[which]
    with pytest.raises(CareRefused, match="can't go"), transaction.atomic():
        close(cast.county_a, column.pk, into=into, by=cast.manager_a)
    assert Column.objects.get(pk=column.pk).retired_on is None
    assert titles_in(column) == {"已发布的文章", "还没写完"}


@pytest.mark.parametrize("which", ["mandatory", "holds one", "closed", "the neighbour's"])
def test_what_the_template_demands_cannot_be_closed(cast: Cast, column: Column, which: str) -> None:
    if which == "mandatory":
        column = column_of(cast.county_a, "zcwj")
    elif which == "holds one":
        Column.objects.filter(path__startswith=column.path, title="下级栏目").update(mandatory=True)
    elif which == "closed":
        close(cast.county_a, column.pk, into=None, by=cast.manager_a)
    else:
        column = own_column(home_of(cast.county_b), "linju")
    with pytest.raises(CareRefused):
        close(cast.county_a, column.pk, into=None, by=cast.manager_a)


def test_opening_again_brings_back_columns_menu_and_items(cast: Cast, column: Column) -> None:
    target = column_of(cast.county_a, "tzgg")
    below = Column.objects.get(title="下级栏目")
    close(cast.county_a, column.pk, into=target.pk, by=cast.manager_a)
    SitePage.objects.get(title="还没写完").delete()
    assert closing.still_there(closing.note_of(column.pk)) == 2
    assert reopen(cast.county_a, column.pk, bring_back=True, by=cast.manager_a) == 2
    assert titles_in(column) == {"已发布的文章"}
    assert titles_in(below) == {"下级栏目的文章"}
    assert not titles_in(target)
    stored = Column.objects.get(pk=column.pk)
    assert (stored.retired_on, stored.show_in_menus) == (None, True)
    assert Column.objects.get(pk=below.pk).retired_on is None
    assert get(f"/bendi/{SitePage.objects.get(title='已发布的文章').slug}/").status_code == 200


def test_opening_again_may_leave_the_items_where_they_are(cast: Cast, column: Column) -> None:
    target = column_of(cast.county_a, "tzgg")
    close(cast.county_a, column.pk, into=target.pk, by=cast.manager_a)
    assert reopen(cast.county_a, column.pk, bring_back=False, by=cast.manager_a) == 0
    assert len(titles_in(target)) == 3


def test_a_column_is_not_opened_before_the_one_above_it(cast: Cast, column: Column) -> None:
    below = Column.objects.get(title="下级栏目")
    close(cast.county_a, column.pk, into=None, by=cast.manager_a)
    with pytest.raises(CareRefused, match="Open “本地栏目” first"):
        reopen(cast.county_a, below.pk, bring_back=False, by=cast.manager_a)


def test_opening_again_counts_against_the_limit(cast: Cast, column: Column, settings: Any) -> None:
    close(cast.county_a, column.pk, into=None, by=cast.manager_a)
    settings.MAX_OWN_COLUMNS = 0
    with pytest.raises(CareRefused, match="are allowed"):
        reopen(cast.county_a, column.pk, bring_back=False, by=cast.manager_a)


def test_an_optional_column_that_the_site_closed_stays_closed_in_a_roll_out(cast: Cast) -> None:
    pk = add_optional(cast.county_a, "tpxw", by=cast.manager_a)
    close(cast.county_a, pk, into=None, by=cast.manager_a)
    [result] = bring_to_template(
        [Tenant.objects.get(pk=cast.county_a.pk)], library().latest("county"), by=cast.operator, with_optional=True
    )
    stored = Column.objects.get(pk=pk)
    assert (stored.retired_on is not None, stored.show_in_menus) == (True, False)
    assert ("tpxw", "column") in {(d.code, d.field) for d in result.plan.local_differences}


def test_a_mandatory_column_that_is_retired_comes_back_in_a_roll_out(cast: Cast) -> None:
    column = column_of(cast.county_a, "tzgg")
    Column.objects.filter(pk=column.pk).update(retired_on="2026-01-01")
    bring_to_template([Tenant.objects.get(pk=cast.county_a.pk)], library().latest("county"), by=cast.operator)
    assert Column.objects.get(pk=column.pk).retired_on is None
