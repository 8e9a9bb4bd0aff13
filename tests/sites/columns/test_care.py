"""Column care: opening, changing and ordering columns, through the actions that the pages call."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from sites.column_changes import bring_to_template
from sites.columns import adding, changing
from sites.columns.adding import Wish, add_optional, add_own
from sites.columns.appearance import set_theme
from sites.columns.care import CARED, look
from sites.columns.changing import change, move, set_menu
from sites.columns.rules import CareRefused
from sites.columns.tree import lines, why_locked
from sites.models import Column
from sites.templates_library import library
from tenants.models import LifecycleEvent, Tenant
from tests.cast import A_HOST, Cast, column_of, home_of, own_column

pytestmark = pytest.mark.django_db


def public_text(path: str) -> str:
    return Client(headers={"host": A_HOST}).get(path).content.decode()


def order_at(cast: Cast, parent: Any) -> list[str]:
    return [place.present.title for place in look(cast.county_a).siblings(parent.path)]


def wish(cast: Cast, **values: Any) -> Wish:
    return Wish(**{"parent_id": home_of(cast.county_a).pk, "title": "乡村振兴", "intro": "乡村振兴工作。", **values})


# Opening


def test_an_optional_column_of_the_template_is_opened_whole(cast: Cast) -> None:
    pk = add_optional(cast.county_a, "tpxw", by=cast.manager_a)
    column, spec = Column.objects.get(pk=pk), library().latest("county").by_code["tpxw"]
    assert (column.title, column.kind, column.mandatory, column.live) == (spec.title, spec.kind, False, True)
    assert column.get_parent().specific.code == spec.parent
    assert column.owner == cast.manager_a
    assert "图片新闻" in public_text("/xwdt/")
    with pytest.raises(CareRefused, match="open already"):
        add_optional(cast.county_a, "tpxw", by=cast.manager_a)


@pytest.mark.parametrize("code", ["gzdt", "nirgends", "zwgk"])
def test_nothing_but_a_missing_optional_column_is_opened_so(cast: Cast, code: str) -> None:
    with pytest.raises(CareRefused):
        add_optional(cast.county_a, code, by=cast.manager_a)


def test_an_optional_column_gets_another_address_where_its_own_is_taken(cast: Cast) -> None:
    own_column(column_of(cast.county_a, "xwdt"), "tpxw", "另一个")
    pk = add_optional(cast.county_a, "tpxw", by=cast.manager_a)
    assert Column.objects.get(pk=pk).slug == "tpxw-2"


def test_an_own_column_is_public_at_once_with_an_address_from_its_title(cast: Cast) -> None:
    pk = add_own(cast.county_a, wish(cast, show_in_menus=True, update_within_days=30), by=cast.manager_a)
    column = Column.objects.get(pk=pk)
    assert (column.slug, column.code, column.live, column.update_within_days) == ("xczx", "", True, 30)
    assert column.keywords == "乡村振兴"
    assert order_at(cast, home_of(cast.county_a))[-1] == "乡村振兴"
    assert PageLogEntry.objects.filter(page_id=pk, action="wagtail.publish", user=cast.manager_a).exists()
    assert "乡村振兴" in public_text("/")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "政务公开"}, "already"),
        ({"title": ""}, "title"),
        ({"title": "长" * 21}, "21 characters"),
        ({"slug": "zwgk"}, "taken"),
        ({"slug": "wyl"}, "taken"),  # a town is mounted there
        ({"slug": "Ä"}, "can't be used"),
        ({"kind": "letters"}, "kind"),
        ({"kind": "external"}, "links to"),
        ({"parent_id": 0}, "not there"),
        ({"update_within_days": 0}, "at least 1"),
    ],
)
def test_an_own_column_that_does_not_fit_is_refused(cast: Cast, values: dict[str, Any], said: str) -> None:
    before = Column.objects.count()
    with pytest.raises(CareRefused, match=said):
        add_own(cast.county_a, wish(cast, **values), by=cast.manager_a)
    assert Column.objects.count() == before


def test_columns_stand_below_columns_that_show_them_and_three_deep_at_most(cast: Cast) -> None:
    news = column_of(cast.county_a, "tzgg")
    with pytest.raises(CareRefused, match="No column can stand below"):
        add_own(cast.county_a, wish(cast, parent_id=news.pk), by=cast.manager_a)
    third = own_column(own_column(column_of(cast.county_a, "xwdt"), "er", kind="section"), "san", kind="section")
    with pytest.raises(CareRefused, match="3 levels"):
        add_own(cast.county_a, wish(cast, parent_id=third.pk), by=cast.manager_a)


def test_the_neighbours_column_is_no_place_for_an_own_one(cast: Cast) -> None:
    theirs = own_column(home_of(cast.county_b), "linju", kind="section")
    with pytest.raises(CareRefused, match="not there"):
        add_own(cast.county_a, wish(cast, parent_id=theirs.pk), by=cast.manager_a)


def test_the_number_of_own_columns_is_limited(cast: Cast, settings: Any) -> None:
    settings.MAX_OWN_COLUMNS = 1
    add_own(cast.county_a, wish(cast), by=cast.manager_a)
    with pytest.raises(CareRefused, match="1 columns of its own"):
        add_own(cast.county_a, wish(cast, title="另一个"), by=cast.manager_a)


# Changing


def test_an_own_column_is_renamed_for_citizens_search_and_history(cast: Cast) -> None:
    column = own_column(home_of(cast.county_a), "bendi", show_in_menus=True)
    changed = change(cast.county_a, column.pk, by=cast.manager_a, title="本地新闻", responsible="宣传部")
    assert changed == ["responsible", "title"]
    stored = Column.objects.get(pk=column.pk)
    assert (stored.title, stored.draft_title, stored.responsible, stored.slug) == (
        "本地新闻",
        "本地新闻",
        "宣传部",
        "bendi",
    )
    entry = PageLogEntry.objects.get(page_id=column.pk, action=CARED)
    assert entry.user == cast.manager_a
    assert entry.data["fields"]["title"] == ["本地栏目", "本地新闻"]
    assert "本地新闻" in public_text("/")
    assert change(cast.county_a, column.pk, by=cast.manager_a, title="本地新闻") == []


@pytest.mark.parametrize("values", [{"title": "改名"}, {"show_in_menus": False}])
def test_title_and_menu_of_a_mandatory_column_are_the_templates(cast: Cast, values: dict[str, Any]) -> None:
    column = column_of(cast.county_a, "zwgk")
    with pytest.raises(CareRefused, match="mandatory"):
        change(cast.county_a, column.pk, by=cast.manager_a, **values)


def test_a_site_sets_unit_and_a_stricter_limit_for_a_mandatory_column(cast: Cast) -> None:
    column = column_of(cast.county_a, "tzgg")
    change(cast.county_a, column.pk, by=cast.manager_a, responsible="政务公开科", update_within_days=90)
    stored = Column.objects.get(pk=column.pk)
    assert (stored.responsible, stored.update_within_days) == ("政务公开科", 90)
    for laxer in (181, None):
        with pytest.raises(CareRefused, match="180 days"):
            change(cast.county_a, column.pk, by=cast.manager_a, update_within_days=laxer)


def test_a_stricter_limit_outlives_a_roll_out(cast: Cast) -> None:
    column = column_of(cast.county_a, "tzgg")
    change(cast.county_a, column.pk, by=cast.manager_a, update_within_days=90)
    tenant = Tenant.objects.get(pk=cast.county_a.pk)
    bring_to_template([tenant], library().latest("county"), by=cast.operator)
    assert Column.objects.get(pk=column.pk).update_within_days == 90


def test_a_renaming_does_not_publish_what_is_being_drafted(cast: Cast) -> None:
    column = own_column(home_of(cast.county_a), "bendi", intro="旧说明")
    column.intro = "新说明，还没审"
    column.save_revision(user=cast.contributor_a)
    change(cast.county_a, column.pk, by=cast.manager_a, title="本地新闻")
    stored = Column.objects.get(pk=column.pk)
    assert (stored.title, stored.intro, stored.has_unpublished_changes) == ("本地新闻", "旧说明", True)
    latest = stored.get_latest_revision_as_object()
    assert (latest.title, latest.intro) == ("本地新闻", "新说明，还没审")


# Order, menu, colour


def test_columns_go_up_and_down_around_the_mandatory_ones(cast: Cast) -> None:
    home = home_of(cast.county_a)
    before = order_at(cast, home)
    column = own_column(home, "bendi")
    mandatory = {c.pk: c.position for c in Column.objects.filter(tenant=cast.county_a, mandatory=True)}
    assert move(cast.county_a, column.pk, up=True, by=cast.manager_a)
    assert order_at(cast, home) == [*before[:-1], "本地栏目", before[-1]]
    assert move(cast.county_a, column.pk, up=False, by=cast.manager_a)
    assert order_at(cast, home) == [*before, "本地栏目"]
    assert not move(cast.county_a, column.pk, up=False, by=cast.manager_a)
    assert {c.pk: c.position for c in Column.objects.filter(tenant=cast.county_a, mandatory=True)} == mandatory
    with pytest.raises(CareRefused, match="mandatory"):
        move(cast.county_a, column_of(cast.county_a, "zwgk").pk, up=True, by=cast.manager_a)


def test_the_menu_is_the_sites_for_its_own_columns_and_the_templates_for_the_rest(cast: Cast) -> None:
    column = own_column(home_of(cast.county_a), "bendi", "本地菜单项")
    own_column(column_of(cast.county_a, "xwdt"), "unten", "下级栏目")
    assert "本地菜单项" not in public_text("/zwgk/")
    assert set_menu(cast.county_a, {column.pk}, by=cast.manager_a) == 1
    assert "本地菜单项" in public_text("/zwgk/")
    assert column_of(cast.county_a, "zwgk").show_in_menus
    assert set_menu(cast.county_a, set(), by=cast.manager_a) == 1
    assert changing.menu_columns(look(cast.county_a).state.columns)[0].present.code == "zj"


def test_another_colour_is_seen_at_once_and_stands_in_the_history(cast: Cast) -> None:
    assert 'data-theme="blue"' not in public_text("/")
    assert set_theme(cast.county_a, "blue", by=cast.manager_a)
    assert 'data-theme="blue"' in public_text("/")
    event = LifecycleEvent.objects.filter(tenant=cast.county_a, action="amend").latest("pk")
    assert (event.by, event.before, event.after) == (cast.manager_a, {"theme": ""}, {"theme": "blue"})
    assert not set_theme(cast.county_a, "blue", by=cast.manager_a)
    with pytest.raises(CareRefused, match="no such colour"):
        set_theme(cast.county_a, "pink", by=cast.manager_a)


# The table


def test_mandatory_columns_say_which_template_and_which_rule_lock_them(cast: Cast) -> None:
    work = look(cast.county_a)
    by_title = {place.present.code: place for place in work.state.columns}
    said = why_locked(work, by_title["ldxx"])
    template = library().latest("county")
    assert template.title in said
    assert str(template.version) in said
    assert "20" in said


def test_the_table_is_the_tree_in_the_order_citizens_see(cast: Cast) -> None:
    own = own_column(column_of(cast.county_a, "xwdt"), "bendi")
    shown = lines(look(cast.county_a))
    assert [line.title for line in shown if line.depth == 1] == order_at(cast, home_of(cast.county_a))
    mine = next(line for line in shown if line.pk == own.pk)
    assert (mine.sort, mine.depth, mine.may_close, mine.why) == ("own", 2, True, "")
    locked = next(line for line in shown if line.title == "政务公开")
    assert (locked.sort, locked.up, locked.down, locked.may_close) == ("mandatory", False, False, False)


def test_what_is_offered_for_opening_is_what_is_missing(cast: Cast) -> None:
    work = look(cast.county_a)
    offered = {spec.code for spec, _fault in adding.optional_columns(work.template, work.state)}
    assert "tpxw" in offered
    assert not offered & work.state.by_code.keys()
