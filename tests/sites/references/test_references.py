"""One article in several columns of its site: a reference, not a duplicate."""

from typing import Any

import pytest
from django.urls import reverse

from sites.models import Article, Column, SitePage
from sites.reach import EVERYTHING, reach_of
from sites.references import actions
from tenants.models import Membership, Role
from tests.cast import Cast, first_column, person, publish_article, signed_in


def second_column(tenant: Any) -> Column:
    found = Column.objects.filter(tenant=tenant, kind="list", mandatory=True).order_by("path")[1]
    assert isinstance(found, Column)
    return found


def test_a_reference_shows_the_article_with_its_first_date(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "防汛工作部署")
    made = actions.refer(article, second_column(cast.county_a), by=cast.contributor_a, reach=EVERYTHING)
    reference = Article.objects.get(pk=made.pk)
    assert (reference.alias_of_id, reference.published_at) == (article.pk, article.published_at)
    assert reference.live
    assert reference.column_id == second_column(cast.county_a).pk


def test_a_correction_of_the_original_changes_the_reference(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "旧标题")
    made = actions.refer(article, second_column(cast.county_a), by=cast.contributor_a, reach=EVERYTHING)
    article.title = "新标题"
    article.save_revision().publish()
    assert SitePage.objects.get(pk=made.pk).title == "新标题"


def test_what_cannot_be_referred_to_is_refused_with_a_sentence(cast: Cast) -> None:
    column, other = first_column(cast.county_a), second_column(cast.county_a)
    article = publish_article(column, "已发布")
    draft = Article(title="草稿", live=False)
    column.add_child(instance=draft)
    reference = actions.refer(article, other, by=cast.contributor_a, reach=EVERYTHING)
    people = first_column(cast.county_a, "people")
    for page, target in (
        (draft, other),
        (article, other),
        (article, column),
        (article, people),
        (reference, other),
        (article, second_column(cast.county_b)),
    ):
        with pytest.raises(actions.ReferenceRefused):
            actions.refer(page, target, by=cast.contributor_a, reach=EVERYTHING)
    with pytest.raises(actions.ReferenceRefused):
        actions.take_out(article, by=cast.contributor_a)


def test_the_way_of_an_editor_through_the_page(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "双栏文章")
    other = second_column(cast.county_a)
    browser = signed_in(cast.contributor_a)
    address = reverse("govsites_references:choose", args=[article.pk])
    assert other.title in browser.get(address).content.decode()
    assert browser.post(address, {"column": other.pk}).status_code == 302
    reference = SitePage.objects.get(alias_of=article)
    assert browser.post(reverse("govsites_references:remove", args=[reference.pk])).status_code == 302
    assert not SitePage.objects.filter(alias_of=article).exists()
    assert SitePage.objects.filter(pk=article.pk, live=True).exists()


def test_a_limited_member_is_offered_the_own_columns_alone(cast: Cast) -> None:
    column, other = first_column(cast.county_a), second_column(cast.county_a)
    article = publish_article(column, "共建栏目文章")
    helper = person("helper")
    limited = Membership.objects.create(
        user=helper, role=Role.CONTRIBUTOR, tenant=cast.county_a, limited_to_columns=True
    )
    limited.column_grants.create(column=column)
    assert not actions.columns_for(article, reach_of(helper)).exists()
    answer = signed_in(helper).post(reverse("govsites_references:choose", args=[article.pk]), {"column": other.pk})
    assert answer.status_code == 200
    assert not SitePage.objects.filter(alias_of=article).exists()


def test_a_neighbour_finds_nothing(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_b), "邻县文章")
    browser = signed_in(cast.contributor_a)
    assert browser.get(reverse("govsites_references:choose", args=[article.pk])).status_code == 404
    own = publish_article(first_column(cast.county_a), "本县文章")
    answer = browser.post(
        reverse("govsites_references:choose", args=[own.pk]), {"column": first_column(cast.county_b).pk}
    )
    assert answer.status_code == 200
    assert not SitePage.objects.filter(alias_of=own).exists()
