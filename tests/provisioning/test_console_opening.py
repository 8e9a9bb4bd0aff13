"""Opening sub-sites in the console: a list handed in, its plan, the run and its receipt; the form for a single one."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from provisioning import runs, tasks
from provisioning.models import ProvisioningRun, RunStatus
from sites import addresses
from tenants.exclusive import exclusive
from tenants.models import Tenant
from tests.cast import Cast, signed_in
from tests.provisioning.console import (
    BASE,
    LIST,
    TASKS_AT_ONCE,
    queries_of,
    text,
    upload,
    uploaded,
)


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.TASKS = TASKS_AT_ONCE


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


# Opening -------------------------------------------------------------------------------------------------------------


def test_a_list_is_handed_in_looked_at_and_carried_out(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST + "430102-x,无区划,部门,999999,\n")
    page = text(operator.get(f"{BASE}/runs/{run.pk}/"))
    assert run.status == RunStatus.PLANNED
    assert "999999" in page
    assert not Tenant.objects.filter(code="430102-mzj").exists()
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert (run.status, run.counts) == (
        RunStatus.FINISHED,
        {"created": 2, "changed": 0, "unchanged": 0, "failed": 0, "refused": 1},
    )
    assert run.started_by == cast.operator
    addresses.refresh()
    for show in ("", "created", "refused", "unchanged", "open", "nonsense"):
        assert operator.get(f"{BASE}/runs/{run.pk}/?show={show}").status_code == 200
    state = operator.get(f"{BASE}/runs/{run.pk}/state.json").json()
    assert (state["over"], state["percent"], state["done"]) == (True, 100, 3)


def test_pasted_rows_are_a_list_too(operator: Client) -> None:
    answer = operator.post(f"{BASE}/open/", {"pasted": LIST.replace(",", "\t"), "status": "draft"})
    run = ProvisioningRun.objects.get()
    assert answer.status_code == 302
    assert run.counts["create"] == 2


BAD_FILES = {
    "empty": (b"", "x.csv"),
    "blank": (b" \n \n", "x.csv"),
    "no header": ("你好,世界\n1,2\n".encode(), "x.csv"),
    "headers alone": ("编码,主办单位,类型,行政区划代码\n".encode(), "x.csv"),
    "broken bytes": (b"\xff\xfe\x00", "x.csv"),
    "half a workbook": (b"PK\x03\x04rubbish", "x.xlsx"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "x.csv"),
    "a PDF": (b"%PDF-1.7 ...", "x.pdf"),
    "a web page": (b"<html><table></table></html>", "x.xls"),
    "bad JSON": (b'[{"code": ', "x.json"),
    "a quotation mark": ('编码,主办单位,类型\n1,"没有结束,部门\n'.encode(), "x.csv"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_read_gets_a_sentence(operator: Client, kind: str) -> None:
    answer = upload(operator, *BAD_FILES[kind])
    assert answer.status_code == 200
    [sentence] = answer.context["form"].errors["file"]
    assert len(sentence) > 5
    assert not ProvisioningRun.objects.exists()


def test_nothing_handed_in_is_told(operator: Client) -> None:
    answer = operator.post(f"{BASE}/open/", {"status": "trial"})
    assert "file" in answer.context["form"].errors


@pytest.mark.parametrize(
    "pattern",
    [
        "example",
        "{slug",
        "{slug:>999999999}.gov.cn",
        "{slug.__class__}.gov.cn",
        "http://{slug}.gov.cn",
        "no-braces.gov.cn",
        "{0}.gov.cn",
    ],
)
def test_a_host_pattern_that_makes_no_host_is_told(operator: Client, pattern: str) -> None:
    answer = upload(operator, LIST, host_pattern=pattern)
    assert answer.status_code == 200
    assert "host_pattern" in answer.context["form"].errors


def test_a_second_click_on_the_button_opens_nothing_twice(operator: Client, cast: Cast, monkeypatch: Any) -> None:
    run = uploaded(operator, LIST)
    begun: list[int] = []
    monkeypatch.setattr("provisioning.tasks.runs.apply_run", lambda run, by: begun.append(run.pk) or run)
    for _click in range(3):
        assert operator.post(f"{BASE}/runs/{run.pk}/start/").status_code == 302
    assert begun == [run.pk]


def test_an_interrupted_run_is_taken_up_again(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST)
    half = LIST.splitlines()
    runs.apply_run(
        runs.create_run("\n".join(half[:2]).encode(), "half.csv", by=None, options=runs.Options())[0], by=None
    )
    # What kill -9 leaves behind: a run that says it is running, and a pulse that stopped.
    ProvisioningRun.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now(), done=1
    )
    page = text(operator.get(f"{BASE}/runs/{run.pk}/"))
    assert f"/runs/{run.pk}/start/" not in page
    assert operator.get(f"{BASE}/runs/{run.pk}/state.json").json()["over"] is False
    ProvisioningRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    assert f"/runs/{run.pk}/start/" in text(operator.get(f"{BASE}/runs/{run.pk}/"))
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert (run.status, run.counts["created"], run.counts["unchanged"]) == (RunStatus.FINISHED, 1, 1)


def test_a_task_that_comes_twice_keeps_the_receipt(operator: Client) -> None:
    run = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    tasks.apply_provisioning_run.call(run.pk, None)
    run.refresh_from_db()
    assert (run.status, run.counts["created"]) == (RunStatus.FINISHED, 2)


def test_the_task_of_a_killed_process_goes_on_where_it_was_stopped(operator: Client) -> None:
    run = uploaded(operator, LIST)
    ProvisioningRun.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, started_at=timezone.now())
    tasks.apply_provisioning_run.call(run.pk, None)
    run.refresh_from_db()
    assert (run.status, run.counts["created"]) == (RunStatus.FINISHED, 2)


def test_a_run_that_could_not_begin_says_why_and_can_go_on(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST)
    with exclusive(runs.LOCK) if connection.vendor == "sqlite" else held_elsewhere():
        operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.error
    assert run.error in text(operator.get(f"{BASE}/runs/{run.pk}/"))
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED


def held_elsewhere() -> Any:
    """Hold the lock from a second connection: PostgreSQL's belongs to the session that took it."""
    from contextlib import contextmanager
    from zlib import crc32

    @contextmanager
    def hold() -> Any:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [crc32(runs.LOCK.encode())])
            yield
        finally:
            other.close()

    return hold()


