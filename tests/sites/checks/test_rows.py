"""Rows of imported lists: good ones go through, each faulty one is named with its row and field."""

from __future__ import annotations

from sites.checks.findings import Severity
from sites.checks.rows import LEADER_HEADERS, WORD_HEADERS, LeaderEntry, WordEntry, leader_entries, word_entries
from tenants.tables.reading import read_table


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode("gb18030")


def test_words_are_read_by_their_chinese_headers_in_the_encoding_of_old_excel() -> None:
    table = read_table(csv("错词,建议写法,级别,备注", "布署,部署,须确认,", "按装,安装,,常见"), "a.csv", WORD_HEADERS)
    entries, problems = word_entries(table.rows)
    assert entries == [
        WordEntry("布署", "部署", Severity.CONFIRM, ""),
        WordEntry("按装", "安装", Severity.HINT, "常见"),
    ]
    assert problems == []


def test_each_faulty_word_is_named_and_the_others_go_through() -> None:
    table = read_table(
        csv(
            "错误写法,正确写法,级别,说明",
            ",部署,提示,",
            "布署,部署,严重,",
            "按装,按装,提示,",
            "复盖,覆盖,禁止,",
            "复盖,覆盖,提示,",
            f"{'长' * 101},短,提示,",
        ),
        "a.csv",
        WORD_HEADERS,
    )
    entries, problems = word_entries(table.rows)
    assert [entry.word for entry in entries] == ["复盖"]
    assert [(problem.row, problem.field) for problem in problems] == [
        (2, "word"),
        (3, "severity"),
        (4, "replacement"),
        (6, "word"),
        (7, "word"),
    ]
    assert problems[1].say() == "Row 3, severity: “严重” is none of 提示, 须确认, 禁止."


def test_leaders_need_a_name_a_post_a_known_region_and_a_number() -> None:
    table = read_table(
        csv(
            "姓名,职务,行政区划代码,排序",
            "李小明,县委书记,430102,1",
            "王,县长,430102,2",
            "王芳,,430102,2",
            "张建国,副县长,999999,3",
            "赵立新,主任,,第四",
            "李小明,县委书记,,9",
        ),
        "a.csv",
        LEADER_HEADERS,
    )
    entries, problems = leader_entries(table.rows, frozenset({"430102"}))
    assert entries == [LeaderEntry("李小明", "县委书记", "430102", 1)]
    assert [(problem.row, problem.field) for problem in problems] == [
        (3, "name"),
        (4, "post"),
        (5, "region"),
        (6, "rank"),
        (7, "name"),
    ]
