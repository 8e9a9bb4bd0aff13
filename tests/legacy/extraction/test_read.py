"""A page read without and with a recipe: values with evidence, bodies, questions."""

import random
import re
from datetime import date

import pytest
from lxml import html as lxml_html

from legacy.extraction import bodyfinding, recipe as recipes
from legacy.extraction.page import take_in
from legacy.extraction.read import from_fields, read, read_page
from tests.legacy.extraction.pages import MORE, PROSE, article, listing
from tests.legacy.hostile import HOSTILE

TODAY = date(2026, 1, 1)
TAGS = {
    *(
        "div",
        "p",
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "sup",
        "sub",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ),
    *("blockquote", "span", "h1"),
}
URL = "http://old.example.gov.cn/gzdt/201908/t20190822_2191.html"
RECIPE = recipes.load(
    """
format = 1
[fields]
title = [{ css = "div.title > h1" }]
published_at = [{ script = "pubdata" }]
source = [{ script = "wzly" }]
author = [{ script = "zz" }]
[body]
select = ["#Zoom"]
[breadcrumb]
select = ["div.path a"]
""",
    confirmed=True,
)


def both(html: str, url: str = URL):
    return [read_page(html.encode(), "text/html", url, recipe, TODAY) for recipe in (None, RECIPE)]


def test_date_source_and_author_that_stand_in_scripts_alone_are_read_with_their_evidence():
    for reading in both(article(source="示例日报", author="王某")):
        values = reading.values
        assert values["title"].value == "全县农田建设工作会议召开"
        assert values["published_at"].value == "2019-08-22"
        assert values["published_at"].evidence == "2019年08月22日"
        assert "script:pubdata" in values["published_at"].method
        assert (values["source"].value, values["author"].value) == ("示例日报", "王某")
        assert values["written_on"].value is None
        assert reading.text == f"{PROSE}\n{MORE}"
        assert reading.questions == []
        assert reading.breadcrumb == [("工作动态", "http://old.example.gov.cn/gzdt/index.html")]
        assert not reading.is_list


def test_the_date_in_the_address_is_never_the_publication_date():
    for reading in both(article(day="2010年10月11日"), URL.replace("201908/t20190822", "201705/t20170520")):
        assert reading.values["published_at"].value == "2010-10-11"
    without = article(day="").replace("发布时间：", "")
    for reading in both(without):
        assert reading.values["published_at"].value is None
        assert any("date" in str(question) for question in reading.questions)


def test_a_future_date_is_a_question():
    for reading in both(article(day="2031年10月11日")):
        assert any("2031-10-11" in str(question) for question in reading.questions)


def test_written_and_published_dates_are_kept_apart():
    body = f"<p>{PROSE}</p><p>{MORE}</p><p align=right>示例县示例局</p><p align=right>二〇一七年三月二十一日</p>"
    for reading in both(article(body=body)):
        assert reading.values["written_on"].value == "2017-03-21"
        assert reading.values["written_on"].method == "signature"
        assert reading.values["published_at"].value == "2019-08-22"


def test_a_signing_date_with_a_blank_day_is_unknown_with_its_evidence():
    body = f"<p>{PROSE}</p><p>{MORE}</p><p align=right>2017年3月   日</p>"
    for reading in both(article(body=body)):
        assert reading.values["written_on"].value is None
        assert reading.values["written_on"].evidence == "2017年3月 日"


def test_a_document_number_split_over_spans_is_read_and_a_cited_one_is_not():
    split = "<p><span>示</span><span>人社</span><span>通〔</span><span>2018</span><span>〕</span><span>31</span>号</p>"
    for reading in both(article(body=f"{split}<p>{PROSE}</p><p>{MORE}</p>")):
        assert reading.values["document_number"].value == "示人社通〔2018〕31号"
    cited = f"<p>根据《关于某事的通知》（示发[2015]20号）要求，{PROSE}</p><p>{PROSE}</p>"
    for reading in both(article(body=cited)):
        assert reading.values["document_number"].value is None


