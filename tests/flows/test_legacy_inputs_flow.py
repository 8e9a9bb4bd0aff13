"""WordPress, WARC, SQL and XLSX: each the same small site, moved once by the commands; a second run changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client

from legacy import deciding
from legacy.mapping import decisions
from legacy.mapping.deciding import MOVE, Change, Decision
from legacy.models import ItemState, LegacyItem, LegacyRun
from sites import addresses
from tenants.scope import tenant_scope
from tests.cast import Cast, first_column
from tests.legacy.conftest import no_old_hosts  # noqa: F401 - a fixture for every test here
from tests.legacy.transitions import HOST, begun

# (number, title, published, text)
ARTICLES = (
    (11, "关于做好防汛工作的通知", "2015-06-01 09:30", "各乡镇要落实责任，加强值班，确保安全度汛。"),
    (12, "全县春耕生产现场会召开", "2015-03-18 08:00", "会议要求抓住晴好天气，加快春耕进度，确保播种面积落实到位。"),
    (13, "办公地址变更公告", "2016-09-05 10:15", "我局办公地址自本月起变更，办事群众请到新址办理，特此公告。"),
)
WXR = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>%s</channel></rss>"""
WXR_ITEM = """<item><title>%(title)s</title><link>http://%(host)s/?p=%(number)s</link>
<content:encoded><![CDATA[%(text)s]]></content:encoded><wp:post_id>%(number)s</wp:post_id>
<wp:post_date>%(published)s:00</wp:post_date><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="tzgg"><![CDATA[通知公告]]></category></item>"""
PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>%(title)s_旧站</title></head>
<body><div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/tzgg/">通知公告</a> &gt; 正文</div>
<h1>%(title)s</h1><div class="info">发布时间：%(published)s　来源：本站</div>
<div id="zoom"><p>%(text)s</p><p>%(text)s请各单位认真贯彻执行。</p></div></body></html>"""
SQL = """CREATE TABLE `dede_archives` (`id` int, `typeid` int, `title` char(60), `pubdate` int(10), `arcrank` int, `ismake` int);
INSERT INTO `dede_archives` VALUES %s;
CREATE TABLE `dede_arctype` (`id` int, `reid` int, `typename` char(30), `typedir` char(60), `namerule` char(50));
INSERT INTO `dede_arctype` VALUES (3,0,'通知公告','{cmspath}/tzgg','{typedir}/{aid}.html');
CREATE TABLE `dede_addonarticle` (`aid` int, `typeid` int, `body` mediumtext, `redirecturl` varchar(255), PRIMARY KEY (`aid`));
INSERT INTO `dede_addonarticle` VALUES %s;
"""


def values(article: tuple[int, str, str, str]) -> dict[str, Any]:
    return dict(zip(("number", "title", "published", "text"), article, strict=True), host=HOST)


def wxr() -> bytes:
    return (WXR % "".join(WXR_ITEM % values(article) for article in ARTICLES)).encode()


def warc() -> bytes:
    out = io.BytesIO()
    for article in ARTICLES:
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + (PAGE % values(article)).encode("gb18030")
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{article[0]:032d}>\r\n"
            f"WARC-Date: 2016-10-01T00:00:00Z\r\nWARC-Target-URI: http://{HOST}/tzgg/{article[0]}.html\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        out.write(head.encode() + body + b"\r\n\r\n")
    return out.getvalue()


def sql() -> bytes:
    moments = {11: 1433122200, 12: 1426636800, 13: 1473041700}
    rows = ",".join(f"({number},3,'{title}',{moments[number]},0,1)" for number, title, _day, _text in ARTICLES)
    bodies = ",".join(f"({number},3,'<p>{text}</p>','')" for number, _title, _day, text in ARTICLES)
    return (SQL % (rows, bodies)).encode("gb18030")


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["标题", "发布时间", "正文", "栏目", "网址"])
    for number, title, published, text in ARTICLES:
        book.active.append([title, published, text, "通知公告", f"/tzgg/{number}.html"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


INPUTS: dict[str, tuple[str, str, Callable[[], bytes], str]] = {
    # name: (source, file name, its bytes, address of an article by its number)
    "wxr": ("wxr", "export.xml", wxr, "/?p=%s"),
    "warc": ("warc", "crawl.warc", warc, "/tzgg/%s.html"),
    "sql": ("sql", "dede.sql", sql, "/tzgg/%s.html"),
    "xlsx": ("table", "list.xlsx", xlsx, "/tzgg/%s.html"),
}


def legacy(*words: str) -> int:
    """Run a subcommand and return its exit code."""
    try:
        call_command("legacy", *words, stdout=io.StringIO())
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.mark.parametrize("name", INPUTS)
def test_each_input_is_moved_once_and_its_addresses_answered(
    cast: Cast, name: str, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    source, file, make, address = INPUTS[name]
    (tmp_path / file).write_bytes(make())
    transition = begun(cast.county_a, by=cast.operator)

    def all_steps() -> None:
        assert legacy("collect", "old-a", source, "--path", str(tmp_path / file)) == 0
        assert legacy("survey", "old-a") in (0, 3)
        with tenant_scope(cast.county_a):
            target = Decision(MOVE, first_column(cast.county_a).pk)
            changes = [Change(column.key, target) for column in decisions.columns(transition)]
            assert decisions.decide(transition, changes, by=cast.operator).refused == []
        assert legacy("extract", "old-a", "--by", "operator") in (0, 3)
        with tenant_scope(cast.county_a):  # a person looks at what is not sure, and it is right
            for item in LegacyItem.objects.filter(transition=transition, state=ItemState.REVIEW):
                deciding.accept(item, by=cast.operator)
        assert legacy("load", "old-a", "--by", "operator") == 0

    all_steps()
    addresses.refresh()
    with tenant_scope(cast.county_a):
        items = {item.title: item for item in LegacyItem.objects.filter(transition=transition)}
        assert {(title, item.state) for title, item in items.items()} == {
            (title, ItemState.LOADED) for _number, title, _day, _text in ARTICLES
        }
    client, site = Client(headers={"host": HOST}), Client(headers={"host": "a.localhost"})
    for number, title, published, text in ARTICLES:
        moved = client.get(address % number)
        assert moved.status_code == 301
        shown = site.get(urlsplit(moved.headers["Location"]).path).content.decode()
        assert title in shown
        assert text[:12] in shown
        assert published[:10] in shown
    all_steps()
    with tenant_scope(cast.county_a):
        last = LegacyRun.objects.filter(transition=transition, step="load").order_by("-pk").first()
        assert last is not None
        assert (last.counts.get("created", 0), last.counts.get("updated", 0), last.counts["unchanged"]) == (0, 0, 3)
