"""Doors that lead to a neighbour's pages: choosers, lists, searches, histories, copies."""

from __future__ import annotations

import json

import lxml.html
import pytest
from django.urls import reverse
from wagtail.models import Revision

from sites import addresses
from sites.models import PolicyLink, SitePage
from tests.cast import Cast, first_column, home_of, own_column, publish_article, signed_in
from tests.sites.doors.neighbour import MARK, Planted, keeper_of, text_of, visitors_of_a

pytestmark = pytest.mark.django_db
PATHS = ("choose-page/{}/", "pages/{}/", "pages/{}/results/")


def test_door_1_the_page_chooser_shows_no_page_of_the_neighbour(cast: Cast, planted: Planted) -> None:
    home_b, region_b = home_of(cast.county_b), home_of(cast.county_b).get_parent()
    addresses.refresh()
    pasted = {"external-link-chooser-url": planted.live.full_url, "external-link-chooser-link_text": ""}
    for visitor in visitors_of_a(cast):
        for query in ("", "?page_type=govsites.article", "?page_type=govsites.column,govsites.article&multiple=1"):
            visitor.finds_nothing_at(f"/admin/choose-page/{query}")
        for page in (home_b, region_b, planted.column, SitePage.get_first_root_node()):
            visitor.is_a_stranger_at(f"/admin/choose-page/{page.pk}/")
        for text in (MARK, "marked-b", cast.county_b.name[:2]):
            answer = visitor.client.get("/admin/choose-page/search/", {"q": text})
            assert MARK not in text_of(answer), visitor.role
        for page in (planted.live, planted.draft, home_b):
            visitor.is_a_stranger_at("/admin/choose-page/chosen-multiple/", {"id": page.pk})
        visitor.is_a_stranger_at(f"/admin/choose-page/?user_perms=move_to&target_pages[]={planted.draft.pk}")
        answer = visitor.client.post("/admin/choose-external-link/", pasted)
        assert json.loads(answer.content)["result"].keys() == {"url", "title", "prefer_this_title_as_link_text"}


def test_the_page_chooser_offers_ones_own_pages(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "本县的文章")
    client = signed_in(cast.contributor_a)
    assert first_column(cast.county_a).get_parent().title in text_of(client.get("/admin/choose-page/"))
    assert "本县的文章" in text_of(client.get("/admin/choose-page/search/", {"q": "本县"}))
    chosen = text_of(client.get("/admin/choose-page/chosen-multiple/", {"id": article.pk}))
    assert "本县的文章" in chosen


def test_the_arrow_of_the_page_chooser_leads_below_a_page_and_keeps_what_may_be_chosen(cast: Cast) -> None:
    holder = first_column(cast.county_a).get_parent()
    answer = signed_in(cast.contributor_a).get("/admin/choose-page/", {"page_type": "govsites.article", "p": "1"})
    html = lxml.html.fromstring(answer.json()["html"])
    [address] = html.xpath(f"//a[contains(@title, '{holder.title}')][contains(@class, 'navigate-pages')]/@href")
    assert address == f"/admin/choose-page/{holder.pk}/?page_type=govsites.article"
    assert html.xpath("//td[@class='children']//*[local-name()='svg']")


def test_door_2_lists_of_snippets_are_closed_and_usage_stays_at_home(cast: Cast, planted: Planted) -> None:
    own = publish_article(first_column(cast.county_a), "本县的政策")
    PolicyLink.objects.create(interpretation=planted.live, policy=own)
    planted.live.save()  # the index of references is written on saving
    for visitor in visitors_of_a(cast):
        visitor.is_a_stranger_at("/admin/snippets/")
        visitor.finds_nothing_at(f"/admin/pages/{own.pk}/usage/")
    used = signed_in(cast.contributor_a).get(f"/admin/pages/{own.pk}/usage/")
    assert list(used.context["object_list"]) == []
    everywhere = signed_in(cast.operator).get(f"/admin/pages/{own.pk}/usage/")
    assert planted.live.title in text_of(everywhere)


def test_door_3_lists_filter_by_nobodys_site_owner_or_editor(cast: Cast, planted: Planted) -> None:
    home, column = home_of(cast.county_a), first_column(cast.county_a)
    for visitor in visitors_of_a(cast):
        for url in (f"pages/{home.pk}/", f"pages/{column.pk}/", "pages/search/?q=", "pages/usage/govsites/article/"):
            visitor.finds_nothing_at(f"/admin/{url}")
        for query in (
            f"owner={planted.author.pk}",
            f"edited_by={planted.author.pk}",
            "site=1",
            f"q={MARK}&search_all=1",
        ):
            answer = visitor.client.get(f"/admin/pages/{home.pk}/?{query}")
            assert f"{MARK}已" not in text_of(answer), (visitor.role, query)
        visitor.is_a_stranger_at("/admin/reports/page-types-usage/")


def test_a_keeper_of_one_column_sees_no_other_column_of_the_site(cast: Cast) -> None:
    kept = first_column(cast.county_a)
    beside = kept.get_siblings(inclusive=False).first()
    secret = publish_article(beside.specific, "别栏的文章") if beside.numchild == 0 else beside
    client = signed_in(keeper_of(kept))
    assert client.get("/admin/pages/").headers["Location"] == f"/admin/pages/{kept.pk}/"
    for url in (f"/admin/pages/{kept.pk}/", "/admin/choose-page/", "/admin/pages/search/?q="):
        text = text_of(client.get(url))
        assert kept.title in text
        assert beside.title not in text, url
    for page in (beside, home_of(cast.county_a), secret):
        for path in PATHS:
            assert client.get("/admin/" + path.format(page.pk)).status_code == 404
    assert "别栏" not in text_of(client.get("/admin/choose-page/search/", {"q": "别栏"})).replace("q=别栏", "")


