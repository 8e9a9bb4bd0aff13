"""Leaders: a wrong post beside a name, a name mistyped by one character, the order of precedence."""

from __future__ import annotations

import pytest

from sites.checks import leaders
from sites.checks.leaders import Leader, LeaderList
from sites.checks.passages import Passage

LIST = LeaderList(
    [
        Leader("李小明", "县委书记", 1),
        Leader("王芳", "县委副书记、县长", 2),
        Leader("张建国", "县委常委、常务副县长", 3),
        Leader("赵立新", "县人大常委会主任", 4),
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.excerpt) for finding in leaders.find(Passage("body", text), LIST)]


@pytest.mark.parametrize(
    "text",
    [
        "县委书记李小明出席会议。",
        "李小明书记强调",
        "县委副书记、县长王芳主持",
        "王芳县长指出",
        "书记李小明、县长王芳、常务副县长张建国参加",
        "县人大常委会主任赵立新",
        "原乡长王芳",
        "王芳同志在会上讲话",
        "李小明一行来到星沙街道",
    ],
)
def test_right_names_with_right_posts_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("县长李小明出席", "县长李小明"),
        ("李小明县长强调", "李小明县长"),
        ("县长张建国主持", "县长张建国"),
        ("副县长王芳", "副县长王芳"),
        ("市委书记李小明", "市委书记李小明"),
    ],
)
def test_a_wrong_post_beside_a_name_is_found(text: str, excerpt: str) -> None:
    assert found(text) == [("post", excerpt)]


@pytest.mark.parametrize(
    ("text", "written", "right"),
    [
        ("县委书记李晓明出席", "李晓明", "李小明"),
        ("县长王方主持", "王方", "王芳"),
        ("张建囯副县长", "张建囯", "张建国"),
        ("县委书记李小朋同志", "李小朋", "李小明"),
    ],
)
def test_a_name_mistyped_by_one_character_beside_the_right_post_is_found(text: str, written: str, right: str) -> None:
    (finding,) = leaders.find(Passage("body", text), LIST)
    assert (finding.code, finding.excerpt, finding.replacement) == ("name", written, right)


@pytest.mark.parametrize("text", ["村支部书记李小朋", "县长李方", "教育局局长李晓明", "县委书记陈大明"])
def test_other_people_are_not_taken_for_leaders(text: str) -> None:
    assert found(text) == []


def test_the_order_of_precedence_is_a_hint_within_one_sentence() -> None:
    assert found("王芳、李小明等领导出席。") == [("precedence", "李小明")]
    assert found("王芳主持会议。李小明讲话。") == []
    assert found("李小明、王芳、张建国出席。") == []


def test_an_empty_list_finds_nothing() -> None:
    assert list(leaders.find(Passage("body", "县长李小明"), LeaderList([]))) == []
