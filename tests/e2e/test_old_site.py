"""An old site in the console, by keyboard alone, on a desk and on a telephone: from the list to the signed report.

The operator looks after it; the sub-site's own manager signs. On each page axe finds nothing serious, and at 375 pixels
nothing stands out of the page.
"""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Browser, Error, expect

from tests.e2e.conftest import Demo
from tests.e2e.hands import Keyboard, serious
from tests.e2e.people import Person

OLD_SITE = re.compile("清河县农业农村局旧站")
DESK, TELEPHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 740}
# What stands out of the page to the right and in no box that scrolls by itself.
STANDS_OUT = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > window.innerWidth + 1)
    .filter((node) => !node.closest(".legacy-wide, .report-wide, .legacy-tabs, .legacy-toml, .w-slim-header, .w-sr-only"))
    .map((node) => node.outerHTML.slice(0, 120)).slice(0, 3)"""


class Looker(Person):
    """Looks at every page on a telephone, too."""

    def look(self, name: str = "") -> None:
        super().look(name)
        self.page.set_viewport_size(TELEPHONE)
        with suppress(Error):  # the menu slides away
            self.page.wait_for_function(f"() => ({STANDS_OUT})().length === 0", timeout=5_000)
        self.problems += [f"{self.page.url} {each}" for each in self.page.evaluate(STANDS_OUT)]
        self.problems += serious(self.page)
        self.page.set_viewport_size(DESK)

    def tab(self, name: str, picture: str = "") -> None:
        tabs = self.page.get_by_role("navigation", name="迁移的各部分")
        self.through(tabs.get_by_role("link", name=name, exact=True))
        self.look(picture)


def test_an_old_site_from_the_list_to_the_signature(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="zh-CN", viewport=DESK)
    someone = Looker(context, demo, Keyboard)
    someone.sign_in("operator", demo.password)
    through_the_work(someone)
    load_and_take_back(someone)
    try_the_addresses(someone)
    someone.leave()
    someone.sign_in("bureau-manager", demo.password)
    sign(someone)
    context.close()
    assert someone.problems == []


def through_the_work(operator: Looker) -> None:
    """List, board, a new transition, and each part of the work with what stands below it."""
    operator.go("/admin/legacy/")
    operator.look("legacy-list")
    operator.link("新建迁移")
    operator.look("legacy-new")
    operator.go("/admin/legacy/")
    operator.link("迁移看板")
    operator.look("legacy-board")
    operator.go("/admin/legacy/")
    operator.link(OLD_SITE)
    operator.look("legacy-overview")
    operator.link("再次采集")
    operator.hands.tick(operator.page.locator("input[name=source][value=ready]"))
    expect(operator.page.locator("[name=ready]")).to_be_visible()
    expect(operator.page.locator("[name=file]")).to_be_hidden()
    operator.look("legacy-collect")
    operator.tab("网站调研", "legacy-survey")
    operator.tab("提取规则", "legacy-recipes")
    operator.link("与页面核对")
    operator.look("legacy-recipe")
    operator.tab("栏目对应", "legacy-mapping")
    operator.link("工作动态")
    operator.look("legacy-column")
    operator.tab("条目")
    operator.link("关于做好汛期农业生产安全工作的紧急通知")
    operator.look("legacy-item")
    operator.tab("旧地址", "legacy-ledger")
    operator.link("导入对应表或日志")
    operator.look("legacy-logs")
    operator.tab("验收")


def load_and_take_back(operator: Looker) -> None:
    """Both say what they would do before they do it; here nothing is done."""
    operator.tab("概览")
    operator.link("载入新增和有变化的条目")
    expect(operator.page.locator("main")).to_contain_text("不变的页面")
    operator.look("legacy-load")
    operator.tab("运行")
    operator.through(operator.page.locator("main").get_by_role("link", name="载入", exact=True).first)
    operator.look("legacy-run")
    operator.link("撤回…")
    expect(operator.page.locator("main")).to_contain_text("将撤下的页面")
    operator.look("legacy-rollback")
    operator.link("取消")


def try_the_addresses(operator: Looker) -> None:
    operator.tab("割接上线")
    operator.button("测试全部旧地址")
    for _unused in range(60):
        operator.page.reload()
        if "未测试" not in operator.page.locator("main").inner_text():
            break
        operator.page.wait_for_timeout(500)
    expect(operator.page.locator("main")).not_to_contain_text("未测试")
    operator.look("legacy-cutover")


def sign(manager: Looker) -> None:
    """The report has open points on purpose: the remark says why it is accepted all the same."""
    manager.go("/admin/legacy/")
    manager.link(OLD_SITE)
    manager.tab("验收")
    manager.link(re.compile(r"^报告 \d+$"))
    manager.look("legacy-acceptance")
    manager.fill("签字人姓名", "李明")
    manager.fill("备注", "旧站一个附件已遗失，两处链接的目标早已不存在，同意验收。")
    manager.look("legacy-signing")
    manager.button("签字确认")
    expect(manager.page.locator("main")).to_contain_text("李明")
    expect(manager.page.get_by_role("button", name="签字确认", exact=True)).to_have_count(0)
    manager.look("legacy-signed")
