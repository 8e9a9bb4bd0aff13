"""Roll-outs to the fleet: what is shown before, waves, stopping and going on, two at once, undoing, the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioning import rollouts
from provisioning.fleet_conformance import refresh_conformance
from provisioning.models import RollOut, RollOutStatus, SiteOutcome
from provisioning.rollouts import RollOutError, Scope
from sites.models import Column, SitePage
from tenants.exclusive import exclusive
from tenants.models import Region, Status, Tenant, User
from tests.template_fleet import (
    COUNTY,
    NEW,
    NEWER,
    OLD,
    V1,
    V2,
    assert_tree_is_sound,
    column,
    open_county,
    open_towns,
    snapshot,
    template_folder,
    write_article,
    write_template,
)

pytestmark = pytest.mark.django_db
ALL = Scope("town", NEW)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path / "data"
    with template_folder(settings, tmp_path) as made:
        yield made


@pytest.fixture
def county(folder: Path) -> Tenant:
    return open_county()


@pytest.fixture
def towns(county: Tenant, monkeypatch: pytest.MonkeyPatch) -> list[Tenant]:
    monkeypatch.setattr(rollouts, "BATCH", 2)
    return open_towns(county, 6)


@pytest.fixture
def operator() -> User:
    return User.objects.create(username="operator")


def versions() -> list[int]:
    return list(Tenant.objects.filter(kind="town").order_by("code").values_list("template_version", flat=True))


def outcomes(rollout: RollOut) -> list[str]:
    return list(rollout.sites.order_by("tenant__code").values_list("outcome", flat=True))


def retitle(tenant: Tenant, code: str, title: str) -> None:
    page = column(tenant, code)
    page.title = title
    page.save_revision().publish()


def test_a_preview_says_what_the_fleet_gets_and_changes_nothing(towns: list[Tenant]) -> None:
    before = [snapshot(town) for town in towns]
    fleet = rollouts.preview(ALL)
    assert (len(fleet.sites), fleet.changing, fleet.from_versions) == (6, 6, {OLD: 6})
    assert [(step.group, step.code, count) for step, count in fleet.steps] == [
        ("add", "gk-nb", 6),
        ("retitle", "dt", 6),
        ("reorder", "zt", 6),
        ("retire", "tz", 6),
    ]
    assert [snapshot(town) for town in towns] == before
    assert not RollOut.objects.exists()


def test_a_preview_tells_local_differences_kept_and_set_back(towns: list[Tenant]) -> None:
    retitle(towns[0], "dt", "镇里要闻")
    retitle(towns[1], "zt", "我镇专题")
    fleet = rollouts.preview(ALL, details=True)
    assert dict(fleet.differences) == {("dt", "title", False): 1, ("zt", "title", True): 1}
    first, second, third, *_others = fleet.sites
    assert [(site.kept, site.set_back) for site in (first, second, third)] == [(0, 1), (1, 0), (0, 0)]
    assert first.as_json()["local_differences"] == [
        {"code": "dt", "field": "title", "base": "工作动态", "local": "镇里要闻", "template": "本地要闻", "kept": False}
    ]


def test_a_site_whose_columns_cannot_be_told_apart_is_a_problem_and_the_others_are_planned(towns: list[Tenant]) -> None:
    Column.objects.filter(tenant=towns[2], code="dt").update(code="tz")
    fleet = rollouts.preview(ALL)
    assert [site.code for site in fleet.problems] == [towns[2].code]
    assert fleet.changing == 5


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope("town", 999), "没有第 999 版"),
        (Scope("town", NEW, tenants=("430121999",)), "430121999"),
        (Scope("town", NEW, region="999999"), "999999"),
    ],
)
def test_a_scope_that_means_nothing_is_refused(towns: list[Tenant], scope: Scope, sentence: str) -> None:
    for attempt in (rollouts.preview, lambda scope: rollouts.start(scope, by=None)):
        with pytest.raises(RollOutError, match=sentence):
            attempt(scope)
    assert not RollOut.objects.exists()


def test_a_region_takes_the_towns_below_it(towns: list[Tenant]) -> None:
    assert len(rollouts.preview(Scope("town", NEW, region="430000")).sites) == 6
    assert [site.code for site in rollouts.preview(Scope("town", NEW, region=f"{COUNTY}003")).sites] == [f"{COUNTY}003"]


def test_a_region_without_towns_has_nothing_to_start(towns: list[Tenant]) -> None:
    county = Region.objects.get(code=COUNTY)
    Region.objects.create(code="430122", name="望城区", level="county", parent=county.parent, lineage="430000/430122/")
    with pytest.raises(RollOutError):
        rollouts.start(Scope("town", NEW, region="430122"), by=None)


@pytest.mark.parametrize(("size", "count"), [("10%", 1), ("50%", 3), ("100%", 6), ("4", 4), ("all", 6), ("1%", 1)])
def test_a_wave_is_a_share_a_number_or_all(size: str, count: int) -> None:
    assert rollouts.wave_of(size, 6) == count


@pytest.mark.parametrize("size", ["", "0", "0%", "101%", "-5", "ten", "1.5", "10 %"])
def test_any_other_size_of_a_wave_is_refused(size: str) -> None:
    with pytest.raises(RollOutError):
        rollouts.wave_of(size, 6)


def test_waves_follow_one_another_to_the_end(towns: list[Tenant], operator: User) -> None:
    rollout = rollouts.start(ALL, by=operator, wave_size="50%")
    first = rollouts.apply_wave(rollout, by=operator)
    assert (first.wave, first.done, first.left, rollout.status) == (1, 3, 3, RollOutStatus.WAITING)
    assert versions() == [NEW, NEW, NEW, OLD, OLD, OLD]
    second = rollouts.apply_wave(rollout, by=operator)
    assert (second.wave, second.left, rollout.status) == (2, 0, RollOutStatus.FINISHED)
    assert versions() == [NEW] * 6
    assert rollout.finished_at is not None
    with pytest.raises(RollOutError):
        rollouts.apply_wave(rollout, by=operator)
    assert_tree_is_sound()


def test_the_record_says_who_when_what(towns: list[Tenant], operator: User) -> None:
    rollout = rollouts.start(ALL, by=operator, wave_size="all")
    rollouts.apply_wave(rollout, by=operator)
    row = rollout.sites.get(tenant=towns[0])
    assert (rollout.started_by, rollout.total, len(rollout.digest)) == (operator, 6, 64)
    assert (row.from_version, row.outcome, row.wave, row.done_by) == (OLD, SiteOutcome.CHANGED, 1, operator)
    assert row.counts == {"add": 1, "retitle": 1, "reorder": 1, "retire": 1, "kept": 0, "set_back": 0}
    assert row.done_at is not None


def test_a_second_roll_out_to_the_same_version_finds_everything_unchanged(towns: list[Tenant]) -> None:
    rollouts.apply_wave(rollouts.start(ALL, by=None, wave_size="all"), by=None)
    again = rollouts.start(ALL, by=None, wave_size="all")
    receipt = rollouts.apply_wave(again, by=None)
    assert receipt.outcomes == {SiteOutcome.UNCHANGED: 6}


def test_progress_is_told_after_every_batch(towns: list[Tenant]) -> None:
    seen: list[tuple[int, int]] = []
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    rollouts.apply_wave(rollout, by=None, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 6), (4, 6), (6, 6)]


def test_a_wave_can_be_stopped_and_continued(towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    receipt = rollouts.apply_wave(rollout, by=None, progress=lambda _done, _total: rollouts.request_stop(rollout))
    assert (receipt.stopped, receipt.done, receipt.left, rollout.status) == (True, 2, 4, RollOutStatus.STOPPED)
    assert versions() == [NEW, NEW, OLD, OLD, OLD, OLD]
    rest = rollouts.apply_wave(rollout, by=None)
    assert (rest.wave, rest.done, rollout.status) == (1, 4, RollOutStatus.FINISHED)
    assert versions() == [NEW] * 6


@pytest.mark.parametrize("broken_by", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_a_wave_that_broke_off_is_finished_by_the_next_one(towns: list[Tenant], broken_by: type[BaseException]) -> None:
    def break_off(done: int, total: int) -> None:
        if done == 4:
            raise broken_by

    rollout = rollouts.start(ALL, by=None, wave_size="5")
    with pytest.raises(broken_by):
        rollouts.apply_wave(rollout, by=None, progress=break_off)
    rollout.refresh_from_db()
    assert rollout.status == RollOutStatus.STOPPED
    assert versions() == [NEW, NEW, NEW, NEW, OLD, OLD]
    rest = rollouts.apply_wave(rollout, by=None)
    assert (rest.wave, rest.done, rest.left) == (1, 1, 1)
    assert outcomes(rollout) == [SiteOutcome.CHANGED] * 5 + [""]


def test_one_site_that_fails_is_told_and_the_others_go_on(towns: list[Tenant]) -> None:
    Column.objects.filter(tenant=towns[1], code="dt").update(code="tz")
    before = snapshot(towns[1])
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    receipt = rollouts.apply_wave(rollout, by=None)
    assert receipt.outcomes == {SiteOutcome.CHANGED: 5, SiteOutcome.FAILED: 1}
    [(code, sentence)] = receipt.sentences
    assert code == towns[1].code
    assert "两个栏目使用代码“tz”" in sentence
    assert snapshot(towns[1]) == before
    assert rollout.sites.get(tenant=towns[1]).sentence == sentence
    assert rollout.status == RollOutStatus.FINISHED
    assert_tree_is_sound()


def test_a_fault_of_the_programme_is_told_without_half_a_site(
    towns: list[Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sites import column_changes

    def break_on_third(states: Any, *args: Any) -> Any:
        raise LookupError("broken")

    before = [snapshot(town) for town in towns]
    monkeypatch.setattr(column_changes, "_stamp", break_on_third)
    receipt = rollouts.apply_wave(rollouts.start(ALL, by=None, wave_size="all"), by=None)
    assert receipt.outcomes == {SiteOutcome.FAILED: 6}
    assert [snapshot(town) for town in towns] == before
    assert "LookupError: broken" in receipt.sentences[0][1]


def test_a_site_with_a_newer_version_and_a_closed_one_are_passed_over(towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    Tenant.objects.filter(pk=towns[0].pk).update(template_version=NEWER)
    Tenant.objects.filter(pk=towns[1].pk).update(status=Status.CLOSED, closed_on="2026-11-01")
    receipt = rollouts.apply_wave(rollout, by=None)
    assert receipt.outcomes == {SiteOutcome.SKIPPED: 2, SiteOutcome.CHANGED: 4}
    assert outcomes(rollout)[:2] == [SiteOutcome.SKIPPED] * 2


def test_a_site_without_pages_fails_with_a_sentence(county: Tenant, towns: list[Tenant]) -> None:
    Tenant.objects.create(
        code="430121099",
        name="空镇",
        short_name="空镇",
        kind="town",
        region=county.region,
        mount="k",
        mounted_under=county,
    )
    receipt = rollouts.apply_wave(rollouts.start(ALL, by=None, wave_size="all"), by=None)
    assert receipt.outcomes == {SiteOutcome.CHANGED: 6, SiteOutcome.FAILED: 1}
    assert [code for code, _sentence in receipt.sentences] == ["430121099"]


def test_only_one_roll_out_of_a_kind_is_under_way(towns: list[Tenant]) -> None:
    first = rollouts.start(ALL, by=None)
    with pytest.raises(RollOutError, match=rf"--rollout {first.pk} --end"):
        rollouts.start(ALL, by=None)
    rollouts.end(first)
    assert rollouts.start(ALL, by=None).pk != first.pk
    assert first.status == RollOutStatus.ENDED


def test_two_operators_do_not_apply_at_the_same_time(towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="all")

    def second(_done: int, _total: int) -> None:
        with pytest.raises(RollOutError, match=f"--rollout {rollout.pk}"):
            rollouts.apply_wave(RollOut.objects.get(pk=rollout.pk), by=None)

    from django.db import connection

    if connection.vendor == "postgresql":
        # A session may take its own advisory lock again: the other operator needs a connection of his own.
        holder = connection.copy()
        try:
            with holder.cursor() as cursor:
                from zlib import crc32

                cursor.execute("SELECT pg_advisory_lock(%s)", [crc32(b"rollout-town")])
            second(0, 0)
        finally:
            holder.close()
    else:
        with exclusive("rollout-town"):
            second(0, 0)
        rollouts.apply_wave(rollout, by=None, progress=second)
        assert versions() == [NEW] * 6


def test_a_template_that_was_edited_under_way_stops_the_roll_out(folder: Path, towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="3")
    rollouts.apply_wave(rollout, by=None)
    write_template(folder, NEW, V2 | {"xx": {"title": "多出来的"}})
    with pytest.raises(RollOutError, match="says something else|内容"):
        rollouts.apply_wave(rollout, by=None)
    assert versions() == [NEW] * 3 + [OLD] * 3


def test_undo_takes_the_last_wave_back_and_no_other(towns: list[Tenant], operator: User) -> None:
    rollout = rollouts.start(ALL, by=operator, wave_size="3")
    rollouts.apply_wave(rollout, by=operator)
    before = [snapshot(town) for town in towns]
    rollouts.apply_wave(rollout, by=operator)
    receipt = rollouts.undo_last_wave(rollout, by=operator)
    assert (receipt.wave, receipt.outcomes) == (2, {SiteOutcome.UNDONE: 3})
    assert [snapshot(town) for town in towns] == before
    assert rollout.status == RollOutStatus.STOPPED
    receipt = rollouts.undo_last_wave(rollout, by=operator)
    assert (receipt.wave, versions()) == (1, [OLD] * 6)
    with pytest.raises(RollOutError):
        rollouts.undo_last_wave(rollout, by=operator)
    assert_tree_is_sound()


def test_an_undone_wave_can_be_applied_again(towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="4")
    rollouts.apply_wave(rollout, by=None)
    rollouts.undo_last_wave(rollout, by=None)
    receipt = rollouts.apply_wave(rollout, by=None)
    assert (receipt.wave, receipt.done, receipt.left) == (2, 4, 2)
    rollouts.apply_wave(rollout, by=None)
    assert versions() == [NEW] * 6
    assert rollout.status == RollOutStatus.FINISHED


def test_undo_keeps_what_a_site_wrote_since_and_tells(towns: list[Tenant]) -> None:
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    rollouts.apply_wave(rollout, by=None)
    article = write_article(column(towns[0], "gk-nb"), "2026年年报")
    receipt = rollouts.undo_last_wave(rollout, by=None)
    assert [code for code, _sentence in receipt.sentences] == [towns[0].code]
    assert SitePage.objects.filter(pk=article.pk, live=True).exists()
    assert not Column.objects.filter(code="gk-nb").exclude(tenant=towns[0]).exists()


def test_undo_leaves_a_site_that_has_gone_on_to_another_version(folder: Path, towns: list[Tenant]) -> None:
    first = rollouts.start(ALL, by=None, wave_size="all")
    rollouts.apply_wave(first, by=None)
    write_template(folder, NEWER, V1)
    rollouts.apply_wave(
        rollouts.start(Scope("town", NEWER, tenants=(towns[0].code,)), by=None, wave_size="all"), by=None
    )
    receipt = rollouts.undo_last_wave(first, by=None)
    assert receipt.outcomes == {SiteOutcome.SKIPPED: 1, SiteOutcome.UNDONE: 5}
    assert versions() == [NEWER] + [OLD] * 5


def test_an_undo_that_broke_off_is_finished_by_the_next_one(towns: list[Tenant]) -> None:
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = [snapshot(town) for town in towns]
    rollout = rollouts.start(ALL, by=None, wave_size="all")
    rollouts.apply_wave(rollout, by=None)
    with pytest.raises(KeyboardInterrupt):
        rollouts.undo_last_wave(rollout, by=None, progress=break_off)
    assert versions() == [OLD] * 2 + [NEW] * 4
    rollouts.undo_last_wave(rollout, by=None)
    assert [snapshot(town) for town in towns] == before


def test_conformance_falls_with_a_missing_column_and_is_written_down(towns: list[Tenant]) -> None:
    Column.objects.filter(tenant=towns[0], code="dt").update(kind="single")
    fleet = refresh_conformance(towns)
    assert fleet.below == [(towns[0].code, 0.75)]
    assert (fleet.changed, round(fleet.mean, 4)) == (1, round((5 + 0.75) / 6, 4))
    assert Tenant.objects.get(pk=towns[0].pk).conformance == 0.75


def test_a_roll_out_brings_conformance_back_to_one(towns: list[Tenant]) -> None:
    Column.objects.filter(tenant=towns[0], code="dt").update(kind="single")
    refresh_conformance(towns)
    rollouts.apply_wave(rollouts.start(ALL, by=None, wave_size="all"), by=None)
    assert set(Tenant.objects.filter(kind="town").values_list("conformance", flat=True)) == {1.0}