def test_a_body_of_attachments_alone_is_short_not_failed():
    body = (
        '<p><a href="./P0201.doc" title="拟聘用人员名单.doc">名单</a></p><p><a href="/files/2.pdf">2.申请表.pdf</a></p>'
    )
    reading = read_page(article(body=body).encode(), "", URL, RECIPE, TODAY)
    assert reading.questions == []
    assert reading.body["attachments"] == [
        {"url": "http://old.example.gov.cn/gzdt/201908/P0201.doc", "name": "拟聘用人员名单.doc"},
        {"url": "http://old.example.gov.cn/files/2.pdf", "name": "2.申请表.pdf"},
    ]


def test_a_body_of_one_picture_is_short_not_failed():
    reading = read_page(
        article(body='<p align=center><img src="./W1.jpg" alt="会议现场"></p>').encode(), "", URL, RECIPE, TODAY
    )
    assert reading.body["blocks"] == [
        {"type": "picture", "url": "http://old.example.gov.cn/gzdt/201908/W1.jpg", "alt": "会议现场", "caption": ""}
    ]
    assert reading.questions == []


def test_a_named_file_without_an_address_is_said():
    reading = read_page(
        article(body=f'<p>{PROSE}</p><p><a href="javascript:;">附件1.doc</a></p>').encode(), "", URL, RECIPE, TODAY
    )
    assert reading.body["attachments"] == []
    assert reading.body["lost"][0]["params"] == {"names": "附件1.doc"}


def test_a_body_shown_twice_is_taken_once():
    once = "".join(f"<p>{PROSE}第{number}条。</p>" for number in range(3))
    for reading in both(article(body=f"<div class=pc>{once}</div><div class=mobile>{once}</div>")):
        assert reading.text.count("第1条") == 1


def test_what_stands_round_a_body_without_a_known_container_is_not_taken():
    html = f"""<html><head><title>关于农田建设的通知_示例县人民政府</title></head><body>
    <table><tr><td><a href="/a">首页</a> <a href="/b">新闻</a> <a href="/c">公告</a> <a href="/d">服务</a></td></tr></table>
    <table><tr><td align=center><b>关于农田建设的通知</b></td></tr><tr><td align=center>2009-03-05 10:20 来源：示例县农业局 点击：33</td></tr>
    <tr><td><p>{PROSE}</p><p>{MORE}</p></td></tr>
    <tr><td><a href="1.html">上一篇：某某通知</a> <a href="2.html">下一篇：某某公告</a></td></tr></table>
    <div>版权所有 示例县人民政府</div></body></html>"""
    reading = read_page(html.encode("gb18030"), "text/html; charset=utf-8", "http://x.cn/news/33.htm", None, TODAY)
    assert reading.text == f"{PROSE}\n{MORE}"
    assert reading.values["title"].value == "关于农田建设的通知"
    assert reading.values["published_at"].value == "2009-03-05T10:20:00+08:00"
    assert reading.values["source"].value == "示例县农业局"
    assert reading.encoding == "gb18030"


def test_a_heading_that_is_the_sites_name_is_not_the_title():
    html = article().replace("<body>", "<body><h1>示例县示例局</h1>").replace("</title>", "_示例县示例局</title>")
    reading = read_page(html.encode(), "", URL, None, TODAY)
    assert reading.values["title"].value == "全县农田建设工作会议召开"


def test_a_title_tag_that_is_the_columns_name_is_not_the_title():
    html = article().replace("<title>全县农田建设工作会议召开</title>", "<title>工作动态-示例县示例局</title>")
    reading = read_page(html.encode(), "", URL, None, TODAY)
    assert reading.values["title"].value == "全县农田建设工作会议召开"


