"""What is read of .docx files: numbers, alignment, tables, pictures; and what is named as lost."""

import pytest

from sites.writing.parts import MISSING_PICTURE, Merge, Picture, Reading, Table, Text
from sites.writing.word import read_file
from tests.sites.writing.packages import docx, drawing, levels, numbered, p, picture
from tests.sites.writing.pictures import png


def text_of(reading: Reading) -> str:
    assert all(isinstance(block, Text) for block in reading.blocks)
    return "".join(block.html for block in reading.blocks)


def test_numbers_are_counted_the_way_word_shows_them() -> None:
    numbering = levels(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    body = (
        numbered("总则")
        + numbered("目的", level=1)
        + numbered("依据", level=1)
        + numbered("法律", level=2)
        + numbered("附则")
        + numbered("解释", level=1)
    )
    assert text_of(read_file(docx(body, numbering=numbering))) == (
        "<p>一、总则</p><p>（一）目的</p><p>（二）依据</p><p>1.法律</p><p>二、附则</p><p>（一）解释</p>"
    )


def test_numbers_of_several_levels_and_of_styles_and_legal_ones() -> None:
    numbering = levels(("upperLetter", "%1"), ("decimal", "%1.%2")).replace(
        '<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>'
    )
    style = '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="Chapter"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    body = p("甲", '<w:pStyle w:val="a"/>') + numbered("乙", level=1) + p("丙", '<w:pStyle w:val="a"/>')
    assert text_of(read_file(docx(body, numbering=numbering, styles=style))) == "<p>A 甲</p><p>1.1 乙</p><p>B 丙</p>"


def test_a_list_that_starts_anew_and_one_that_goes_on_after_an_empty_number() -> None:
    numbering = levels(("decimal", "%1."))
    numbering += '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    body = numbered("甲") + numbered("") + numbered("乙") + numbered("新的", 2)
    assert text_of(read_file(docx(body, numbering=numbering))) == "<p>1.甲</p><p>3.乙</p><p>1.新的</p>"


def test_bullets_become_a_list() -> None:
    made = read_file(docx(numbered("甲") + numbered("乙", level=1), numbering=levels(("bullet", "·"), ("bullet", "o"))))
    assert text_of(made) == "<ul><li>甲<ul><li>乙</li></ul></li></ul>"


def test_alignment_comes_from_the_paragraph_or_its_style() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:name w:val="base"/><w:pPr><w:jc w:val="center"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="son"><w:name w:val="son"/><w:basedOn w:val="base"/></w:style>'
    )
    body = (
        p("中", '<w:pStyle w:val="son"/>')
        + p("右", '<w:jc w:val="right"/>')
        + p("左", '<w:pStyle w:val="son"/><w:jc w:val="left"/>')
    )
    assert (
        text_of(read_file(docx(body, styles=styles)))
        == '<p class="text-center">中</p><p class="text-right">右</p><p>左</p>'
    )


def test_headings_come_from_styles_and_from_outline_levels() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    body = p("标题", '<w:pStyle w:val="1"/>') + p("小节", '<w:outlineLvl w:val="1"/>') + p("正文")
    assert text_of(read_file(docx(body, styles=styles))) == "<h2>标题</h2><h3>小节</h3><p>正文</p>"


def test_bold_and_raised_text_stay() -> None:
    body = p("要点", run="<w:b/>") + p("2", run='<w:vertAlign w:val="superscript"/>')
    assert text_of(read_file(docx(body))) == "<p><b>要点</b></p><p><sup>2</sup></p>"


def test_a_table_keeps_merged_cells_alignment_and_its_head() -> None:
    def cell(text: str, properties: str = "", align: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text, align)}</w:tc>"

    rows = (
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + cell("序号", '<w:vMerge w:val="restart"/>') + cell("名称", '<w:gridSpan w:val="2"/>') + "</w:tr>",
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + cell("", "<w:vMerge/>") + cell("全称") + cell("简称") + "</w:tr>",
        "<w:tr>" + cell("1") + cell("甲", align='<w:jc w:val="center"/>') + cell("乙", align='<w:jc w:val="right"/>') + "</w:tr>",
    )  # fmt: skip
    (table,) = read_file(docx(f"<w:tbl>{''.join(rows)}</w:tbl>")).blocks
    assert table == Table(
        rows=(("序号", "名称", ""), ("", "全称", "简称"), ("1", "甲", "乙")),
        merges=(Merge(0, 0, 2, 1), Merge(0, 1, 1, 2)),
        header="row",
        aligned={(2, 1): "center", (2, 2): "right"},
    )
    assert table.aligned == {(2, 1): "center", (2, 2): "right"}


def test_pictures_come_along_in_place() -> None:
    made = read_file(
        docx(
            p("前") + picture("p1") + p("后"), rows=(("p1", "image", "media/a.png"),), more={"word/media/a.png": png()}
        )
    )
    assert made.blocks == (Text("<p>前</p>"), Picture(png()), Text("<p>后</p>"))


def test_linked_pictures_and_charts_leave_a_notice_and_are_counted() -> None:
    chart = drawing('<a:graphic><a:graphicData uri="x"><c:chart r:id="c"/></a:graphicData></a:graphic>')
    reading = read_file(
        docx(
            p("前") + picture("out", "link") + chart,
            rows=(("out", "image", "https://evil.cn/track.png", "External"),),
        )
    )
    assert text_of(reading) == f"<p>前</p><p>{MISSING_PICTURE}</p><p>{MISSING_PICTURE}</p>"
    assert reading.lost[0].params == {"count": 2}


def test_what_is_left_out_is_named() -> None:
    body = (
        p("正文")
        + "<w:p><m:oMathPara><m:oMath/></m:oMathPara></w:p>"
        + "<w:p><w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
        + '<w:p><w:pPr><w:pStyle w:val="toc"/></w:pPr><w:r><w:t>第一章……1</w:t></w:r></w:p>'
    )
    styles = '<w:style w:type="paragraph" w:styleId="toc"><w:name w:val="toc 1"/></w:style>'
    reading = read_file(docx(body, styles=styles, more={"word/vbaProject.bin": b"macro"}))
    assert text_of(reading) == "<p>正文</p><p>增</p>"
    said = " ".join(str(lost) for lost in reading.lost)
    for word in ("Formulas: 1", "tracked changes", "table of contents", "Macros"):
        assert word in said


def test_a_link_of_the_text_stays_and_a_remote_template_does_not_matter() -> None:
    reading = read_file(
        docx(
            '<w:p><w:hyperlink r:id="h"><w:r><w:t>网站</w:t></w:r></w:hyperlink></w:p>',
            rows=(
                ("h", "hyperlink", "https://www.gov.cn/", "External"),
                ("t", "attachedTemplate", "http://evil.cn/macro.dotm", "External"),
            ),
        )
    )
    assert text_of(reading) == '<p><a href="https://www.gov.cn/">网站</a></p>'


@pytest.mark.parametrize(
    "style", ["decimal", "chineseCounting", "upperRoman", "ideographTraditional", "decimalEnclosedCircle"]
)
def test_every_kind_of_number_has_its_sign(style: str) -> None:
    signs = {
        "decimal": "12",
        "chineseCounting": "十二",
        "upperRoman": "XII",
        "ideographTraditional": "乙",
        "decimalEnclosedCircle": "⑫",
    }
    made = read_file(docx("".join(numbered(f"条{at}") for at in range(12)), numbering=levels((style, "%1．"))))
    assert text_of(made).endswith(f"<p>{signs[style]}．条11</p>")
