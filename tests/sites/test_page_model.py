"""The base page: a publication date that is evidence, a place that follows the tree, listings and links that stay cheap."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Revision

from sites import addresses
from sites.dates import dated_elsewhere
from sites.models import Article, Column, HomePage, SitePage
from sites.public.lists import items_of
from tests.cast import Cast, column_of, first_column, home_of, own_column, publish_article

pytestmark = pytest.mark.django_db


def crowd(column: Column, count: int) -> None:
    """Put `count` published pages below the column, one an hour, as rows of the base table alone: quick, and enough
    for lists and look-ups."""
    content_type = ContentType.objects.get_for_model(Article)
    locale, start = Locale.get_default(), datetime(2020, 1, 1, tzinfo=UTC)
    first = column.numchild + 1
    SitePage.objects.bulk_create(
        [
            SitePage(
                title=f"第{number}条",
                draft_title=f"第{number}条",
                slug=f"{column.slug}-{number}",
                path=SitePage._get_path(column.path, column.depth + 1, number),
                depth=column.depth + 1,
                url_path=f"{column.url_path}{column.slug}-{number}/",
                content_type=content_type,
                locale=locale,
                translation_key=uuid.uuid4(),
                tenant_id=column.tenant_id,
                column_id=column.pk,
                published_at=start + timedelta(hours=number),
            )
            for number in range(first, first + count)
        ],
        batch_size=500,
    )
    SitePage.objects.filter(pk=column.pk).update(numchild=first + count - 1)


def publication_date(page: SitePage) -> datetime | None:
    return SitePage.objects.values_list("published_at", flat=True).get(pk=page.pk)


@pytest.fixture
def article(cast: Cast) -> Article:
    made = publish_article(first_column(cast.county_a), "关于防汛工作的通知", by=cast.reviewer_a)
    # Published long ago, so that a new date would show.
    SitePage.objects.filter(pk=made.pk).update(published_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    return Article.objects.get(pk=made.pk)


LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


# The publication date


def test_a_draft_has_no_publication_date_and_publishing_gives_it_one(cast: Cast) -> None:
    draft = Article(title="草稿", live=False)
    first_column(cast.county_a).add_child(instance=draft)
    draft.save_revision()
    assert publication_date(draft) is None
    before = timezone.now()
    draft.get_latest_revision().publish()
    assert before <= publication_date(draft) <= timezone.now()


def test_a_scheduled_article_is_dated_when_it_appears_and_not_before(cast: Cast) -> None:
    draft = Article(title="预定发布", live=False, go_live_at=timezone.now() + timedelta(days=1))
    first_column(cast.county_a).add_child(instance=draft)
    draft.save_revision().publish()
    assert publication_date(draft) is None
    Revision.objects.filter(object_id=str(draft.pk)).update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    later = timezone.now() + timedelta(days=2)
    with mock.patch("django.utils.timezone.now", return_value=later):
        call_command("publish_scheduled")
    assert publication_date(draft) == later
    assert SitePage.objects.get(pk=draft.pk).live


def test_publishing_again_keeps_the_first_date(article: Article) -> None:
    article.title = "关于防汛工作的紧急通知"
    article.save_revision().publish()
    assert SitePage.objects.get(pk=article.pk).title == "关于防汛工作的紧急通知"
    assert publication_date(article) == LONG_AGO


def test_taking_an_article_back_and_publishing_it_again_keeps_the_first_date(article: Article) -> None:
    article.unpublish()
    assert publication_date(article) == LONG_AGO
    Article.objects.get(pk=article.pk).save_revision().publish()
    assert SitePage.objects.get(pk=article.pk).live
    assert publication_date(article) == LONG_AGO


def test_going_back_to_an_old_revision_keeps_the_first_date(article: Article) -> None:
    old = article.get_latest_revision()
    article.title = "改过的标题"
    article.save_revision().publish()
    old.as_object().save_revision().publish()
    assert SitePage.objects.get(pk=article.pk).title == "关于防汛工作的通知"
    assert publication_date(article) == LONG_AGO


def test_a_revision_that_claims_another_date_does_not_bring_it_in(article: Article) -> None:
    revision = article.save_revision()
    forged = {**revision.content, "published_at": "2001-01-01T00:00:00Z", "tenant": None, "column": None}
    Revision.objects.filter(pk=revision.pk).update(content=forged)
    Revision.objects.get(pk=revision.pk).publish()
    stored = Article.objects.get(pk=article.pk)
    assert (stored.published_at, stored.tenant_id, stored.column_id) == (LONG_AGO, article.tenant_id, article.column_id)


def test_saving_another_date_is_refused_with_a_sentence(article: Article) -> None:
    article.published_at = datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="发布日期|publication date"):
        article.save()
    assert publication_date(article) == LONG_AGO


@pytest.mark.parametrize("live", [True, False])
def test_a_new_article_cannot_come_with_a_date_of_its_own(cast: Cast, live: bool) -> None:
    column = first_column(cast.county_a)
    forged = Article(title="补发的通知", live=live, published_at=LONG_AGO)
    with pytest.raises(ValidationError, match="发布日期|publication date"):
        column.add_child(instance=forged)
    assert not Article.objects.filter(title="补发的通知").exists()


def test_an_article_published_elsewhere_keeps_its_date_where_the_code_says_so(cast: Cast) -> None:
    with dated_elsewhere("a test of what legacy loading does"):
        first_column(cast.county_a).add_child(instance=Article(title="旧站的通知", published_at=LONG_AGO))
    moved = Article.objects.get(title="旧站的通知")
    moved.save_revision().publish()
    assert publication_date(moved) == LONG_AGO


def test_a_publication_that_failed_can_be_tried_again(cast: Cast) -> None:
    column = first_column(cast.county_a)
    publish_article(column, "第一篇", by=cast.reviewer_a, slug="same")
    article = Article(title="第二篇", slug="same")
    with pytest.raises(ValidationError):
        column.add_child(instance=article)
    article.slug = "other"
    column.refresh_from_db()
    column.add_child(instance=article)
    assert publication_date(article) is not None


def test_saving_no_date_keeps_the_stored_one(article: Article) -> None:
    article.published_at = None
    article.save()
    assert publication_date(article) == LONG_AGO


def test_a_copy_is_a_new_item_with_a_date_of_its_own(article: Article) -> None:
    before = timezone.now()
    live = article.copy(update_attrs={"slug": "live-copy"}, keep_live=True)
    draft = article.copy(update_attrs={"slug": "draft-copy"}, keep_live=False)
    assert publication_date(live) >= before
    assert publication_date(draft) is None
    draft.get_latest_revision().publish()
    assert publication_date(draft) >= before


def test_a_form_in_the_admin_offers_no_publication_date(article: Article) -> None:
    form = Article.get_edit_handler().get_form_class()
    assert not {"published_at", "tenant", "column", "first_published_at"} & set(form.base_fields)


# The place


def test_tenant_and_column_follow_from_the_place_at_once(cast: Cast) -> None:
    column = first_column(cast.county_a)
    draft = Article(title="草稿", live=False)
    column.add_child(instance=draft)
    stored = SitePage.objects.get(pk=draft.pk)
    assert (stored.tenant_id, stored.column_id) == (cast.county_a.pk, column.pk)
    child = own_column(home_of(cast.town_a), "bendi")
    assert (child.tenant_id, SitePage.objects.get(pk=child.pk).column_id) == (cast.town_a.pk, None)


def test_an_article_moved_to_another_column_belongs_to_that_column(cast: Cast, article: Article) -> None:
    target = own_column(home_of(cast.county_a), "bendi")
    article.move(target, pos="last-child")
    stored = SitePage.objects.get(pk=article.pk)
    assert (stored.column_id, stored.tenant_id) == (target.pk, cast.county_a.pk)
    assert stored.published_at == LONG_AGO


def test_a_column_moved_to_another_sub_site_takes_its_articles_along(cast: Cast) -> None:
    local = own_column(home_of(cast.county_a), "bendi")
    inside = publish_article(local, "栏目里的文章")
    old_version = cast.county_a.version
    local.move(home_of(cast.town_a), pos="last-child")
    stored = SitePage.objects.get(pk=inside.pk)
    assert (stored.tenant_id, stored.column_id) == (cast.town_a.pk, local.pk)
    assert SitePage.objects.get(pk=local.pk).tenant_id == cast.town_a.pk
    cast.county_a.refresh_from_db()
    cast.town_a.refresh_from_db()
    assert cast.county_a.version == cast.town_a.version > old_version


def test_a_column_moved_below_another_one_is_no_item_of_it(cast: Cast) -> None:
    above, below = (
        own_column(home_of(cast.county_a), "oben", kind="section"),
        own_column(home_of(cast.county_a), "unten"),
    )
    below.move(above, pos="last-child")
    stored = SitePage.objects.get(pk=below.pk)
    assert (stored.column_id, stored.tenant_id) == (None, cast.county_a.pk)
    assert stored.url_path.endswith("/oben/unten/")


def test_a_copy_belongs_to_where_it_was_put(cast: Cast, article: Article) -> None:
    target = own_column(home_of(cast.county_b), "bendi")
    copied = SitePage.objects.get(pk=article.copy(to=target).pk)
    assert (copied.tenant_id, copied.column_id) == (cast.county_b.pk, target.pk)


def test_a_copied_column_brings_copies_of_its_articles_to_the_new_place(cast: Cast) -> None:
    local = own_column(home_of(cast.county_a), "bendi")
    publish_article(local, "栏目里的文章")
    copied = local.copy(to=home_of(cast.county_b), recursive=True)
    [inside] = SitePage.objects.get(pk=copied.pk).get_children()
    assert (inside.tenant_id, inside.column_id) == (cast.county_b.pk, copied.pk)


def test_an_alias_belongs_to_where_it_was_put(cast: Cast, article: Article) -> None:
    target = own_column(home_of(cast.county_a), "bendi")
    alias = article.create_alias(parent=target)
    article.title = "标题改了"
    article.save_revision().publish()
    stored = SitePage.objects.get(pk=alias.pk)
    assert (stored.title, stored.tenant_id, stored.column_id) == ("标题改了", cast.county_a.pk, target.pk)


def test_a_copy_of_a_mandatory_column_is_a_column_of_the_sites_own(cast: Cast) -> None:
    copied = first_column(cast.county_a).copy(to=home_of(cast.county_a), update_attrs={"slug": "kopie"})
    stored = Column.objects.get(pk=copied.pk)
    assert (stored.code, stored.mandatory, stored.template_version) == ("", False, 0)
    copied.get_latest_revision().publish()
    stored = Column.objects.get(pk=copied.pk)
    assert (stored.code, stored.mandatory, stored.template_version) == ("", False, 0)


def test_an_alias_of_a_mandatory_column_is_not_mandatory_itself(cast: Cast) -> None:
    column = first_column(cast.county_a)
    alias = column.create_alias(parent=home_of(cast.county_a), update_slug="kopie")
    column.intro = "改过的说明"
    column.save_revision().publish()
    stored = Column.objects.get(pk=alias.pk)
    assert (stored.intro, stored.code, stored.mandatory) == ("改过的说明", "", False)


def test_an_old_revision_does_not_take_the_templates_marks_off_a_column(cast: Cast) -> None:
    column = own_column(home_of(cast.county_a), "bendi")
    waiting = column.save_revision()
    # A roll-out makes it one of the template's while the draft waits for its reviewer.
    Column.objects.filter(pk=column.pk).update(code="new", mandatory=True, template_version=2)
    Revision.objects.get(pk=waiting.pk).publish()
    stored = Column.objects.get(pk=column.pk)
    assert (stored.code, stored.mandatory, stored.template_version) == ("new", True, 2)


# Addresses


def test_an_article_gets_a_dated_address_by_the_day_in_shanghai(cast: Cast) -> None:
    evening_in_london = datetime(2026, 2, 28, 17, 30, tzinfo=UTC)
    with mock.patch("django.utils.timezone.now", return_value=evening_in_london):
        made = publish_article(first_column(cast.county_a), "夜里发布的通知")
    assert re.fullmatch(r"20260301-[2-9a-hjkmnp-z]{6}", made.slug)
    assert made.url_path.endswith(f"/{made.slug}/")


def test_two_articles_of_one_title_have_two_addresses(cast: Cast) -> None:
    column = first_column(cast.county_a)
    assert publish_article(column, "同名").slug != publish_article(column, "同名").slug


def test_an_address_is_refused_twice_in_a_column_and_allowed_elsewhere(cast: Cast) -> None:
    column = first_column(cast.county_a)
    publish_article(column, "第一篇", slug="yi")
    with pytest.raises(ValidationError) as refused:
        column.add_child(instance=Article(title="第二篇", slug="yi", live=False))
    assert "slug" in refused.value.message_dict
    publish_article(own_column(home_of(cast.county_a), "bendi"), "第三篇", slug="yi")
    publish_article(column_of(cast.county_b, column.code), "第四篇", slug="yi")
    assert SitePage.objects.filter(slug="yi").count() == 3


def test_a_column_cannot_take_the_path_of_a_site_mounted_there(cast: Cast) -> None:
    assert cast.town_a.mount == "wyl"
    with pytest.raises(ValidationError) as refused:
        own_column(home_of(cast.county_a), "wyl")
    assert "slug" in refused.value.message_dict
    own_column(home_of(cast.county_b), "wyl")


@pytest.mark.parametrize(
    ("tenant", "address"),
    [
        ("county_a", "http://a.localhost/"),
        ("town_a", "http://a.localhost/wyl/"),
        ("department_b", "http://b.localhost/jyj/"),
        ("portal", "http://www.localhost/"),
    ],
)
def test_a_home_has_the_address_of_its_site(cast: Cast, tenant: str, address: str) -> None:
    assert home_of(getattr(cast, tenant)).full_url == address


def test_an_articles_address_needs_no_query(cast: Cast, article: Article, django_assert_num_queries: Any) -> None:
    addresses.refresh()
    page = SitePage.objects.get(pk=article.pk)
    with django_assert_num_queries(0):
        full = page.full_url
    assert full == f"http://a.localhost{column_path(article)}"
    request = RequestFactory().get("/", headers={"host": "a.localhost"})
    with django_assert_num_queries(0):
        parts = page.get_url_parts(request)
    assert (parts[1], parts[2]) == ("http://a.localhost", column_path(article))


def column_path(article: Article) -> str:
    home = home_of(article.tenant)
    return "/" + article.url_path[len(home.url_path) :]


def test_a_region_has_no_address(cast: Cast) -> None:
    assert SitePage.objects.get(depth=2, slug="430102").full_url is None


def test_the_admin_leads_to_the_right_site_from_a_list_of_pages(cast: Cast, django_assert_num_queries: Any) -> None:
    addresses.refresh()
    pages = list(SitePage.objects.filter(depth__gte=3))
    with django_assert_num_queries(0):
        urls = {page.full_url for page in pages}
    assert len(urls) == len(pages)


# Speed


def explained(queryset: Any) -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE govsites_sitepage")
    return queryset.explain()


def test_the_newest_items_of_a_column_come_from_the_listing_index(cast: Cast) -> None:
    columns = list(Column.objects.filter(tenant=cast.county_a, kind="list")[:6])
    for column in columns:
        crowd(column, 500)
    plan = explained(items_of(columns[0].pk)[:20])
    assert "page_listing" in plan
    assert "SORT" not in plan.upper().replace("SORT KEY", "SORT")


def test_a_free_address_is_looked_for_through_an_index(cast: Cast) -> None:
    column = first_column(cast.county_a)
    crowd(column, 3000)
    column = Column.objects.get(pk=column.pk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert SitePage._slug_is_available("neu", column)
    assert len(captured) == 1
    siblings = column.get_children().filter(slug="neu", tenant_id=column.tenant_id)
    # By the slug, with or without the tenant before it: never by walking the 3,000 siblings.
    assert re.search("page_tenant_slug|sitepage_slug", explained(siblings))


def queries_to_publish(column: Column, title: str) -> int:
    column = Column.objects.get(pk=column.pk)
    with CaptureQueriesContext(connection) as captured:
        publish_article(column, title)
    return len(captured)


def test_publishing_costs_the_same_number_of_queries_with_10_and_with_1000_siblings(cast: Cast) -> None:
    column = first_column(cast.county_a)
    queries_to_publish(column, "热身")
    crowd(Column.objects.get(pk=column.pk), 10)
    few = queries_to_publish(column, "少")
    crowd(Column.objects.get(pk=column.pk), 1000)
    many = queries_to_publish(column, "多")
    assert many == few


def test_a_change_that_citizens_see_raises_the_version_of_its_own_site_alone(cast: Cast) -> None:
    def version(tenant: Any) -> int:
        tenant.refresh_from_db()
        return tenant.version

    a, b = version(cast.county_a), version(cast.county_b)
    draft = Article(title="草稿", live=False)
    first_column(cast.county_a).add_child(instance=draft)
    draft.save_revision()
    assert version(cast.county_a) == a
    draft.get_latest_revision().publish()
    published = version(cast.county_a)
    assert published > a
    Article.objects.get(pk=draft.pk).unpublish()
    unpublished = version(cast.county_a)
    assert unpublished > published
    Article.objects.get(pk=draft.pk).save_revision().publish()
    assert version(cast.county_a) > unpublished
    again = version(cast.county_a)
    Article.objects.get(pk=draft.pk).delete()
    assert version(cast.county_a) > again
    assert version(cast.county_b) == b


def test_only_what_fits_a_columns_kind_can_be_put_into_it(cast: Cast) -> None:
    people = first_column(cast.county_a, "people")
    assert {model.__name__ for model in type(people).creatable_subpage_models() if model.can_create_at(people)} == {
        "Leader"
    }
    guide = first_column(cast.county_a, "guide")
    assert {m.__name__ for m in type(guide).creatable_subpage_models() if m.can_create_at(guide)} == {
        "ServiceGuide",
        "Column",
    }
    assert not HomePage.can_create_at(SitePage.objects.get(depth=2, slug="430102"))
