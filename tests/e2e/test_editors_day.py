"""The day of a township editor: invited, second factor, a text from Word, sent back, corrected, signed, public.

Told twice: with the mouse, and with the keyboard alone. On each page of the day axe finds nothing serious.
"""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Demo
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.people import Person

PASSWORD = "Lotus-Bridge-2026"
NAME = "陈小兰"
COLUMN = "工作动态"
WRITE = re.compile(rf"写稿\s*：\s*{COLUMN}")
# What Word puts on the clipboard: office markup, a centred line, a numbered list of its own, a table with a merged cell.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]-->
<h2 style="mso-outline-level:2"><span style="font-family:仿宋_GB2312">一、总体情况<o:p></o:p></span></h2>
<p class="MsoNormal" style="text-align:center;mso-line-height-rule:exactly"><b>为民服务再提速</b><o:p></o:p></p>
<p class="MsoNormal" style="text-indent:32.0pt">今年以来，街道新增<span lang="EN-US">12</span>个自助办理点。<o:p></o:p></p>
<table class="MsoTableGrid" border="1"><tr><td colspan="2"><p class="MsoNormal">自助办理点<o:p></o:p></p></td></tr>
<tr><td><p class="MsoNormal">城区</p></td><td><p class="MsoNormal">8</p></td></tr></table>
<p class="MsoNormal" onclick="alert(1)" style="text-align:right">淮川街道办事处</p>
<script>document.title = "hostile"</script></body></html>"""


@pytest.fixture(params=[Mouse, Keyboard], ids=["with the mouse", "with the keyboard alone"])
def people(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[dict[str, Person]]:
    contexts = {
        name: browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
        for name in ("manager", "editor", "reviewer", "leader", "citizen")
    }
    yield {name: Person(context, demo, request.param) for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def test_the_whole_day(people: dict[str, Person], demo: Demo, request: pytest.FixtureRequest) -> None:
    who = "mouse" if "mouse" in request.node.name else "keyboard"
    username, title = f"clerk-{who}", f"街道新增自助办理点（{who}）"
    manager, editor, reviewer, leader, citizen = people.values()

    link = invite(manager, demo, username)
    secret = join(editor, link)
    editor.sign_in(username, PASSWORD, one_time_code(secret, drift=1))
    editor.look("desk")

    write(editor, title)
    hand_in(editor, "请审核。")
    decide(reviewer, demo, "town-reviewer", title, send_back="请写明自助办理点的开放时间。")

    correct(editor, title)
    hand_in(editor, "已补充。")
    decide(reviewer, demo, "town-reviewer", title)
    sign(leader, demo, title)

    read(citizen, demo, title)
    see_it_fresh(editor)
    assert [problem for person in people.values() for problem in person.problems] == []


def invite(manager: Person, demo: Demo, username: str) -> str:
    """The site manager invites a contributor; returns the one-time link."""
    manager.sign_in("town-manager", demo.password)
    manager.link("成员")
    manager.look("members")
    manager.link("邀请成员")
    manager.fill("姓名", NAME)
    manager.hands.fill(manager.page.locator("input[name=username]"), username)
    manager.hands.tick(manager.page.locator("input[name=role][value=contributor]"))
    manager.look("inviting")
    manager.through(manager.page.locator("form button[type=submit]").last)
    manager.look("invitation-link")
    return manager.page.locator("#mem-link").input_value()


def join(editor: Person, link: str) -> str:
    """The invited person chooses a password and sets up the second factor; returns its secret."""
    editor.page.goto(link)
    editor.look("joining")
    editor.hands.fill(editor.page.locator("input[name=full_name]"), NAME)
    editor.hands.fill(editor.page.locator("input[name=password]"), PASSWORD)
    editor.hands.fill(editor.page.locator("input[name=again]"), PASSWORD)
    editor.enter()
    editor.go("/admin/accounts/second-factor/set-up/")
    editor.look("second-factor")
    secret = re.sub(r"\s", "", editor.page.locator(".acc-key").inner_text())
    editor.hands.fill(editor.page.locator("input[name=code]"), one_time_code(secret))
    editor.enter()
    editor.look("recovery-codes")
    editor.leave()
    return secret


def one_time_code(secret: str, drift: int = 0) -> str:
    """Return the app's code; with `drift` the next one, because each is good for one use."""
    totp = TOTP(b32decode(secret + "=" * (-len(secret) % 8)), drift=drift)
    return f"{totp.token():06d}"


