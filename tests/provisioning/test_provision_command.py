"""manage.py provision: plan, receipt, exit codes, and two of them at once on one database."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from provisioning.models import ProvisioningRun, RunStatus
from tenants.models import Tenant, User
from tests.provisioning.lists import ALL, BUREAU, CITY, COUNTY, PROVINCE, TOWN, bureaus, hunan, sheet
from tests.provisioning.platforms import Platform

pytestmark = pytest.mark.django_db

DONE, FAILED, MISUSED, WITH_REFUSALS = 0, 1, 2, 3


def provision(*arguments: Any, **options: Any) -> tuple[int, str]:
    """Return exit code and standard output; a CommandError's sentence stands in for the output."""
    out = io.StringIO()
    try:
        call_command("provision", *map(str, arguments), stdout=out, stderr=io.StringIO(), **options)
    except CommandError as error:
        return error.returncode, str(error)
    except SystemExit as end:
        return end.code, out.getvalue()
    return DONE, out.getvalue()


@pytest.fixture
def places() -> Any:
    return hunan()


@pytest.fixture
def good(places: Any, tmp_path: Path) -> Path:
    path = tmp_path / "清单.csv"
    path.write_bytes(sheet(*ALL))
    return path


@pytest.fixture
def mixed(places: Any, tmp_path: Path) -> Path:
    path = tmp_path / "mixed.csv"
    path.write_bytes(sheet(PROVINCE, {**COUNTY, "region_code": "999999"}))
    return path


def test_a_dry_run_shows_each_row_and_writes_nothing(good: Path) -> None:
    code, text = provision(good, dry_run=True)
    assert code == DONE
    lines = text.splitlines()
    assert [line.split("\t")[:4] for line in lines[:3]] == [
        ["2", "create", "430000", "湖南省人民政府"],
        ["3", "create", "430100", "长沙市人民政府"],
        ["4", "create", "430102", "芙蓉区人民政府"],
    ]
    assert "6\tcreate\t430102001\t文艺路街道办事处\t430102/wyl" in lines
    assert lines[-1] == "6 create"
    assert not Tenant.objects.exists()
    assert not ProvisioningRun.objects.exists()


def test_a_dry_run_of_a_changed_list_names_what_changes(good: Path, tmp_path: Path) -> None:
    provision(good)
    changed = tmp_path / "changed.csv"
    changed.write_bytes(sheet(PROVINCE, {**COUNTY, "host": "neu.furong.gov.cn"}))
    code, text = provision(changed, dry_run=True)
    assert code == DONE
    assert "host: www.furong.gov.cn → neu.furong.gov.cn" in text
    assert text.splitlines()[-1] == "1 change, 1 unchanged"
    assert Tenant.objects.get(code="430102").host == "www.furong.gov.cn"


def test_a_dry_run_with_refusals_ends_with_three_and_a_sentence_a_row(mixed: Path) -> None:
    code, text = provision(mixed, dry_run=True)
    assert code == WITH_REFUSALS
    assert "3\trefused\t430102\t芙蓉区人民政府\t" in text
    assert "999999" in text


def test_a_dry_run_as_json_can_be_parsed(mixed: Path) -> None:
    code, text = provision(mixed, dry_run=True, format="json")
    plan = json.loads(text)
    assert code == WITH_REFUSALS
    assert plan["counts"] == {"create": 1, "change": 0, "unchanged": 0, "refused": 1}
    assert [(site["row"], site["action"], site["code"]) for site in plan["sites"]] == [(2, "create", "430000")]
    assert plan["refused"][0]["problems"][0]["field"] == "region_code"


def test_a_run_ends_with_its_counts_and_a_second_one_says_unchanged(good: Path) -> None:
    code, text = provision(good)
    assert (code, text.strip()) == (DONE, f"run {ProvisioningRun.objects.get().pk}: 6 created")
    code, text = provision(good)
    assert (code, text.strip()) == (DONE, f"run {ProvisioningRun.objects.first().pk}: 6 unchanged")


def test_a_run_with_refusals_ends_with_three_and_what_is_good_is_there(mixed: Path) -> None:
    code, text = provision(mixed)
    assert code == WITH_REFUSALS
    assert "3\trefused\t430102\t芙蓉区人民政府\t" in text
    assert text.splitlines()[-1].endswith(": 1 created, 1 refused")
    assert set(Tenant.objects.values_list("code", flat=True)) == {"430000"}


