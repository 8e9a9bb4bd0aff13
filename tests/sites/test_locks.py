"""What a site cannot take apart itself: its home, its region and the mandatory columns, through every door there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from sites import locks
from sites.locks import LockedPage
from sites.models import Column, SitePage
from tenants.models import Role
from tests.cast import Cast, column_of, home_of, own_column, person, publish_article, signed_in

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
@pytest.mark.parametrize("which", ["a mandatory column", "an own column", "a published article"])
def test_nobody_below_the_operator_takes_apart_what_is_public(
    cast: Cast, column: Column, door: str, which: str
) -> None:
    target = own_column(home_of(cast.county_a), "ziel", kind="topic")
    page: SitePage = column
    if which == "an own column":
        page = own_column(home_of(cast.county_a), "bendi")
    elif which == "a published article":
        page = publish_article(own_column(home_of(cast.county_a), "bendi"), "文章", by=cast.contributor_a)
        SitePage.objects.filter(pk=page.pk).update(owner=cast.contributor_a)
    before = state(page)
    for who in PEOPLE:
        DOORS[door](signed_in(getattr(cast, who)), page, target)
        assert state(page) == before, who


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
        ("the unpublish view", "unpublished"),
        ("the move view", "moved"),
        ("bulk move", "moved"),
        ("the position view", "moved"),
        ("the form", "renamed"),
    ],
)
@pytest.mark.parametrize("who", ["the first operator", "the second operator"])
def test_an_operator_takes_even_a_mandatory_column_apart(
    cast: Cast, column: Column, door: str, what: str, who: str
) -> None:
    target = own_column(home_of(cast.county_a), "ziel", kind="section")
    user = cast.operator if who == "the first operator" else person("operator-2", Role.PLATFORM_OPERATOR)
    page = column
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


@pytest.mark.parametrize(
    ("who", "leads_to", "sentence"),
    [
        ("manager_a", "govsites_columns:care", "Columns are opened, ordered and closed in column care."),
        (
            "contributor_a",
            "govsites_desk:columns",
            "Columns are opened, ordered and closed by the site manager, in column care.",
        ),
    ],
)
@pytest.mark.parametrize("door", ["the delete view", "the move view"])
@pytest.mark.parametrize("which", ["mandatory", "own"])
def test_a_refused_view_points_to_column_care(
    cast: Cast, column: Column, door: str, who: str, leads_to: str, sentence: str, which: str
) -> None:
    page = column if which == "mandatory" else own_column(home_of(cast.county_a), "bendi")
    client = signed_in(getattr(cast, who))
    target = own_column(home_of(cast.county_a), "ziel", kind="section")
    answer = DOORS[door](client, page, target)
    arguments = [cast.county_a.pk] if leads_to == "govsites_columns:care" else []
    assert (answer.status_code, answer["location"]) == (302, reverse(leads_to, args=arguments))
    [said] = client.get(answer["location"]).context["messages"]
    assert (said.level_tag, str(said).strip()) == ("error", gettext(sentence))


def test_the_unpublish_view_and_the_api_are_not_there_for_members(cast: Cast, column: Column) -> None:
    for who in PEOPLE:
        client = signed_in(getattr(cast, who))
        for door in ("the unpublish view", "the API's delete", "the API's unpublish", "the API's move"):
            assert DOORS[door](client, column, home_of(cast.county_a)).status_code in {403, 404}, (who, door)


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
@pytest.mark.parametrize("place", ["home", "section"])
def test_a_member_opens_no_column_by_the_stock_form(cast: Cast, who: str, place: str) -> None:
    parent = home_of(cast.county_a) if place == "home" else own_column(home_of(cast.county_a), "bendi", kind="topic")
    before = Column.objects.count()
    url = f"/admin/pages/add/govsites/column/{parent.pk}/"
    for answer in (
        signed_in(getattr(cast, who)).get(url),
        signed_in(getattr(cast, who)).post(url, {"title": "偷开的栏目", "slug": "tou", "kind": "list"}),
    ):
        assert answer.status_code in {302, 403}
    assert Column.objects.count() == before


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
def test_a_member_copies_no_column(cast: Cast, who: str) -> None:
    page = own_column(home_of(cast.county_a), "bendi")
    data = {"new_title": "复制", "new_slug": "fuzhi", "new_parent_page": home_of(cast.county_a).pk}
    signed_in(getattr(cast, who)).post(f"/admin/pages/{page.pk}/copy/", data)
    assert not Column.objects.filter(slug="fuzhi").exists()


@pytest.mark.parametrize("which", ["mandatory", "own"])
def test_the_form_of_a_column_is_good_for_its_description_alone(cast: Cast, column: Column, which: str) -> None:
    page = column if which == "mandatory" else own_column(home_of(cast.county_a), "bendi")
    sent = {
        "intro": "新的说明", "title": "改名", "mandatory": "", "code": "x", "kind": "people", "show_in_menus": "on",
        "update_within_days": "9999", "responsible": "别的单位", "position": "1",
    }  # fmt: skip
    answer = edit(signed_in(cast.manager_a), page, page, **sent)
    assert answer.status_code == 302
    draft = Column.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.intro == "新的说明"
    for name in ("title", "slug", "kind", "code", "mandatory", "show_in_menus", "update_within_days", "position"):
        assert getattr(draft, name) == getattr(page, name), name
    assert Column.objects.get(pk=page.pk).intro == page.intro  # public only when it is signed


def test_a_draft_with_another_slug_does_not_rename_the_column_when_it_is_published(cast: Cast, column: Column) -> None:
    revision = column.save_revision()
    revision.content["slug"] = "umbenannt"
    revision.save()
    client = signed_in(cast.reviewer_a)
    before = state(column)
    assert client.post(f"/admin/api/main/pages/{column.pk}/action/publish/").status_code in {403, 404}
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
