"""The record of a run: the list itself, who and when, each row's outcome; and every shape a list can come in."""

from __future__ import annotations

import hashlib
import io
import json
import resource
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from provisioning import runs
from provisioning.models import ProvisioningRun, RunStatus
from provisioning.runs import Options, RunError
from tenants.exclusive import Busy
from tenants.models import Tenant, User
from tests.provisioning.lists import ALL, BUREAU, CITY, COUNTY, PROVINCE, TOWN, bureaus, hunan, sheet, tenants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> Any:
    return hunan()


def provision(data: bytes, name: str, *, by: Any = None) -> ProvisioningRun:
    run, _planned = runs.create_run(data, name, by=by, options=Options())
    return runs.apply_run(run, by=by)


def outcomes(run: ProvisioningRun) -> dict[str, str]:
    return dict(run.rows.values_list("code", "outcome"))


# The record


def test_a_run_says_who_when_what_and_what_became_of_each_row() -> None:
    operator = User.objects.create_superuser("operator")
    data = sheet(*ALL, {**BUREAU, "code": "430102-y", "mount": "y", "region_code": "111111"})
    before = timezone.now()
    run = ProvisioningRun.objects.get(pk=provision(data, "长沙市开站清单.csv", by=operator).pk)
    assert run.source_name == "长沙市开站清单.csv"
    assert run.file_hash == hashlib.sha256(data).hexdigest()
    assert bytes(run.data) == data
    assert run.options == {"host_pattern": "", "status": "trial", "with_optional": False}
    assert run.started_by == operator
    assert before <= run.started_at <= run.heartbeat_at <= run.finished_at <= timezone.now()
    assert (run.status, run.total, run.done, run.error) == (RunStatus.FINISHED, 7, 7, "")
    assert run.counts == {"created": 6, "changed": 0, "unchanged": 0, "failed": 0, "refused": 1}
    rows = list(run.rows.values_list("row", "code", "name", "action", "outcome"))
    assert rows == [
        (2, "430000", "湖南省人民政府", "create", "created"),
        (3, "430100", "长沙市人民政府", "create", "created"),
        (4, "430102", "芙蓉区人民政府", "create", "created"),
        (5, "430103", "天心区人民政府", "create", "created"),
        (6, "430102001", "文艺路街道办事处", "create", "created"),
        (7, "430102-jyj", "芙蓉区教育局", "create", "created"),
        (8, "430102-y", "芙蓉区教育局", "refused", "refused"),
    ]


def test_planning_stores_the_plan_and_opens_nothing() -> None:
    run, planned = runs.create_run(sheet(PROVINCE, CITY), "list.csv", by=None, options=Options())
    assert run.status == RunStatus.PLANNED
    assert run.counts == planned.counts == {"create": 2, "change": 0, "unchanged": 0, "refused": 0}
    assert outcomes(run) == {"430000": "", "430100": ""}
    assert not Tenant.objects.exists()


def test_what_somebody_else_opened_since_the_preview_is_found_unchanged() -> None:
    early, _planned = runs.create_run(sheet(PROVINCE, CITY), "list.csv", by=None, options=Options())
    provision(sheet(PROVINCE), "other.csv")
    runs.apply_run(early, by=None)
    assert outcomes(early) == {"430000": "unchanged", "430100": "created"}


def test_a_run_taken_up_again_keeps_what_it_did_before() -> None:
    run = provision(sheet(PROVINCE, CITY), "list.csv")
    # It died before its last rows: they are as if they had never been touched.
    run.data = sheet(PROVINCE, CITY, COUNTY, TOWN)
    run.status = RunStatus.RUNNING
    run.save()
    runs.apply_run(run, by=None)
    run.refresh_from_db()
    assert outcomes(run) == dict.fromkeys(("430000", "430100", "430102", "430102001"), "created")
    assert run.counts == {"created": 4, "changed": 0, "unchanged": 0, "failed": 0, "refused": 0}
    assert (run.status, run.total, run.done) == (RunStatus.FINISHED, 4, 4)
    assert set(run.rows.values_list("action", flat=True)) == {"create"}


