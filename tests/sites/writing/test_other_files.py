"""Everything else people upload: OpenDocument, RTF, web pages, plain text, and files whose names lie."""

import pytest

from sites.writing.parts import Merge, Picture, Reading, Table, Text, Unreadable
from sites.writing.word import read_file
from tests.sites.writing.packages import docx, odt, p, packed
from tests.sites.writing.pictures import png

ODT_STYLES = (
    '<style:style style:name="C"><style:paragraph-properties fo:text-align="center"/></style:style>'
    '<style:style style:name="R" style:parent-style-name="C"><style:paragraph-properties fo:text-align="end"/></style:style>'
    '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="S"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>'
    '<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." text:display-levels="1"/></text:list-style>'
    '<text:list-style style:name="U"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>'
)


def text_of(reading: Reading) -> str:
    assert all(isinstance(block, Text) for block in reading.blocks)
    return "".join(block.html for block in reading.blocks)


def item(text: str, inner: str = "") -> str:
    return f"<text:list-item><text:p>{text}</text:p>{inner}</text:list-item>"


def test_an_odt_keeps_headings_alignment_styles_and_numbers() -> None:
    inner = item("甲", "<text:list>" + item("子") + item("丑") + "</text:list>")
    body = (
        '<text:h text:outline-level="1">总则</text:h><text:p text:style-name="C">中</text:p><text:p text:style-name="R">右</text:p>'
        '<text:p><text:span text:style-name="B">粗</text:span>x<text:span text:style-name="S">2</text:span><text:line-break/>'
        '<text:a xlink:href="https://www.gov.cn/">网</text:a></text:p>'
        f'<text:list text:style-name="N">{inner}{item("乙")}</text:list>'
        f'<text:list text:style-name="U">{item("点")}</text:list>'
    )
    assert text_of(read_file(odt(body, styles=ODT_STYLES))) == (
        '<h2>总则</h2><p class="text-center">中</p><p class="text-right">右</p>'
        '<p><b>粗</b>x<sup>2</sup><br/><a href="https://www.gov.cn/">网</a></p>'
        "<p>一、甲</p><p>1.子</p><p>2.丑</p><p>二、乙</p><ul><li>点</li></ul>"
    )


def test_an_odt_keeps_tables_with_merged_cells_and_pictures() -> None:
    def cell(text: str, spans: str = "") -> str:
        return f"<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>"

    body = (
        "<table:table><table:table-header-rows><table:table-row>"
        + cell("名称", 'table:number-columns-spanned="2"')
        + "<table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row>"
        + cell("甲")
        + cell("乙")
        + "</table:table-row><table:table-row>"
        + cell("丙")
        + cell("丁")
        + "</table:table-row></table:table>"
        '<text:p>图<draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame></text:p>'
    )
    made = read_file(odt(body, more={"Pictures/a.png": png()})).blocks
    assert made[0] == Table((("甲", "乙"), ("丙", "丁")), caption="名称", header="row")
    assert made[1:] == (Text("<p>图</p>"), Picture(png()))


def test_an_odt_with_a_million_repeated_cells_is_cut() -> None:
    cell = '<table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell>'
    with pytest.raises(Unreadable, match="cells or 100 columns"):
        read_file(odt(f"<table:table><table:table-row>{cell}{cell}</table:table-row></table:table>"))


RTF = rb"""{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}{\*\generator x;}
\pard\qc\b \'b9\'d8\'d3\'da\b0\par\pard {\f1 Hello} \u20013?\'ce\'c4{\super 2}\par{\listtext \u19968?\'a1\'a2\tab}\'d7\'dc\'d4\'f2\par
\trowd\clvmgf\cellx1000\cellx2000\cellx3000\intbl a\cell b\cell c\cell\row\trowd\clvmrg\cellx1000\cellx3000\intbl\cell wide\cell\row
\pard\qr end\par{\*\shppict{\pict\pngblip\picw40 PICTURE}}{\nonshppict{\pict\wmetafile8 00}}}"""


def test_an_rtf_that_calls_itself_doc_is_read() -> None:
    made = read_file(RTF.replace(b"PICTURE", png().hex().encode())).blocks
    assert made[0] == Text('<p class="text-center"><b>关于</b></p><p>Hello 中文<sup>2</sup></p><p>一、总则</p>')
    assert made[1] == Table((("a", "b", "c"), ("", "wide", "")), (Merge(0, 0, 2, 1), Merge(1, 1, 1, 2)), "row")
    assert made[2:] == (Text('<p class="text-right">end</p>'), Picture(png()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_in_any_usual_encoding(encoding: str) -> None:
    assert (
        text_of(read_file("关于防汛的通知\r\n\r\n　　各村：\r\n1<2".encode(encoding)))
        == "<p>关于防汛的通知</p><p>各村：</p><p>1&lt;2</p>"
    )


def test_a_web_page_whose_declared_encoding_lies() -> None:
    page = "<html><head><meta charset=gb2312><title>名</title></head><body><p align=center>中</p></body></html>"
    assert text_of(read_file(page.encode())) == '<p class="text-center">中</p>'


def test_a_web_archive_with_its_picture() -> None:
    import base64

    page = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<p>图</p><img src='file:///C:/1/image001.png'>\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: file:///C:/1/image001.png\r\n\r\n{base64.b64encode(png()).decode()}\r\n--b--\r\n"
    )
    assert read_file(page.encode()).blocks == (Text("<p>图</p>"), Picture(png()))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\x00", "is empty"),
        (b"%PDF-1.7 x", "This is a PDF"),
        (png(), "This is a picture"),
        (b"Rar!\x1a\x07\x00x", "packed archive"),
        (b"MZ\x90\x00 program", "This is a program"),
        (packed({"a.txt": "x"}), "packed archive"),
        (packed({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}), "spreadsheet"),
        (docx(p("正文"))[:400], "damaged or incomplete"),
        (b"PK\x03\x04 nothing more", "damaged or incomplete"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (odt("<text:p>x</text:p>", manifest="<m:file-entry><m:encryption-data/></m:file-entry>"), "password"),
        (docx(""), "No text was found"),
        (b"{\\rtf1" + b"{" * 500, "damaged or incomplete"),
        (bytes(range(256)) * 20, "no text that can be read"),
        (b"x" * (30 * 1024 * 1024 + 1), "larger than 30 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_answered_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_file(data)
