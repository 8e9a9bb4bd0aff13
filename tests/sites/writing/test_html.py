"""What Word, WPS and web pages put into the clipboard, and what is kept of it."""

import pytest

from sites.writing.html import read, to_blocks
from sites.writing.parts import MISSING_PICTURE, Picture, Table, Text, Unreadable
from tests.sites.writing.pictures import data_url, png


def text_of(html: str) -> str:
    """Return the rich text of a paste that holds nothing else."""
    blocks = to_blocks(html)
    assert all(isinstance(block, Text) for block in blocks)
    return "".join(block.html for block in blocks)


def word_item(marker: str, text: str, level: int = 1) -> str:
    """A list item as Word writes it: a paragraph that says it belongs to a list, and the number in a span."""
    return (
        f"<p class=MsoListParagraph style='margin-left:21pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
        f"<span style='mso-list:Ignore'>{marker}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
        f"<![endif]><span lang=EN-US>{text}<o:p></o:p></span></p>"
    )


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<h1>总体要求</h1><h2>基本原则</h2><h3>目标</h3>", "<h2>总体要求</h2><h3>基本原则</h3><h3>目标</h3>"),
        ("<h3><b>只有三级</b></h3>", "<h2>只有三级</h2>"),
        ("<p align=center>居中</p><p style='text-align:right'>落款</p>", '<p class="text-center">居中</p><p class="text-right">落款</p>'),
        ("<center><p>居中</p></center>", '<p class="text-center">居中</p>'),
        ("<div style='text-align:center'><p style='text-align:left'>左</p></div>", "<p>左</p>"),
        ("<p><b>粗</b><i>斜</i>x<sup>2</sup>H<sub>2</sub>O</p>", "<p><b>粗</b><i>斜</i>x<sup>2</sup>H<sub>2</sub>O</p>"),
        ("<p><span style='font-weight:700;font-style:italic'>强</span></p>", "<p><b><i>强</i></b></p>"),
        ("<b style='font-weight:normal'><p>谷歌文档的外壳</p></b>", "<p>谷歌文档的外壳</p>"),
        ("<p>见<a href='https://www.gov.cn/a?b=1&amp;c=2'>原文</a></p>", '<p>见<a href="https://www.gov.cn/a?b=1&amp;c=2">原文</a></p>'),
        ("<ul><li>甲<ul><li>子</li></ul></li><li>乙</li></ul>", "<ul><li>甲<ul><li>子</li></ul></li><li>乙</li></ul>"),
        ("<ol><li><p>一</p><p>续</p></li><li>二</li></ol>", "<ol><li>一<br/>续</li><li>二</li></ol>"),
        ("<ol start=3><li>三</li><li>四</li></ol>", "<p>3.三</p><p>4.四</p>"),
        ("<ol type=a><li>甲</li></ol>", "<p>1.甲</p>"),
        ("<p>　　各乡镇：</p><p>&nbsp;</p><p><o:p>&nbsp;</o:p></p>", "<p>各乡镇：</p>"),
        ("第一段<br><br>第二段<br>　　第三段", "<p>第一段</p><p>第二段</p><p>第三段</p>"),
        ("<p>张　三</p>", "<p>张　三</p>"),
        ("<p>甲<br>乙</p>", "<p>甲<br/>乙</p>"),
        ("<p>上</p><hr><p>下</p>", "<p>上</p><hr/><p>下</p>"),
        ("<p>看不见<span style='display:none'>隐</span><span style='mso-hide:all'>藏</span></p>", "<p>看不见</p>"),
    ],
)  # fmt: skip
def test_formatting_that_is_kept(pasted: str, kept: str) -> None:
    assert text_of(pasted) == kept


def test_words_numbers_stay_as_text_and_its_bullets_become_a_list() -> None:
    pasted = (
        word_item("一、", "总体要求")
        + word_item("（一）", "目标", 2)
        + word_item("1.", "建设 50 公里")
        + word_item("·", "甲项")
        + word_item("o", "甲项之下", 2)
        + word_item("\uf0d8", "乙项")
    )
    assert text_of(pasted) == (
        "<p>一、总体要求</p><p>（一）目标</p><p>1.建设 50 公里</p><ul><li>甲项<ul><li>甲项之下</li></ul></li><li>乙项</li></ul>"
    )


def test_a_number_in_front_of_latin_text_keeps_its_distance() -> None:
    assert text_of(word_item("2.", "ISO 9001")) == "<p>2. ISO 9001</p>"


