"""Tables (表格) that people hand in or take away: their rows of named cells, and what can be wrong with them.

What is wrong with a whole file raises TableError; what is wrong with one cell stays with its row, so that the other
rows go through.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tenants.messages import _

# What a translated sentence calls the codes that stand in these values of a problem; English sentences keep the codes.
_WORDS = {
    "province": _("Provincial portal"), "city": _("City portal"), "county": _("County portal"),
    "department": _("Department"), "town": _("Town or street"), "draft": _("Draft"), "trial": _("Trial"),
    "live": _("In regular service"), "suspended": _("Suspended"), "closing": _("Closing"), "closed": _("Closed"),
    "red": _("Deep red"), "blue": _("Blue"),
}  # fmt: skip
_LEVEL_WORDS = {
    "province": _("Province"), "city": _("City or prefecture"), "county": _("County or district"),
    "town": _("Town or street"),
}  # fmt: skip
_CODED: dict[str, dict[str, str]] = {
    "kind": _WORDS, "status": _WORDS, "old": _WORDS, "new": _WORDS, "offered": _WORDS,
    "level": _LEVEL_WORDS, "own": _LEVEL_WORDS,
}  # fmt: skip

MAX_ROWS = 50_000
MAX_FILE_BYTES = 64 * 2**20


class TableError(ValueError):
    """A file that can't be read; str() is the English sentence, msgid and params let a caller translate it."""

    def __init__(self, msgid: str, **params: str | int) -> None:
        self.msgid = msgid
        self.params = params
        super().__init__(msgid % params)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (or worth a warning) in one field of one row; field '' means the row as a whole."""

    row: int
    field: str
    msgid: str
    params: Mapping[str, str | int]

    def say(self, translate: Callable[[str], str] = str) -> str:
        """Return one sentence with row number and field, in the language of translate (a gettext)."""
        text = self.text(translate)
        if not self.field:
            return translate(_("Row %(row)d: %(text)s")) % {"row": self.row, "text": text}
        prefix = translate(_("Row %(row)d, %(field)s: %(text)s"))
        return prefix % {"row": self.row, "field": translate(self.field), "text": text}

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence without row and field, for a place that shows both."""
        if translate is str:
            return self.msgid % self.params
        values = {name: _said(value, _CODED.get(name, {}), translate) for name, value in self.params.items()}
        return translate(self.msgid) % values

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.say()


def _said(value: str | int, words: Mapping[str, str], translate: Callable[[str], str]) -> str | int:
    if not words or not isinstance(value, str):
        return value
    return translate(_(", ")).join(translate(words[part]) if part in words else part for part in value.split(", "))


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as handed in: its number in the sheet (1-based), cells by field, and the faults of its cells."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, its headers as written, the headers nobody reads, and other sheets left unread."""

    headers: tuple[str, ...]
    rows: tuple[RawRow, ...]
    ignored: tuple[str, ...] = ()
    unread_sheets: tuple[str, ...] = ()