def write(editor: Person, title: str) -> None:
    """From the desk straight to the form; the text comes from Word through the clipboard."""
    editor.go("/admin/")
    show_fresh_columns(editor)
    editor.link(WRITE)
    editor.hands.fill(editor.page.locator("#id_title"), title)
    editor.button("从 Word 粘贴", stays=True)
    editor.look("paste")
    area = editor.page.locator("dialog [contenteditable]")
    area.evaluate(
        """(node, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            node.focus();
            node.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        WORD,
    )
    insert = editor.page.get_by_role("button", name="插入", exact=True)
    if insert.is_visible():
        editor.hands.press(insert)
    expect(editor.page.get_by_text("自助办理点").first).to_be_visible()
    editor.look("pasted")


def show_fresh_columns(editor: Person) -> None:
    """Unfold the columns that need nothing now."""
    folded = editor.page.locator("details.desk-calm:not([open]) > summary")
    if folded.count():
        editor.hands.press(folded)


def hand_in(editor: Person, comment: str) -> None:
    editor.button("提交审核")
    expect(editor.page).to_have_url(re.compile("/review/submit/"))
    editor.fill("给审核员的说明", comment)
    for box in editor.page.locator("input[name=confirmed]").all():
        editor.hands.tick(box)
    editor.look("handing-in")
    editor.button("提交审核")
    expect(editor.page).not_to_have_url(re.compile("/review/submit/"))


def decide(reviewer: Person, demo: Demo, username: str, title: str, *, send_back: str = "") -> None:
    reviewer.sign_in(username, demo.password)
    reviewer.go("/admin/review/")
    reviewer.look("queue")
    reviewer.link(title)
    reviewer.look("review")
    if send_back:
        reviewer.fill("退回意见", send_back)
        reviewer.button("退回")
    else:
        reviewer.button("通过")
    expect(reviewer.page.locator(".messages").first).to_be_visible()
    reviewer.leave()


def correct(editor: Person, title: str) -> None:
    editor.go("/admin/")
    expect(editor.page.get_by_text("请写明自助办理点的开放时间").first).to_be_visible()
    editor.look("sent-back")
    row = editor.page.locator("li").filter(has_text=title)
    editor.through(row.get_by_role("link", name="修改").first)
    editor.hands.fill(editor.page.locator("#id_title"), f"{title}，全天开放")


def sign(leader: Person, demo: Demo, title: str) -> None:
    """Another person answers the secrecy questions and signs with the own name."""
    leader.sign_in("town-leader", demo.password)
    leader.go("/admin/review/")
    leader.link(re.compile(re.escape(title)))
    page = leader.page
    for question in ("state_secret", "work_secret", "trade_secret", "privacy"):
        leader.hands.tick(page.locator(f"input[name$=q_{question}][value=no]"))
    leader.hands.tick(page.locator("input[name$=q_masked][value=none]"))
    leader.hands.fill(page.locator("[name$=q_basis]"), "《中华人民共和国政府信息公开条例》第二十条")
    leader.hands.fill(page.locator("[name$=signature]"), "乡镇分管负责人")
    leader.hands.tick(page.locator("[name$=agreed]"))
    leader.look("signing")
    leader.button("签发并发布")
    expect(page.locator(".messages").first).to_be_visible()


def read(citizen: Person, demo: Demo, title: str) -> None:
    """The citizen finds the item in its column and reads it with its table; nothing of the paste is active."""
    page = citizen.page
    page.goto(demo.address("liuyang.localhost", "/huaichuan/"))
    citizen.link(re.compile(re.escape(title)))
    expect(page.locator("h1")).to_contain_text(title)
    expect(page.locator("td[colspan='2'], th[colspan='2']")).to_be_visible()
    assert page.title() != "hostile"
    assert page.locator("[onclick]").count() == 0
    citizen.look("public")


def see_it_fresh(editor: Person) -> None:
    """The column is up to date again, with its whole term ahead."""
    editor.go("/admin/")
    show_fresh_columns(editor)
    row = editor.page.locator(".desk-row").filter(has=editor.page.get_by_role("link", name=WRITE))
    expect(row).to_contain_text("14")
    editor.look()
