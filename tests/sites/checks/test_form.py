"""Titles, sources, and characters nobody sees."""

from __future__ import annotations

import pytest

from sites.checks import form, marks
from sites.checks.findings import Report, Severity, report
from sites.checks.passages import Passage
from sites.writing.parts import MISSING_PICTURE


def title(text: str, short: str = "") -> list[Severity]:
    return [finding.severity for finding in form.find_title(Passage("title", text), short)]


def test_a_title_of_three_hundred_characters_is_refused() -> None:
    assert title("长" * 300) == [Severity.REFUSE]
    assert title("长" * 255, "短") == []


def test_a_long_title_asks_for_a_short_one() -> None:
    assert title("长" * 61) == [Severity.HINT]
    assert title("长" * 60) == []


@pytest.mark.parametrize(
    "text",
    ["（来源：湖南日报）", "据新华社北京电", "新华社北京11月20日电 记者", "本文转自省政府网站", "新华社记者 某某"],
)
def test_a_text_that_reads_like_a_reprint_needs_its_source(text: str) -> None:
    (finding,) = form.find_source("", [Passage("body", text)])
    assert finding.severity is Severity.CONFIRM
    assert list(form.find_source("新华社", [Passage("body", text)])) == []


def test_an_own_text_without_a_source_is_a_hint() -> None:
    (finding,) = form.find_source(" ", [Passage("body", "我县召开会议。")])
    assert (finding.severity, finding.field) == (Severity.HINT, "source")


def test_direction_marks_are_refused_and_taken_out() -> None:
    passage = Passage("title", "通知\u202egnp.exe")
    (finding,) = marks.find(passage)
    assert finding.severity is Severity.REFUSE
    assert passage.replaced(finding.start, finding.end, finding.replacement or "") == "通知gnp.exe"


def test_invisible_characters_are_a_hint() -> None:
    (finding,) = marks.find(Passage("body", "乡\u200b村振兴"))
    assert finding.severity is Severity.HINT


def test_an_overlapping_finding_gives_way_to_the_more_serious_one() -> None:
    passage = Passage("body", "县长李四")
    hint = passage.found("a", Severity.HINT, _said(), 0, 4)
    refused = passage.found("b", Severity.REFUSE, _said(), 2, 4)
    beside = passage.found("c", Severity.HINT, _said(), 0, 2)
    made: Report = report([hint, refused, beside])
    assert [finding.code for finding in made.findings] == ["b", "c"]
    assert [finding.code for finding in made.without(frozenset({beside.key, refused.key})).findings] == ["b"]


def _said():
    from sites.messages import sentence

    return sentence("said")


def test_a_note_that_a_picture_is_missing_is_refused() -> None:
    passage = Passage("body", f"开会{MISSING_PICTURE}现场{MISSING_PICTURE}")
    assert [(finding.severity, finding.start) for finding in marks.find(passage)] == [
        (Severity.REFUSE, 2),
        (Severity.REFUSE, 4 + len(MISSING_PICTURE)),
    ]
