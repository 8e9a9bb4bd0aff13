"""What a site cannot take apart itself: its home, its region and the mandatory columns, through every door there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from sites import locks
from sites.locks import LockedPage
from sites.models import Article, Column, HomePage, SitePage
from tenants.models import Membership, Role, User
from tests.cast import Cast, column_of, first_column, home_of, own_column, person, publish_article, signed_in

pytestmark = pytest.mark.django_db

PEOPLE = ["contributor_a", "reviewer_a", "manager_a", "manager_b", "supervisor"]


def state(page: SitePage) -> tuple[Any, ...] | None:
    """Return what the locks protect: None where the page is gone."""
    return SitePage.objects.filter(pk=page.pk).values_list("path", "slug", "url_path", "live", "expire_at").first()


def api(action: str, data: dict[str, Any] | None = None) -> Callable[[Client, SitePage, SitePage], Any]:
    def post(client: Client, page: SitePage, target: SitePage) -> Any:
        body = {**(data or {}), **({"destination_page_id": target.pk} if action == "move" else {})}
        return client.post(f"/admin/api/main/pages/{page.pk}/action/{action}/", body, content_type="application/json")

    return post


def bulk(action: str) -> Callable[[Client, SitePage, SitePage], Any]:
    def post(client: Client, page: SitePage, target: SitePage) -> Any:
        return client.post(
            f"/admin/bulk/govsites/sitepage/{action}/?id={page.pk}",
            {"chooser": target.pk, "move_applicable": "on", "include_descendants": "on"},
        )

    return post


def edit(client: Client, page: SitePage, _target: SitePage, **values: Any) -> Any:
    """Send the page's own form back with another slug, an end of publication, and `values`."""
    answer = client.get(f"/admin/pages/{page.pk}/edit/")
    if answer.status_code != 200:
        return answer
    data = form_data(answer.context["form"])
    data |= {"slug": "umbenannt", "expire_at": "2099-01-01 00:00", "action-publish": "1", **values}
    return client.post(f"/admin/pages/{page.pk}/edit/", data)


