"""The secrecy review (保密审查): the questions answered at the signature. Free of Django.

The questions are data (`secrecy_questions.toml`); a platform may put its own file in their place. An answer that says
"this is secret" refuses publication; all answers are kept with the signature, in the words they were asked in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sites.messages import Sentence, _, sentence

QUESTIONS = Path(__file__).with_name("secrecy_questions.toml")
TEXT_LENGTH = 200


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    refuses: bool = False


@dataclass(frozen=True)
class Question:
    """One question; without choices it is answered in words."""

    code: str
    text: str
    choices: tuple[Choice, ...] = ()
    help: str = ""

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


class WrongQuestions(ValueError):
    """Raised when the file of questions cannot be used. The message says where and why."""


def read_questions(path: Path = QUESTIONS) -> tuple[Question, ...]:
    """Return the questions of a TOML file, in its order. Raises WrongQuestions for a file that asks nothing clear."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongQuestions(f"{path} cannot be read: {error}") from None
    made = []
    for number, row in enumerate(data.get("question", []), start=1):
        try:
            choices = tuple(
                Choice(str(each["code"]), str(each["label"]), bool(each.get("refuses", False)))
                for each in row.get("choices", [])
            )
            made.append(Question(str(row["code"]), str(row["text"]), choices, str(row.get("help", ""))))
        except (KeyError, TypeError, AttributeError) as error:
            raise WrongQuestions(f"{path}: question {number} lacks {error}.") from None
    codes = [question.code for question in made]
    if len(set(codes)) != len(codes):
        raise WrongQuestions(f"{path}: two questions have the same code.")
    if not any(choice.refuses for question in made for choice in question.choices):
        raise WrongQuestions(f"{path}: no answer refuses publication, so nothing would be reviewed.")
    return tuple(made)


def problems(questions: tuple[Question, ...], answers: Mapping[str, str]) -> dict[str, Sentence]:
    """Return what is wrong with the answers, by code of the question; nothing where all are given."""
    found: dict[str, Sentence] = {}
    for question in questions:
        given = answers.get(question.code, "").strip()
        if not given:
            found[question.code] = sentence(_("Answer this question."))
        elif question.choices and question.choice(given) is None:
            found[question.code] = sentence(_("Choose one of the answers."))
        elif not question.choices and len(given) > TEXT_LENGTH:
            found[question.code] = sentence(_("At most %(most)s characters."), most=TEXT_LENGTH)
    return found


def secrets(questions: tuple[Question, ...], answers: Mapping[str, str]) -> list[str]:
    """Return the texts of the questions whose answer forbids publication."""
    found = []
    for question in questions:
        choice = question.choice(answers.get(question.code, ""))
        if choice is not None and choice.refuses:
            found.append(question.text)
    return found


def kept(questions: tuple[Question, ...], answers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the answers as they are stored: code -> question, answer and its words, readable after the list changed."""
    stored = {}
    for question in questions:
        given = answers.get(question.code, "").strip()
        choice = question.choice(given)
        stored[question.code] = {"question": question.text, "answer": given, "label": choice.label if choice else given}
    return stored