def test_a_keeper_of_two_columns_sees_the_way_to_them_and_not_beyond(cast: Cast) -> None:
    home = home_of(cast.county_a)
    kept, beside = own_column(home, "kept", "自管栏目"), own_column(home, "beside", "旁边栏目")
    user = keeper_of(first_column(cast.county_a))
    user.memberships.get().column_grants.create(column=kept)
    client = signed_in(user)
    text = text_of(client.get("/admin/pages/", follow=True))
    assert kept.title in text
    assert beside.title not in text
    assert client.get(f"/admin/pages/{home.get_parent().pk}/").status_code == 404


def test_door_11_nothing_of_the_neighbour_by_search_api_preview_revision_comment_or_session(
    cast: Cast, planted: Planted
) -> None:
    own = publish_article(first_column(cast.county_a), "本县的文章")
    foreign = Revision.page_revisions.get(pk=planted.revision.pk)
    for visitor in visitors_of_a(cast):
        visitor.finds_nothing_at("/admin/pages/search/")
        for url in (f"pages/search/?q={MARK}", f"pages/search/results/?q={MARK}"):
            assert f"{MARK}草" not in text_of(visitor.client.get(f"/admin/{url}"))
        for kind in ("pages", "images", "documents"):
            visitor.is_a_stranger_at(f"/admin/api/main/{kind}/")
            visitor.is_a_stranger_at(f"/admin/api/main/{kind}/{planted.draft.pk}/")
            for version in ("v2", "v3"):
                visitor.is_a_stranger_at(f"/api/{version}/{kind}/")
        page = planted.draft.pk
        for url in ("view_draft/", "edit/", "edit/preview/", "history/", "history/results/", "revisions/"):
            visitor.is_a_stranger_at(f"/admin/pages/{page}/{url}")
        for one in (page, own.pk):  # their page, and their revision asked through one's own page
            for url in (
                f"revisions/{foreign.pk}/view/",
                f"revisions/{foreign.pk}/revert/",
                f"revisions/compare/{foreign.pk}...latest/",
                f"revisions/compare/live...{foreign.pk}/",
            ):
                answer = visitor.client.get(f"/admin/pages/{one}/{url}")
                assert answer.status_code in (403, 404), (visitor.role, url)
                assert MARK not in text_of(answer)
        for label in ("govsites/article", "govsites/sitepage", "tenants/user", "govsites/siteimage"):
            key = planted.author.pk if label == "tenants/user" else planted.image.pk if "image" in label else page
            visitor.is_a_stranger_at(f"/admin/editing-sessions/ping/{label}/{key}/0/", post=True)


def test_door_12_nothing_is_copied_moved_or_aliased_into_the_neighbours_site(cast: Cast, planted: Planted) -> None:
    column = first_column(cast.county_a)
    own = publish_article(column, "本县的文章")
    target = planted.column.pk
    for visitor in visitors_of_a(cast):
        below_b = SitePage.objects.filter(tenant=cast.county_b).count()
        copied = {"new_title": "抄", "new_slug": "copied", "new_parent_page": target}
        for alias in ("", "on"):
            visitor.finds_nothing_at(f"/admin/pages/{own.pk}/copy/", copied | {"alias": alias}, post=True)
        visitor.finds_nothing_at(f"/admin/pages/{own.pk}/move/", {"new_parent_page": target}, post=True)
        for post in (False, True):
            visitor.finds_nothing_at(f"/admin/pages/{own.pk}/move/{target}/confirm/", post=post)
        moving = f"/admin/bulk/govsites/sitepage/move/?id={own.pk}"
        visitor.finds_nothing_at(moving, {"chooser": target}, post=True)
        visitor.finds_nothing_at(f"/admin/pages/add/govsites/article/{target}/", {"title": "新"}, post=True)
        visitor.is_a_stranger_at("/admin/pages/create/govsites/article")
        visitor.finds_nothing_at("/admin/")
        assert SitePage.objects.filter(tenant=cast.county_b).count() == below_b, visitor.role
    own.refresh_from_db()
    assert own.tenant_id == cast.county_a.pk


def test_bulk_actions_take_no_page_of_the_neighbour(cast: Cast, planted: Planted) -> None:
    own = publish_article(first_column(cast.county_a), "本县的文章")
    region = home_of(cast.county_b).get_parent()
    for visitor in visitors_of_a(cast):
        for action in ("delete", "move", "publish", "unpublish"):
            base = f"/admin/bulk/govsites/sitepage/{action}/"
            for query in (
                f"?id={planted.draft.pk}",
                f"?id={own.pk}&id={planted.draft.pk}",
                "?id=all",
                f"?id=all&childOf={region.pk}",
                f"?id=all&childOf={planted.column.pk}",
                f"?id=all&childOf={planted.column.pk}&q={MARK}",
                "?id=1%20or%201=1",
            ):
                visitor.is_a_stranger_at(base + query)
                visitor.is_a_stranger_at(base + query, post=True)
    assert reverse("wagtail_bulk_action", args=["govsites", "sitepage", "delete"])
    assert SitePage.objects.filter(pk=planted.draft.pk).exists()