def test_the_receipt_as_json_can_be_parsed(mixed: Path) -> None:
    code, text = provision(mixed, format="json")
    receipt = json.loads(text)
    run = ProvisioningRun.objects.get()
    assert code == WITH_REFUSALS
    assert (receipt["run"], receipt["file"], receipt["sha256"]) == (run.pk, "mixed.csv", run.file_hash)
    assert receipt["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "failed": 0, "refused": 1}
    [refusal] = receipt["refusals"]
    assert (refusal["row"], refusal["outcome"], refusal["code"]) == (3, "refused", "430102")
    assert len(refusal["problems"]) == 1


def test_an_earlier_run_is_taken_up_by_its_number(good: Path, tmp_path: Path) -> None:
    from provisioning import runs

    run, _planned = runs.create_run(good.read_bytes(), good.name, by=None, options=runs.Options())
    code, text = provision("--continue", run.pk)
    assert (code, text.strip()) == (DONE, f"run {run.pk}: 6 created")
    # Once more: the record still says what this run did.
    code, text = provision("--continue", run.pk)
    assert (code, text.strip()) == (DONE, f"run {run.pk}: 6 created")
    assert ProvisioningRun.objects.count() == 1


def test_whoever_answers_for_it_is_recorded(good: Path) -> None:
    User.objects.create_superuser("zhang")
    assert provision(good, by="zhang")[0] == DONE
    assert ProvisioningRun.objects.get().started_by.username == "zhang"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "--continue"),
        (["nicht-da.csv"], "nicht-da.csv"),
        (["x.csv", "--continue", "1"], "--continue"),
        (["--continue", "999"], "999"),
        (["x.csv", "--by", "niemand"], "niemand"),
    ],
)
def test_misuse_ends_with_two_and_says_what_is_wrong(arguments: list[str], part: str) -> None:
    code, text = provision(*arguments)
    assert code == MISUSED
    assert part in text


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "leer.csv"), (b"PK\x03\x04", "kaputt.xlsx"), (b"a,b\n1,2\n", "fremd.csv")]
)
def test_a_file_that_is_no_list_ends_with_one(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    code, text = provision(tmp_path / name)
    assert code == FAILED
    assert len(text) > 5


def test_the_help_holds_a_line_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("provision", "--help")
    assert end.value.code == DONE
    assert "manage.py provision sites.xlsx --dry-run" in " ".join(capsys.readouterr().out.split())


# Real processes


def test_the_command_line_ends_with_the_same_codes(platform: Platform) -> None:
    platform.load_regions()
    path = platform.folder / "list.csv"
    path.write_bytes(sheet(PROVINCE, CITY, COUNTY, {**TOWN, "region_code": "999999"}))
    planned = platform.manage("provision", path, "--dry-run", "--format", "json")
    assert planned.returncode == WITH_REFUSALS, planned.stderr
    assert json.loads(planned.stdout)["counts"]["create"] == 3
    done = platform.manage("provision", path, "--format", "json")
    assert done.returncode == WITH_REFUSALS, done.stderr
    assert json.loads(done.stdout)["counts"]["created"] == 3
    piped = platform.manage("provision", "-", stdin=sheet(PROVINCE, BUREAU))
    assert piped.returncode == DONE, piped.stderr
    assert piped.stdout.strip().endswith("1 created, 1 unchanged")
    misused = platform.manage("provision", "nicht-da.csv")
    assert misused.returncode == MISUSED
    assert len(misused.stderr.strip().splitlines()) == 1


def test_two_operators_with_one_list_at_the_same_time_make_no_doubles(platform: Platform) -> None:
    platform.load_regions()
    rows = [*ALL, *bureaus(54)]
    path = platform.folder / "list.csv"
    path.write_bytes(sheet(*rows))
    both = [platform.start("provision", path, "--format", "json") for _ in range(2)]
    ends = [
        (process.wait(timeout=120), *(stream.read() for stream in (process.stdout, process.stderr))) for process in both
    ]
    codes = sorted(code for code, _out, _err in ends)
    assert codes in ([DONE, DONE], [DONE, FAILED]), ends
    for code, out, err in ends:
        if code == FAILED:  # told, and by whom
            assert "list.csv" in err
            assert "Traceback" not in err
        else:
            counts = json.loads(out)["counts"]
            assert counts["created"] + counts["unchanged"] == 60
    assert platform.query("SELECT count(*), count(DISTINCT code) FROM tenants_tenant") == [(60, 60)]
    assert platform.query("SELECT count(*) FROM govsites_homepage") == [(60,)]
    assert platform.query(
        "SELECT count(*) FROM (SELECT path FROM govsites_sitepage GROUP BY path HAVING count(*) > 1) AS twice"
    ) == [(0,)]
    again = platform.manage("provision", path)
    assert again.stdout.strip().endswith(": 60 unchanged")
    assert platform.query(
        f"SELECT count(*) FROM provisioning_provisioningrun WHERE status = '{RunStatus.RUNNING}'"
    ) == [(0,)]
