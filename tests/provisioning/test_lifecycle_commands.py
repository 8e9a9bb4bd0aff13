"""manage.py site and manage.py regions: exit codes, dry runs, JSON, and help with lines one can paste."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from provisioning.management.commands.site import EXAMPLES, SUMMARIES
from tenants.models import LifecycleEvent, Region, Tenant, User
from tests.provisioning.sub_sites import FURONG, TIANXIN, channel_site, open_site, regions

pytestmark = pytest.mark.django_db


@pytest.fixture
def furong() -> Tenant:
    places = regions()
    User.objects.create_user("operator")
    open_site("430103", "天心区人民政府", places[TIANXIN], host="www.tianxin.gov.cn", status="trial")
    return open_site("430102", "芙蓉区人民政府", places[FURONG], host="www.furong.gov.cn")


def run(*args: str) -> tuple[int, str]:
    """Return exit code and stdout."""
    out = StringIO()
    try:
        call_command(*args, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def site(*args: str) -> tuple[int, dict]:
    code, out = run("site", *args, "--format", "json")
    return code, json.loads(out)


def test_a_step_is_done_and_written_down_under_the_operators_name(furong):
    code, result = site("suspend", "430102", "--reason", "等保整改", "--by", "operator")
    assert (code, result["results"][0]["outcome"], result["results"][0]["status"]) == (0, "done", "suspended")
    assert LifecycleEvent.objects.get().by.username == "operator"


def test_a_second_run_says_unchanged(furong):
    run("site", "suspend", "430102", "--reason", "等保整改")
    code, result = site("suspend", "430102", "--reason", "等保整改")
    assert (code, result["results"][0]["outcome"]) == (0, "unchanged")


def test_some_done_and_some_refused_is_exit_code_3(furong):
    Tenant.objects.filter(code="430102").update(status="closed", closed_on=timezone.localdate())
    code, result = site("live", "430103", "430102")
    assert code == 3
    assert [one["outcome"] for one in result["results"]] == ["done", "refused"]
    assert "芙蓉区人民政府" in result["results"][1]["sentence"]


def test_a_refusal_alone_is_exit_code_1(furong):
    code, out = run("site", "suspend", "430102")
    assert code == 1
    assert "refused" in out


@pytest.mark.parametrize(
    "args",
    [
        ("live", "430199"),
        ("live", "430102", "--by", "nobody"),
        ("close", "430102", "--successor", "430199"),
        ("move", "430102", "--region", "999999"),
        ("move", "430102"),
    ],
)
def test_a_code_or_person_that_does_not_exist_is_misuse_and_changes_nothing(furong, args):
    code, _out = run("site", *args)
    assert code == 2
    assert not LifecycleEvent.objects.exists()


@pytest.mark.parametrize(
    "args",
    [
        ("suspend", "430102", "--reason", "等保整改"),
        ("rename", "430102", "芙蓉新区人民政府"),
        ("host", "430102", "www.new.gov.cn"),
        ("move", "430102", "--region", "430103", "--supervisor", "430103"),
        ("close", "430102", "--successor", "430103"),
    ],
)
def test_a_dry_run_shows_the_change_and_makes_none(furong, args):
    before = Tenant.objects.filter(code="430102").values().get()
    code, result = site(*args, "--dry-run")
    assert (code, result["dry_run"], result["results"][0]["outcome"]) == (0, True, "planned")
    assert result["results"][0]["after"]
    assert Tenant.objects.filter(code="430102").values().get() == before
    assert not LifecycleEvent.objects.exists()


def test_a_whole_life_on_the_command_line(furong):
    channel_site("430102-nyj", "芙蓉区农业农村局", "nyj", furong)
    steps = [
        ("mount", "430102-nyj", "nyncj"),
        ("move", "430102-nyj", "--supervisor", "none"),
        ("rename", "430102-nyj", "--short-name", "区农业农村局"),
        ("close", "430102-nyj", "--successor", "430102", "--notice-days", "40"),
        ("cancel-closing", "430102-nyj"),
        ("close", "430102-nyj", "--successor", "430102"),
    ]
    for step in steps:
        assert run("site", *step)[0] == 0
    yesterday = timezone.localdate() - timedelta(days=1)
    Tenant.objects.filter(code="430102-nyj").update(notice_until=yesterday)
    assert site("finish-closings")[1]["results"][0]["status"] == "closed"
    assert site("finish-closings") == (0, {"dry_run": False, "results": []})
    assert run("site", "reopen", "430102-nyj")[0] == 1
    assert run("site", "reopen", "430102-nyj", "--force", "--reason", "机构恢复")[0] == 0
    _code, facts = site("show", "430102-nyj")
    assert (facts["status"], facts["address"]) == ("trial", "www.furong.gov.cn/nyncj/")
    assert facts["former_addresses"] == ["www.furong.gov.cn/nyj/"]
    _code, history = site("history", "430102-nyj")
    assert [one["action"] for one in history][:3] == ["reopen", "finish_closing", "close"]
    assert "nyncj" in run("site", "history", "430102-nyj")[1]
    assert "nyncj" in run("site", "show", "430102-nyj")[1]


def test_every_action_has_an_example_in_its_help(capsys):
    assert set(EXAMPLES) == set(SUMMARIES)
    for action, line in EXAMPLES.items():
        with pytest.raises(SystemExit) as stop:
            call_command("site", action, "--help")
        assert stop.value.code in (0, None)
        assert f"python manage.py {line}" in capsys.readouterr().out


# Regions


@pytest.fixture
def lists(tmp_path):
    """Two lists as the bureau gives them; the towns, which stand below the counties, come first by name."""
    towns = tmp_path / "a-towns.csv"
    towns.write_text(
        "code,province,city,county,township\n430102001,湖南省,长沙市,芙蓉区,文艺路街道\n", encoding="gb18030"
    )
    counties = tmp_path / "counties.csv"
    counties.write_text("行政区划代码,名称\n430102,芙蓉区\n430103,天心区\n", encoding="utf-8-sig")
    return [str(towns), str(counties)]


def test_lists_load_together_and_a_second_run_says_unchanged(lists):
    code, out = run("regions", "load", *lists, "--format", "json")
    assert (code, json.loads(out)["created"]) == (0, 5)
    code, out = run("regions", "load", *lists, "--format", "json")
    result = json.loads(out)
    assert (result["created"], result["changed"], result["unchanged"]) == (0, [], 5)


def test_a_dry_run_of_regions_writes_nothing(lists):
    assert run("regions", "load", *lists, "--dry-run")[0] == 0
    assert not Region.objects.exists()


def test_refused_rows_are_named_with_file_and_row_and_exit_code_3(lists, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name\n4301,\n43019,短\n", encoding="utf-8")
    code, out = run("regions", "load", *lists, str(bad), "--format", "json")
    assert code == 3
    assert [refusal["row"] for refusal in json.loads(out)["refusals"]] == ["bad.csv:2", "bad.csv:3"]
    assert Region.objects.count() == 5


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", None])
def test_a_file_that_cannot_be_read_is_exit_code_1_and_loads_nothing(lists, tmp_path, content, capsys):
    broken = tmp_path / "broken.csv"
    if content is not None:
        broken.write_bytes(content)
    assert run("regions", "load", *lists, str(broken))[0] == 1
    assert not Region.objects.exists()
