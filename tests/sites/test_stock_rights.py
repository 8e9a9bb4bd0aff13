"""What is left to members in Wagtail's own views: their drafts, and nothing of a neighbour's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision

from sites.models import Article, Column, HomePage, SitePage
from tenants.models import Membership, Role, User
from tests.cast import Cast, first_column, home_of, own_column, publish_article, signed_in
from tests.sites.test_locks import DOORS, api, bulk, state

pytestmark = pytest.mark.django_db

# Drafts


def unpublished(column: Column, owner: User, title: str = "草稿") -> Article:
    made = Article(title=title, live=False, owner=owner)
    column.add_child(instance=made)
    made.save_revision(user=owner)
    return Article.objects.get(pk=made.pk)


@pytest.mark.parametrize("door", ["the delete view", "bulk delete"])
@pytest.mark.parametrize(
    ("owner", "who", "gone"),
    [
        ("contributor_a", "contributor_a", True),
        ("reviewer_a", "contributor_a", False),
        ("contributor_a", "reviewer_a", False),
        ("contributor_a", "manager_a", True),  # when the author is there no more
        ("contributor_a", "contributor_b", False),
        ("contributor_a", "supervisor", False),
    ],
)
def test_a_draft_is_deleted_by_its_author_or_the_site_manager(
    cast: Cast, door: str, owner: str, who: str, gone: bool
) -> None:
    column = first_column(cast.county_a)
    draft = unpublished(column, getattr(cast, owner))
    DOORS[door](signed_in(getattr(cast, who)), draft, column)
    assert Article.objects.filter(pk=draft.pk).exists() is not gone


def test_what_was_public_once_is_not_deleted_even_by_its_author(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "撤下的文章", owner=cast.contributor_a)
    article.unpublish()
    client = signed_in(cast.contributor_a)
    for door in ("the delete view", "bulk delete"):
        DOORS[door](client, article, article)
    assert Article.objects.filter(pk=article.pk).exists()


def test_what_is_signed_for_later_is_not_deleted(cast: Cast) -> None:
    draft = unpublished(first_column(cast.county_a), cast.contributor_a)
    draft.get_latest_revision().publish(skip_permission_checks=True)
    later = unpublished(first_column(cast.county_a), cast.contributor_a, "定时")
    Revision.objects.filter(pk=later.latest_revision_id).update(approved_go_live_at=timezone.now() + timedelta(days=1))
    DOORS["the delete view"](signed_in(cast.contributor_a), later, later)
    assert Article.objects.filter(pk=later.pk).exists()


def test_a_contributor_neither_publishes_nor_unpublishes(cast: Cast) -> None:
    column = first_column(cast.county_a)
    client = signed_in(cast.contributor_a)
    published = publish_article(column, "已发布", by=cast.reviewer_a)
    draft = Article(title="草稿", live=False, owner=cast.contributor_a)
    column.add_child(instance=draft)
    draft.save_revision(user=cast.contributor_a)
    api("unpublish")(client, published, column)
    api("publish")(client, draft, column)
    bulk("publish")(client, draft, column)
    assert SitePage.objects.get(pk=published.pk).live
    assert not SitePage.objects.get(pk=draft.pk).live


# The neighbour (the whole sweep is an issue of its own)


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a", "supervisor"])
def test_the_neighbours_page_does_not_open(cast: Cast, who: str) -> None:
    article = publish_article(first_column(cast.county_b), "邻县的内部草稿标题")
    client = signed_in(getattr(cast, who))
    for view in ("", "edit/", "history/", "delete/", "move/", "copy/", "usage/", "unpublish/", "view_draft/"):
        answer = client.get(f"/admin/pages/{article.pk}/{view}")
        assert answer.status_code in {302, 403, 404}, view
        assert "邻县的内部草稿标题" not in answer.content.decode(), view


def test_a_contributor_cannot_change_the_neighbouring_countys_article(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_b), "邻县的文章")
    client = signed_in(cast.contributor_a)
    client.post(f"/admin/pages/{article.pk}/edit/", {"title": "改了", "slug": article.slug})
    assert SitePage.objects.get(pk=article.pk).title == "邻县的文章"
    assert SitePage.objects.get(pk=article.pk).draft_title == "邻县的文章"


def test_nothing_can_be_moved_or_copied_into_the_neighbouring_county(cast: Cast) -> None:
    theirs = own_column(home_of(cast.county_b), "bendi")
    ours = publish_article(first_column(cast.county_a), "本县的文章")
    client = signed_in(cast.manager_a)
    client.post(f"/admin/pages/{ours.pk}/move/{theirs.pk}/confirm/")
    bulk("move")(client, ours, theirs)
    api("move")(client, ours, theirs)
    api("copy", {"destination_page_id": theirs.pk, "slug": "kopie"})(client, ours, theirs)
    api("create_alias", {"destination_page_id": theirs.pk, "update_slug": "kopie"})(client, ours, theirs)
    assert SitePage.objects.get(pk=theirs.pk).numchild == 0
    assert SitePage.objects.get(pk=ours.pk).tenant_id == cast.county_a.pk


def test_whoever_manages_two_sites_moves_nothing_from_one_to_the_other(cast: Cast) -> None:
    Membership.objects.create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.county_b)
    ours = unpublished(own_column(home_of(cast.county_a), "bendi"), cast.manager_a)
    theirs, beside = own_column(home_of(cast.county_b), "bendi"), own_column(home_of(cast.county_a), "bendi-2")
    client = signed_in(User.objects.get(pk=cast.manager_a.pk))
    before = state(ours)
    for door in ("the move view", "bulk move", "the API's move"):
        DOORS[door](client, ours, theirs)
        assert state(ours) == before, door
    DOORS["the move view"](client, ours, beside)
    assert SitePage.objects.get(pk=ours.pk).column_id == beside.pk


def test_the_explorer_shows_a_person_the_own_site_alone(cast: Cast) -> None:
    shown = signed_in(cast.reviewer_a).get("/admin/pages/", follow=True).content.decode()
    assert f"/admin/pages/{home_of(cast.county_b).pk}/" not in shown
    assert f"/admin/pages/{home_of(cast.portal).pk}/" not in shown


def test_a_membership_that_ended_opens_nothing(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "文章")
    assert signed_in(cast.manager_a).get(f"/admin/pages/{article.pk}/edit/").status_code == 200
    cast.manager_a.memberships.update(revoked_at=timezone.now())
    client = signed_in(User.objects.get(pk=cast.manager_a.pk))
    assert client.get(f"/admin/pages/{article.pk}/edit/").status_code in {302, 403}


def test_a_new_home_or_region_cannot_be_made_in_the_admin(cast: Cast) -> None:
    region = SitePage.objects.get(depth=2, slug="430102")
    client = signed_in(cast.operator)
    client.post(
        f"/admin/pages/add/govsites/homepage/{region.pk}/", {"title": "假的", "slug": "falsch", "action-publish": "1"}
    )
    assert HomePage.objects.count() == 7