def form_data(form: Any) -> dict[str, Any]:
    """Return what a browser sends back for a form that nobody has touched."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif bound.name == "body":
            data["body-count"] = "0"
        elif value not in (None, False):
            data[bound.html_name] = value
    for formset in getattr(form, "formsets", {}).values():
        for bound in formset.management_form:
            data[bound.html_name] = bound.value()
    return data


DOORS: dict[str, Callable[[Client, SitePage, SitePage], Any]] = {
    "the delete view": lambda client, page, _target: client.post(f"/admin/pages/{page.pk}/delete/"),
    "the unpublish view": lambda client, page, _target: client.post(
        f"/admin/pages/{page.pk}/unpublish/", {"include_descendants": "on"}
    ),
    "the move view": lambda client, page, target: client.post(f"/admin/pages/{page.pk}/move/{target.pk}/confirm/"),
    "the position view": lambda client, page, _target: client.post(f"/admin/pages/{page.pk}/set_position/?position=0"),
    "the position view, to the end": lambda client, page, _target: client.post(f"/admin/pages/{page.pk}/set_position/"),
    "the form": edit,
    "bulk delete": bulk("delete"),
    "bulk unpublish": bulk("unpublish"),
    "bulk move": bulk("move"),
    "the API's delete": api("delete"),
    "the API's unpublish": api("unpublish", {"recursive": True}),
    "the API's move": api("move", {"position": "last-child"}),
}


@pytest.fixture
def column(cast: Cast) -> Column:
    """A mandatory column that is neither the first nor the last of its home."""
    found = column_of(cast.county_a, "zcwj")
    assert found.mandatory
    return found


@pytest.mark.parametrize("door", DOORS)
def test_nobody_below_the_operator_takes_a_mandatory_column_apart(cast: Cast, column: Column, door: str) -> None:
    target = own_column(home_of(cast.county_a), "bendi", kind="section")
    before = state(column)
    for who in PEOPLE:
        DOORS[door](signed_in(getattr(cast, who)), column, target)
        assert state(column) == before, who


@pytest.mark.parametrize("door", DOORS)
def test_a_site_manager_takes_neither_home_nor_region_apart(cast: Cast, door: str) -> None:
    home = home_of(cast.county_a)
    for page in (home, home.get_parent()):
        before = state(page)
        DOORS[door](signed_in(cast.manager_a), page, home_of(cast.town_a))
        assert state(page) == before


@pytest.mark.parametrize(
    ("door", "what"),
    [
        ("the delete view", "gone"),
        ("bulk delete", "gone"),
        ("the API's delete", "gone"),
        ("the unpublish view", "unpublished"),
        ("bulk unpublish", "unpublished"),
        ("the API's unpublish", "unpublished"),
        ("the move view", "moved"),
        ("bulk move", "moved"),
        ("the API's move", "moved"),
        ("the position view", "moved"),
        ("the form", "renamed"),
    ],
)
@pytest.mark.parametrize("who", ["the manager, an own column", "the operator, a mandatory one", "the second operator"])
def test_whoever_may_does(cast: Cast, column: Column, door: str, what: str, who: str) -> None:
    target = own_column(home_of(cast.county_a), "ziel", kind="section")
    if who == "the manager, an own column":
        user, page = cast.manager_a, own_column(home_of(cast.county_a), "bendi")
    elif who == "the operator, a mandatory one":
        user, page = cast.operator, column
    else:
        user, page = person("operator-2", Role.PLATFORM_OPERATOR), column
    before = state(page)
    DOORS[door](signed_in(user), page, target)
    after = state(page)
    if what == "gone":
        assert after is None
    else:
        changed = {
            name
            for name, old, new in zip(("path", "slug", "url_path", "live", "expire_at"), before, after, strict=True)
            if old != new
        }
        expected = {"unpublished": {"live"}, "moved": {"path"}, "renamed": {"slug", "url_path"}}[what]
        assert expected <= changed


def test_a_refused_view_says_so(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    for door in ("the delete view", "the unpublish view", "the move view"):
        answer = DOORS[door](client, column, home_of(cast.county_a))
        assert (answer.status_code, answer["location"]) == (302, "/admin/")
    for door in ("the API's delete", "the API's unpublish", "the API's move"):
        assert DOORS[door](client, column, home_of(cast.county_a)).status_code == 403


def test_the_form_of_a_mandatory_column_is_still_good_for_its_description(cast: Cast, column: Column) -> None:
    title, slug = column.title, column.slug
    answer = edit(signed_in(cast.manager_a), column, column, intro="新的说明", title="改名", mandatory="", code="x")
    assert answer.status_code == 302
    stored = Column.objects.get(pk=column.pk)
    assert (stored.intro, stored.title, stored.slug, stored.mandatory, stored.code) == (
        "新的说明",
        title,
        slug,
        True,
        "zcwj",
    )


def test_a_draft_with_another_slug_does_not_rename_the_column_when_it_is_published(cast: Cast, column: Column) -> None:
    revision = column.save_revision()
    revision.content["slug"] = "umbenannt"
    revision.save()
    client = signed_in(cast.reviewer_a)
    before = state(column)
    assert client.post(f"/admin/api/main/pages/{column.pk}/action/publish/").status_code == 403
    assert state(column) == before


# Without a person: shells, scripts, other people's code


def test_deleting_in_code_is_refused_with_a_sentence(cast: Cast, column: Column) -> None:
    for delete in (
        column.delete,
        SitePage.objects.get(pk=column.pk).delete,
        Column.objects.filter(pk=column.pk).delete,
        SitePage.objects.filter(pk=column.pk).delete,
        home_of(cast.county_a).delete,
        home_of(cast.county_a).get_parent().delete,
    ):
        with pytest.raises(LockedPage, match=r"“.+”"), transaction.atomic():
            delete()
    assert Column.objects.filter(pk=column.pk).exists()
    assert SitePage.find_problems() == ([], [], [], [], [])


def test_renaming_in_code_is_refused_and_everything_else_is_not(cast: Cast, column: Column) -> None:
    column.slug = "umbenannt"
    with pytest.raises(LockedPage, match=column.title):
        column.save()
    with pytest.raises(LockedPage):
        column.save(update_fields=["slug"])
    column.intro = "新的说明"
    column.save(update_fields=["intro"])
    stored = Column.objects.get(pk=column.pk)
    assert (stored.slug, stored.intro) == ("zcwj", "新的说明")


@pytest.mark.parametrize("which", ["home", "region"])
def test_homes_and_regions_keep_their_slugs(cast: Cast, which: str) -> None:
    page: SitePage = home_of(cast.county_a)
    page = (page if which == "home" else page.get_parent()).specific
    page.slug = "umbenannt"
    with pytest.raises(LockedPage):
        page.save()


def test_what_holds_a_mandatory_column_cannot_be_deleted_either(cast: Cast, column: Column) -> None:
    above = own_column(home_of(cast.county_a), "bendi", kind="section")
    with locks.unlocked("putting a mandatory column below one of the site's own"):
        column.move(above, pos="last-child")
    above = Column.objects.get(pk=above.pk)
    client = signed_in(cast.manager_a)
    for door in ("the delete view", "bulk delete", "the API's delete"):
        DOORS[door](client, above, home_of(cast.county_a))
    with pytest.raises(LockedPage), transaction.atomic():
        above.delete()
    assert set(Column.objects.filter(pk__in=[above.pk, column.pk]).values_list("live", flat=True)) == {True}
    assert Column.objects.filter(pk__in=[above.pk, column.pk]).count() == 2


@pytest.mark.parametrize("door", ["the unpublish view", "bulk unpublish", "the API's unpublish"])
def test_unpublishing_with_all_below_leaves_a_mandatory_column_below_online(
    cast: Cast, column: Column, door: str
) -> None:
    above = own_column(home_of(cast.county_a), "bendi", kind="section")
    with locks.unlocked("putting a mandatory column below one of the site's own"):
        column.move(above, pos="last-child")
    DOORS[door](signed_in(cast.manager_a), Column.objects.get(pk=above.pk), home_of(cast.county_a))
    assert not Column.objects.get(pk=above.pk).live
    assert Column.objects.get(pk=column.pk).live


@pytest.mark.parametrize("door", ["the move view", "bulk move", "the API's move"])
def test_what_holds_a_mandatory_column_cannot_be_moved_either(cast: Cast, column: Column, door: str) -> None:
    above = own_column(home_of(cast.county_a), "bendi", kind="section")
    target = own_column(home_of(cast.county_a), "ziel", kind="section")
    with locks.unlocked("putting a mandatory column below one of the site's own"):
        column.move(above, pos="last-child")
    before = state(column)
    DOORS[door](signed_in(cast.manager_a), Column.objects.get(pk=above.pk), target)
    assert state(column) == before


def test_what_holds_a_mandatory_column_keeps_its_address(cast: Cast, column: Column) -> None:
    above = own_column(home_of(cast.county_a), "bendi", kind="section")
    with locks.unlocked("putting a mandatory column below one of the site's own"):
        column.move(above, pos="last-child")
    before = state(column)
    edit(signed_in(cast.manager_a), Column.objects.get(pk=above.pk), above)
    assert state(column) == before


def test_the_lock_opens_for_named_work_and_closes_again(cast: Cast, column: Column) -> None:
    with locks.unlocked("closing a column in a test"):
        column.slug = "umbenannt"
        column.save()
    column.slug = "nochmal"
    with pytest.raises(LockedPage):
        column.save()
    with pytest.raises(RuntimeError), locks.unlocked("work that fails"):
        raise RuntimeError
    with pytest.raises(LockedPage):
        column.save()


def test_an_operators_read_only_request_opens_nothing(cast: Cast, column: Column) -> None:
    signed_in(cast.operator).get(f"/admin/pages/{column.pk}/delete/")
    with pytest.raises(LockedPage):
        column.delete()


def test_articles_in_a_mandatory_column_are_the_sites_own(cast: Cast, column: Column) -> None:
    column = first_column(cast.county_a)
    client = signed_in(cast.manager_a)
    article = publish_article(column, "可以删除的文章", by=cast.manager_a)
    client.post(f"/admin/pages/{article.pk}/delete/")
    assert not Article.objects.filter(pk=article.pk).exists()


@pytest.mark.parametrize("door", ["the delete view", "bulk delete", "the API's delete"])
def test_a_site_manager_deletes_an_own_column_with_all_that_is_in_it(cast: Cast, door: str) -> None:
    above = own_column(home_of(cast.county_a), "bendi", kind="section")
    below = own_column(above, "unten")
    article = publish_article(below, "文章")
    DOORS[door](signed_in(cast.manager_a), above, above)
    assert not SitePage.objects.filter(pk__in=[above.pk, below.pk, article.pk]).exists()
    assert SitePage.find_problems() == ([], [], [], [], [])


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
    ours = publish_article(own_column(home_of(cast.county_a), "bendi"), "本县的文章")
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
