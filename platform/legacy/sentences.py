"""Sentences kept in rows, files and messages between processes: stored as JSON, told in the reader's language. Pure.

A stored sentence is {"msgid": the English text, "params": {name: value}}; a value is a number, a text, or a stored
sentence itself. What a person wrote (why an item is not moved) is kept as it was written: a plain text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sites.messages import Sentence

Stored = dict[str, Any]


def store(said: Sentence) -> Stored:
    """Return the sentence as JSON: numbers stay numbers, what is neither number nor sentence becomes its text."""
    return {"msgid": said.msgid, "params": {name: _stored(value) for name, value in said.params.items()}}


def restore(stored: Stored) -> Sentence:
    """Return the sentence that was stored."""
    return Sentence(str(stored["msgid"]), {name: _value(value) for name, value in (stored.get("params") or {}).items()})


def tell(stored: Any, translate: Callable[[str], str] = str) -> str:
    """Return a stored sentence, or a plain text, in the language of translate (a gettext). Never raises.

    One whose values do not fit its text any more is told without them.
    """
    if not _is_sentence(stored):
        return str(stored)
    try:
        return restore(stored).say(translate)
    except (KeyError, TypeError, ValueError):
        return translate(str(stored["msgid"]))


def _stored(value: Any) -> Any:
    if isinstance(value, Sentence):
        return store(value)
    return value if isinstance(value, int | float) else str(value)


def _value(value: Any) -> Any:
    return restore(value) if _is_sentence(value) else value


def _is_sentence(stored: Any) -> bool:
    return isinstance(stored, dict) and "msgid" in stored
