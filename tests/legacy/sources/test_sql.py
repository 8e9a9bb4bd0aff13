"""Dumps of DedeCMS, PHPCMS and SQL Server as ready records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from legacy.models import Transition
from legacy.sources.records import SourceRefused
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.sources.build import collected, picture, raws, said
from tests.legacy.transitions import HOST, begun

DEDE = """-- backup
DROP TABLE IF EXISTS `dede_archives`;
CREATE TABLE `dede_archives` (`id` mediumint(8) NOT NULL, `typeid` smallint(5), `title` char(60) NOT NULL default '' COMMENT '标题, (必填)',
 `writer` char(20), `source` char(30), `pubdate` int(10), `senddate` int(10), `arcrank` smallint(6), `ismake` smallint(6), PRIMARY KEY (`id`)) TYPE=MyISAM;
INSERT INTO `dede_archives` VALUES (12,3,'关于\\'表彰\\'的通知 誠譽','王某','本局',1428975000,1428975000,0,1),(13,3,'草稿','','',1428975000,1428975000,-1,1),
(14,3,'没有静态页','','',1428975000,1428975000,0,-1);
INSERT INTO `dede_archives` VALUES (15,3,'坏行,'x'),(16,9,'好行','','',0,0,0,1);
CREATE TABLE `dede_arctype` (`id` smallint(5), `reid` smallint(5), `typename` char(30), `typedir` char(60), `namerule` char(50), PRIMARY KEY (`id`));
INSERT INTO `dede_arctype` VALUES (3,0,'通知公告','{cmspath}/a/tzgg','{typedir}/{Y}/{M}{D}/{aid}.html');
CREATE TABLE `dede_addonarticle` (`aid` mediumint(8), `typeid` smallint(5), `body` mediumtext, `redirecturl` varchar(255), PRIMARY KEY (`aid`));
INSERT INTO `dede_addonarticle` VALUES (12,3,'<p>第一页</p>#p#分页标题#e#<p>第二页</p>',''),(14,3,'','http://www.example.gov.cn/x?a=1&b=2'),(99,3,'<p>无主</p>','');
INSERT INTO `dede_addonarticle` VALUES (16,9,'<p>断"""


@pytest.fixture
def transition(cast: Cast) -> Any:
    with tenant_scope(cast.county_a):
        yield begun(cast.county_a)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_dedecms_dump_is_read_whatever_its_encoding_and_in_spite_of_its_damage(
    transition: Transition, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "dede.sql").write_bytes(DEDE.encode(encoding))
    run = collected(transition, "sql", path=str(tmp_path / "dede.sql"))
    rows = raws(transition)
    assert sorted(rows) == ["dede_archives:12", "dede_archives:14", "dede_archives:16"]
    assert rows["dede_archives:12"].url == f"http://{HOST}/a/tzgg/2015/0414/12.html"
    assert rows["dede_archives:12"].fields == {
        "title": "关于'表彰'的通知 誠譽", "published_at": "2015-04-14T09:30:00+08:00", "source": "本局", "author": "王某",
        "body": "<p>第一页</p><p>第二页</p>", "column": "3", "column_title": "通知公告",
        "aliases": [f"http://{HOST}/plus/view.php?aid=12"],
    }  # fmt: skip
    assert rows["dede_archives:14"].url == f"http://{HOST}/plus/view.php?aid=14"
    assert rows["dede_archives:14"].fields["body"].startswith('<p><a href="http://www.example.gov.cn/x?a=1&b=2">')
    assert (
        rows["dede_archives:16"].fields
        == {"title": "好行", "column": "9", "aliases": rows["dede_archives:16"].fields["aliases"]}
        if "aliases" in rows["dede_archives:16"].fields
        else {"title": "好行", "column": "9"}
    )
    texts = " ".join(text for _level, _place, text in said(run))
    assert "A row of the table dede_archives could not be read" in texts
    assert "cut off in the table dede_addonarticle" in texts
    assert "1 articles were not published" in texts
    assert "1 bodies belong to no article" in texts
    assert run.state == "finished"
    before = picture(run, transition)
    again = collected(transition, "sql", path=str(tmp_path / "dede.sql"))
    assert again.counts["unchanged"] == 3
    assert picture(again, transition) == before


def test_a_phpcms_dump_in_several_files(transition: Transition, tmp_path: Path) -> None:
    (tmp_path / "1.sql").write_text(
        "INSERT INTO `v9_news` (`id`,`catid`,`title`,`url`,`status`,`islink`,`inputtime`) VALUES"
        " ('5','6','一','http://www.old-a.example.gov.cn/html/2015/tzgg_0414/5.html','99','0','1428975000'),"
        "('6','6','待审','','1','0','1428975000');\n"
    )
    (tmp_path / "2.sql").write_text(
        "INSERT INTO `v9_news_data` (`id`,`content`,`copyfrom`) VALUES ('5','<p>上</p>[page]下篇[/page]<p>下</p>','新华社|0');\n"
        "INSERT INTO `v9_category` (`catid`,`parentid`,`catname`) VALUES ('6','0','通知公告');\n"
    )
    collected(transition, "sql", path=str(tmp_path))
    row = raws(transition)["v9_news:5"]
    assert row.url == "http://www.old-a.example.gov.cn/html/2015/tzgg_0414/5.html"
    assert row.fields["body"] == "<p>上</p><h3>下篇</h3><p>下</p>"
    assert (row.fields["source"], row.fields["column_title"]) == ("新华社", "通知公告")
    assert len(raws(transition)) == 1


QUERIES = """
[[records]]
key = "news"
id = "ID"
url = "/show.asp?id={ID}"
sql = "SELECT ID, Title, Content, AddTime FROM News ORDER BY ID"
[records.fields]
title = "Title"
body = "Content"
published_at = "AddTime"
"""


def test_a_script_of_sql_server_with_a_query_file(transition: Transition, tmp_path: Path) -> None:
    script = (
        "SET IDENTITY_INSERT [dbo].[News] ON\r\nGO\r\n"
        "INSERT [dbo].[News] ([ID], [Title], [Content], [AddTime]) VALUES"
        " (7, N'局长''信箱\\', N'<p>正文</p>', CAST(N'2014-03-05T08:01:02.000' AS DateTime))\r\nGO\r\n"
    )
    (tmp_path / "news.sql").write_bytes(script.encode("utf-16"))
    (tmp_path / "q.toml").write_text(QUERIES)
    collected(transition, "sql", path=str(tmp_path / "news.sql"), queries=str(tmp_path / "q.toml"))
    row = raws(transition)["news:7"]
    assert row.url == f"http://{HOST}/show.asp?id=7"
    assert row.fields == {"title": "局长'信箱\\", "body": "<p>正文</p>", "published_at": "2014-03-05T08:01:02+08:00"}


def test_a_dump_of_an_unknown_system_names_its_tables(transition: Transition, tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("CREATE TABLE `mine` (`id` int);")
    with pytest.raises(SourceRefused, match="tables: mine"):
        collected(transition, "sql", path=str(tmp_path / "x.sql"))


@pytest.mark.parametrize("sql", ["DELETE FROM News", "SELECT 1; DROP TABLE News", "SELECT * INTO x FROM News"])
def test_a_query_file_that_writes_is_refused(transition: Transition, tmp_path: Path, sql: str) -> None:
    (tmp_path / "x.sql").write_text("CREATE TABLE `News` (`ID` int);")
    (tmp_path / "q.toml").write_text(QUERIES.replace("SELECT ID, Title, Content, AddTime FROM News ORDER BY ID", sql))
    with pytest.raises(SourceRefused, match="single SELECT"):
        collected(transition, "sql", path=str(tmp_path / "x.sql"), queries=str(tmp_path / "q.toml"))
