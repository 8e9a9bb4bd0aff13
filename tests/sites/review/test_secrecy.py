"""The questions of the secrecy review: the shipped list, a platform's own, and wrong ones. No database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sites.review import secrecy_list
from sites.review.secrecy import WrongQuestions, kept, problems, read_questions, secrets
from tests.sites.review.build import CLEAN


def test_the_shipped_list_asks_for_every_kind_of_secret_and_for_the_basis() -> None:
    questions = read_questions()
    assert [question.code for question in questions] == list(CLEAN)
    assert {q.code for q in questions if any(choice.refuses for choice in q.choices)} == set(CLEAN) - {"basis"}
    assert problems(questions, CLEAN) == {}
    assert secrets(questions, CLEAN) == []


@pytest.mark.parametrize(
    ("code", "answer", "said"),
    [
        ("state_secret", "", "Answer this question."),
        ("state_secret", "maybe", "Choose one of the answers."),
        ("basis", "   ", "Answer this question."),
        ("basis", "长" * 201, "At most 200 characters."),
    ],
)
def test_a_wrong_answer_is_named(code: str, answer: str, said: str) -> None:
    found = problems(read_questions(), {**CLEAN, code: answer})
    assert {name: str(sentence) for name, sentence in found.items()} == {code: said}


def test_two_secrets_are_both_named() -> None:
    found = secrets(read_questions(), {**CLEAN, "privacy": "yes", "masked": "open"})
    assert found == [
        "是否涉及公开后会损害第三方合法权益的个人隐私？",
        "身份证号、手机号、银行账号等个人信息是否已作脱敏处理？",
    ]


def test_the_answers_are_kept_in_words() -> None:
    assert kept(read_questions(), CLEAN)["masked"]["label"] == "不含个人信息"


OWN = """
[[question]]
code = "secret"
text = "是否涉密？"
choices = [{ code = "no", label = "否" }, { code = "yes", label = "是", refuses = true }]
"""


def test_a_platform_may_ask_its_own_questions(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "questions.toml"
    file.write_text(OWN, encoding="utf-8")
    settings.SECRECY_QUESTIONS = str(file)
    assert [question.text for question in secrecy_list.questions()] == ["是否涉密？"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[question", "cannot be read"),
        ("", "no answer refuses publication"),
        (OWN.replace(", refuses = true", ""), "no answer refuses publication"),
        (OWN + OWN, "two questions have the same code"),
        (OWN.replace('text = "是否涉密？"', ""), "question 1 lacks 'text'"),
        (OWN.replace('code = "no", ', ""), "question 1 lacks 'code'"),
    ],
)
def test_a_file_that_asks_nothing_clear_is_refused_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "questions.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongQuestions, match=said) as refused:
        read_questions(file)
    assert "questions.toml" in str(refused.value)
