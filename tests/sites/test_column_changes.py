"""Bringing sub-sites to a template version, and taking it back: what readers, editors and the history then find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision
from wagtail.search.backends import get_search_backend

from sites import addresses
from sites.column_changes import Brought, bring_to_template, plan_for
from sites.column_state import read_states
from sites.column_undo import Undone, undo_template
from sites.models import Article, Column, HomePage, SitePage
from sites.templates_library import library
from tenants.models import Tenant, User
from tests.template_fleet import (
    NEW,
    NEWER,
    OLD,
    V1,
    V2,
    assert_tree_is_sound,
    column,
    open_county,
    open_county_site,
    open_towns,
    snapshot,
    template_folder,
    write_article,
    write_template,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    with template_folder(settings, tmp_path) as made:
        yield made


@pytest.fixture
def county(folder: Path) -> Tenant:
    return open_county()


@pytest.fixture
def town(county: Tenant) -> Tenant:
    [town] = open_towns(county, 1)
    return town


def bring(*tenants: Tenant, version: int = NEW, by: Any = None, with_optional: bool = False) -> list[Brought]:
    fresh = [Tenant.objects.get(pk=tenant.pk) for tenant in tenants]
    with transaction.atomic():
        return bring_to_template(fresh, library().get("town", version), by=by, with_optional=with_optional)


def undo(brought: Brought, version: int = NEW) -> Undone:
    with transaction.atomic():
        [undone] = undo_template([(Tenant.objects.get(pk=brought.tenant_id), brought.before)], version=version, by=None)
    return undone


def publish_draft(page: Column) -> Column:
    Column.objects.get(pk=page.pk).get_latest_revision().publish()
    return Column.objects.get(pk=page.pk)


def test_a_new_version_adds_renames_and_retires_columns(town: Tenant) -> None:
    article = write_article(column(town, "tz"), "停水通知")
    [result] = bring(town)
    town.refresh_from_db()
    assert (town.template_version, town.conformance) == (NEW, 1.0)
    assert (result.from_version, result.changed) == (OLD, True)
    report = column(town, "gk-nb")
    assert (report.title, report.live, report.template_version, report.get_parent().slug) == (
        "公开年报",
        True,
        NEW,
        "gk",
    )
    assert (column(town, "dt").title, column(town, "dt").draft_title) == ("本地要闻", "本地要闻")
    gone = column(town, "tz")
    assert (gone.retired_on, gone.show_in_menus, gone.live) == (timezone.localdate(), False, True)
    assert Article.objects.get(pk=article.pk).live
    assert_tree_is_sound()


def test_an_added_column_is_like_one_of_a_site_that_was_opened_with_the_new_version(
    county: Tenant, town: Tenant
) -> None:
    bring(town)
    [newer] = open_towns(county, 1, version=NEW, first=2)
    old, new = column(town, "gk-nb"), column(newer, "gk-nb")
    ignored = {
        "sitepage_ptr", "id", "path", "url_path", "translation_key", "tenant", "latest_revision", "live_revision",
        "first_published_at", "last_published_at", "latest_revision_created_at", "published_at",
    }  # fmt: skip
    for field in Column._meta.concrete_fields:
        if field.name not in ignored:
            assert field.value_from_object(old) == field.value_from_object(new), field.name
    for added in (old, new):
        assert added.latest_revision_id == added.live_revision_id
        assert added.get_latest_revision().content["title"] == "公开年报"
        actions = PageLogEntry.objects.filter(page=added.pk).order_by("pk").values_list("action", flat=True)
        assert list(actions) == ["wagtail.create", "wagtail.publish"]
    found = get_search_backend().search("年报", Column.objects.all()) if connection.vendor == "sqlite" else [old, new]
    assert {page.pk for page in found} <= {old.pk, new.pk}


def test_a_second_time_nothing_is_left_to_do(town: Tenant) -> None:
    bring(town)
    before = snapshot(town)
    [again] = bring(town)
    assert (again.changed, again.plan.is_empty) == (False, True)
    assert snapshot(town) == before


def test_columns_of_one_site_are_added_below_one_another(folder: Path, town: Tenant) -> None:
    more = V2 | {
        "zc": {"title": "政策文件", "kind": "section", "menu": True},
        "zc-wj": {"title": "镇政府文件", "parent": "zc"},
        "zc-jd": {"title": "政策解读", "parent": "zc"},
    }
    write_template(folder, NEWER, more)
    write_article(column(town, "dt"), "春耕")
    bring(town, version=NEWER)
    home = HomePage.objects.get(tenant=town)
    assert column(town, "zc-jd").url_path == f"{home.url_path}zc/jd/"
    assert column(town, "zc").numchild == 2
    assert column(town, "zc-jd").get_parent().pk == column(town, "zc").pk
    assert_tree_is_sound()


def test_a_column_is_added_after_the_items_of_its_parent(folder: Path, town: Tenant) -> None:
    item = write_article(column(town, "zt"), "安全生产月")
    write_template(folder, NEWER, V1 | {"zt-aq": {"title": "安全生产", "parent": "zt", "mandatory": False}})
    bring(town, version=NEWER, with_optional=True)
    assert column(town, "zt-aq").path > item.path
    assert column(town, "zt").numchild == 2
    assert_tree_is_sound()


def test_what_the_site_named_itself_is_kept_in_an_optional_column_and_set_back_in_a_mandatory_one(
    folder: Path, town: Tenant
) -> None:
    for code, title in (("zt", "我镇专题"), ("tz", "我镇通知")):
        page = column(town, code)
        page.title = title
        page.save_revision().publish()
    write_template(folder, NEWER, V1 | {"zt": V1["zt"] | {"title": "专题"}})
    [result] = bring(town, version=NEWER)
    assert (column(town, "zt").title, column(town, "tz").title) == ("我镇专题", "通知公告")
    assert {(d.code, d.kept) for d in result.plan.local_differences} == {("zt", True), ("tz", False)}


def test_a_local_column_and_its_articles_stay_as_they_are(town: Tenant) -> None:
    local = Column(title="本镇特色", slug="tese", kind="list")
    HomePage.objects.get(tenant=town).add_child(instance=local)
    write_article(local, "茶叶节")
    below = SitePage.objects.filter(path__startswith=local.path).order_by("path")
    before = list(below.values())
    bring(town)
    assert list(below.values()) == before
    assert len(before) == 2


def test_a_slug_that_a_local_column_took_gets_a_number(town: Tenant) -> None:
    column(town, "gk").add_child(instance=Column(title="年报（旧）", slug="nb", kind="list"))
    [result] = bring(town)
    assert column(town, "gk-nb").slug == "nb-2"
    assert len(result.plan.warnings) == 1
    assert_tree_is_sound()


def test_a_portals_new_column_does_not_take_the_address_of_a_channel_site(county: Tenant, town: Tenant) -> None:
    open_county_site(county)
    state = read_states([county.pk], library().latest("county"))[county.pk]
    assert state.taken_slugs[""] == {town.mount}


def test_publishing_an_older_draft_does_not_bring_the_old_title_back(town: Tenant) -> None:
    page = column(town, "dt")
    page.intro = "编辑写了一半的说明"
    page.save_revision()
    bring(town)
    page = column(town, "dt")
    assert (page.title, page.intro, page.has_unpublished_changes) == ("本地要闻", "栏目说明", True)
    assert page.get_latest_revision_as_object().intro == "编辑写了一半的说明"
    assert Revision.objects.get(pk=page.live_revision_id).content["title"] == "本地要闻"
    page = publish_draft(page)
    assert (page.title, page.intro, page.has_unpublished_changes) == ("本地要闻", "编辑写了一半的说明", False)


def test_a_title_that_stands_in_the_draft_alone_is_kept_in_an_optional_column(folder: Path, town: Tenant) -> None:
    page = column(town, "zt")
    page.title = "我镇专题"
    page.save_revision()
    write_template(folder, NEWER, V1 | {"zt": V1["zt"] | {"title": "专题"}})
    bring(town, version=NEWER)
    page = column(town, "zt")
    assert (page.title, page.draft_title) == ("专题", "我镇专题")
    assert publish_draft(page).title == "我镇专题"


def test_a_draft_that_waits_for_its_hour_is_published_with_the_new_title(town: Tenant) -> None:
    page = column(town, "dt")
    page.intro, page.go_live_at = "明天的说明", timezone.now() + timedelta(days=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    bring(town)
    [waiting] = Revision.objects.filter(approved_go_live_at__isnull=False)
    assert (waiting.content["title"], waiting.content["intro"]) == ("本地要闻", "明天的说明")
    assert waiting.pk == column(town, "dt").latest_revision_id


def test_a_roll_out_is_no_update_of_content(town: Tenant) -> None:
    before = column(town, "dt")
    bring(town)
    after = column(town, "dt")
    assert (after.last_published_at, after.published_at) == (before.last_published_at, before.published_at)


def test_the_history_says_who_brought_a_column_to_which_version(town: Tenant) -> None:
    operator = User.objects.create(username="operator")
    bring(town, by=operator)
    entry = PageLogEntry.objects.filter(page=column(town, "dt").pk, action="govsites.template_rollout").get()
    assert entry.user == operator
    assert entry.data["version"] == NEW
    assert entry.data["fields"]["title"] == ["工作动态", "本地要闻"]
    assert str(NEW) in entry.message


def test_a_renamed_column_is_found_under_its_new_title(town: Tenant) -> None:
    bring(town)
    found = get_search_backend().search("本地要闻", Column.objects.filter(tenant=town))
    assert [page.pk for page in found] == [column(town, "dt").pk]


def test_a_mandatory_column_that_was_unpublished_is_live_again(town: Tenant) -> None:
    column(town, "dt").unpublish()
    [result] = bring(town)
    page = column(town, "dt")
    assert (page.live, page.has_unpublished_changes) == (True, False)
    assert page.live_revision_id == page.latest_revision_id
    assert result.conformance == 1.0


def test_a_column_that_comes_back_is_revived_with_its_articles(folder: Path, town: Tenant) -> None:
    article = write_article(column(town, "tz"), "停电通知")
    bring(town)
    write_template(folder, NEWER, V2 | {"tz": V1["tz"]})
    bring(town, version=NEWER)
    page = column(town, "tz")
    assert (page.retired_on, page.show_in_menus) == (None, True)
    assert article.get_parent().pk == page.pk


def test_a_moved_column_takes_its_articles_along_and_the_old_addresses_redirect(
    folder: Path, county: Tenant, town: Tenant
) -> None:
    open_county_site(county)
    article = write_article(column(town, "dt"), "春耕备耕")
    addresses.book.clear()
    addresses.refresh()
    old = f"/{town.mount}/dt/{article.slug}/"
    assert Client(headers={"host": county.host}).get(old).status_code == 200
    write_template(folder, NEWER, V1 | {"dt": V1["dt"] | {"parent": "gk", "title": "动态"}})
    bring(town, version=NEWER)
    home = HomePage.objects.get(tenant=town)
    moved = Article.objects.get(pk=article.pk)
    assert moved.url_path == f"{home.url_path}gk/dt/{article.slug}/"
    assert (moved.tenant_id, moved.column_id) == (town.pk, column(town, "dt").pk)
    for path, target in (
        (old, f"/{town.mount}/gk/dt/{article.slug}/"),
        (f"/{town.mount}/dt/", f"/{town.mount}/gk/dt/"),
    ):
        response = Client(headers={"host": county.host}).get(path)
        assert response.status_code == 301
        assert response["Location"].endswith(target)
        assert Client(headers={"host": county.host}).get(target).status_code == 200
    assert_tree_is_sound()


def test_a_moved_column_comes_back_to_its_old_place(folder: Path, town: Tenant) -> None:
    article = write_article(column(town, "dt"), "春耕备耕")
    before = [(page.pk, page.url_path, page.title) for page in SitePage.objects.filter(tenant=town).order_by("pk")]
    write_template(folder, NEWER, V1 | {"dt": V1["dt"] | {"parent": "gk", "title": "动态"}})
    [result] = bring(town, version=NEWER)
    undone = undo(result, NEWER)
    after = [(page.pk, page.url_path, page.title) for page in SitePage.objects.filter(tenant=town).order_by("pk")]
    assert (after, undone.kept) == (before, [])
    assert Article.objects.get(pk=article.pk).column_id == column(town, "dt").pk
    assert_tree_is_sound()


def test_undo_brings_a_site_back_to_what_it_was(town: Tenant) -> None:
    write_article(column(town, "tz"), "停水通知")
    page = column(town, "dt")
    page.intro = "编辑写了一半的说明"
    page.save_revision()
    before = snapshot(town)
    [result] = bring(town)
    added = column(town, "gk-nb").pk
    undone = undo(result)
    assert snapshot(town) == before
    assert (undone.kept, undone.removed) == ([], 1)
    assert not Revision.objects.filter(object_id=str(added)).exists()
    assert PageLogEntry.objects.filter(page=added, action="wagtail.delete", deleted=True).exists()
    assert publish_draft(column(town, "dt")).title == "工作动态"
    assert_tree_is_sound()


def test_undo_keeps_an_added_column_that_holds_an_article(town: Tenant) -> None:
    [result] = bring(town)
    article = write_article(column(town, "gk-nb"), "2026年年报")
    undone = undo(result)
    page = column(town, "gk-nb")
    assert (page.retired_on, undone.removed) == (timezone.localdate(), 0)
    assert len(undone.kept) == 1
    assert "公开年报" in undone.kept[0]
    assert Article.objects.filter(pk=article.pk).exists()


def test_undo_keeps_an_added_column_that_was_edited(town: Tenant) -> None:
    [result] = bring(town)
    page = column(town, "gk-nb")
    page.intro = "每年一月发布"
    page.save_revision()
    assert len(undo(result).kept) == 1
    assert column(town, "gk-nb").retired_on == timezone.localdate()


def test_undo_leaves_what_the_site_changed_since_and_says_so(town: Tenant) -> None:
    [result] = bring(town)
    page = column(town, "dt")
    page.title = "镇里要闻"
    page.save_revision().publish()
    undone = undo(result)
    assert column(town, "dt").title == "镇里要闻"
    assert len(undone.kept) == 1
    assert "镇里要闻" in undone.kept[0]


def test_a_roll_out_after_an_undo_does_the_same_again(town: Tenant) -> None:
    [first] = bring(town)
    write_article(column(town, "gk-nb"), "2026年年报")
    undo(first)
    bring(town)
    assert column(town, "gk-nb").retired_on is None
    town.refresh_from_db()
    assert (town.template_version, town.conformance) == (NEW, 1.0)


def test_mandatory_columns_are_locked_again_afterwards(town: Tenant) -> None:
    from sites.locks import LockedPage

    bring(town)
    with pytest.raises(LockedPage):
        column(town, "gk-nb").delete()


def test_an_optional_column_is_added_only_where_it_is_asked_for(folder: Path, county: Tenant) -> None:
    plain, full = open_towns(county, 2)
    write_template(folder, NEWER, V1 | {"sp": {"title": "视频", "mandatory": False}})
    bring(plain, version=NEWER)
    bring(full, version=NEWER, with_optional=True)
    assert [Column.objects.filter(tenant=t, code="sp").exists() for t in (plain, full)] == [False, True]


def test_every_process_hears_of_the_change(town: Tenant) -> None:
    before = Tenant.objects.get(pk=town.pk).version
    bring(town)
    assert Tenant.objects.get(pk=town.pk).version > before


def test_two_columns_with_one_code_are_refused_with_a_sentence(town: Tenant) -> None:
    Column.objects.filter(tenant=town, code="dt").update(code="tz")
    with pytest.raises(ValueError, match="two columns with the code 'tz'"):
        bring(town)


def test_reading_forty_sites_takes_no_more_queries_than_reading_two(county: Tenant) -> None:
    towns = open_towns(county, 40)
    template = library().get("town", NEW)

    def queries(tenants: list[Tenant]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            for state in read_states([tenant.pk for tenant in tenants], template).values():
                plan_for(template, state, from_version=OLD)
        return len(captured)

    assert queries(towns) == queries(towns[:2]) <= 4


def test_bringing_twenty_sites_takes_no_more_queries_than_bringing_two(county: Tenant) -> None:
    def queries(tenants: list[Tenant]) -> int:
        with CaptureQueriesContext(connection) as captured:
            bring(*tenants)
        return sum(1 for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "UPDATE")))

    towns = open_towns(county, 22)
    # The first one fills the caches of content types and prototypes.
    bring(*open_towns(county, 1, first=30))
    few, many = queries(towns[:2]), queries(towns[2:])
    assert many - few <= 20