def test_a_numbered_heading_keeps_its_number() -> None:
    assert (
        text_of("<h1 style='mso-list:l0 level1'><span style='mso-list:Ignore'>第一章 </span>总则</h1>")
        == "<h2>第一章 总则</h2>"
    )


def test_the_office_markup_is_dropped() -> None:
    pasted = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{mso-x:1}</style>"
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]--></head><body><!--StartFragment-->"
        "<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>"
        "<!--[if gte vml 1]><v:shape><v:imagedata src='file:///C:/x.png'/></v:shape><![endif]-->"
        "<p class=MsoNormal style='margin:0cm;mso-pagination:widow-orphan'><span style='font-size:16.0pt;font-family:仿宋_GB2312'>"
        "内容<o:p></o:p></span></p><!--EndFragment--></body></html>"
    )
    assert text_of(pasted) == "<p>内容</p>"


def test_pictures_stand_where_they_stood() -> None:
    made = to_blocks(f"<p>前<img src='{data_url()}' alt='大坝'>后</p>")
    assert made == [Text("<p>前</p>"), Picture(png(), "大坝"), Text("<p>后</p>")]


def test_pictures_by_name_come_from_what_is_handed_in() -> None:
    assert to_blocks("<p><img src='cid:one'></p>", {"cid:one": png()}) == [Picture(png())]


def test_words_own_pictures_leave_a_notice_at_their_place() -> None:
    reading = read("<p>前</p><p><img src='file:///C:/Users/x/clip_image001.png'></p><p>后</p>")
    assert reading.blocks == (Text(f'<p>前</p><p class="text-center">{MISSING_PICTURE}</p><p>后</p>'),)
    assert [lost.params for lost in reading.lost] == [{"count": 1}]


def test_words_own_pictures_are_filled_from_the_clipboard_in_their_order() -> None:
    red, blue = png("red"), png("blue")
    pasted = (
        "<p><img src='file:///a.png'>一</p><p><img src='https://other.cn/x.png'>二</p><p><img src='file:///b.png'></p>"
    )
    reading = read(pasted, spare=[red, blue])
    assert [block.data for block in reading.blocks if isinstance(block, Picture)] == [red, blue]
    assert reading.lost[0].params == {"count": 1}


def test_a_picture_on_another_site_is_never_fetched_but_noticed() -> None:
    assert to_blocks("<img src='https://intranet.local/secret.png'>") == [
        Text(f'<p class="text-center">{MISSING_PICTURE}</p>')
    ]


def test_formulas_and_embedded_things_are_named_as_lost() -> None:
    reading = read("<p>甲<math><mi>x</mi></math></p><iframe src='https://v.cn'></iframe>")
    assert [str(lost) for lost in reading.lost] == [
        "Formulas: 1. Add them as pictures.",
        "Videos, drawings or pages embedded from elsewhere: 1.",
    ]


def test_a_table_between_text_becomes_a_block_of_its_own() -> None:
    made = to_blocks(
        "<p>前</p><table><tr><th>名称</th><th>数量</th></tr><tr><td>水泵</td><td>3</td></tr></table><p>后</p>"
    )
    assert [type(block) for block in made] == [Text, Table, Text]


def test_a_megabyte_of_words_html_keeps_every_paragraph() -> None:
    paragraph = (
        "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt'><span lang=EN-US "
        "style='font-size:16.0pt;mso-bidi-font-size:11.0pt;font-family:仿宋_GB2312;color:black'>2026</span>"
        "<span style='font-size:16.0pt;font-family:仿宋_GB2312'>年，各乡镇要<b>高度重视</b>。<o:p></o:p></span></p>\n"
    )
    pasted = paragraph * (1_050_000 // len(paragraph))
    made = to_blocks(pasted)
    assert made[0].html.count("<p>") == pasted.count("<p ")


def test_more_than_five_megabytes_are_refused_with_a_sentence() -> None:
    with pytest.raises(Unreadable, match="more than 5 million characters"):
        to_blocks("汉" * 5_000_001)


def test_pictures_do_not_count_towards_the_size_of_the_text() -> None:
    big = png(size=(3000, 1500), form="BMP")
    assert len(data_url(big)) > 5_000_000
    made = to_blocks(f"<p>图</p><img src='{data_url(big)}'>")
    assert isinstance(made[1], Picture)
    assert made[1].data.startswith(b"\x89PNG")