def test_markup_in_the_title_tag_of_government_pages_is_taken_out():
    head = '<meta name="ArticleTitle" content="凝聚智慧和力量&lt;div&gt;——热烈祝贺会议开幕&lt;/div&gt;"><meta name="PubDate" content="2022-02-11 09:52">'
    reading = read_page(article(head=head, day="2022年02月11日").encode(), "", URL, None, TODAY)
    assert reading.values["published_at"].value == "2022-02-11T09:52:00+08:00"
    assert "<" not in (reading.values["title"].value or "")


def test_two_good_places_that_disagree_on_the_date_are_a_question():
    reading = read_page(article(head='<meta name="PubDate" content="2021-02-11">').encode(), "", URL, None, TODAY)
    assert any("2021-02-11" in str(question) for question in reading.questions)


def test_a_list_is_no_item():
    for reading in both(listing(), "http://old.example.gov.cn/gzdt/index.html"):
        assert reading.is_list
        assert reading.questions == []


def test_the_pages_of_a_list_driven_by_a_script_are_named():
    script = '<script>createPageHTML(4,0,"index","html")</script>'
    reading = read_page(listing(script=script).encode(), "", "http://old.example.gov.cn/gzdt/index.html", None, TODAY)
    assert reading.next_parts == [f"http://old.example.gov.cn/gzdt/index_{number}.html" for number in (1, 2, 3)]


def test_the_parts_of_a_paged_article_are_named_and_neighbours_are_not():
    below = '<div>[1] <a href="t20190822_2191_1.html">[2]</a> <a href="t20190822_2191_2.html">[3]</a> <a href="t20190821_2100.html">下一篇</a></div>'
    for reading in both(article(below=below)):
        assert reading.next_parts == [URL.replace(".html", f"_{number}.html") for number in (1, 2)]


def test_parts_by_a_parameter_are_named():
    below = '<a href="?id=5&page=2">2</a> <a href="?id=6">3</a>'
    reading = read_page(article(below=below).encode(), "", "http://old.example.gov.cn/show.asp?id=5", None, TODAY)
    assert reading.next_parts == ["http://old.example.gov.cn/show.asp?id=5&page=2"]


def test_readings_in_brackets_are_taken_out_of_a_damaged_copy_alone():
    damaged = "<p>" + "國(guó)家(jiā)發(fā)展(zhǎn)改(gǎi)革(gé)委(wěi)員(yuán)會(huì)通(tōng)知(zhī)，" * 4 + "</p>"
    reading = read_page(article(body=damaged).encode(), "", URL, RECIPE, TODAY)
    assert reading.text == "国家发展改革委员会通知，" * 4
    assert reading.questions
    normal = f"<p>{PROSE}使用(a)级材料，臺灣同胞</p><p>{PROSE}</p>"
    reading = read_page(article(body=normal).encode(), "", URL, RECIPE, TODAY)
    assert "使用(a)级材料，臺灣同胞" in reading.text
    assert reading.questions == []


def test_office_markup_leaves_text_tables_and_alignment():
    body = (
        '<p class=MsoNormal style="text-align:center;mso-pagination:none"><span style="font-family:仿宋">关于</span>'
        '<span lang=EN-US style="mso-bidi">2017</span><span>年工作</span><o:p></o:p></p><table border=1><tr><td>序号</td>'
        f"<td>姓名</td></tr><tr><td>1</td><td>王某</td></tr><tr><td>2</td><td>李某</td></tr></table><p>{PROSE}</p>"
    )
    reading = read_page(article(body=body).encode(), "", URL, RECIPE, TODAY)
    first, table, last = reading.body["blocks"]
    assert first == {"type": "text", "html": '<p class="text-center">关于2017年工作</p>'}
    assert table["value"]["data"] == [["序号", "姓名"], ["1", "王某"], ["2", "李某"]]
    assert PROSE in last["html"]


