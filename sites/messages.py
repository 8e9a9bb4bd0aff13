"""Messages (提示语) of the modules that know no Django: marked here, translated where they are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenants.messages import _

__all__ = ["SaidError", "Sentence", "_", "sentence"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with its values; a value may be a part of a sentence itself. str() is the English one."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)

    def say(self, translate: Callable[[str], str] = str) -> str:
        """Return the text in the language of translate (a gettext)."""
        values = {
            name: value.say(translate) if isinstance(value, Sentence) else value for name, value in self.params.items()
        }
        return translate(self.msgid) % values

    def __str__(self) -> str:
        return self.say()


class SaidError(ValueError):
    """An error whose text is a Sentence: str() is the English one, say() the translated one."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))

    def say(self, translate: Callable[[str], str] = str) -> str:
        return self.sentence.say(translate)


def sentence(msgid: str, **params: Any) -> Sentence:
    return Sentence(msgid, params)
