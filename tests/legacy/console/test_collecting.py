"""Where a collection begins: addresses and site maps, an uploaded file, and what lies ready on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from legacy.models import LegacyRaw, LegacyRun, RunState, Transition
from legacy.running import new_run
from legacy.sources import choosing, lying_ready
from legacy.sources.records import SourceRefused
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.transitions import begun

IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
PAGE = "<html><head><title>关于春耕的通知</title></head><body>正文</body></html>"
OWN, FOREIGN = "430102", "430103"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}
    settings.DATA_DIR = tmp_path / "data"
    settings.LEGACY_FOLDER = tmp_path / "old-sites"
    for code in (OWN, FOREIGN):
        mirror = settings.LEGACY_FOLDER / code / f"mirror-{code}"
        mirror.mkdir(parents=True)
        (mirror / "index.html").write_text(PAGE, "gb18030")
    return Path(settings.LEGACY_FOLDER)


def asked(cast: Cast, who: str, transition: Transition, **form: str) -> Any:
    return signed_in(getattr(cast, who)).post(reverse("legacy:collect", args=[transition.pk]), form)


def only_run(tenant: Tenant) -> LegacyRun:
    with tenant_scope(tenant):
        return LegacyRun.objects.get()


def no_run(tenant: Tenant) -> bool:
    with tenant_scope(tenant):
        return not LegacyRun.objects.exists()


def test_a_mirror_that_lies_ready_for_the_site_is_offered_and_collected(cast: Cast) -> None:
    transition = begun(cast.county_a)
    page = signed_in(cast.manager_a).get(reverse("legacy:collect", args=[transition.pk])).content.decode()
    assert f"mirror-{OWN}" in page
    assert f"mirror-{FOREIGN}" not in page
    answer = asked(cast, "manager_a", transition, source="ready", ready=f"mirror-{OWN}")
    run = only_run(cast.county_a)
    assert answer.headers["Location"] == reverse("legacy:run", args=[transition.pk, run.pk])
    assert (run.state, run.error, run.label) == (RunState.FINISHED, "", f"mirror-{OWN}")
    with tenant_scope(cast.county_a):
        assert [raw.url for raw in LegacyRaw.objects.all()] == ["http://www.old-a.example.gov.cn/index.html"]


def test_a_large_table_that_lies_ready_is_read_by_its_name(cast: Cast, folder: Path) -> None:
    transition = begun(cast.county_a)
    (folder / OWN / "旧站.csv").write_text("编号,标题,正文\n7,关于春耕的通知,正文一段\n", "gb18030")
    (folder / OWN / "setup.exe").write_bytes(b"MZ")
    page = signed_in(cast.manager_a).get(reverse("legacy:collect", args=[transition.pk])).content.decode()
    assert "setup.exe" not in page
    asked(cast, "manager_a", transition, source="ready", ready="旧站.csv")
    assert only_run(cast.county_a).state == RunState.FINISHED
    with tenant_scope(cast.county_a):
        assert LegacyRaw.objects.get().fields["title"] == "关于春耕的通知"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".",
        ".hidden",
        f"../{FOREIGN}/mirror-{FOREIGN}",
        f"mirror-{FOREIGN}",
        "/etc",
        "leads-out",
        f"mirror-{OWN}/..",
        f"./mirror-{OWN}",
        "nothing",
    ],
)
def test_nothing_but_an_offered_name_is_taken(cast: Cast, folder: Path, name: str) -> None:
    transition = begun(cast.county_a)
    (folder / OWN / ".hidden").mkdir()
    (folder / OWN / "leads-out").symlink_to("/etc")
    assert lying_ready.names(OWN) == [f"mirror-{OWN}"]
    assert asked(cast, "manager_a", transition, source="ready", ready=name).status_code == 200
    assert no_run(cast.county_a)
    with tenant_scope(cast.county_a):
        run = new_run(transition, "collect", by=None, source="mirror", ready=name)
        with pytest.raises(SourceRefused):
            choosing.source_of(run)


def test_a_sites_folder_that_is_a_link_offers_nothing(cast: Cast, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "m").mkdir(parents=True)
    (folder / "430104").symlink_to(tmp_path / "elsewhere")
    assert lying_ready.names("430104") == []
    assert lying_ready.names("no-folder") == []


@pytest.mark.parametrize(("who", "status"), [("contributor_a", 403), ("supervisor", 403), ("manager_b", 404)])
def test_others_collect_nothing(cast: Cast, who: str, status: int) -> None:
    transition = begun(cast.county_a)
    assert asked(cast, who, transition, source="ready", ready=f"mirror-{OWN}").status_code == status
    assert no_run(cast.county_a)


def test_site_maps_in_a_list_are_read_as_such(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legacy.steps.carry_out", lambda row: None)
    transition = begun(cast.county_a)
    lines = "http://www.old-a.example.gov.cn/sitemap.xml\nhttp://www.old-a.example.gov.cn/a.html"
    asked(cast, "manager_a", transition, source="list", addresses=lines, depth="5", delay="1")
    options = only_run(cast.county_a).options
    assert options["sitemaps"] == ["http://www.old-a.example.gov.cn/sitemap.xml"]
    assert options["starts"] == ["http://www.old-a.example.gov.cn/a.html"]
    assert (options["max_depth"], options["delay"], options["robots"]) == (5, 1.0, True)


def test_a_list_without_addresses_is_refused(cast: Cast) -> None:
    transition = begun(cast.county_a)
    assert asked(cast, "manager_a", transition, source="list", addresses=" ").status_code == 200
    assert no_run(cast.county_a)
