"""Differences of Chinese texts. No database."""

from __future__ import annotations

import pytest

from sites.review.text_diff import Kind, parts


def written(before: str, after: str) -> str:
    """Return the parts in one line: [-gone-] and {+new+}."""
    marks = {Kind.SAME: "{}", Kind.GONE: "[-{}-]", Kind.NEW: "{{+{}+}}"}
    return "".join(marks[part.kind].format(part.text) for part in parts(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("同样的文字", "同样的文字", "同样的文字"),
        ("", "新增", "{+新增+}"),
        ("删除", "", "[-删除-]"),
        ("", "", ""),
        ("防汛抗旱工作会议召开", "防汛抗旱暨安全生产工作会议召开", "防汛抗旱{+暨安全生产+}工作会议召开"),
        ("投资1200万元", "投资1300万元", "投资[-1200-]{+1300+}万元"),
        ("联系电话12345，地址", "联系电话67890，地址", "联系电话[-12345-]{+67890+}，地址"),
        ("请于3月5日前反馈", "请于4月5日前书面反馈", "请于[-3-]{+4+}月5日前{+书面+}反馈"),
        ("共120人", "共1200人", "共[-120-]{+1200+}人"),
        ("a<b>c", "a<i>c", "a<[-b-]{+i+}>c"),
    ],
)
def test_the_reader_sees_the_words_that_changed(before: str, after: str, expected: str) -> None:
    assert written(before, after) == expected


def test_both_texts_can_be_read_from_the_parts() -> None:
    before, after = "第一条　总则。第二条　适用范围。", "第一条　总则说明。第三条　附则。"
    found = parts(before, after)
    assert "".join(part.text for part in found if part.kind is not Kind.NEW) == before
    assert "".join(part.text for part in found if part.kind is not Kind.GONE) == after


def test_a_very_long_text_is_compared_by_sentences() -> None:
    before = "".join(f"第{number}条规定内容若干。" for number in range(4000))
    after = "新的开头。" + before.replace("第2000条规定", "第2000条修改后的规定") + "新的结尾。"
    found = parts(before, after)
    assert next(part.text for part in found if part.kind is Kind.NEW) == "新的开头。"
    assert Kind.GONE in {part.kind for part in found}
