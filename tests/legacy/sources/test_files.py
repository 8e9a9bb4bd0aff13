"""Mirrors, archives and exports as files: what comes in, and what damage costs."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from legacy import blobs
from legacy.commands import collect
from legacy.models import Transition
from legacy.running import new_run
from legacy.sources import choosing, collecting, files, storing
from legacy.sources.json_list import elements
from legacy.sources.records import Record
from sites.messages import SaidError
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.sources.build import collected, picture, raws, said
from tests.legacy.transitions import HOST, begun

SITE = "old-a.example.gov.cn"  # HOST in canonical form
PAGE = "<html><head><title>页面</title></head><body>正文</body></html>"


@pytest.fixture
def transition(cast: Cast) -> Any:
    with tenant_scope(cast.county_a):
        yield begun(cast.county_a)


def mirror(folder: Path) -> None:
    """Make a mirror with everything that real ones have."""
    (folder / "zwgk").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, "gb18030")
    (folder / "zwgk" / "t1.html").write_text(PAGE, "utf-8")
    (folder / "show.asp@id=3&cat=2.html").write_text(PAGE + "3", "utf-8")
    (folder / "D:\\wwwroot\\gzdt\\t2.html").write_text(PAGE + "2", "utf-8")
    (folder / "renamed4f2c.html").write_text(
        f"<!-- Mirrored from {HOST}/list.php?typeid=5 by HTTrack Website Copier -->" + PAGE, "utf-8"
    )
    Path(os.fsdecode(os.fsencode(folder) + "/附件.doc".encode("gb18030"))).write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    )
    (folder / "leads-out").symlink_to("/etc/passwd")
    (folder / "leads-in.html").symlink_to(folder / "index.html")
    os.mkfifo(folder / "pipe")
    (folder / "Thumbs.db").write_bytes(b"x")


def test_a_mirror_folder_gives_the_addresses_that_its_names_stand_for(transition: Transition, tmp_path: Path) -> None:
    mirror(tmp_path / "m")
    run = collected(transition, "mirror", path=str(tmp_path / "m"))
    rows = raws(transition)
    assert {key.removeprefix(SITE): row.kind for key, row in rows.items()} == {
        "/": "page",
        "/zwgk/t1.html": "page",
        "/show.asp?cat=2&id=3": "page",
        "/gzdt/t2.html": "page",
        "/list.php?typeid=5": "page",
        "/%E9%99%84%E4%BB%B6.doc": "file",
        "/leads-in.html": "page",
    }
    lines = {place: text for _level, place, text in said(run)}
    assert "leads out of the mirror" in lines["leads-out"]
    assert "neither a file nor a folder" in lines["pipe"]
    assert blobs.get(rows[f"{SITE}/"].sha256) == PAGE.encode("gb18030")
    again = collected(transition, "mirror", path=str(tmp_path / "m"))
    assert (again.counts.get("unchanged"), again.counts.get("updated", 0)) == (7, 0)


def test_a_folder_of_hosts_is_seen_as_one(transition: Transition, tmp_path: Path) -> None:
    for host in (HOST, "other.example"):
        (tmp_path / host).mkdir()
        (tmp_path / host / "a.html").write_text(PAGE)
    collected(transition, "mirror", path=str(tmp_path))
    assert set(raws(transition)) == {f"{SITE}/a.html", "other.example/a.html"}


class Gbk(zipfile.ZipInfo):
    """A member whose name is written in the bytes that Chinese Windows writes."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gb18030"), self.flag_bits


