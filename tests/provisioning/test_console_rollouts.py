"""Rolling a template out in the console: what would change, waves, stopping, going on, taking back, ending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from provisioning import tasks
from provisioning.models import RollOut, RollOutStatus
from tenants.models import Tenant, User
from tests.cast import signed_in
from tests.provisioning.console import BASE, TASKS_AT_ONCE, queries_of, text
from tests.template_fleet import NEW, OLD, V2, open_county, open_towns, template_folder, write_template

PREVIEW = f"{BASE}/templates/preview/?for=town&to={NEW}"
CHOICE = {"kind": "town", "to_version": NEW, "wave_size": "50%"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.TASKS = TASKS_AT_ONCE
    settings.DATA_DIR = tmp_path / "data"
    with template_folder(settings, tmp_path) as made:
        yield made


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(User.objects.create_superuser("operator"))


@pytest.fixture
def towns(db: None) -> list[Tenant]:
    return open_towns(open_county(), 6)


def begun(operator: Client, **choice: Any) -> RollOut:
    answer = operator.post(PREVIEW, {**CHOICE, **choice})
    assert answer.status_code == 302
    return RollOut.objects.latest("pk")


def press(operator: Client, rollout: RollOut, button: str) -> RollOut:
    assert operator.post(f"{BASE}/templates/{rollout.pk}/{button}/").status_code == 302
    rollout.refresh_from_db()
    return rollout


def versions() -> list[int]:
    return list(Tenant.objects.filter(kind="town").order_by("code").values_list("template_version", flat=True))


def test_the_preview_says_what_each_site_gets_and_changes_nothing(operator: Client, towns: list[Tenant]) -> None:
    page = operator.get(PREVIEW)
    planned = page.context["planned"]
    assert (len(planned.sites), planned.changing) == (6, 6)
    for found in ("公开年报", "本地要闻", "通知公告", "1镇人民政府"):
        assert found in text(page)
    assert versions() == [OLD] * 6
    assert not RollOut.objects.exists()


def test_waves_go_out_one_by_one_and_the_last_comes_back(operator: Client, towns: list[Tenant]) -> None:
    rollout = begun(operator)
    assert versions() == [OLD] * 6
    press(operator, rollout, "wave")
    assert versions() == [NEW] * 3 + [OLD] * 3
    press(operator, rollout, "wave")
    assert (versions(), rollout.status) == ([NEW] * 6, RollOutStatus.FINISHED)
    page = operator.get(f"{BASE}/templates/{rollout.pk}/")
    assert [wave.number for wave, _outcomes in page.context["waves"]] == [1, 2]
    assert f"/templates/{rollout.pk}/undo/" in text(page)
    assert operator.get(f"{BASE}/templates/{rollout.pk}/undo/").status_code == 200
    press(operator, rollout, "undo")
    assert versions() == [NEW] * 3 + [OLD] * 3
    press(operator, rollout, "wave")
    assert versions() == [NEW] * 6


def test_only_the_chosen_sites_are_rolled_out_to(operator: Client, towns: list[Tenant]) -> None:
    codes = [town.code for town in towns[:2]]
    query = "&".join(f"code={code}" for code in codes)
    page = operator.get(f"{PREVIEW}&{query}")
    assert page.context["codes"] == " ".join(codes)
    rollout = begun(operator, codes=" ".join(codes), wave_size="all")
    press(operator, rollout, "wave")
    assert versions() == [NEW] * 2 + [OLD] * 4
    assert rollout.status == RollOutStatus.FINISHED


def test_a_second_click_starts_no_second_wave(operator: Client, towns: list[Tenant], monkeypatch: Any) -> None:
    rollout = begun(operator)
    waves: list[int] = []
    monkeypatch.setattr("provisioning.tasks._wave", lambda work, number, by: waves.append(number) or {})
    press(operator, rollout, "wave")
    press(operator, rollout, "wave")
    press(operator, rollout, "undo")
    assert waves == [rollout.pk]
    assert operator.get(f"{BASE}/templates/{rollout.pk}/state.json").json()["over"] is False


def test_a_wave_that_died_is_finished_by_going_on(operator: Client, towns: list[Tenant]) -> None:
    rollout = begun(operator)
    RollOut.objects.filter(pk=rollout.pk).update(
        status=RollOutStatus.RUNNING, heartbeat_at=timezone.now() - timedelta(seconds=90)
    )
    assert f"/templates/{rollout.pk}/wave/" in text(operator.get(f"{BASE}/templates/{rollout.pk}/"))
    press(operator, rollout, "wave")
    assert versions() == [NEW] * 3 + [OLD] * 3


def test_a_roll_out_can_be_ended_and_another_begun(operator: Client, towns: list[Tenant]) -> None:
    rollout = begun(operator)
    refused = operator.post(PREVIEW, CHOICE, follow=True)
    assert str(rollout.pk) in text(refused)
    assert RollOut.objects.count() == 1
    press(operator, rollout, "wave")
    press(operator, rollout, "end")
    assert rollout.status == RollOutStatus.ENDED
    assert begun(operator).pk != rollout.pk


def test_a_template_that_was_changed_meanwhile_is_not_rolled_out(
    operator: Client, towns: list[Tenant], folder: Path
) -> None:
    rollout = begun(operator)
    write_template(folder, NEW, V2 | {"dt": {"title": "改过的标题"}})
    press(operator, rollout, "wave")
    assert versions() == [OLD] * 6
    assert rollout.status == RollOutStatus.PLANNED


@pytest.mark.parametrize(
    "choice", [{"wave_size": "0"}, {"wave_size": "x"}, {"kind": "castle"}, {"to_version": "999"}, {"codes": "nobody"}]
)
def test_a_choice_that_does_not_fit_begins_nothing(
    operator: Client, towns: list[Tenant], choice: dict[str, str]
) -> None:
    assert operator.post(PREVIEW, {**CHOICE, **choice}).status_code == 302
    assert not RollOut.objects.exists()


def test_pages_of_a_roll_out_ask_as_many_questions_with_two_sites_as_with_twenty(
    operator: Client, towns: list[Tenant]
) -> None:
    def asked(codes: list[str]) -> tuple[int, int]:
        query = "&".join(f"code={code}" for code in codes)
        operator.get(f"{PREVIEW}&{query}")
        seen = queries_of(operator, f"{PREVIEW}&{query}")
        rollout = begun(operator, codes=" ".join(codes), wave_size="all")
        press(operator, rollout, "wave")
        return seen, queries_of(operator, f"{BASE}/templates/{rollout.pk}/")

    more = open_towns(Tenant.objects.get(kind="county"), 20, first=50)
    assert asked([town.code for town in towns[:2]]) == asked([town.code for town in more])


def test_conformance_below_full_leads_to_the_sites(operator: Client, towns: list[Tenant]) -> None:
    Tenant.objects.filter(pk=towns[0].pk).update(conformance=0.5)
    assert "conformance_below=100" in text(operator.get(f"{BASE}/templates/"))
    found = operator.get(f"{BASE}/sites/?conformance_below=100&kind=town")
    assert [site.code for site in found.context["object_list"]] == [towns[0].code]


def test_a_task_that_comes_twice_does_its_wave_once(operator: Client, towns: list[Tenant]) -> None:
    rollout = begun(operator)
    press(operator, rollout, "wave")
    tasks.roll_out_wave.call(rollout.pk, None)
    assert versions() == [NEW] * 3 + [OLD] * 3
