"""The operator's main job in a browser: a spreadsheet goes in, a plan is shown, and a citizen opens the new sub-site."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo

LIST = "主办单位,类型,行政区划代码,联系电话\n浏阳市林业局,部门,430181,0700-6123003\n无名之地,乡镇,999999999,\n"


def sign_in(demo: Demo, page: Page, username: str) -> str:
    """Sign in with the password that the demo printed; return the admin's address without the trailing slash."""
    password = re.search(r"demo-[0-9a-f]{8}", demo.printed)
    assert password is not None
    admin = f"http://127.0.0.1:{demo.port}/admin"
    page.goto(f"{admin}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password[0])
    page.click("button[type=submit]")
    expect(page).to_have_url(re.compile(r"/admin/(platform/sites/)?$"))
    return admin


def test_a_spreadsheet_becomes_a_sub_site_that_a_citizen_can_open(demo: Demo, page: Page, tmp_path: Path) -> None:
    admin = sign_in(demo, page, "operator")
    spreadsheet = tmp_path / "sites.csv"
    spreadsheet.write_text(LIST, encoding="gb18030")
    page.goto(f"{admin}/platform/open/")
    page.set_input_files("input[type=file]", str(spreadsheet))
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("浏阳市林业局")
    expect(page.locator("main")).to_contain_text("无名之地")
    page.locator("main form[action*='/start/'] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(re.compile("已完成|完成"), timeout=60_000)
    opened = page.goto(demo.address("liuyang", "/linye/"))
    assert opened is not None
    assert opened.status == 200
    expect(page.locator("header")).to_contain_text("浏阳市林业局")


def test_a_township_editor_sees_the_own_sub_site_and_no_platform_menu(demo: Demo, page: Page) -> None:
    admin = sign_in(demo, page, "town-editor")
    page.goto(f"{admin}/pages/")
    expect(page.locator("main")).to_contain_text("信息公开")
    assert "长沙市" not in page.content()
    assert "/admin/platform/" not in page.content()