def packed(names: dict[str, bytes], *, gbk: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            info = (Gbk if gbk else zipfile.ZipInfo)(name, (2015, 4, 14, 8, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def test_a_zip_with_gbk_names_a_bomb_and_a_way_out(transition: Transition, tmp_path: Path) -> None:
    names = {"政务公开/通知.html": PAGE.encode(), "../../etc/passwd": b"root", "C:\\Inetpub\\wwwroot\\a.html": PAGE.encode(),
             "bomb.html": bytes(20 * 2**20)}  # fmt: skip
    (tmp_path / "m.zip").write_bytes(packed(names, gbk=True))
    run = collected(transition, "zip", path=str(tmp_path / "m.zip"))
    rows = raws(transition)
    assert f"{SITE}/%E6%94%BF%E5%8A%A1%E5%85%AC%E5%BC%80/%E9%80%9A%E7%9F%A5.html" in rows
    assert rows[f"{SITE}/a.html"].kind == "page"
    assert rows[f"{SITE}/bomb.html"].sha256 == ""
    lines = {place: text for _level, place, text in said(run)}
    assert "leads out" in lines["../../etc/passwd"]
    assert "trap" in lines["bomb.html"]


def test_a_damaged_zip_gives_what_is_whole(transition: Transition, tmp_path: Path) -> None:
    noise = random.Random(1)
    names = {f"{n}.html": PAGE.encode() + noise.randbytes(400) for n in range(10)}
    data = bytearray(packed(names))
    at = data.find(b"3.html") + 60
    data[at : at + 8] = bytes(8)
    (tmp_path / "damaged.zip").write_bytes(data)
    run = collected(transition, "zip", path=str(tmp_path / "damaged.zip"))
    assert len([row for row in raws(transition).values() if row.sha256]) == 9
    assert [place for _level, place, text in said(run) if "damaged" in text] == ["3.html"]


def test_a_zip_cut_off_is_read_by_the_headers_of_its_files(transition: Transition, tmp_path: Path) -> None:
    data = packed({f"{n}.html": PAGE.encode() for n in range(10)})
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    run = collected(transition, "zip", path=str(tmp_path / "cut.zip"))
    assert 4 <= len(raws(transition)) < 10
    assert "cut off or damaged" in said(run)[0][2]


def warc(records: list[tuple[str, str, bytes, dict[str, str]]], *, gzip: bool = True) -> bytes:
    """Return a WARC of (type, address, HTTP answer or body, further headers)."""
    out = io.BytesIO()
    for kind, url, block, more in records:
        record = WarcRecord()
        record.init_headers(getattr(WarcRecordType, kind))
        record.headers["WARC-Target-URI"] = url
        for name, value in more.items():
            record.headers[name] = value
        if kind in ("response", "revisit"):
            record.is_http = True
        record.set_bytes_content(block)
        record.write(GzipWriter(out) if gzip else out)
    return out.getvalue()


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_warc_with_revisits_duplicates_and_a_damaged_record(transition: Transition, tmp_path: Path) -> None:
    base = f"http://{HOST}"
    noise = random.Random(2)
    records = [
        ("response", f"{base}/a.html", answer(b"<html>old</html>", Content_Type="text/html"), {"WARC-Date": "2014-01-01T00:00:00Z"}),
        ("response", f"{base}/a.html", answer(b"<html>new</html>", Content_Type="text/html"), {"WARC-Date": "2014-02-01T00:00:00Z"}),
        ("response", f"{base}/hurt.html", answer(b"<html>" + noise.randbytes(5000)), {}),
        ("revisit", f"{base}/copy.html", answer(b""), {"WARC-Refers-To-Target-URI": f"{base}/a.html"}),
        ("revisit", f"{base}/none.html", answer(b""), {}),
        ("response", f"{base}/moved", answer(b"", "302 ", Location="/a.html"), {}),
        ("response", f"{base}/chunked.html", answer(b"6\r\n<html>\r\n0\r\n\r\n", Transfer_Encoding="chunked"), {}),
    ]  # fmt: skip
    hurt = bytearray(warc(records[2:3]))
    hurt[2500:2520] = bytes(20)
    (tmp_path / "x.warc.gz").write_bytes(warc(records[:2]) + hurt + warc(records[3:]))
    run = collected(transition, "warc", path=str(tmp_path / "x.warc.gz"))
    rows = {key.removeprefix(SITE): row for key, row in raws(transition).items()}
    assert set(rows) == {"/a.html", "/copy.html", "/moved", "/chunked.html"}
    assert blobs.get(rows["/a.html"].sha256) == b"<html>new</html>"
    assert rows["/copy.html"].sha256 == rows["/a.html"].sha256
    assert (rows["/moved"].status, rows["/moved"].headers["location"]) == (302, "/a.html")
    assert blobs.get(rows["/chunked.html"].sha256) == b"<html>"
    texts = [text for _level, _place, text in said(run)]
    assert any("damaged or cut off" in text for text in texts)
    assert any("whose content is not here" in text for text in texts)


WXR = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<wp:author><wp:author_login>wang</wp:author_login><wp:author_display_name>王某</wp:author_display_name></wp:author>
%s</channel></rss>"""
ITEM = """<item><title>%(title)s</title><link>http://old-a.example.gov.cn/?p=%(id)s</link><dc:creator>wang</dc:creator>
<content:encoded><![CDATA[%(body)s]]></content:encoded><wp:post_id>%(id)s</wp:post_id>
<wp:post_date>2015-04-14 09:30:00</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>
<wp:status>%(state)s</wp:status><wp:post_type>post</wp:post_type><wp:post_password>%(password)s</wp:post_password>
<category domain="category" nicename="tzgg"><![CDATA[通知公告]]></category></item>"""


def item(**values: str) -> str:
    return ITEM % {"id": "1", "title": "标题", "body": "一\n\n二\x01", "state": "publish", "password": "", **values}


def test_a_wordpress_export_gives_what_was_published(transition: Transition, tmp_path: Path) -> None:
    items = item() + item(id="2", state="draft") + item(id="3", password="x")
    (tmp_path / "e.xml").write_text(WXR % items, "utf-8")
    collected(transition, "wxr", path=str(tmp_path / "e.xml"))
    rows = raws(transition)
    assert set(rows) == {"wxr:1"}
    assert rows["wxr:1"].fields == {
        "title": "标题", "published_at": "2015-04-14T09:30:00+08:00", "author": "王某",
        "body": "<p>一</p>\n<p>二</p>", "column": "tzgg", "column_title": "通知公告",
    }  # fmt: skip
    assert rows["wxr:1"].url == "http://old-a.example.gov.cn/?p=1"


def test_a_wordpress_export_cut_off_loses_its_last_item_and_says_so(transition: Transition, tmp_path: Path) -> None:
    whole = WXR % (item() + item(id="2"))
    (tmp_path / "e.xml").write_text(whole[: whole.rfind("<wp:status>")], "utf-8")
    run = collected(transition, "wxr", path=str(tmp_path / "e.xml"))
    assert set(raws(transition)) == {"wxr:1"}
    assert "cut off" in said(run)[-1][2]


def test_a_workbook_and_json_lines_with_a_column_map(transition: Transition, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["导出清单"])
    book.active.append(["标题栏", "发布时间", "正文", "栏目", "网址"])
    book.active.append(["关于表彰的通知", "2015年4月14日 09:30", "第一段\n第二段", "通知公告", "/tzgg/1.html"])
    book.active.append(["没有日期", "某日", "正文", "通知公告", "/tzgg/2.html"])
    book.active.append(["", "", "", "通知公告", ""])
    book.save(tmp_path / "t.xlsx")
    run = collected(transition, "table", path=str(tmp_path / "t.xlsx"), columns={"标题栏": "title"})
    row = raws(transition)[f"table:http://{HOST}/tzgg/1.html"]
    assert row.fields == {
        "title": "关于表彰的通知", "published_at": "2015-04-14T09:30:00+08:00",
        "body": "<p>第一段</p><p>第二段</p>", "column": "通知公告", "column_title": "通知公告",
    }  # fmt: skip
    assert [(level, text[:20]) for level, _place, text in said(run)] == [
        ("warning", "“某日” is no date that"), ("refused", "The row has neither "),
    ]  # fmt: skip
    (tmp_path / "t.jsonl").write_text(
        '{"id": 7, "title": "七", "body": "<p>x</p>"}\n{broken\n{"title": "八"}\n', "utf-8"
    )
    run = collected(transition, "table", path=str(tmp_path / "t.jsonl"))
    assert raws(transition)["table:7"].fields["title"] == "七"
    assert [(place, text) for _level, place, text in said(run)] == [("t.jsonl, 2", "This line is no JSON object.")]


def workbook(strings: list[str], *, strings_part: bytes = b"") -> bytes:
    """Return a workbook whose cells share their texts, as Excel writes it; one row for each text after two headers."""
    out = io.BytesIO()
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    rows = "".join(f'<row><c t="s"><v>2</v></c><c t="s"><v>{number}</v></c></row>' for number in range(3, len(strings)))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{book}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{book}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{book}.sharedStrings+xml"/></Types>',
        "_rels/.rels": relations % f'<Relationship Id="r" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/>',
        "xl/_rels/workbook.xml.rels": relations
        % f'<Relationship Id="r1" Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{kinds}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet {space}><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        f"{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {space}>" + "".join(f"<si><t>{text}</t></si>" for text in strings) + "</sst>",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, strings_part if strings_part and name.endswith("Strings.xml") else text)
    return out.getvalue()


def test_texts_that_cells_share_are_found_by_their_number(transition: Transition, tmp_path: Path) -> None:
    titles = [f"标题{number}" for number in range(600)]
    (tmp_path / "t.xlsx").write_bytes(workbook(["标题", "网址", "重复", *(f"/{title}" for title in titles)]))
    collected(transition, "table", path=str(tmp_path / "t.xlsx"))
    rows = raws(transition)
    assert len(rows) == 600
    assert rows[f"table:http://{HOST}/标题599"].fields["title"] == "重复"


def test_a_workbook_that_unpacks_to_a_bomb_or_names_a_text_that_is_not_there_is_refused(
    transition: Transition, tmp_path: Path
) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(workbook(["a"], strings_part=bytes(30 * 2**20)))
    with pytest.raises(choosing.SourceRefused, match="may be a trap"):
        collected(transition, "table", path=str(tmp_path / "bomb.xlsx"))
    short = workbook(["标题", "网址", "x", "/1"], strings_part=b"<sst xmlns='x'></sst>")
    (tmp_path / "short.xlsx").write_bytes(short)
    with pytest.raises(choosing.SourceRefused, match="cut off or damaged"):
        collected(transition, "table", path=str(tmp_path / "short.xlsx"))


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
def test_a_json_list_is_parted_alike_in_pieces_of_any_size(step: int) -> None:
    data = [{"a": 'x"\\]},{[\\' * number, "b": [1, {"c": '"\n'}]} for number in range(5)] + [5, "a,]", None, [], {}]
    for indent in (None, 2):
        text = json.dumps(data, indent=indent, ensure_ascii=False)
        pieces = (text[at : at + step] for at in range(0, len(text), step))
        assert [json.loads(one) for one in elements(pieces, 10**6)] == data
    assert list(elements(iter(["[ ]"]), 9)) == []
    assert [len(one) for one in elements(iter(["[", '"', *["x" * 10] * 50, '",1]']), 100)] == [102, 1]


def test_damage_in_a_json_list_costs_one_element(transition: Transition, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(
        '[{"id": 1, "title": "一"}, {"id": 2, title}, 7, {"id": 3, "title": "三"}, {"id": 4'
    )
    run = collected(transition, "table", path=str(tmp_path / "t.json"))
    assert set(raws(transition)) == {"table:1", "table:3"}
    assert [place for _level, place, text in said(run) if "no JSON object" in text] == [
        "t.json, 2", "t.json, 3", "t.json, 5",
    ]  # fmt: skip


def test_a_packed_table_that_unpacks_to_a_bomb_is_left(
    transition: Transition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_FLOOR", 2**20)
    (tmp_path / "t.csv").write_bytes(gzip.compress(b"id,title\n1,x\n" + bytes(5 * 2**20)))
    with pytest.raises(SaidError, match="may be a trap"):
        collected(transition, "table", path=str(tmp_path / "t.csv"))


def test_a_quotation_mark_that_is_not_closed_costs_one_line(transition: Transition, tmp_path: Path) -> None:
    lines = [
        "编号;标题;正文",
        '1;一;"有 ""引号"" 的\n正文"',
        '2;"没有关上;x',
        *(f"{n};标题{n};x" for n in range(3, 40)),
    ]
    (tmp_path / "t.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    run = collected(transition, "table", path=str(tmp_path / "t.csv"))
    assert len(raws(transition)) == 38
    assert [(place, text[:24]) for _level, place, text in said(run)] == [("t.csv, 4", "This line can't be read.")]


@pytest.mark.parametrize("source", ["mirror", "zip", "table"])
def test_a_kill_at_any_record_and_going_on_ends_alike(
    transition: Transition, cast: Cast, tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.html").write_text(f"<html>{number}</html>")
    (folder / "out").symlink_to("/etc")
    (tmp_path / "m.zip").write_bytes(
        packed({f"{n}.html": f"<html>{n}</html>".encode() for n in range(60)} | {"../x": b""})
    )
    (tmp_path / "t.csv").write_text("id,title\n" + "".join(f"{n},标题{n}\n" for n in range(60)) + ',\n,""\n')
    path = {"mirror": folder, "zip": tmp_path / "m.zip", "table": tmp_path / "t.csv"}[source]
    monkeypatch.setattr(storing, "BATCH", 7)
    whole = collected(transition, source, path=str(path))
    expected = picture(whole, transition)
    other = begun(cast.county_a, code="second", host="www.second.example")
    other.hosts = transition.hosts
    run = new_run(other, "collect", by=None, source=source, at_command_line=True, path=str(path), base=f"http://{HOST}")
    dice, add = random.Random(5), storing.Store.add

    def dies(self: storing.Store, record: Record) -> None:
        if dice.random() < 0.05:
            raise KeyboardInterrupt
        add(self, record)

    monkeypatch.setattr(storing.Store, "add", dies)
    for _attempt in range(200):
        try:
            collecting.carry_out(run)
            break
        except KeyboardInterrupt:
            run.refresh_from_db()
    assert run.state == "finished"
    assert picture(run, other) == expected
    assert run.counts == whole.counts


def test_a_run_from_the_web_reads_only_what_was_handed_in(transition: Transition, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    with pytest.raises(choosing.SourceRefused):
        collected(transition, "mirror", path=str(tmp_path), at_command_line=False)
    with pytest.raises(choosing.SourceRefused):
        collected(transition, "mirror", path="../../..", at_command_line=False)
    handed_in = blobs.put(packed({"a.html": PAGE.encode()}))
    run = collected(transition, "zip", path=str(blobs.path_of(handed_in)), name="站点.zip", at_command_line=False)
    assert run.counts["created"] == 1


def test_the_command_collects_and_says_what_came_in(transition: Transition, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "out.html").symlink_to("/etc/passwd")
    parser = argparse.ArgumentParser()
    collect.arguments(parser)
    asked = vars(parser.parse_args([transition.code, "mirror", "--path", str(tmp_path), "--format", "json"]))
    dry = io.StringIO()
    assert collect.handle({**asked, "dry_run": True}, dry) == 0
    assert json.loads(dry.getvalue())["options"]["path"] == str(tmp_path)
    assert not raws(transition)
    out = io.StringIO()
    assert collect.handle(asked, out) == 3
    assert json.loads(out.getvalue())["counts"]["created"] == 1
