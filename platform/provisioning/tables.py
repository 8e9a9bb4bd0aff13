"""Tables (表格) that people hand in or take away: their rows of named cells, and what can be wrong with them.

What is wrong with a whole file raises TableError; what is wrong with one cell stays with its row, so that the other
rows go through.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioning.messages import _

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
        text = translate(self.msgid) % self.params
        if not self.field:
            return translate(_("Row %(row)d: %(text)s")) % {"row": self.row, "text": text}
        prefix = translate(_("Row %(row)d, %(field)s: %(text)s"))
        return prefix % {"row": self.row, "field": translate(self.field), "text": text}

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.say()


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