def test_a_run_that_died_is_no_longer_shown_as_running_once_the_next_begins() -> None:
    stopped = datetime(2026, 1, 2, tzinfo=UTC)
    dead = ProvisioningRun.objects.create(
        source_name="alt.csv", data=b"", status=RunStatus.RUNNING, started_at=stopped, heartbeat_at=stopped
    )
    waiting = ProvisioningRun.objects.create(source_name="wartet.csv", data=b"", status=RunStatus.RUNNING)
    provision(sheet(PROVINCE), "list.csv")
    dead.refresh_from_db()
    waiting.refresh_from_db()
    assert (dead.status, dead.finished_at) == (RunStatus.FAILED, stopped)
    assert dead.error
    assert waiting.status == RunStatus.RUNNING  # claimed for the background, and its turn is still to come


def test_a_second_operator_is_told_who_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    first = User.objects.create_superuser("zhang")
    running = ProvisioningRun.objects.create(
        source_name="甲.csv", data=b"", status=RunStatus.RUNNING, started_by=first, started_at=timezone.now()
    )
    run, _planned = runs.create_run(sheet(PROVINCE), "乙.csv", by=None, options=Options())
    # Claimed for the background, as the console does: it must not name itself.
    ProvisioningRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)

    def taken(name: str) -> Any:
        raise Busy(name)

    monkeypatch.setattr(runs, "exclusive", taken)
    with pytest.raises(RunError) as told:
        runs.apply_run(run, by=None)
    for part in (str(running.pk), "甲.csv", "zhang"):
        assert part in str(told.value)
    assert not Tenant.objects.exists()


def test_a_pattern_gives_hosts_to_portals_that_name_none() -> None:
    options = Options(host_pattern="{slug}.gov.cn")
    rows = [{**row, "host": ""} for row in (PROVINCE, CITY, COUNTY)]
    run, _planned = runs.create_run(sheet(*rows), "list.csv", by=None, options=options)
    runs.apply_run(run, by=None)
    assert set(Tenant.objects.values_list("code", "host")) == {
        ("430000", "hunan.gov.cn"),
        ("430100", "changsha.gov.cn"),
        ("430102", "furong.gov.cn"),
    }


def test_a_pattern_that_makes_no_host_is_refused_with_a_sentence() -> None:
    with pytest.raises(RunError, match=r"\{nonsense\}"):
        runs.plan_rows(
            runs.read_rows(sheet({**COUNTY, "host": ""}), "list.csv"), Options(host_pattern="{nonsense}.gov.cn")
        )


# The shapes of a list


