"""Reading and writing tables: every format, every encoding, and a sentence for every file that is no table."""

import csv
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tenants.tables import TableError
from tenants.tables.cells import clean_text
from tenants.tables.export import escape_formula, write_csv, write_xlsx
from tenants.tables.reading import read_table

HEADERS = {
    "code": "code",
    "编码": "code",
    "单位名称": "name",
    "网站名称": "name",
    "name": "name",
    "地址": "address",
    "联系人": "contact",
    "联系人/职务": "contact_post",
    "联系人/电话": "contact_phone",
    "负责人": "leader",
    "负责人/职务": "leader_post",
    "负责人/电话": "leader_phone",
    "电话": "contact_phone",
    "日期": "opened_on",
}
LINES = "编码,单位名称\n430102,芙蓉区人民政府\n"


def cells(data: bytes, name: str = "list.csv") -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_table(data, name, HEADERS).rows]


def refused(data: bytes, name: str = "list.csv", **options: int) -> str:
    with pytest.raises(TableError) as caught:
        read_table(data, name, HEADERS, **options)
    assert caught.value.msgid % caught.value.params == str(caught.value)
    return str(caught.value)


def workbook(rows: Sequence[Sequence[Any]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, replaced: dict[str, bytes]) -> bytes:
    """Return the same package with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part not in replaced:
                new.writestr(part, old.read(part))
        for part, content in replaced.items():
            new.writestr(part, content)
    return out.getvalue()


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_a_csv_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert cells(LINES.encode(encoding)) == [{"code": "430102", "name": "芙蓉区人民政府"}]


def test_rare_characters_of_gb18030_are_read() -> None:
    assert cells("编码,单位名称\n1,㙍㵘𠮷镇\n".encode("gb18030"))[0]["name"] == "㙍㵘𠮷镇"


def test_a_file_in_no_encoding_names_the_byte() -> None:
    assert "neither UTF-8 (byte 10) nor GB18030 (byte 10)" in refused(b"code,name\n\xff\xff,x\n")


def test_a_damaged_utf8_file_is_not_read_as_gb18030() -> None:
    data = LINES.encode() + b"1,\xd6\xd0\n"
    assert f"UTF-8, but damaged at byte {len(LINES.encode()) + 2}" in refused(data)


def test_a_byte_order_mark_binds() -> None:
    assert "says it is UTF-8, but byte" in refused(b"\xef\xbb\xbfcode,name\n\xd6\xd0,x\n")


@pytest.mark.parametrize(
    "data", [b"code,name\n1,a\0b\n", LINES.encode("utf-16-le"), "code,name\n1,\0".encode("utf-16")]
)
def test_nul_bytes_are_refused(data: bytes) -> None:
    assert "is NUL" in refused(data)


# Delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = delimiter.join(["编码", "单位名称", "地址"]) + "\n" + delimiter.join(["1", '"甲,乙;丙"', "x"]) + "\n"
    assert cells(text.encode()) == [{"code": "1", "name": "甲,乙;丙", "address": "x"}]


def test_a_full_width_comma_is_text_and_no_delimiter() -> None:
    assert cells("编码,单位名称\n1,甲，乙\n".encode())[0]["name"] == "甲，乙"


def test_rows_carry_the_number_seen_in_the_sheet() -> None:
    text = '长沙市站点清单,,\n填报单位：办公室,,\n\n编码,单位名称,地址\n1,甲,"五一\n大道"\n,,\n2,乙,x\n'
    table = read_table(text.encode(), "x.csv", HEADERS)
    assert [(row.number, row.cells["name"]) for row in table.rows] == [(5, "甲"), (7, "乙")]
    assert table.rows[0].cells["address"] == "五一大道"


def test_a_row_with_too_many_cells_carries_a_problem_and_a_short_one_is_filled() -> None:
    rows = read_table("编码,单位名称,地址\n1,甲,x,y\n2,乙\n3,丙,x,,\n".encode(), "x", HEADERS).rows
    assert "Row 2: there are 4 cells for 3 headers" in rows[0].problems[0].sentence
    assert rows[1].cells == {"code": "2", "name": "乙"}
    assert [row.problems for row in rows[1:]] == [(), ()]


def test_an_open_quotation_mark_is_refused_with_its_line() -> None:
    assert "can't be read" in refused('编码,单位名称\n1,"甲\n2,乙\n'.encode())


def test_an_enormous_cell_is_refused() -> None:
    assert "quotation mark" in refused(('编码,单位名称\n1,"' + "x" * 200_000 + "\n").encode())


def test_text_that_looks_like_a_formula_is_text() -> None:
    rows = cells("编码,单位名称\n=1+1,@SUM(A1)\n+86,-5\n".encode())
    assert rows == [{"code": "=1+1", "name": "@SUM(A1)"}, {"code": "+86", "name": "-5"}]


@pytest.mark.parametrize(
    ("written", "read"),
    [("430102.0", "430102"), ("４３０１０２", "430102"), ("ＡＢ　ｃ", "AB c"), ("4.30102001001E+11", "430102001001")],
)
def test_numbers_and_full_width_forms_are_made_plain(written: str, read: str) -> None:
    assert cells(f"编码,单位名称\n{written},x\n".encode())[0]["code"] == read


def test_a_code_that_a_spreadsheet_shortened_is_a_problem_and_no_guess() -> None:
    row = read_table("编码,单位名称\n4.30102E+11,x\n".encode(), "x", HEADERS).rows[0]
    assert "cell A2 is a number whose last digits are lost" in row.problems[0].sentence


def test_chinese_brackets_and_punctuation_stay() -> None:
    assert clean_text("湘政发〔2024〕５号（试行）：“通知”…\u200b") == "湘政发〔2024〕5号（试行）：“通知”…"


# Headers


def test_headers_are_known_by_stars_remarks_spaces_and_case() -> None:
    assert cells(
        " CODE *,单位\n名称（必填）\n1,x\n".replace("单位\n名称（必填）", '"单位\n名称（必填）"').encode()
    ) == [{"code": "1", "name": "x"}]


def test_where_two_columns_give_one_field_the_better_header_wins() -> None:
    table = read_table("网站名称,编码,单位名称\n门户,1,甲\n".encode(), "x", HEADERS)
    assert table.rows[0].cells["name"] == "甲"
    assert table.ignored == ("网站名称",)
    assert table.headers == ("网站名称", "编码", "单位名称")


def test_two_columns_with_the_same_header_are_refused() -> None:
    assert "Columns B and C have the same header '单位名称'" in refused("编码,单位名称,单位名称\n1,a,b\n".encode())


def test_unknown_columns_are_named_and_dropped() -> None:
    table = read_table("序号,编码,单位名称,备注\n1,a,甲,x\n2,,,\n".encode(), "x", HEADERS)
    assert table.ignored == ("序号", "备注")
    assert [dict(row.cells) for row in table.rows] == [{"code": "a", "name": "甲"}]


def test_a_header_belongs_to_the_person_to_its_left() -> None:
    text = "编码,单位名称,联系人,职务,电话,负责人,职务,电话\n1,甲,张三,科长,111,李四,局长,222\n"
    assert cells(text.encode())[0] == {
        "code": "1", "name": "甲", "contact": "张三", "contact_post": "科长", "contact_phone": "111",
        "leader": "李四", "leader_post": "局长", "leader_phone": "222",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"  \n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n \n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert "empty" in refused(data)


def test_a_file_of_headers_alone_is_refused() -> None:
    assert "headers and no rows" in refused("编码,单位名称\n".encode())


def test_a_file_without_known_headers_is_refused_with_examples() -> None:
    assert "No header row was found in the first 10 rows" in refused(b"a,b\n1,2\n")
    assert "code, 编码, 单位名称" in refused(b"a,b\n1,2\n")
    assert "No header row" in refused(("标题\n" * 10 + LINES).encode())


def test_too_many_rows_are_refused() -> None:
    text = "编码,单位名称\n" + "1,a\n" * 4
    assert "more than 3 rows" in refused(text.encode(), max_rows=3)
    assert "more than 3 rows" in refused(write_xlsx(["编码", "单位名称"], [["1", "a"]] * 4), max_rows=3)
    assert "more than 3 rows" in refused(json.dumps([{"code": 1, "name": "a"}] * 4).encode(), max_rows=3)
    assert len(read_table(text.encode(), "x", HEADERS, max_rows=4).rows) == 4


# Workbooks


def test_a_workbook_with_a_merged_title_and_merged_headers_is_read() -> None:
    def merge(book: Any, sheet: Any) -> None:
        for area in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"):
            sheet.merge_cells(area)

    data = workbook(
        [
            ["2024年长沙市政府网站清单"],
            ["编码", "单位名称", "联系人", None, "负责人"],
            [None, None, "职务", "电话", "职务", "电话"],
            [430102.0, "芙蓉区人民政府", "科长", 73184683000, "主任", "0731"],
        ],
        merge,
    )
    row = read_table(data, "x.xlsx", HEADERS).rows[0]
    assert row.number == 4
    assert row.cells == {
        "code": "430102", "name": "芙蓉区人民政府", "contact_post": "科长", "contact_phone": "73184683000",
        "leader_post": "主任", "leader_phone": "0731",
    }  # fmt: skip


def test_a_row_of_groups_above_the_headers_tells_whose_post_it_is() -> None:
    text = "基本信息,,联系人,,负责人,\n编码,单位名称,职务,电话,职务,电话\n1,甲,科长,111,局长,222\n"
    row = cells(text.encode())[0]
    assert (row["contact_post"], row["leader_post"], row["leader_phone"]) == ("科长", "局长", "222")


def test_numbers_dates_and_booleans_become_text() -> None:
    data = workbook(
        [
            ["编码", "单位名称", "日期", "地址"],
            [430102.0, "甲", date(2024, 5, 1), True],
            [4.3e11, "乙", datetime.fromisoformat("2024-05-01 08:30"), 1.5],
            [430102001001, "丙", "２０２４-05-01", None],
        ]
    )
    rows = cells(data, "x.xlsx")
    assert [row["code"] for row in rows] == ["430102", "430000000000", "430102001001"]
    assert [row["opened_on"] for row in rows] == ["2024-05-01", "2024-05-01 08:30:00", "2024-05-01"]
    assert (rows[0]["address"], rows[1]["address"]) == ("TRUE", "1.5")


def test_a_number_with_more_digits_than_a_spreadsheet_keeps_is_a_problem() -> None:
    row = read_table(workbook([["编码", "单位名称"], [43010200100112345678, "甲"]]), "x", HEADERS).rows[0]
    assert "cell A2 is a number whose last digits are lost" in row.problems[0].sentence


def test_a_formula_without_a_stored_value_is_a_problem_of_its_row() -> None:
    data = workbook([["编码", "单位名称"], ["1", '=HYPERLINK("http://x","y")'], ["2", "乙"]])
    rows = read_table(data, "x.xlsx", HEADERS).rows
    assert "Row 2, name: cell B2 holds a formula" in rows[0].problems[0].sentence
    assert rows[1].cells == {"code": "2", "name": "乙"}


def test_a_formula_with_a_stored_value_is_its_value() -> None:
    data = workbook([["编码", "单位名称"], ["1", "=A2"]])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    stored = re.sub(rb"<f>A2</f><v>?</v>|<f>A2</f><v ?/>", b"<f>A2</f><v>77</v>", sheet)
    assert stored != sheet
    assert cells(repacked(data, {"xl/worksheets/sheet1.xml": stored}))[0] == {"code": "1", "name": "77"}


def test_a_formula_in_a_column_nobody_reads_does_no_harm() -> None:
    rows = read_table(workbook([["编码", "单位名称", "备注"], ["1", "甲", "=1+1"]]), "x", HEADERS).rows
    assert rows[0].problems == ()


def test_a_row_of_formulas_alone_is_not_overlooked() -> None:
    rows = read_table(workbook([["编码", "单位名称"], ["1", "甲"], ["=A2+1", "=B2"]]), "x.xlsx", HEADERS).rows
    assert [problem.field for problem in rows[1].problems] == ["code", "name"]


def test_an_error_value_is_a_problem() -> None:
    rows = read_table(workbook([["编码", "单位名称"], ["1", "#REF!"]]), "x", HEADERS).rows
    assert "cell B2 holds a spreadsheet error" in rows[0].problems[0].sentence


def test_the_first_visible_sheet_with_a_table_is_read_and_the_others_are_named() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.title = "填写说明"
        sheet["A1"] = "请按要求填写"
        hidden = book.create_sheet("选项")
        hidden.sheet_state = "hidden"
        for title, target in (
            ("隐藏", hidden),
            ("清单", book.create_sheet("清单")),
            ("示例", book.create_sheet("示例")),
        ):
            target.append(["编码", "单位名称"])
            target.append(["1", title])

    table = read_table(workbook([], more), "x.xlsx", HEADERS)
    assert table.rows[0].cells["name"] == "清单"
    assert table.unread_sheets == ("示例",)


def test_a_false_size_of_the_sheet_is_not_believed() -> None:
    data = workbook([["编码", "单位名称"], ["1", "甲"], ["2", "乙"]])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    for size in (b'ref="A1:A1"', b'ref="A1:XFD1048576"'):
        changed = repacked(data, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:B3"', size)})
        assert changed != data
        assert len(cells(changed)) == 2


def test_a_row_number_no_sheet_can_have_is_refused() -> None:
    data = workbook([["编码", "单位名称"], ["1", "甲"]])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    changed = sheet.replace(b'<row r="2"', b'<row r="999999999999"')
    assert changed != sheet
    assert "damaged" in refused(repacked(data, {"xl/worksheets/sheet1.xml": changed}))


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    bomb = repacked(workbook([["编码", "单位名称"]]), {"xl/media/x.xml": b" " * (2 * 2**20)})
    assert "unpacks to" in refused(bomb, "x.xlsx")


def test_a_workbook_with_external_entities_is_refused(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    data = workbook([["编码", "单位名称"], ["1", "甲"]])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY f "f">]>'.encode()
    for name in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"):
        content = parts[name].split(b"?>", 1)[1] if parts[name].startswith(b"<?xml") else parts[name]
        content = content.replace("甲".encode(), b"&e;")
        assert "declares XML entities" in refused(repacked(data, {name: head + content})), name


def test_a_workbook_cut_off_anywhere_is_refused_with_a_sentence() -> None:
    data = workbook([["编码", "单位名称"], *[[str(number), "甲"] for number in range(50)]])
    for length in (4, 30, 100, len(data) // 2, len(data) - 10):
        assert "cut off or damaged" in refused(data[:length], "x.xlsx")


def test_a_workbook_with_damaged_bytes_is_refused_or_read_but_never_fails() -> None:
    data = workbook([["编码", "单位名称"], ["1", "甲"]])
    for position in range(0, len(data), 97):
        changed = data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]
        try:
            read_table(changed, "x.xlsx", HEADERS)
        except TableError:
            continue


@pytest.mark.parametrize(
    ("data", "sentence_part"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file (.xls)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x05\x06" + b"\0" * 18, "cut off or damaged"),
        (b"<html><table><tr><td>x</td></tr></table>", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "web page or XML"),
    ],
)
def test_other_formats_are_told_from_tables(data: bytes, sentence_part: str) -> None:
    assert sentence_part in refused(data, "list.xls")


@pytest.mark.parametrize(
    ("part", "sentence_part"),
    [("xl/workbook.bin", ".xlsb"), ("content.xml", "OpenDocument"), ("readme.txt", "archive and not a workbook")],
)
def test_other_archives_are_told_from_workbooks(part: str, sentence_part: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(part, "x")
    assert sentence_part in refused(out.getvalue(), "x.xlsx")


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert "over 64 MB" in refused(b" " * (64 * 2**20 + 1))


def test_the_content_decides_and_not_the_name() -> None:
    assert cells(LINES.encode(), "list.xlsx") == cells(
        write_xlsx(["编码", "单位名称"], [["430102", "芙蓉区人民政府"]]), "list.csv"
    )


def test_reading_a_workbook_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cells(workbook([["编码", "单位名称"], ["1", "甲"]]))


# JSON

ITEMS = [{"编码": 430102.0, "单位名称": "甲", "x": 1}, {"编码": "2", "单位名称": None, "地址": "=1"}]


@pytest.mark.parametrize(
    "text",
    [json.dumps(ITEMS), json.dumps({"rows": ITEMS}), "\n".join(map(json.dumps, ITEMS)), json.dumps(ITEMS, indent=2)],
)
def test_json_is_read_as_a_list_as_rows_or_line_by_line(text: str) -> None:
    table = read_table(text.encode(), "x", HEADERS)
    assert [dict(row.cells) for row in table.rows] == [{"code": "430102", "name": "甲"}, {"code": "2", "address": "=1"}]
    assert [row.number for row in table.rows] == [1, 2]
    assert table.ignored == ("x",)


@pytest.mark.parametrize(
    ("text", "sentence_part"),
    [
        ("[]", "empty"),
        ('{"rows": []}', "empty"),
        ('[{"code": 1,]', "Line 1 is not valid JSON"),
        ('{"code": 1}\n{"code": 2', "Line 2 is not valid JSON"),
        ('[{"code": NaN, "name": "x"}]', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('[{"a": 1, "b": 2}]', "none of the known keys"),
        ('{"rows": {"code": 1}}', "none of the known keys"),
        ('[{"code": ' + "9" * 5000 + ', "name": "x"}]', "not valid JSON"),
    ],
)
def test_json_that_is_no_table_is_refused(text: str, sentence_part: str) -> None:
    assert sentence_part in refused(text.encode(), "x.json")


def test_a_json_name_without_json_inside_is_refused() -> None:
    assert "not valid JSON" in refused(LINES.encode(), "x.json")
    assert "neither a list" in refused(b"5", "x.json")


def test_items_and_values_that_fit_no_cell_are_problems_of_their_row() -> None:
    text = json.dumps(
        [{"code": "1", "name": ["x"]}, 5, {"code": "a\0b", "name": "\ud800"}, {"code": "4", "name": "丁"}]
    )
    rows = read_table(text.encode(), "x", HEADERS).rows
    assert "Row 1, name: cell name holds a list or an object" in rows[0].problems[0].sentence
    assert "not an object" in rows[1].problems[0].sentence
    assert [problem.field for problem in rows[2].problems] == ["code", "name"]
    assert rows[3].problems == ()


# Export


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_what_a_spreadsheet_would_run_is_escaped(start: str) -> None:
    assert escape_formula(f"{start}cmd") == f"'{start}cmd"
    assert escape_formula(f"a{start}cmd") == f"a{start}cmd"


def test_a_csv_export_is_utf8_with_mark_escaped_and_comes_back_unchanged() -> None:
    data = write_csv(["编码", "单位名称"], [["430102", '=cmd|"/C calc"!A0'], ["007", "甲，乙\n丙"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert next(iter(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]))[1].startswith("'=")
    assert cells(data) == [{"code": "430102", "name": '=cmd|"/C calc"!A0'}, {"code": "007", "name": "甲，乙丙"}]


def test_a_workbook_export_holds_text_only() -> None:
    data = write_xlsx(["编码", "单位名称"], ([code, "=1+1"] for code in ["007", "http://x.gov.cn"]))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["007", "=1+1"],
        ["http://x.gov.cn", "=1+1"],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert cells(data)[0] == {"code": "007", "name": "=1+1"}
