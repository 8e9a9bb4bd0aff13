"""Problems of a row in words: English for the log and the tests, Chinese for the one who handed the list in."""

from django.utils.translation import gettext, override

from provisioning.requests import parse_request
from tenants.tables import Problem, RawRow


def test_a_problem_offers_the_words_its_reader_can_type_back() -> None:
    refusal = parse_request(RawRow(4, {"name": "未知单位", "kind": "未知", "region_code": "430181"}))
    [problem] = [problem for problem in refusal.problems if problem.field == "kind"]
    with override("zh-hans"):
        sentence = problem.say(gettext)
    assert sentence == (
        "第 4 行，类型：“未知”无法识别，请填写其中之一：省级门户、市级门户、县级门户、部门、乡镇（街道）。"
    )
    assert problem.sentence.endswith("Write one of: province, city, county, department, town.")
    for word in sentence.rstrip("。").partition("之一：")[2].split("、"):
        parsed = parse_request(RawRow(4, {"name": "某单位", "kind": word, "region_code": "430181"}))
        assert not [p for p in getattr(parsed, "problems", ()) if p.field == "kind"], word


def test_numbers_in_a_problem_stay_numbers() -> None:
    msgid = "the template stays at version %(old)d. To roll out version %(new)d, use '%(command)s'."
    problem = Problem(2, "", msgid, {"old": 1, "new": 2, "command": "x"})
    with override("zh-hans"):
        assert problem.text(gettext) == "模板仍为第 1 版。要升级到第 2 版，请使用“x”。"
