"""A paste from Word in a real browser: what it brings, how it is undone, and what citizens get of it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.hands import serious
from tests.sites.writing.pictures import data_url

WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->
<p class=MsoNormal align=center style='text-align:center'><b>值班安排<o:p></o:p></b></p>
<p class=MsoNormal style='text-indent:32pt'>　　各村（社区）：</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>一、</span><![endif]>带班</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>每日报告</p>
<table class=MsoTableGrid border=1><tr><td rowspan=2>日期</td><td colspan=2 align=center>值班人员</td></tr>
<tr><td>带班领导</td><td>值班员</td></tr><tr><td>6月1日</td><td>张三</td><td align=right>李四</td></tr></table>
<p class=MsoNormal><img src="{data_url()}"></p><p class=MsoNormal align=right style='text-align:right'>2026年6月1日</p>
<script>window.active = 1</script><!--EndFragment--></body></html>"""
PASTE = """(node, html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    node.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
BLOCKS = "document.getElementById('body-root').rootBlock.children.map((child) => child.type)"


def sign_in(demo: Demo, page: Page) -> None:
    page.goto(demo.address("admin.localhost", "/admin/login/"))
    page.fill("[name=username]", "town-editor")
    page.fill("[name=password]", re.search(r"demo-[0-9a-f]{8}", demo.printed)[0])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/")


def open_new_article(page: Page, title: str) -> None:
    page.locator("a[href*='/pages/add/govsites/article/']").first.click()
    page.fill("[name=title]", title)


def test_a_word_text_arrives_with_its_table_and_picture_and_can_be_undone(demo: Demo, page: Page) -> None:
    sign_in(demo, page)
    open_new_article(page, "防汛值班安排")
    page.get_by_role("button", name="从 Word 粘贴").press("Enter")
    page.locator(".writing-area").evaluate(PASTE, WORD)
    page.get_by_role("button", name="撤销粘贴").wait_for()
    assert page.evaluate(BLOCKS) == ["paragraph", "table", "image", "paragraph"]
    assert page.evaluate("window.active") is None
    assert serious(page) == []

    page.get_by_role("button", name="撤销粘贴").press("Enter")
    assert page.evaluate(BLOCKS) == []

    page.locator("body").evaluate(PASTE, WORD)
    page.get_by_role("button", name="撤销粘贴").wait_for()
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**/edit/")
    page_id = re.search(r"/pages/(\d+)/", page.url)[1]

    page.goto(demo.address("admin.localhost", f"/admin/pages/{page_id}/view_draft/"))
    expect(page.locator(".prose p.text-center")).to_have_text("值班安排")
    expect(page.locator(".prose")).to_contain_text("一、带班")
    expect(page.locator(".prose ul li")).to_have_text("每日报告")
    expect(page.locator(".prose thead th[rowspan='2'][scope='col']")).to_have_text("日期")
    expect(page.locator(".prose thead th[colspan='2'][scope='colgroup']")).to_have_text("值班人员")
    expect(page.locator(".prose td.right")).to_have_text("李四")
    expect(page.locator(".prose figure img")).to_have_count(1)
    assert page.evaluate("window.active") is None
    page.set_viewport_size({"width": 375, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
