"""Old columns find their place by name, by synonyms, and by what stands above them."""

from __future__ import annotations

import pytest

from legacy.mapping.deciding import Change, Decision, DecisionRefused, check, target_of
from legacy.mapping.names import plain, score, shipped
from legacy.mapping.proposing import New, Old, propose

NEWS = [
    New(1, ("动态公告", "工作动态")),
    New(2, ("动态公告", "通知公告")),
    New(3, ("政务公开", "规划计划")),
    New(4, ("政务公开", "法定主动公开内容", "行政法规、规章和规范性文件"), "信息公开目录"),
    New(5, ("政务公开", "人事信息")),
    New(6, ("办事服务", "办事指南")),
    New(7, ("政务公开", "重点领域信息公开", "就业创业")),
]


def of(*olds: Old, decided=None) -> dict[str, tuple]:
    return {one.key: (one.decision, one.target, one.why) for one in propose(olds, NEWS, shipped(), decided)}


@pytest.mark.parametrize(
    ("old", "target", "why"),
    [
        ("通知公告", 2, "name"),
        ("公示公告", 2, "synonym"),
        ("部门动态", 1, "synonym"),
        ("规范性文件", 4, "synonym"),
        ("政策文件", 4, "synonym"),
        ("人事任免", 5, "synonym"),
        ("规划计划总结汇编", 3, "alike"),
        ("办事指南（社保）", 6, "alike"),
    ],
)
def test_a_column_is_proposed_by_name_or_synonym(old, target, why):
    assert of(Old("/a", old, "", 5)) == {"/a": ("move", target, why)}


def test_the_sites_own_frame_is_not_moved_and_says_why():
    found = propose([Old("/m", "网站地图", "", 1)], NEWS, shipped())[0]
    assert (found.decision, found.why) == ("drop", "frame")
    assert found.reason


def test_an_unknown_name_is_left_open():
    assert of(Old("/x", "雷锋岗", "", 3)) == {"/x": ("", None, "")}


def test_an_unknown_name_below_a_known_one_goes_where_that_goes():
    olds = (Old("/d", "工作动态", "", 0), Old("/d/x", "雷锋岗", "/d", 3), Old("/d/y", "空栏", "/d", 0))
    assert of(*olds)["/d/x"] == ("move", 1, "above")
    assert of(*olds)["/d/y"] == ("", None, "")


def test_a_ring_of_parents_ends():
    assert of(Old("/a", "甲", "/b", 1), Old("/b", "乙", "/a", 1)) == {"/a": ("", None, ""), "/b": ("", None, "")}


def test_names_are_compared_without_marks_and_widths():
    assert plain("通知 · 公告（ＲＳＳ）") == "通知公告rss"
    assert score(plain("通知·公告"), plain("通知公告"), shipped()) == 1.0


def test_the_shipped_synonyms_hold_the_usual_pairs():
    synonyms = shipped()
    for old, new in (("公示公告", "通知公告"), ("部门动态", "工作动态"), ("规范性文件", "政策文件")):
        assert score(old, new, synonyms) >= 0.8


def test_one_column_goes_to_many_by_rules_and_the_rest_to_its_target():
    rules = ({"title": "任命|免去", "target": 5}, {"title": "规划", "target": 3})
    decision = Decision("move", 2, rules)
    titles = {"关于王某任命的通知": 5, "十四五规划": 3, "放假通知": 2}
    assert {title: target_of(decision, title) for title in titles} == titles
    assert target_of(Decision("move", None, rules), "放假通知") is None
    assert target_of(Decision("drop", reason="重复"), "放假通知") is None


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("drop"), "Say why"),
        (Decision("move"), "Say to which column"),
        (Decision("move", 99), "takes no items"),
        (Decision("fly"), "is no decision"),
        (Decision("move", 1, ({"title": "(", "target": 1},)), "cannot be read"),
        (Decision("move", 1, ({"title": "(a+)+b", "target": 1},)), "more simply"),
        (Decision("move", 1, ({"title": "a", "target": 99},)), "leads to a column"),
    ],
)
def test_a_decision_that_cannot_be_taken_says_why(decision, said):
    with pytest.raises(DecisionRefused, match=said):
        check(Change("/a", decision), {1, 2})
