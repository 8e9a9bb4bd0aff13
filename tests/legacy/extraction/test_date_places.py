"""Where a date stands on an unknown page decides whose date it is: the page's own, or somebody else's."""

from datetime import date

import pytest

from legacy.extraction.read import read_page
from tests.legacy.extraction.pages import MENU, MORE, PROSE

TODAY = date(2026, 1, 1)
TITLE = "关于做好秋冬农田建设工作的通知"
TEXT = f"<p>{PROSE}</p><p>{MORE}</p>"
ROWS = "".join(
    f"<li><a href='/x/{at}.html'>关于第{at}项工作的通知公告</a><span>2024-03-0{at}</span></li>" for at in (1, 2, 3)
)
BLOCKS = "".join(
    f"<div><a href='/x/{at}.html'>第{at}条新闻的标题</a></div><div class=date>2024-03-0{at}</div>" for at in (1, 2, 3)
)

LAYOUTS = {
    "a heading": "<title>{title}_示例县</title><body><ul>{menu}</ul>{above}<h1>{title}</h1>{info}<div class=con>{text}</div>{below}",
    "tables": "<title>示例县农业信息网</title><body><table><tr><td><a href=/>首页</a></td><td>{above}</td></tr></table><table><tr>"
    "<td align=center><b>{title}</b></td></tr><tr><td align=center>{info}</td></tr><tr><td>{text}</td></tr></table>{below}",
    "dates below": "<title>{title}</title><body><ul>{menu}</ul>{above}<div class=bt>{title}</div><div class=con>{text}</div>{info}{below}",
}
# Dates that stand before the title or behind the text and are not the page's.
OTHERS = {
    "a clock": ("<div>今天是：2024年3月1日 星期五</div>", ""),
    "a clock whose words stand apart": ("<div>今天是 <span>2024年3月1日</span></div>", ""),
    "a clock without words": ("<div>2024年03月01日 10:00:00</div>", ""),
    "a clock with a label": ("<div>日期：2024年3月1日</div>", ""),
    "a welcome": ("<div>欢迎访问示例县人民政府网站！2024年3月1日</div>", ""),
    "a list before": (f"<div><h3>最新文章</h3><ul>{ROWS}</ul></div>", ""),
    "a list behind": ("", f"<div><h3>最新文章</h3><ul>{ROWS}</ul></div>"),
    "a list of blocks": (f"<div>{BLOCKS}</div>", ""),
    "a list with labels": ("", "<ul><li><a href=/q>另一个通知</a> 发布时间：2024-03-01</li></ul>"),
    "a copyright year": ("", "<div>Copyright 2003-2024 示例县人民政府</div><div>建站时间：2001年5月1日</div>"),
    "the site's update": ("", "<div class=footer><p>更新时间：2024年3月1日</p></div>"),
    "the site's update without a name": ("", "<div>最后更新：2024-03-01</div>"),
    "a count of visits": ("", "<div>截至2024年3月1日，总访问量：3333</div>"),
    "a bare date in the foot": ("", "<div>2024-03-01</div>"),
    "comments": ("", "<div><p>网友 张某 发表于 2019-01-01 10:00</p><p>写得好</p><p>网友 李某 发表于 2019-02-01 10:00</p></div>"),
    "a comment with a label": ("", "<div><p>网友：张某 发表时间：2019-01-01 10:00</p><p>写得好</p></div>"),
    "the neighbours": ("", "<p>上一篇：<a href=1.html>某通知</a> 2019-03-04</p>"),
    "hidden text": ("<div style='display:none'>发布时间：2000-01-01</div>", ""),
}  # fmt: skip
# What the page's own text says in passing.
TEXTS = {
    "an event": f"{TEXT}<p>时间：2015年6月1日上午9时</p><p>地点：县政府会议室</p>",
    "a term": f"{TEXT}<p>一、报名时间：2015年6月1日至6月30日</p>",
    "a signature": f"{TEXT}<p align=right>示例县农业局</p><p align=right>2015年6月1日</p>",
    "an adoption": f"<p>（2015年6月1日示例县第三次会议通过）</p>{TEXT}",
    "a table": f"{TEXT}<table><tr><td>日期</td><td>姓名</td></tr><tr><td>2015-06-01</td><td>王某</td></tr></table>",
}


def page(layout: str, info: str, others: tuple[str, str] = ("", ""), text: str = TEXT) -> bytes:
    above, below = others
    html = LAYOUTS[layout].format(title=TITLE, menu=MENU, above=above, below=below, info=info, text=text)
    return f"<html><head><meta charset=utf-8></head>{html}</body></html>".encode()


def day(data: bytes, url: str = "http://x.cn/a/2017/0811/33.html") -> str | None:
    reading = read_page(data, "text/html", url, None, TODAY)
    value = reading.values["published_at"].value
    assert value or any(question.params["field"] == "published_at" for question in reading.questions)
    return value[:10] if value else None


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", OTHERS)
def test_a_date_of_something_else_is_never_the_pages(layout, name):
    assert day(page(layout, "", OTHERS[name])) is None
    assert day(page(layout, "<div>发布时间：2016-05-04 来源：示例县农业局</div>", OTHERS[name])) == "2016-05-04"


@pytest.mark.parametrize("layout", ["a heading", "tables"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_date_without_a_label_counts_between_title_and_text(layout, name):
    assert day(page(layout, "<div>2016-05-04 10:20</div>", OTHERS[name])) == "2016-05-04"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TEXTS)
def test_what_the_text_says_in_passing_is_not_the_pages_date(layout, name):
    assert day(page(layout, "", text=TEXTS[name])) is None
    assert day(page(layout, "<div>发布时间：2016-05-04 来源：示例县农业局</div>", text=TEXTS[name])) == "2016-05-04"


@pytest.mark.parametrize("layout", ["a heading", "tables"])
@pytest.mark.parametrize(
    "info",
    [
        "<div>发布时间：2016-05-04 更新时间：2019-01-01 10:00</div>",
        "<div>更新时间：2019-01-01 10:00 发布时间：2016-05-04</div>",
        "<table><tr><td>成文日期：</td><td>2016年4月1日</td><td>发布日期：</td><td>2016年5月4日</td></tr></table>",
        "<div>2016年05月04日 来源：示例日报</div>",
        "<div>[ 2016-05-04 ]</div>",
        "<div>日期：2016-5-4 浏览次数：3</div>",
        "<div>作者：办公室 时间：2016/5/4 9:08:07 点击数：33</div>",
    ],
)
def test_the_line_between_title_and_text_says_when_it_was_published(layout, info):
    assert day(page(layout, info)) == "2016-05-04"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "info",
    [
        "<table><tr><td>成文日期：</td><td>2016年4月1日</td></tr></table>",
        "<div>发布时间：1970-01-01 08:00:00 来源：示例局</div>",
        "<div>发布时间：0000-00-00 来源：示例局</div>",
        "<div>发布时间：2031-05-04 来源：示例局</div>",
    ],
)
def test_written_days_and_days_that_cannot_be_leave_the_publication_unknown(layout, info):
    assert day(page(layout, info)) is None


def test_two_good_places_that_disagree_leave_the_date_unknown_and_name_both_days():
    data = page("a heading", "<div>发布时间：2016-05-04</div>").replace(
        b"<head>", b'<head><meta name="PubDate" content="2018-09-10">'
    )
    reading = read_page(data, "", "http://x.cn/1.html", None, TODAY)
    assert reading.values["published_at"].value is None
    assert [str(question) for question in reading.questions if question.params["field"] == "published_at"] == [
        "Two places say “2018-09-10” and “2016-05-04” for the same field. Which is right?"
    ]
