"""Sentences kept as JSON are told again as they were said, in whatever language."""

from __future__ import annotations

import json

import pytest

from legacy.sentences import restore, store, tell
from sites.messages import Sentence, sentence

CHINESE = {"%(count)d pages: %(why)s": "%(count)d 页：%(why)s", "too large by %(by).1f MB": "超出 %(by).1f MB"}


def chinese(text: str) -> str:
    return CHINESE.get(text, text)


def through_json(said: Sentence) -> object:
    return json.loads(json.dumps(store(said)))


def test_numbers_and_sentences_within_a_sentence_stay_what_they_are() -> None:
    said = sentence("%(count)d pages: %(why)s", count=3, why=sentence("too large by %(by).1f MB", by=1.25))
    kept = through_json(said)
    assert tell(kept) == said.say() == "3 pages: too large by 1.2 MB"
    assert tell(kept, chinese) == said.say(chinese) == "3 页：超出 1.2 MB"
    assert isinstance(kept, dict)
    assert restore(kept) == said


def test_what_json_does_not_know_becomes_its_text() -> None:
    kept = through_json(sentence("Gone: %(what)s, %(error)s", what=ValueError("no"), error=None))
    assert tell(kept) == "Gone: no, None"


def test_a_persons_words_are_told_as_written() -> None:
    assert tell("过期 100% %(x)s", chinese) == "过期 100% %(x)s"


@pytest.mark.parametrize(
    "params", [{}, {"count": "three", "why": ""}, {"why": "x"}, None], ids=["none", "text", "one", "null"]
)
def test_values_that_do_not_fit_leave_the_bare_sentence(params: object) -> None:
    assert tell({"msgid": "%(count)d pages: %(why)s", "params": params}, chinese) == "%(count)d 页：%(why)s"
