"""A new template version goes to the fleet, told once through the command, as an operator works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from provisioning import rollouts
from provisioning.models import RollOut
from tenants.models import Tenant, User
from tests.template_fleet import NEW, OLD, V1, V2, column, open_county, open_towns, template_folder, write_template

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def fleet(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Tenant]]:
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr(rollouts, "BATCH", 2)
    with template_folder(settings, tmp_path):
        yield open_towns(open_county(), 5)


def run(*words: str, **options: Any) -> tuple[int, str, str]:
    """Run `manage.py columns …`; return exit code, stdout, stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command("columns", *words, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


TO_NEW = ("--template", "town", "--to", str(NEW))


def test_an_operator_plans_applies_in_waves_looks_undoes_and_goes_on(fleet: list[Tenant]) -> None:
    User.objects.create(username="operator")
    code, plan, _err = run("plan", *TO_NEW)
    assert code == 0
    assert "公开年报" in plan
    assert "本地要闻" in plan
    assert Tenant.objects.filter(template_version=OLD).count() == 5

    code, text, _err = run("plan", *TO_NEW, "--format", "json")
    assert json.loads(text)["changing"] == 5
    assert len(json.loads(text)["details"]) == 5

    code, text, _err = run("apply", *TO_NEW, "--wave", "2", "--yes", "--by", "operator", "--format", "json")
    assert code == 0
    receipt = json.loads(text)
    assert (receipt["wave"], receipt["outcomes"], receipt["left"]) == (1, {"changed": 2}, 3)
    assert receipt["started_by"] == "operator"

    code, text, _err = run("apply", *TO_NEW, "--yes", "--format", "json")
    assert json.loads(text)["outcomes_so_far"] == {"waiting": 1, "changed": 4}

    code, text, _err = run("undo", "--yes", "--format", "json")
    assert json.loads(text)["outcomes"] == {"undone": 2}
    assert column(fleet[2], "dt").title == "工作动态"
    assert column(fleet[1], "dt").title == "本地要闻"

    code, text, _err = run("apply", *TO_NEW, "--wave", "all", "--yes", "--format", "json")
    assert (json.loads(text)["status"], json.loads(text)["left"]) == ("finished", 0)
    assert set(Tenant.objects.filter(kind="town").values_list("template_version", "conformance")) == {(NEW, 1.0)}

    code, text, _err = run("conformance", "--template", "town")
    assert code == 0
    assert "100.0%" in text
    assert len(run("list")[1].splitlines()) == 1


def test_apply_asks_and_without_anyone_to_ask_does_nothing(
    fleet: list[Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(""))
    code, _out, err = run("apply", *TO_NEW)
    assert code == 2
    assert "--yes" in err
    assert not RollOut.objects.exists()


def test_a_misused_command_ends_with_two_and_a_sentence(fleet: list[Tenant]) -> None:
    for words in (
        ("apply", "--template", "town", "--to", "999", "--yes"),
        ("apply", *TO_NEW, "--wave", "ten", "--yes"),
        ("apply", *TO_NEW, "--by", "nobody", "--yes"),
        ("plan", *TO_NEW, "--region", "1"),
        ("undo", "--yes"),
        ("status",),
    ):
        code, _out, err = run(*words)
        assert (code, len(err.strip().splitlines())) == (2, 1), words
    assert not RollOut.objects.exists()


def test_a_stop_is_seen_by_the_wave_that_runs(fleet: list[Tenant], monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioning.rollout_texts import Bar

    def stop_after_a_batch(self: Bar, done: int, total: int) -> None:
        run("stop")

    monkeypatch.setattr(Bar, "__call__", stop_after_a_batch)
    code, text, _err = run("apply", *TO_NEW, "--wave", "all", "--yes", "--format", "json")
    assert (code, json.loads(text)["stopped"], json.loads(text)["left"]) == (0, True, 3)
    assert json.loads(run("status", "--format", "json")[1])["status"] == "stopped"
    run("stop", "--end")
    assert json.loads(run("status", "--format", "json")[1])["status"] == "ended"


def test_ctrl_c_ends_with_130_and_the_next_apply_goes_on(fleet: list[Tenant], monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioning.rollout_texts import Bar

    def ctrl_c(self: Bar, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bar, "__call__", ctrl_c)
        assert run("apply", *TO_NEW, "--wave", "all", "--yes")[0] == 130
    assert Tenant.objects.filter(template_version=NEW).count() == 2
    assert run("apply", *TO_NEW, "--yes")[0] == 0
    assert Tenant.objects.filter(template_version=NEW).count() == 5


def test_other_towns_than_those_under_way_are_refused(fleet: list[Tenant]) -> None:
    run("apply", *TO_NEW, "--wave", "1", "--yes")
    code, _out, err = run("apply", *TO_NEW, "--tenants", fleet[4].code, "--yes")
    assert code == 2
    assert "--end" in err


# kill -9, with a database of its own in a process of its own

SETUP = """
from tests.template_fleet import open_county, open_towns
open_towns(open_county(), 40)
"""
APPLY = """
from provisioning import rollouts
rollouts.BATCH = 4
rollout = rollouts.unfinished("town") or rollouts.start(rollouts.Scope("town", 102), by=None, wave_size="all")
rollouts.apply_wave(rollout, by=None, progress=lambda done, total: print(done, flush=True))
print("end", flush=True)
"""
REPORT = """
import json
from collections import Counter
from provisioning.models import RollOutSite
from sites.models import Column, SitePage
from tenants.models import Tenant
from tests.template_fleet import assert_tree_is_sound
assert_tree_is_sound()
shapes = {
    tuple(Column.objects.filter(tenant=t).order_by("path").values_list("code", "title", "template_version", "numchild"))
    for t in Tenant.objects.filter(kind="town")
}
print(json.dumps({
    "shapes": len(shapes),
    "columns": Column.objects.count(),
    "versions": sorted(set(Tenant.objects.filter(kind="town").values_list("template_version", flat=True))),
    "outcomes": Counter(RollOutSite.objects.values_list("outcome", flat=True)),
}))
"""


@pytest.fixture
def scratch(db: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the environment of a platform with a new, migrated database of the suite's kind."""
    write_template(tmp_path, OLD, V1)
    write_template(tmp_path, NEW, V2)
    url, name = f"sqlite:///{tmp_path / 'killed.sqlite3'}", f"killed_{uuid4().hex[:8]}"
    admin = None
    if connection.vendor == "postgresql":
        admin = connection.copy()
        admin.ensure_connection()
        admin.connection.autocommit = True
        with admin.connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        held = connection.settings_dict
        url = (
            f"postgres://{held['USER']}:{held['PASSWORD']}@{held['HOST'] or '127.0.0.1'}:{held['PORT'] or 5432}/{name}"
        )
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    environment = kept | {
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path / "killed"),
        "COLUMN_TEMPLATE_DIRS": str(tmp_path),
        "SECRET_KEY": "only-for-the-suite",
        "PYTHONPATH": "platform:.",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    assert (
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--skip-checks", "-v", "0"], cwd=ROOT, env=environment, check=False
        ).returncode
        == 0
    )
    yield environment
    if admin is not None:
        with admin.connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def script(text: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    start = f"import django\ndjango.setup()\n{text}"
    return subprocess.Popen([sys.executable, "-c", start], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def finished(text: str, environment: dict[str, str]) -> str:
    process = script(text, environment)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0
    return said


def test_a_killed_roll_out_is_finished_by_the_next_one_without_doubles(scratch: dict[str, str]) -> None:
    finished(SETUP, scratch)
    process = script(APPLY, scratch)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 8:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    halfway = json.loads(finished(REPORT, scratch))
    assert halfway["versions"] == [OLD, NEW]
    assert finished(APPLY, scratch).endswith("end\n")
    assert json.loads(finished(REPORT, scratch)) == {
        "shapes": 1,
        "columns": 40 * 6,
        "versions": [NEW],
        "outcomes": {"changed": 40},
    }
