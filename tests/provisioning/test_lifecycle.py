"""Each step in a sub-site's life: what it changes, what it leaves, what it refuses, and what it writes down."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Site

from provisioning import lifecycle
from provisioning.lifecycle import LifecycleError, NothingToDo
from provisioning.lifecycle.transitions import BEFORE, DONE, SAME, TRANSITIONS
from sites.models import HomePage, SitePage
from tenants.models import FormerAddress, LifecycleEvent, Status, Tenant, User
from tests.provisioning.sub_sites import FURONG, PROVINCE, TIANXIN, TOWN, channel_site, open_site, regions

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return User.objects.create_user("operator")


@pytest.fixture
def places():
    return regions()


@pytest.fixture
def furong(places) -> Tenant:
    return open_site("430102", "芙蓉区人民政府", places[FURONG], host="www.furong.gov.cn", opened_on=date(2020, 1, 1))


@pytest.fixture
def tianxin(places) -> Tenant:
    return open_site("430103", "天心区人民政府", places[TIANXIN], host="www.tianxin.gov.cn")


@pytest.fixture
def bureau(furong) -> Tenant:
    return channel_site("430102-nyj", "芙蓉区农业农村局", "nyj", furong)


def put(tenant: Tenant, status: str, **values) -> Tenant:
    today = timezone.localdate()
    if status == Status.CLOSING:
        values = {"notice_until": today + timedelta(days=5), **values}
    if status == Status.CLOSED:
        values = {"closed_on": today - timedelta(days=400), **values}
    Tenant.objects.filter(pk=tenant.pk).update(status=status, **values)
    return Tenant.objects.get(pk=tenant.pk)


def today() -> date:
    return timezone.localdate()


# The table

STEPS = {
    "open_trial": lambda site, by: lifecycle.open_trial(site, by=by),
    "go_live": lambda site, by: lifecycle.go_live(site, by=by),
    "suspend": lambda site, by: lifecycle.suspend(site, by=by, reason="等保整改"),
    "resume": lambda site, by: lifecycle.resume(site, by=by),
    "rename": lambda site, by: lifecycle.rename(site, by=by, name="芙蓉新区人民政府"),
    "change_host": lambda site, by: lifecycle.change_host(site, by=by, host="www.new.gov.cn"),
    "change_mount": lambda site, by: lifecycle.change_mount(site, by=by, mount="nyncj"),
    "move": lambda site, by: lifecycle.move(site, by=by, supervisor=None),
    "close": lambda site, by: lifecycle.close(site, by=by),
    "finish_closing": lambda site, by: lifecycle.finish_closing(site, by=by),
    "cancel_closing": lambda site, by: lifecycle.cancel_closing(site, by=by),
    "reopen": lambda site, by: lifecycle.reopen(site, by=by),
}


def test_every_action_has_a_step_and_a_row_in_the_table():
    assert set(STEPS) == set(TRANSITIONS) == set(lifecycle.LABELS)


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("action", TRANSITIONS)
def test_every_action_in_every_status_does_what_the_table_says(action, status, request, by):
    channel = action in {"change_mount", "move"}
    tenant = request.getfixturevalue("bureau" if channel else "furong")
    values = {"notice_until": today() - timedelta(days=1)} if (action, status) == ("finish_closing", "closing") else {}
    tenant = put(tenant, status, **values)
    expected = TRANSITIONS[action].get(status)
    if expected is None or expected == DONE:
        with pytest.raises(LifecycleError) as refused:
            STEPS[action](tenant, by)
        assert isinstance(refused.value, NothingToDo) == (expected == DONE)
        assert tenant.name in str(refused.value)
        assert Tenant.objects.get(pk=tenant.pk).status == status
        assert not LifecycleEvent.objects.exists()
        return
    event = STEPS[action](tenant, by)
    wanted = {SAME: status, BEFORE: "live" if tenant.opened_on else "trial"}.get(expected, expected)
    assert Tenant.objects.get(pk=tenant.pk).status == tenant.status == wanted
    assert (event.action, event.by) == (action, by)


@pytest.mark.parametrize("status", Status.values)
def test_what_is_offered_is_what_is_possible(status):
    assert lifecycle.allowed(status) == [a for a, table in TRANSITIONS.items() if table.get(status, DONE) != DONE]


# What every step leaves behind


def test_a_step_writes_down_who_when_why_before_and_after(furong, by):
    event = lifecycle.suspend(furong, by=by, reason="等保  整改")
    stored = LifecycleEvent.objects.get()
    assert stored == event
    assert (stored.tenant, stored.by, stored.action, stored.reason) == (furong, by, "suspend", "等保 整改")
    assert stored.before == {"status": "live", "suspended_reason": ""}
    assert stored.after == {"status": "suspended", "suspended_reason": "等保 整改"}


def test_a_step_stands_in_the_history_beside_the_home_page(furong, by):
    from wagtail.log_actions import registry

    lifecycle.suspend(furong, by=by, reason="等保整改")
    home = HomePage.objects.get(tenant=furong)
    entries = [entry for entry in registry.get_logs_for_instance(home) if entry.action == "lifecycle.suspend"]
    assert [entry.user for entry in entries] == [by]
    assert entries[0].data["reason"] == "等保整改"


def test_a_step_raises_the_version_that_other_processes_look_at(furong, by):
    before = Tenant.objects.get(pk=furong.pk).version
    lifecycle.suspend(furong, by=by, reason="等保整改")
    assert Tenant.objects.get(pk=furong.pk).version == furong.version > before


def test_a_step_looks_at_what_stands_now_and_not_at_what_was_read_before(furong, by):
    stale = Tenant.objects.get(pk=furong.pk)
    lifecycle.suspend(furong, by=by, reason="等保整改")
    with pytest.raises(NothingToDo):
        lifecycle.suspend(stale, by=by, reason="又一次")
    assert stale.status == "suspended"
    assert LifecycleEvent.objects.count() == 1


def test_a_reason_too_long_for_the_history_is_refused(furong, by):
    with pytest.raises(LifecycleError, match="200"):
        lifecycle.suspend(furong, by=by, reason="长" * 201)
    assert Tenant.objects.get(pk=furong.pk).status == "live"


# Trial, live, suspended


def test_going_live_sets_the_opening_date_once(furong, tianxin, by):
    lifecycle.go_live(put(tianxin, "trial"), by=by)
    lifecycle.go_live(put(furong, "trial"), by=by)
    assert Tenant.objects.get(code="430103").opened_on == today()
    assert Tenant.objects.get(code="430102").opened_on == date(2020, 1, 1)


def test_going_live_names_the_missing_marks_of_the_footer_and_goes_on(tianxin, bureau, by):
    event = lifecycle.go_live(put(tianxin, "trial", icp_filing="湘ICP备1号"), by=by)
    assert event.after["missing"] == ["contact_phone", "police_filing", "site_code"]
    assert len(event.warnings) == 3
    event = lifecycle.go_live(put(bureau, "trial", contact_phone="0731-1"), by=by)
    assert "missing" not in event.after


@pytest.mark.parametrize("before", ["trial", "live"])
def test_a_suspension_ends_where_it_began(furong, by, before):
    tenant = put(furong, before)
    lifecycle.suspend(tenant, by=by, reason="等保整改")
    lifecycle.resume(tenant, by=by)
    assert (tenant.status, tenant.suspended_reason) == (before, "")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_suspension_needs_a_reason(furong, by, reason):
    with pytest.raises(LifecycleError):
        lifecycle.suspend(furong, by=by, reason=reason)


# Names and addresses


def test_a_new_name_is_on_the_tenant_the_home_and_the_host_record(furong, by):
    lifecycle.rename(furong, by=by, name="芙蓉新区 人民政府", short_name="芙蓉新区")
    home = HomePage.objects.get(tenant=furong)
    assert (furong.name, furong.short_name) == ("芙蓉新区 人民政府", "芙蓉新区")
    assert (home.title, home.draft_title, home.live) == ("芙蓉新区 人民政府", "芙蓉新区 人民政府", True)
    assert home.latest_revision_id == home.live_revision_id
    assert home.latest_revision.user == by
    assert Site.objects.get(root_page=home).site_name == "芙蓉新区 人民政府"


def test_a_new_name_keeps_a_draft_of_the_home_a_draft(furong, by):
    home = HomePage.objects.get(tenant=furong)
    home.expire_at = timezone.now() + timedelta(days=90)
    home.save_revision()
    lifecycle.rename(furong, by=by, name="芙蓉新区人民政府")
    home = HomePage.objects.get(tenant=furong)
    assert (home.title, home.expire_at, home.has_unpublished_changes) == ("芙蓉新区人民政府", None, True)
    draft = home.get_latest_revision_as_object()
    assert draft.title == "芙蓉新区人民政府"
    assert draft.expire_at is not None


@pytest.mark.parametrize("values", [{}, {"name": "长" * 101}, {"short_name": "长" * 51}, {"name": "芙蓉\x00区"}])
def test_a_name_that_cannot_stand_is_refused(furong, by, values):
    with pytest.raises(LifecycleError):
        lifecycle.rename(furong, by=by, **values)


def test_the_same_name_again_is_nothing_to_do(furong, by):
    with pytest.raises(NothingToDo):
        lifecycle.rename(furong, by=by, name="芙蓉区人民政府")


def test_a_change_of_host_keeps_the_old_one_and_changes_the_host_record(furong, by):
    lifecycle.change_host(furong, by=by, host="WWW.FuRongQu.gov.cn.")
    assert furong.host == "www.furongqu.gov.cn"
    assert list(FormerAddress.objects.values_list("tenant__code", "host")) == [("430102", "www.furong.gov.cn")]
    assert Site.objects.get(root_page__tenant=furong).hostname == "www.furongqu.gov.cn"


def test_going_back_to_a_former_host_leaves_no_loop(furong, by):
    lifecycle.change_host(furong, by=by, host="www.furongqu.gov.cn")
    lifecycle.change_host(furong, by=by, host="www.furong.gov.cn")
    assert list(FormerAddress.objects.values_list("host", flat=True)) == ["www.furongqu.gov.cn"]


def test_a_chinese_host_is_stored_as_browsers_ask_for_it(furong, by):
    lifecycle.change_host(furong, by=by, host="芙蓉区.政务")
    assert furong.host.startswith("xn--")


def test_who_loses_a_race_for_a_host_gets_a_sentence_and_nothing_half_done(furong, tianxin, by, monkeypatch):
    # As if the other's change had been committed just after the look at the table.
    monkeypatch.setattr("provisioning.lifecycle.places._check_host", lambda tenant, host: None)
    with pytest.raises(LifecycleError, match="芙蓉区人民政府"):
        lifecycle.change_host(furong, by=by, host="www.tianxin.gov.cn")
    assert furong.host == Tenant.objects.get(pk=furong.pk).host == "www.furong.gov.cn"
    assert Site.objects.get(root_page__tenant=furong).hostname == "www.furong.gov.cn"
    assert not FormerAddress.objects.exists()
    assert not LifecycleEvent.objects.exists()


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("www.tianxin.gov.cn", "430103"),
        ("old.tianxin.gov.cn", "430103"),
        ("https://www.x.gov.cn/", "www.x.gov.cn"),
        ("www.x.gov.cn:8080", "www.x.gov.cn"),
        ("10.0.0.1", "10.0.0.1"),
        ("taken.gov.cn", "taken.gov.cn"),
        ("", ""),
    ],
)
def test_a_host_that_clashes_or_is_none_is_refused(furong, tianxin, by, host, said):
    FormerAddress.objects.create(tenant=tianxin, host="old.tianxin.gov.cn")
    Site.objects.create(hostname="taken.gov.cn", port=80, root_page=SitePage.get_first_root_node())
    with pytest.raises(LifecycleError) as refused:
        lifecycle.change_host(furong, by=by, host=host)
    assert said in str(refused.value)
    assert Tenant.objects.get(pk=furong.pk).host == "www.furong.gov.cn"
    assert not FormerAddress.objects.filter(tenant=furong).exists()


def test_the_platforms_own_host_is_refused(furong, by, settings):
    settings.ADMIN_HOSTS = ("admin.hunan.gov.cn",)
    with pytest.raises(LifecycleError, match=r"admin\.hunan\.gov\.cn"):
        lifecycle.change_host(furong, by=by, host="admin.hunan.gov.cn")


def test_a_channel_site_has_no_host_and_a_registered_one_no_path_to_change(furong, bureau, by):
    with pytest.raises(LifecycleError):
        lifecycle.change_host(bureau, by=by, host="nyj.furong.gov.cn")
    with pytest.raises(LifecycleError):
        lifecycle.change_mount(furong, by=by, mount="furong")


def test_a_change_of_path_keeps_the_old_one(furong, bureau, by):
    lifecycle.change_mount(bureau, by=by, mount="/NYNCJ/")
    assert bureau.mount == "nyncj"
    assert list(FormerAddress.objects.values_list("under__code", "mount")) == [("430102", "nyj")]
    lifecycle.change_mount(bureau, by=by, mount="nyj")
    assert list(FormerAddress.objects.values_list("mount", flat=True)) == ["nyncj"]


@pytest.mark.parametrize("mount", ["jyj", "lsj", "zwdt", "admin", "a/b", "农业", "", "-x"])
def test_a_path_that_clashes_or_is_none_is_refused(furong, bureau, by, mount):
    other = channel_site("430102-jyj", "芙蓉区教育局", "jyj", furong)
    FormerAddress.objects.create(tenant=other, under=furong, mount="lsj")
    with pytest.raises(LifecycleError):
        lifecycle.change_mount(bureau, by=by, mount=mount)
    assert Tenant.objects.get(pk=bureau.pk).mount == "nyj"


# Moves


def tree_is_right(tenant: Tenant, region_code: str) -> None:
    home = HomePage.objects.get(tenant=tenant)
    assert home.depth == 3
    assert home.get_parent().slug == region_code
    pages = list(SitePage.objects.filter(path__startswith=home.path).order_by("path"))
    assert [page.url_path for page in pages] == [
        f"/{region_code}/{home.slug}/",
        f"/{region_code}/{home.slug}/zwdt/",
        f"/{region_code}/{home.slug}/zwdt/a1/",
    ]
    assert {page.tenant_id for page in pages} == {tenant.pk}
    assert SitePage.find_problems() == ([], [], [], [], [])


def test_a_move_to_another_region_takes_the_whole_tree_along(furong, tianxin, bureau, places, by):
    lifecycle.move(bureau, by=by, region=places[TIANXIN])
    assert bureau.region == places[TIANXIN]
    tree_is_right(bureau, TIANXIN)
    tree_is_right(furong, FURONG)


def test_a_move_makes_the_regions_page_where_there_is_none(bureau, places, by):
    lifecycle.move(bureau, by=by, region=places[TIANXIN])
    tree_is_right(bureau, TIANXIN)


def test_a_town_stands_with_its_county_in_the_tree(tianxin, places, by):
    town = channel_site("430103-wyl", "文艺路街道", "wyl", tianxin, kind="town")
    lifecycle.move(town, by=by, region=places[TOWN])
    tree_is_right(town, FURONG)


def test_a_move_under_another_host_keeps_the_old_address(furong, tianxin, bureau, places, by):
    event = lifecycle.move(bureau, by=by, region=places[TIANXIN], supervisor=tianxin, mounted_under=tianxin)
    assert (bureau.supervisor, bureau.mounted_under, bureau.mount) == (tianxin, tianxin, "nyj")
    assert list(FormerAddress.objects.values_list("tenant__code", "under__code", "mount")) == [
        ("430102-nyj", "430102", "nyj")
    ]
    assert event.before == {"mounted_under": "430102", "supervisor": "430102", "region": "430102"}
    assert event.after == {"mounted_under": "430103", "supervisor": "430103", "region": "430103"}


def test_a_move_back_takes_the_old_address_again(furong, tianxin, bureau, by):
    lifecycle.move(bureau, by=by, mounted_under=tianxin)
    lifecycle.move(bureau, by=by, mounted_under=furong)
    assert list(FormerAddress.objects.values_list("under__code", "mount")) == [("430103", "nyj")]


def test_a_move_to_where_the_path_is_taken_is_refused_as_a_whole(furong, tianxin, bureau, places, by):
    channel_site("430103-nyj", "天心区农业农村局", "nyj", tianxin)
    with pytest.raises(LifecycleError, match="430103-nyj"):
        lifecycle.move(bureau, by=by, region=places[TIANXIN], mounted_under=tianxin)
    bureau = Tenant.objects.get(pk=bureau.pk)
    assert bureau.mounted_under == furong
    tree_is_right(bureau, FURONG)


def test_supervision_cannot_run_in_a_circle(furong, tianxin, bureau, by):
    lifecycle.move(tianxin, by=by, supervisor=bureau)
    with pytest.raises(LifecycleError):
        lifecycle.move(furong, by=by, supervisor=tianxin)
    with pytest.raises(LifecycleError):
        lifecycle.move(furong, by=by, supervisor=furong)
    assert Tenant.objects.get(pk=furong.pk).supervisor is None


def test_a_channel_site_stands_only_below_a_registered_site_that_is_open(furong, tianxin, bureau, by):
    other = channel_site("430102-jyj", "芙蓉区教育局", "jyj", furong)
    with pytest.raises(LifecycleError, match="430102-jyj"):
        lifecycle.move(bureau, by=by, mounted_under=other)
    put(tianxin, "closing")
    with pytest.raises(LifecycleError, match="430103"):
        lifecycle.move(bureau, by=by, mounted_under=tianxin)
    with pytest.raises(LifecycleError):
        lifecycle.move(tianxin, by=by, mounted_under=furong)


def test_a_move_tells_of_channel_sites_that_stay_behind(furong, bureau, places, by):
    event = lifecycle.move(furong, by=by, region=places[PROVINCE])
    assert len(event.warnings) == 1
    tree_is_right(furong, PROVINCE)


def test_a_move_to_where_it_stands_is_nothing_to_do(bureau, furong, places, by):
    with pytest.raises(NothingToDo):
        lifecycle.move(bureau, by=by, region=places[FURONG], supervisor=furong, mounted_under=furong)


# Closing


def test_closing_sets_the_notice_and_the_successor(furong, bureau, by, settings):
    settings.CLOSING_NOTICE_DAYS = 30
    event = lifecycle.close(bureau, by=by, successor=furong, reason="机构合并")
    assert (bureau.status, bureau.successor) == ("closing", furong)
    assert bureau.notice_until == today() + timedelta(days=30)
    assert event.after["successor"] == "430102"
    assert event.warnings == ()


def test_closing_warns_of_a_short_notice_a_missing_successor_and_orphans(furong, tianxin, by):
    Tenant.objects.filter(pk=tianxin.pk).update(supervisor=furong)
    event = lifecycle.close(furong, by=by, notice_days=3)
    assert len(event.warnings) == 3


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_notice_of_no_sensible_length_is_refused(furong, by, days):
    with pytest.raises(LifecycleError):
        lifecycle.close(furong, by=by, notice_days=days)


def test_a_site_with_channel_sites_is_not_closed_and_they_are_listed(furong, tianxin, bureau, by):
    with pytest.raises(LifecycleError, match="430102-nyj"):
        lifecycle.close(furong, by=by, successor=tianxin)
    lifecycle.close(bureau, by=by)
    with pytest.raises(LifecycleError, match="430102-nyj"):
        lifecycle.close(furong, by=by, successor=tianxin)
    put(bureau, "closing", notice_until=today() - timedelta(days=1))
    assert lifecycle.close(furong, by=by, successor=tianxin).after["status"] == "closing"


@pytest.mark.parametrize("status", ["draft", "suspended", "closing", "closed"])
def test_a_successor_must_be_open(furong, tianxin, by, status):
    put(tianxin, status)
    with pytest.raises(LifecycleError, match="430103"):
        lifecycle.close(furong, by=by, successor=tianxin)
    with pytest.raises(LifecycleError):
        lifecycle.close(furong, by=by, successor=furong)


def test_a_closing_ends_the_day_after_its_notice_however_late_it_is_finished(furong, by):
    tenant = put(furong, "closing", notice_until=today())
    with pytest.raises(LifecycleError):
        lifecycle.finish_closing(tenant, by=None)
    assert lifecycle.due_closings() == []
    tenant = put(furong, "closing", notice_until=today() - timedelta(days=9))
    assert lifecycle.due_closings() == [tenant]
    lifecycle.finish_closing(tenant, by=None)
    assert (tenant.status, tenant.closed_on) == ("closed", today() - timedelta(days=8))


@pytest.mark.parametrize("before", ["trial", "live", "suspended"])
def test_a_closing_is_taken_back_to_what_was_before(furong, tianxin, by, before):
    tenant = put(furong, before)
    lifecycle.close(tenant, by=by, successor=tianxin)
    lifecycle.cancel_closing(tenant, by=by)
    assert (tenant.status, tenant.notice_until, tenant.successor) == (before, None, None)


def test_a_closing_is_not_taken_back_after_its_notice(furong, by):
    tenant = put(furong, "closing", notice_until=today() - timedelta(days=1))
    with pytest.raises(LifecycleError):
        lifecycle.cancel_closing(tenant, by=by)


def test_reopening_waits_a_year_unless_forced_with_a_reason(furong, by, settings):
    settings.REOPEN_AFTER_DAYS = 365
    tenant = put(furong, "closed", closed_on=today() - timedelta(days=364))
    for values in ({}, {"reason": "恢复"}, {"force": True}):
        with pytest.raises(LifecycleError):
            lifecycle.reopen(tenant, by=by, **values)
    event = lifecycle.reopen(tenant, by=by, force=True, reason="机构恢复")
    assert (tenant.status, tenant.closed_on) == ("trial", None)
    assert event.after["forced"] is True
    tenant = put(furong, "closed", closed_on=today() - timedelta(days=365))
    assert "forced" not in lifecycle.reopen(tenant, by=by).after


def test_a_channel_site_is_not_brought_back_below_a_closed_site(furong, bureau, by):
    put(furong, "closed")
    tenant = put(bureau, "closed")
    with pytest.raises(LifecycleError, match="430102"):
        lifecycle.reopen(tenant, by=by)
