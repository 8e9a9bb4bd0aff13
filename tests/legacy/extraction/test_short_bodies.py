"""Short bodies in containers that nobody knows: the block behind the title, never the foot of the site."""

from datetime import date

import pytest

from legacy.extraction.read import read_page
from tests.legacy.extraction.pages import MENU

FOOT = """<div class="z9"><p>RSS订阅| 联系方式| 网站地图</p><p>Copyright 2010 All Rights Reserved 主办：示例县示例局</p>
<p>电话：0000-1234567，技术支持：示例公司</p><p>（建议使用1024×768分辨率，IE7.0以上版本浏览器）</p></div>"""
TITLE = "关于公布二〇一九年补贴名单的公告"
BODIES = {
    "a sentence": ("<p>现将补贴名单予以公布，请各单位遵照执行。</p>", "现将补贴名单予以公布，请各单位遵照执行。"),
    "a file": ('<p><a href="/f/1.pdf">补贴发放企业名单第一批.pdf</a></p>', "补贴发放企业名单第一批.pdf"),
    "a picture": ('<p align=center><img src="/p/1.jpg"></p>', ""),
    "a table": (
        "<table><tr><td>序号</td><td>企业</td></tr><tr><td>1</td><td>示例第一水泥厂</td></tr><tr><td>2</td><td>示例第二水泥厂</td></tr></table>",
        "序号\t企业\n1\t示例第一水泥厂\n2\t示例第二水泥厂",
    ),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("heading", ["<h1>{}</h1>", "<div class=x7>{}</div>"])
def test_a_short_body_is_found_behind_the_title_and_the_foot_is_not(name, heading):
    body, text = BODIES[name]
    html = f"""<html><head><meta charset=utf-8><title>{TITLE}</title></head><body><ul>{MENU}</ul><div class="k1"><div class="k2">
{heading.format(TITLE)}<div class="k3">发布时间：2019-08-05 来源：示例县示例局 点击量：次</div></div><div class="k4">{body}</div></div>{FOOT}</body></html>"""
    reading = read_page(html.encode(), "", "http://x.cn/tzgg/33.html", None, date(2026, 1, 1))
    assert reading.text == text
    assert reading.values["title"].value == TITLE
    assert reading.values["published_at"].value == "2019-08-05"
    assert [block["type"] for block in reading.body["blocks"] if block["type"] == "picture"] == ["picture"] * (
        name == "a picture"
    )
    assert any(question.params["field"] == "body" for question in reading.questions)
