"""The operator's words: found wherever they stand, in any length of list, and put right in the stored text."""

from __future__ import annotations

import random

from sites.checks import words
from sites.checks.findings import Severity, report
from sites.checks.passages import Passage
from sites.checks.words import Word, WordList

LIST = WordList(
    [
        Word("布署", "部署", Severity.CONFIRM, ""),
        Word("截止目前", "截至目前", Severity.CONFIRM, "“截止”后不带时间"),
        Word("截止", "", Severity.HINT, ""),
        Word("中央政府网", "中国政府网", Severity.REFUSE, ""),
        Word("领导", "领导同志", Severity.HINT, ""),
    ]
)


def found(text: str, *, is_html: bool = False) -> list[tuple[str, int, str | None]]:
    passage = Passage("body", text, is_html=is_html)
    return [(finding.excerpt, finding.start, finding.replacement) for finding in words.find(passage, LIST)]


def test_words_are_found_at_their_places_from_left_to_right() -> None:
    assert found("会议布署工作，再次布署。") == [("布署", 2, "部署"), ("布署", 9, "部署")]


def test_of_two_words_at_one_place_the_longer_one_counts() -> None:
    assert found("截止目前") == [("截止目前", 0, "截至目前")]
    assert found("报名截止") == [("截止", 2, None)]


def test_a_wrong_word_inside_the_right_one_is_not_reported() -> None:
    assert found("领导同志出席") == []
    assert found("领导出席") == [("领导", 0, "领导同志")]


def test_a_word_broken_by_a_tag_is_found_and_replaced_without_losing_the_tag() -> None:
    passage = Passage("body", "<p>会议布<b>署</b>工作&amp;检查</p>", is_html=True)
    (finding,) = words.find(passage, LIST)
    assert passage.replaced(finding.start, finding.end, "部署") == "<p>会议部署<b></b>工作&amp;检查</p>"


def test_a_word_does_not_run_on_from_one_paragraph_into_the_next() -> None:
    assert found("<p>公布</p><p>署名</p>", is_html=True) == []


def test_what_is_put_in_cannot_become_markup() -> None:
    passage = Passage("body", "<p>布署</p>", is_html=True)
    assert passage.replaced(0, 2, "<script>&") == "<p>&lt;script&gt;&amp;</p>"


def test_the_severity_is_the_lists() -> None:
    passage = Passage("title", "中央政府网布署")
    done = report(words.find(passage, LIST))
    assert done.refused
    assert [finding.excerpt for finding in done.to_confirm] == ["布署"]


def test_fifty_thousand_words_find_what_a_plain_reading_finds() -> None:
    letters = [chr(code) for code in range(0x4E00, 0x4F00)]
    chance = random.Random(7)
    spelled = {"".join(chance.choices(letters, k=chance.randint(2, 6))) for _n in range(50_000)}
    many = WordList(Word(word, "", Severity.HINT, "") for word in spelled)
    text = "".join(chance.choices(letters, k=20_000))
    plain, at = [], 0
    while at < len(text):
        found = next((length for length in range(6, 1, -1) if text[at : at + length] in spelled), 0)
        if found:
            plain.append((at, text[at : at + found]))
        at += found or 1
    assert [(place, entry.word) for place, entry in many.matches(text)] == plain
    assert len(plain) > 1_000
