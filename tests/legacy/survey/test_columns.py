"""Old columns guessed from addresses, breadcrumbs and lists."""

from __future__ import annotations

import pytest

from legacy.extraction.page import from_text
from legacy.survey import breadcrumbs, listing
from legacy.survey.column_keys import key_of, key_of_list
from legacy.survey.columns import Tree

HOSTS = ("www.old.example", "sub.old.example")
HOME = ("首页", "http://www.old.example/index.html")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.old.example/gzdt/ldhd/201802/t2018_1.html", "/gzdt/ldhd"),
        ("http://www.old.example/xw/2015/4/14/123.shtml", "/xw"),
        ("http://www.old.example/xw/2015/04/14/content_5.htm", "/xw"),
        ("http://www.old.example/art/2015/4/14/art_1234_56789.html", "/col/col1234"),
        ("http://www.old.example/col/col1234/index.html", "/col/col1234"),
        ("http://www.old.example/news/show.asp?id=5&classid=3", "/news?classid=3"),
        ("http://www.old.example/gzdt/index_2.html", "/gzdt"),
        ("http://sub.old.example/xw/1.html", "//sub.old.example/xw"),
        ("http://www.old.example/12.html", ""),
    ],
)
def test_an_address_alone_says_its_column(url, key):
    assert key_of(url, (), HOSTS).key == key


def test_the_breadcrumb_wins_over_the_place_and_names_the_column_and_its_parent():
    steps = [
        HOME,
        ("政务公开", "http://www.old.example/zwgk/"),
        ("通知公告", "http://www.old.example/zwgk/tzgg/index.html"),
        ("正文", ""),
    ]
    assert key_of("http://www.old.example/art/5.html", steps, HOSTS) == ("/zwgk/tzgg", "通知公告", "/zwgk")


def test_a_breadcrumb_without_addresses_gives_a_path_of_titles():
    found = key_of("http://www.old.example/5.html", [("首页", ""), ("工作动态", ""), ("领导活动", "")], HOSTS)
    assert found == ("=工作动态/领导活动", "领导活动", "=工作动态")


def test_a_list_with_a_query_keeps_it():
    assert key_of_list("http://www.old.example/news/list.asp?page=2&k=7", HOSTS) == "/news/list.asp?k=7"
    assert key_of_list("http://www.old.example/news/list.asp?classid=3", HOSTS) == "/news?classid=3"


def test_an_item_without_breadcrumb_belongs_to_the_only_list_that_names_it():
    tree = Tree(HOSTS)
    tree.note(
        "http://www.old.example/list.asp?classid=3",
        [HOME, ("公告", "http://www.old.example/list.asp?classid=3")],
        [],
        [("http://www.old.example/show.asp?id=5", "一则公告", "2015-04-14")],
        is_list=True,
    )
    assert tree.column_of("http://www.old.example/show.asp?id=5", []) == "/?classid=3"


def test_the_tree_has_the_columns_above_and_never_a_ring():
    tree = Tree(HOSTS)
    up, down = ("甲", "http://www.old.example/a/"), ("乙", "http://www.old.example/a/b/")
    tree.note("http://www.old.example/a/b/1.html", [HOME, up, down])
    tree.note("http://www.old.example/a/1.html", [HOME, down, up])
    tree.count("/a/b", is_list=False)
    found = {column.key: (column.title, column.parent_key) for column in tree.columns()}
    assert set(found) == {"/a", "/a/b"}
    assert sum(1 for _title, parent in found.values() if parent) <= 1


@pytest.mark.parametrize(
    "html",
    [
        '<div class="dqwz">您所在的位置：<a href="/">首页</a> &raquo; <a href="/gk/">政务公开</a> &raquo; <a href="">通知</a></div>',
        '<td>当前位置：<a href="/">首页</a>&gt;<a href="/gk/">政务公开</a>&gt;<a href="#">通知</a></td>',
        '<div><span>当前位置：</span><a href="/">首页</a> / <a href="/gk/">政务公开</a> / 通知</div>',
        '<ul id="breadcrumb"><li><a href="/">首页</a></li><li><a href="/gk/">政务公开</a></li><li><a href="/gk/tz/">通知</a></li></ul>',
    ],
)
def test_breadcrumbs_are_found_however_they_are_written(html):
    page = from_text(f"<html><body><table><tr>{html}</tr></table>{html}</body></html>", "http://www.old.example/gk/tz/")
    assert [title for title, _url in breadcrumbs.read(page)][:2] == ["首页", "政务公开"]
    assert breadcrumbs.read(page)[1][1] == "http://www.old.example/gk/"


def test_lists_give_whole_titles_and_the_last_date_of_a_line():
    html = """<ul><li><a href="a.html" title="关于2014年12月31日放假的通知">关于2014年12月31日放…</a><span>2015-04-14</span></li>
    <li><a href="b.html">[2015-04-13] 第二条通知</a></li><li><a href="c.html">没有日期的一条</a></li></ul>"""
    page = from_text(f"<html><body>{html}</body></html>", "http://www.old.example/tz/")
    found = [(entry.url[-6:], entry.title, str(entry.on)) for entry in listing.entries(page)]
    assert found == [
        ("a.html", "关于2014年12月31日放假的通知", "2015-04-14"),
        ("b.html", "第二条通知", "2015-04-13"),
    ]
