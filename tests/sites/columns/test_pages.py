"""Column care through its pages: who may enter, what a form says, and that nothing happens before one is sure."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from sites.models import Column, SitePage
from tests.cast import A_HOST, Cast, column_of, home_of, own_column, publish_article, signed_in

pytestmark = pytest.mark.django_db
OWN = {"title": "乡村振兴", "slug": "", "kind": "list", "intro": "乡村振兴工作。", "keywords": "", "responsible": ""}


def url(name: str, *arguments: Any) -> str:
    return reverse(f"govsites_columns:{name}", args=arguments)


@pytest.fixture
def column(cast: Cast) -> Column:
    return own_column(home_of(cast.county_a), "bendi", "本地栏目", kind="topic")


def pages(cast: Cast, column: Column) -> list[str]:
    tenant = cast.county_a.pk
    return [
        *(url(name, tenant) for name in ("care", "add", "slug", "appearance")),
        *(url(name, column.pk) for name in ("change", "close")),
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager_a", 200),
        ("operator", 200),
        ("contributor_a", 403),
        ("reviewer_a", 403),
        ("supervisor", 403),
        ("manager_b", 404),
        ("contributor_b", 404),
    ],
)
def test_column_care_is_the_site_managers(cast: Cast, column: Column, who: str, status: int) -> None:
    client = signed_in(getattr(cast, who))
    for page in pages(cast, column):
        assert client.get(page).status_code == status, page


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "supervisor", "manager_b"])
def test_nobody_else_changes_anything(cast: Cast, column: Column, who: str) -> None:
    client = signed_in(getattr(cast, who))
    before = list(Column.objects.order_by("pk").values("pk", "title", "position", "retired_on", "show_in_menus"))
    for page, data in (
        (url("add", cast.county_a.pk), {**OWN, "parent_id": home_of(cast.county_a).pk}),
        (url("add", cast.county_a.pk), {"code": "tpxw"}),
        (url("change", column.pk), {"title": "改名"}),
        (url("move", column.pk, "up"), {}),
        (url("close", column.pk), {"into": "stay", "sure": "1"}),
        (url("appearance", cast.county_a.pk), {"theme": "blue"}),
    ):
        assert client.post(page, data).status_code in {403, 404}, page
    after = list(Column.objects.order_by("pk").values("pk", "title", "position", "retired_on", "show_in_menus"))
    assert after == before
    cast.county_a.refresh_from_db()
    assert cast.county_a.theme == ""


def test_the_menu_leads_a_manager_to_the_working_site(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    assert client.get(url("mine"))["location"] == url("care", cast.county_a.pk)
    assert url("mine") in client.get("/admin/").content.decode()
    assert url("mine") not in signed_in(cast.contributor_a).get("/admin/").content.decode()


def test_the_table_locks_mandatory_columns_and_says_why(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    text = client.get(url("care", cast.county_a.pk)).content.decode()
    mandatory = column_of(cast.county_a, "ldxx")
    assert url("close", mandatory.pk) not in text
    assert url("move", mandatory.pk, "up") not in text
    assert "第20条第2项" in text
    assert url("close", column.pk) in text
    assert url("move", column.pk, "up") in text
    # Typing the address does not help either.
    answer = client.get(url("close", mandatory.pk))
    assert (answer.status_code, answer["location"]) == (302, url("care", cast.county_a.pk))


def test_an_optional_column_is_opened_with_one_button(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    page = url("add", cast.county_a.pk)
    assert 'value="tpxw"' in client.get(page).content.decode()
    client.post(page, {"code": "tpxw"})
    made = column_of(cast.county_a, "tpxw")
    assert 'value="tpxw"' not in client.get(page).content.decode()
    assert PageLogEntry.objects.filter(page_id=made.pk, user=cast.manager_a, action="wagtail.create").exists()


def test_an_own_column_is_opened_by_the_form(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    answer = client.post(
        url("add", cast.county_a.pk),
        {**OWN, "parent_id": column_of(cast.county_a, "xwdt").pk, "update_within_days": 30},
    )
    made = Column.objects.get(title="乡村振兴")
    assert answer["location"].endswith(f"#column-{made.pk}")
    assert (made.slug, made.get_parent().slug, made.update_within_days) == ("xczx", "xwdt", 30)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"intro": ""}, "intro"),
        ({"title": "长" * 21}, "title"),
        ({"parent_id": "0"}, "parent_id"),
        ({"kind": "letters"}, "kind"),
        ({"update_within_days": "0"}, "update_within_days"),
        ({"title": "政务公开"}, "__all__"),
        ({"slug": "ÄÖ"}, "__all__"),
        ({"kind": "external", "external_url": "javascript:alert(1)"}, "external_url"),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_the_reason(cast: Cast, values: dict[str, str], field: str) -> None:
    before = Column.objects.count()
    data = {**OWN, "parent_id": home_of(cast.county_a).pk, **values}
    answer = signed_in(cast.manager_a).post(url("add", cast.county_a.pk), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {field}
    assert Column.objects.count() == before


def test_the_form_of_another_sites_column_is_no_place(cast: Cast) -> None:
    theirs = own_column(home_of(cast.county_b), "linju", kind="section")
    answer = signed_in(cast.manager_a).post(url("add", cast.county_a.pk), {**OWN, "parent_id": theirs.pk})
    assert "parent_id" in answer.context["form"].errors


def test_the_address_is_proposed_while_typing(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    home, page = home_of(cast.county_a), url("slug", cast.county_a.pk)
    assert client.get(page, {"title": "乡村振兴", "parent": home.pk}).json() == {"slug": "xczx"}
    assert client.get(page, {"title": "政务公开", "parent": home.pk}).json() == {"slug": "zwgk-2"}
    assert client.get(page, {"title": "", "parent": "x"}).json() == {"slug": ""}
    theirs = own_column(home_of(cast.county_b), "linju", kind="section")
    assert client.get(page, {"title": "乡村振兴", "parent": theirs.pk}).json() == {"slug": ""}


def test_the_full_site_is_told_so_instead_of_shown_a_form(cast: Cast, column: Column, settings: Any) -> None:
    settings.MAX_OWN_COLUMNS = 1
    answer = signed_in(cast.manager_a).get(url("add", cast.county_a.pk))
    assert answer.context["full"]
    assert "data-slug-url" not in answer.content.decode()


def test_moving_gives_the_focus_back_to_the_same_button(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    answer = client.post(url("move", column.pk, "up"))
    assert answer["location"].endswith(f"?moved={column.pk}&to=up")  # a fragment would take the focus away
    assert focused(client, answer["location"]) == url("move", column.pk, "up")
    assert client.post(url("move", column.pk, "sideways")).status_code == 404
    assert client.get(url("move", column.pk, "up")).status_code == 405


def test_at_the_end_of_the_line_the_other_button_has_the_focus(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    client.post(url("move", column.pk, "up"))
    answer = client.post(url("move", column.pk, "down"))
    assert focused(client, answer["location"]) == url("move", column.pk, "up")


def focused(client: Client, page: str) -> str:
    """Return the address of the one button that the page gives the focus to."""
    [before] = client.get(page).content.decode().split("autofocus")[:-1]
    return before.rpartition('formaction="')[2].partition('"')[0]


def test_the_form_of_a_column_offers_what_may_be_set(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    own = client.get(url("change", column.pk)).context["form"].fields.keys()
    assert own == {"title", "responsible", "update_within_days", "show_in_menus"}
    mandatory = column_of(cast.county_a, "tzgg")
    assert client.get(url("change", mandatory.pk)).context["form"].fields.keys() == {
        "responsible",
        "update_within_days",
    }
    client.post(url("change", column.pk), {"title": "新名称", "responsible": "宣传部", "show_in_menus": "on"})
    stored = Column.objects.get(pk=column.pk)
    assert (stored.title, stored.responsible, stored.show_in_menus) == ("新名称", "宣传部", True)
    answer = client.post(url("change", mandatory.pk), {"responsible": "", "update_within_days": "365"})
    assert "180" in str(answer.context["form"].errors)
    assert Column.objects.get(pk=mandatory.pk).update_within_days == 180


def test_a_column_is_closed_by_the_second_form_only_and_opened_again(cast: Cast, column: Column) -> None:
    client, target = signed_in(cast.manager_a), column_of(cast.county_a, "tzgg")
    article = publish_article(column, "要搬家的文章")
    asked = client.get(url("close", column.pk))
    assert (asked.context["contents"].published, asked.context["contents"].drafts) == (1, 0)
    confirm = client.post(url("close", column.pk), {"into": str(target.pk)})
    assert confirm.context["asking"]
    assert "通知公告" in confirm.context["target"]
    assert Column.objects.get(pk=column.pk).retired_on is None
    client.post(url("close", column.pk), {"into": str(target.pk), "sure": "1"})
    assert Column.objects.get(pk=column.pk).retired_on is not None
    assert SitePage.objects.get(pk=article.pk).column_id == target.pk
    text = client.get(url("care", cast.county_a.pk)).content.decode()
    assert url("reopen", column.pk) in text
    assert client.get(url("reopen", column.pk)).context["away"] == 1
    client.post(url("reopen", column.pk), {"bring_back": "on"})
    assert SitePage.objects.get(pk=article.pk).column_id == column.pk
    assert Client(headers={"host": A_HOST}).get(f"/bendi/{article.slug}/").status_code == 200


def test_a_target_that_was_not_offered_is_refused(cast: Cast, column: Column) -> None:
    publish_article(column, "文章")
    theirs = column_of(cast.county_b, "tzgg")
    answer = signed_in(cast.manager_a).post(url("close", column.pk), {"into": str(theirs.pk), "sure": "1"})
    assert "into" in answer.context["form"].errors
    assert Column.objects.get(pk=column.pk).retired_on is None


def test_colour_and_menu_are_saved_together(cast: Cast, column: Column) -> None:
    client = signed_in(cast.manager_a)
    page = url("appearance", cast.county_a.pk)
    client.post(page, {"theme": "blue", "menu": [column.pk, home_of(cast.county_b).pk]})
    public = Client(headers={"host": A_HOST}).get("/zwgk/").content.decode()
    assert 'data-theme="blue"' in public
    assert "本地栏目" in public
    assert client.post(page, {"theme": "pink"}).context["form"].errors.keys() == {"theme"}
    cast.county_a.refresh_from_db()
    assert cast.county_a.theme == "blue"


def test_the_pages_stay_small_on_a_full_site(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        publish_article(own_column(home_of(cast.county_a), f"b{number}", f"本地{number}"), "文章")
    client, column = signed_in(cast.manager_a), Column.objects.get(slug="b7", tenant=cast.county_a)
    for page in pages(cast, column):
        client.get(page)
        with django_assert_max_num_queries(40):
            assert len(client.get(page).content) < 150_000, page