def test_a_list_that_was_not_begun_can_be_thrown_away_and_no_other(operator: Client) -> None:
    run = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{run.pk}/discard/")
    assert not ProvisioningRun.objects.exists()
    run = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    operator.post(f"{BASE}/runs/{run.pk}/discard/")
    assert ProvisioningRun.objects.get().status == RunStatus.FINISHED


def test_a_list_that_was_handed_in_before_is_recognised(operator: Client) -> None:
    first = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{first.pk}/start/")
    second = uploaded(operator, LIST)
    page = operator.get(f"{BASE}/runs/{second.pk}/")
    assert page.context["twin"] == first
    assert second.counts["unchanged"] == 2
    assert f"/runs/{second.pk}/start/" not in text(page)


def test_refused_rows_come_back_as_a_list_with_their_problems(operator: Client) -> None:
    run = uploaded(operator, LIST + "430102-x,=cmd,部门,999999,\n")
    answer = operator.get(f"{BASE}/runs/{run.pk}/rows/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("单位编码", "主办单位", "类型")
    assert len(rows) == 2
    assert "999999" in rows[1][-1]
    assert sheet["B2"].data_type == "s"  # a text, not a formula
    assert len(operator.get(f"{BASE}/runs/{run.pk}/rows/?all=1&form=csv").content.decode().splitlines()) == 4
    assert operator.get(f"{BASE}/runs/{run.pk}/rows/?form=exe").status_code == 404


def test_the_pages_of_a_run_ask_as_many_questions_with_two_rows_as_with_twenty(operator: Client) -> None:
    def asked(number: int) -> tuple[int, int]:
        body = "".join(f"430102-n{number}x{index},芙蓉区第{number}{index}科,部门,430102,\n" for index in range(number))
        run = uploaded(operator, LIST.splitlines()[0] + "\n" + body)
        url = f"{BASE}/runs/{run.pk}/"
        operator.get(url)
        planned = queries_of(operator, url)
        operator.post(f"{url}start/")
        return planned, queries_of(operator, url)

    assert asked(2) == asked(20)


def test_the_empty_list_can_be_filled_in_and_handed_in(operator: Client) -> None:
    answer = operator.get(f"{BASE}/open/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert upload(operator, answer.content, "empty.xlsx").context["form"].errors["file"]  # the example is not a row
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    values = {"单位编码": "430102-mzj", "主办单位": "芙蓉区民政局", "类型": "部门", "行政区划代码": "430102"}
    sheet.append([values.get(header) for header in headers])
    out = io.BytesIO()
    book.save(out)
    assert uploaded(operator, out.getvalue(), "filled.xlsx").counts["create"] == 1


SINGLE = {"name": "芙蓉区民政局", "kind": "department", "region": "430102 芙蓉区", "status": "trial"}


def test_one_sub_site_is_opened_by_the_form(operator: Client, cast: Cast) -> None:
    answer = operator.post(f"{BASE}/open/one/", {**SINGLE, "code": "430102-mzj", "supervisor": "芙蓉区人民政府"})
    assert answer.status_code == 302
    assert answer.url == f"{BASE}/site/430102-mzj/"
    tenant = Tenant.objects.get(code="430102-mzj")
    assert (tenant.status, tenant.mounted_under, tenant.supervisor) == ("trial", cast.county_a, cast.county_a)
    run = ProvisioningRun.objects.get()
    assert (run.started_by, run.status) == (cast.operator, RunStatus.FINISHED)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": ""}, "kind"),
        ({"region": "火星"}, "region"),
        ({"region": "430102001"}, "region"),  # a department cannot stand in a town
        ({"kind": "county", "region": "430100"}, "region"),
        ({"code": "430102"}, "code"),  # taken by the county portal
        ({"code": "-x"}, "code"),
        ({"host": "http://x.gov.cn"}, "host"),
        ({"host": "a.localhost"}, "host"),
        ({"host": "x.gov.cn", "mount": "x"}, "mount"),
        ({"mount": "wyl"}, "mount"),
        ({"site_code": "1"}, "site_code"),
        ({"site_code": "4301020001", "host": "m.example.gov.cn"}, "site_code"),
        ({"contact_phone": "没有"}, "contact_phone"),
        ({"supervisor": "999"}, "supervisor"),
    ],
)
def test_the_form_tells_each_fault_at_its_field(operator: Client, values: dict[str, str], field: str) -> None:
    before = Tenant.objects.count()
    answer = operator.post(f"{BASE}/open/one/", {**SINGLE, **values})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert field in errors or (field == "code" and "kind" in errors), errors
    assert Tenant.objects.count() == before
    assert not ProvisioningRun.objects.exists()