@pytest.mark.parametrize("recipe", [None, RECIPE])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"<html>",
        b"GIF89a\x01\x00",
        b"<" * 5000,
        b"<div>" * 20000,
        b"<table><tr><td>" * 3000,
        b"<a href='http://[::1'>x</a><img src='http://[bad'><p>text</p>",
        "<body><p id=Zoom onclick=alert(1)><script>alert(1)</script><iframe src=x></iframe>好</p>".encode(),
    ],
)
def test_hostile_and_broken_pages_are_read_without_an_error(data, recipe):
    reading = read_page(data, "text/html", URL, recipe, TODAY)
    assert "script" not in str(reading.body["blocks"])


@pytest.mark.parametrize("recipe", [None, RECIPE])
def test_nothing_that_runs_comes_into_a_body_whatever_is_put_together(recipe):
    chance, texts = random.Random(9), 0
    for _turn in range(60):
        pieces = "".join(chance.choices(HOSTILE, k=chance.randint(1, 8)))
        data = article(body=f"<p>{PROSE}</p>{pieces}<p>{PROSE}</p>").encode()
        reading = read_page(data, "text/html", URL, recipe, TODAY)
        texts += PROSE in reading.text
        for block in reading.body["blocks"]:
            root = lxml_html.fragment_fromstring(str(block.get("html") or ""), create_parent="div")
            for element in root.iter("*"):
                assert element.tag in TAGS, (pieces, element.tag)
                assert not [name for name in element.attrib if name.startswith("on") or name == "style"], pieces
                link = re.sub(r"\s", "", element.get("href") or "").lower()
                assert not link.startswith(("javascript", "data", "vbscript")), pieces
        for one in reading.body["attachments"]:
            assert one["url"].startswith(("http://", "https://")), pieces
    assert texts > 40


def test_a_record_with_fields_is_taken_at_its_word():
    fields = {"title": "关于某事的通知", "published_at": "2012-03-04T05:06:07+08:00", "source": "示例局", "body": "第一段。\n\n第二段。",
              "attachments": [{"url": "http://x.cn/a.doc", "name": "附件.doc"}], "column": "12"}  # fmt: skip
    reading = from_fields(fields, "http://x.cn/1", "wxr", TODAY)
    assert reading.values["published_at"].value == "2012-03-04T05:06:07+08:00"
    assert reading.values["column"].value == "12"
    assert reading.text == "第一段。\n第二段。"
    assert reading.body["attachments"] == [{"url": "http://x.cn/a.doc", "name": "附件.doc"}]
    assert reading.questions == []
    assert from_fields({"body": "x"}, "", "table", TODAY).questions


def test_a_page_of_thousands_of_nested_elements_is_read_quickly():
    for html in ("<div class=share>" * 30000 + PROSE, "<div><a href=x>yyyyy</a>" * 10000 + PROSE * 50):
        assert read_page(html.encode(), "", URL, None, TODAY).questions


def test_a_base_that_is_no_address_is_none():
    for reading in both(article(head='<base href="http://[::1">')):
        assert reading.breadcrumb == [("工作动态", "http://old.example.gov.cn/gzdt/index.html")]


def test_the_libraries_are_not_asked_about_a_page_of_too_many_elements(monkeypatch):
    monkeypatch.setattr(bodyfinding, "_TAGS_MOST", 10)
    page = take_in(article().encode(), "", URL)
    assert (bodyfinding.by_readability(page), bodyfinding.by_trafilatura(page)) == ("", "")
    assert read(page, None, TODAY).text == f"{PROSE}\n{MORE}"


def test_a_files_name_in_an_address_may_be_percent_encoded_gbk():
    body = f'<p>{PROSE}</p><p><a href="/f/%C3%FB%B5%A5.doc">下载附件</a></p>'
    reading = read_page(article(body=body).encode(), "", URL, RECIPE, TODAY)
    assert reading.body["attachments"] == [{"url": "http://old.example.gov.cn/f/%C3%FB%B5%A5.doc", "name": "名单.doc"}]
