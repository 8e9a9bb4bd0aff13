"""From a spreadsheet to live sub-sites, through the operator's browser: the story that the product is for."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from provisioning.models import ProvisioningRun
from tenants.models import Role, Tenant
from tests.cast import make_regions, person, signed_in
from tests.provisioning.console import BASE, TASKS_AT_ONCE

# As an office hands it in: a title above, Chinese headers, the town before its county, codes typed as numbers.
SHEET = [
    ["2026 年度新开子站清单", None, None, None, None],
    ["主办单位", "类型", "行政区划代码", "域名", "联系电话"],
    ["文艺路街道办事处", "乡镇街道", 430102001, None, "0731-84330001"],
    ["芙蓉区人民政府", "区县门户", 430102, None, "0731-84330000"],
    ["湖南省人民政府", "省级门户", 430000, "www.hunan.gov.cn", None],
    ["长沙市人民政府", "市级门户", 430100, None, None],
    ["芙蓉区民政局", "部门", "４３０１０２", None, None],
    ["不存在的街道", "乡镇街道", 430199001, None, None],
]


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(browser: Client, data: bytes) -> str:
    """Hand the list in and return the address of its plan."""
    file = SimpleUploadedFile("清单.xlsx", data)
    answer = browser.post(
        f"{BASE}/open/", {"file": file, "status": "trial", "host_pattern": "www.{slug}.gov.cn"}, follow=True
    )
    return answer.redirect_chain[-1][0]


@pytest.fixture
def browser(db: None, settings: Any) -> Client:
    settings.TASKS = TASKS_AT_ONCE
    make_regions()
    return signed_in(person("operator", Role.PLATFORM_OPERATOR))


def test_a_spreadsheet_becomes_live_sub_sites(browser: Client) -> None:
    plan = hand_in(browser, workbook(SHEET))
    assert browser.get(plan).context["run"].counts == {"create": 5, "change": 0, "unchanged": 0, "refused": 1}
    assert not Tenant.objects.exists()

    receipt = browser.post(f"{plan}start/", follow=True).content.decode()
    assert Tenant.objects.count() == 5

    # The refused row comes back with its reason; corrected, it goes through, and nothing else is touched.
    problems = browser.get(f"{plan}rows/")
    sheet = openpyxl.load_workbook(io.BytesIO(problems.content)).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["不存在的街道"]
    assert "430199001" in receipt
    corrected = [*SHEET[:-1], ["坡子街街道办事处", "乡镇街道", 430103001, None, None]]
    second = hand_in(browser, workbook(corrected))
    run = browser.get(second).context["run"]
    assert run.counts == {"create": 1, "change": 0, "unchanged": 5, "refused": 0}
    browser.post(f"{second}start/")

    # A citizen reaches the town below its county's host, and sees that it is on trial no more once it is live.
    citizen = Client(headers={"host": "www.furong.gov.cn"})
    assert citizen.get("/wenyilu/").status_code == 200
    assert "文艺路街道办事处" in citizen.get("/wenyilu/").content.decode()
    assert citizen.get("/minzheng/").status_code == 200
    browser.post(f"{BASE}/site/430102001/step/go_live/", {"reason": "验收合格"})
    town = Tenant.objects.get(code="430102001")
    assert town.status == "live"
    assert town.opened_on is not None

    # The list of sub-sites, taken away and handed in again, changes nothing.
    exported = browser.get(f"{BASE}/sites/?export=xlsx").content
    third = hand_in(browser, exported)
    assert browser.get(third).context["run"].counts["unchanged"] == 6
    assert ProvisioningRun.objects.count() == 3