def workbook(*rows: list[Any], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CHINESE = ["主办单位", "类型", "行政区划代码", "域名", "联系人", "联系电话"]


def test_a_sheet_with_a_merged_title_chinese_headers_and_numbers_as_numbers() -> None:
    data = workbook(
        ["2026年长沙市开站清单", None, None, None, None, None],
        CHINESE,
        ["湖南省人民政府", "省级门户", 430000.0, "www.hunan.gov.cn", "张三", 73184683001],
        ["文艺路街道办事处", "街道", 430102001, None, None, "０７３１-８４６８３００２"],
        ["芙蓉区人民政府", "县级门户", "４３０１０２", "WWW.FURONG.GOV.CN", "李四", None],
        merge="A1:F1",
    )
    run = provision(data, "清单.xlsx")
    assert {code: (values[0], values[3]) for code, values in tenants().items()} == {
        "430000": ("湖南省人民政府", "www.hunan.gov.cn"),
        "430102": ("芙蓉区人民政府", "www.furong.gov.cn"),
        "430102001": ("文艺路街道办事处", ""),
    }
    assert Tenant.objects.get(code="430000").contact_phone == "73184683001"
    assert Tenant.objects.get(code="430102001").contact_phone == "0731-84683002"
    assert {row.code: row.row for row in run.rows.all()} == {"430000": 3, "430102001": 4, "430102": 5}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    text = "主办单位,类型,行政区划代码,域名\r\n湖南省人民政府,省级门户,430000,www.hunan.gov.cn\r\n䶮山街道办事处,街道,430102001,\r\n"
    run = provision(text.encode(encoding), "清单.csv")
    assert Tenant.objects.get(code="430000").name == "湖南省人民政府"
    # No portal of the county in the list: the street has nothing to stand below but the province.
    assert outcomes(run) == {"430000": "created", "430102001": "created"}
    assert Tenant.objects.get(code="430102001").name == "䶮山街道办事处"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_json_list(wrapped: bool) -> None:
    rows: Any = [PROVINCE, {**COUNTY, "contact_phone": "0731-1"}]
    run = provision(json.dumps({"rows": rows} if wrapped else rows, ensure_ascii=False).encode(), "sites.json")
    assert outcomes(run) == {"430000": "created", "430102": "created"}


def test_a_formula_is_never_executed_and_its_row_is_told(tmp_path: Any) -> None:
    data = workbook(
        ["code", "name", "kind", "region_code", "host", "address"],
        ["430000", "湖南省人民政府", "province", 430000, "www.hunan.gov.cn", "长沙"],
        ["430102", '="芙蓉区"&"人民政府"', "county", 430102, "www.furong.gov.cn", "x"],
        ["430103", "天心区人民政府", "county", 430103, "www.tianxin.gov.cn", '=HYPERLINK("http://evil.example","x")'],
    )
    run = provision(data, "清单.xlsx")
    assert outcomes(run)["430000"] == "created"
    assert outcomes(run)["430102"] == "refused"
    for tenant in Tenant.objects.all():
        assert "=" not in tenant.name + tenant.address
        assert "evil" not in tenant.address


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_text_that_looks_like_a_formula_stays_a_text_or_is_refused(text: str) -> None:
    run = provision(sheet({**PROVINCE, "address": text}), "清单.csv")
    stored = Tenant.objects.filter(code="430000").values_list("address", flat=True).first()
    assert outcomes(run) == {"430000": "refused" if stored is None else "created"}
    assert stored in (None, text)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leer.csv"),
        (b"", "leer.xlsx"),
        (b"", "leer.json"),
        (b"\xef\xbb\xbf", "leer.csv"),
        (b"\n\n,,,\n", "leer.csv"),
        (b"name,kind,region_code\n", "nur-kopf.csv"),
        (b"PK\x03\x04broken", "kaputt.xlsx"),
        (b"[{", "kaputt.json"),
        (b"42", "zahl.json"),
        (b"foo,bar\n1,2\n", "fremd.csv"),
        (b"%PDF-1.7", "brief.pdf"),
        (b"\x00\x01\x02\x03", "muell.csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_one_sentence_and_leaves_no_run(data: bytes, name: str) -> None:
    with pytest.raises(RunError) as refusal:
        runs.create_run(data, name, by=None, options=Options())
    assert len(str(refusal.value)) > 5
    assert "\n" not in str(refusal.value)
    assert not ProvisioningRun.objects.exists()


def test_fifty_thousand_rows_are_planned_in_modest_memory_and_one_more_is_refused() -> None:
    provision(sheet(PROVINCE, CITY, COUNTY), "list.csv")
    header = "code,name,kind,region_code,mount\n"
    lines = [f"b{n},第{n}局,department,430102,b{n}\n" for n in range(50_001)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    planned = runs.plan_rows(runs.read_rows((header + "".join(lines[:50_000])).encode(), "list.csv"), Options())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert planned.counts == {"create": 50_000, "change": 0, "unchanged": 0, "refused": 0}
    assert grown < 600 * 1024  # kilobytes: some 10 KB a row
    with pytest.raises(RunError, match=r"50[,.]?000"):
        runs.read_rows((header + "".join(lines)).encode(), "list.csv")


def test_a_circle_of_supervision_is_refused_and_the_rest_goes_through() -> None:
    first, second = bureaus(2)
    run = provision(
        sheet(
            PROVINCE,
            CITY,
            COUNTY,
            {**first, "supervisor_code": second["code"]},
            {**second, "supervisor_code": first["code"]},
        ),
        "list.csv",
    )
    assert outcomes(run) == {
        "430000": "created",
        "430100": "created",
        "430102": "created",
        first["code"]: "refused",
        second["code"]: "refused",
    }


def test_a_double_row_is_refused_and_the_first_one_goes_through() -> None:
    run = provision(sheet(PROVINCE, {**PROVINCE, "name": "另一个"}), "list.csv")
    assert list(run.rows.order_by("row").values_list("row", "outcome")) == [(2, "created"), (3, "refused")]
    assert Tenant.objects.get().name == "湖南省人民政府"


def test_rows_from_a_form_or_the_api_go_the_same_way() -> None:
    run = runs.provision_rows([PROVINCE, COUNTY, {**TOWN, "region_code": "1"}], by=None, options=Options(), name="API")
    assert outcomes(run) == {"430000": "created", "430102": "created", "430102001": "refused"}
    assert json.loads(bytes(run.data))[0]["name"] == "湖南省人民政府"
