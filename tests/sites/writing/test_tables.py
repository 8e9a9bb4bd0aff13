"""Tables: from foreign HTML to a grid, into the editor's form, and onto the page with scopes and spans."""

import pytest
from lxml import html as lxml_html

from sites.models import Article
from sites.writing.html import read, to_blocks
from sites.writing.parts import Merge, Picture, Table, Text, Unreadable
from sites.writing.stored_table import table_value
from sites.writing.table_view import shown
from tests.sites.writing.pictures import data_url, png


def table_of(html: str) -> Table:
    (table,) = to_blocks(html)
    assert isinstance(table, Table)
    return table


def rendered(value: dict) -> lxml_html.HtmlElement:
    stream_block = Article._meta.get_field("body").stream_block
    (child,) = stream_block.to_python([{"type": "table", "value": value}])
    return lxml_html.fromstring(child.render())


MERGED = """<table><tr><td rowspan=2>日期</td><td colspan=2>值班人员</td></tr><tr><td>带班</td><td>值班</td></tr>
<tr><td>6月1日</td><td align=center>张三</td><td><p align=right>李四</p></td></tr></table>"""


def test_merged_cells_alignment_and_a_head_of_two_rows_reach_the_page() -> None:
    table = table_of(MERGED)
    assert table.rows == (("日期", "值班人员", ""), ("", "带班", "值班"), ("6月1日", "张三", "李四"))
    assert table.merges == (Merge(0, 0, 2, 1), Merge(0, 1, 1, 2))
    assert table.aligned == {(2, 1): "center", (2, 2): "right"}
    page = rendered(table_value(table))
    heads = page.xpath(".//thead/tr")
    assert [[(th.text, th.get("scope"), th.get("rowspan"), th.get("colspan")) for th in row] for row in heads] == [
        [("日期", "col", "2", None), ("值班人员", "colgroup", None, "2")],
        [("带班", "col", None, None), ("值班", "col", None, None)],
    ]
    assert [(td.text, td.get("class")) for td in page.xpath(".//tbody//td")] == [
        ("6月1日", None),
        ("张三", "center"),
        ("李四", "right"),
    ]


@pytest.mark.parametrize(
    ("html", "header"),
    [
        ("<table><thead><tr><td>1</td><td>2</td></tr></thead><tr><td>a</td><td>b</td></tr></table>", "row"),
        ("<table><tr><th>名</th><th>值</th></tr><tr><th>甲</th><td>1</td></tr></table>", "both"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><th>甲</th><td>1</td></tr></table>", "column"),
        ("<table><tr><td><b>一</b></td><td><b>2</b></td></tr><tr><td>a</td><td>b</td></tr></table>", "row"),
        ("<table><tr><td>姓名</td><td>电话</td></tr><tr><td>张三</td><td>84</td></tr></table>", "row"),
        ("<table><tr><td>2024年</td><td>3</td></tr><tr><td>2025年</td><td>4</td></tr></table>", "neither"),
    ],
)
def test_which_cells_head_a_table(html: str, header: str) -> None:
    assert table_of(html).header == header


def test_a_title_row_over_all_columns_becomes_the_caption() -> None:
    table = table_of(
        "<table><tr><td colspan=2>附表一</td></tr><tr><td>名</td><td>数</td></tr><tr><td>甲</td><td>1</td></tr></table>"
    )
    assert (table.caption, table.rows) == ("附表一", (("名", "数"), ("甲", "1")))
    page = rendered(table_value(table))
    assert page.xpath("string(.//caption)") == "附表一"


def test_a_table_of_one_column_or_one_cell_only_frames_text() -> None:
    assert to_blocks("<table><tr><td><p align=center>甲</p><p>乙</p></td></tr></table>") == [
        Text('<p class="text-center">甲</p><p>乙</p>')
    ]


def test_pictures_of_a_table_follow_it() -> None:
    made = to_blocks(
        f"<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td><img src='{data_url()}'></td></tr></table>"
    )
    assert isinstance(made[0], Table)
    assert made[1:] == [Picture(png())]


def test_a_table_inside_a_cell_becomes_lines_and_is_named() -> None:
    inner = "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
    reading = read(f"<table><tr><td>甲</td><td>{inner}</td></tr><tr><td>丙</td><td>丁</td></tr></table>")
    assert reading.blocks[0].rows[0] == ("甲", "1　2\n3　4")
    assert "Tables inside other tables: 1" in str(reading.lost[0])


def test_links_lost_in_cells_are_counted() -> None:
    reading = read(
        "<table><tr><td><a href='https://a.cn/'>甲</a></td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>"
    )
    assert "Links inside tables: 1" in str(reading.lost[0])


def test_spans_beyond_the_table_are_cut() -> None:
    table = table_of("<table><tr><td rowspan=65534 colspan=2>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>")
    assert (table.rows, table.merges) == ((("甲", "", "乙"), ("", "", "丙")), (Merge(0, 0, 2, 2),))


@pytest.mark.parametrize(
    "html",
    ["<table><tr><td colspan=100>a</td><td>b</td></tr></table>", f"<table>{('<tr>' + '<td>x' * 99) * 203}</table>"],
)
def test_a_table_too_large_for_the_editor_is_refused(html: str) -> None:
    with pytest.raises(Unreadable, match="20000 cells or 100 columns"):
        to_blocks(html)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"data": None},
        {"data": "x"},
        {"data": [["a"], None, 3]},
        {"data": [["a", None, {"x": 1}]], "mergeCells": 5, "cell": "x"},
        {"data": [["a", "b"]], "mergeCells": [{"row": 0, "col": 0, "rowspan": 10**9, "colspan": -1}, {"row": "0"}, None]},
        {"data": [["a"], ["b", "c"]], "first_row_is_table_header": True, "mergeCells": [{"row": 0, "col": 0, "rowspan": 9, "colspan": 9}]},
        {"data": [["a"]], "cell": [{"row": None, "col": [], "className": "htCenter"}, {"className": "x' onclick=1"}], "table_caption": 7},
    ],
)  # fmt: skip
def test_a_table_that_no_editor_wrote_is_shown_without_an_error(value: dict) -> None:
    table = shown(value)
    cells = [cell for row in (*table.head, *table.body) for cell in row]
    assert all(cell.rows >= 1 and cell.columns >= 1 and cell.align in {"", "center", "right"} for cell in cells)


def test_overlapping_merges_are_left_out() -> None:
    merges = [{"row": 0, "col": 0, "rowspan": 2, "colspan": 2}, {"row": 1, "col": 1, "rowspan": 2, "colspan": 1}]
    table = shown({"data": [list("abc"), list("def"), list("ghi")], "mergeCells": merges})
    assert [[cell.text for cell in row] for row in table.body] == [["a", "c"], ["f"], ["g", "h", "i"]]


def test_markup_in_a_cell_stays_text_on_the_page() -> None:
    page = rendered({"data": [["<script>alert(1)</script>", "b"]], "table_header_choice": "neither"})
    assert page.xpath("string(.//td)") == "<script>alert(1)</script>"
    assert not page.xpath("//script")


def test_cells_lose_direction_marks_when_they_are_saved() -> None:
    block = Article._meta.get_field("body").stream_block.child_blocks["table"]
    value = block.clean({"data": [["付款\u202e001", None]], "table_header_choice": "neither"})
    assert value["data"] == [["付款001", None]]
