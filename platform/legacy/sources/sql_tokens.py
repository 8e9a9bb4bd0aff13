"""Dumps of MySQL (and scripts of SQL Server) as rows, read as a stream of text without a server. Pure.

Memory holds one row at a time. What is damaged becomes a `Damage`, and reading goes on at the next row or statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_ROW = 64 * 2**20  # characters of one row: beyond it a quotation mark is not closed
_FLAGS = re.IGNORECASE | re.DOTALL
_NAME = r"(?:(?:`[^`]+`|\[[^\]]+\]|\"[^\"]+\"|[\w$#@]+)\s*\.\s*){0,2}(?:`[^`]+`|\[[^\]]+\]|\"[^\"]+\"|[\w$#@]+)"
_HEAD = re.compile(r"(?:^|;)[ \t]*(?=(?:INSERT|REPLACE|CREATE)\s)|/\*(?!!)", re.IGNORECASE | re.MULTILINE)
_COMMENT_END = re.compile(r"\*/")
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?(?P<table>{_NAME})\s*"
    r"(?:\((?P<columns>[^()']*)\)\s*)?VALUES?\s*(?=\()",
    _FLAGS,
)
_CREATE = re.compile(rf"CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>{_NAME})\s*(?=\()", _FLAGS)
_REST = r"(?i:NULL|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|0x[0-9a-f]*|[xb]'[0-9a-f]*'|[a-z_]\w*(?:\([^()']*\))?)"
# As MySQL writes text, with backslashes; as the standard (and SQL Server) does, without. Case matters to these patterns
# on purpose: without it, a long text takes ten times as long.
_VALUE = re.compile(
    rf"\s*+(?:(?:N|_\w+\s*+)?'(?P<text>[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+)'"
    rf"|\"(?P<text2>[^\"\\]*+(?:(?:\\.|\"\")[^\"\\]*+)*+)\"|(?P<rest>{_REST}))\s*+(?P<end>[,)])",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(
    rf"\s*+(?:(?i:CAST)\(\s*)?(?:N?'(?P<text>[^']*+(?:''[^']*+)*+)'|(?P<rest>{_REST}))"
    r"(?:\s+(?i:AS)\s+\w+(?:\([\d, ]+\))?\))?\s*+(?P<end>[,)])",
    re.DOTALL,
)
_OPEN_TEXT = re.compile(r"\s*+(?:CAST\(\s*)?(?:N|_\w+\s*+)?(?P<quote>['\"])", _FLAGS)
_TEXTS = {
    ("'", True): re.compile(r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'(?!')", re.DOTALL),
    ('"', True): re.compile(r'"[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+"(?!")', re.DOTALL),
    ("'", False): re.compile(r"'[^']*+(?:''[^']*+)*+'(?!')", re.DOTALL),
}
_AFTER_ROW = re.compile(r"\s*+(,)?\s*+")
_RESYNC = re.compile(r"\)\s*,\s*(?=\(\s*'?-?\d)|^[ \t]*(?=(?:INSERT|REPLACE|CREATE)\s)", re.IGNORECASE | re.MULTILINE)
_DEFINITION = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|[(),]|[^'\"`(),/-]+|.", re.DOTALL
)
_NO_COLUMN = re.compile(
    r"(?:PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|FOREIGN|CHECK)\b(?!\s*`)", re.IGNORECASE
)
_COMMON = (("\\r", "\r"), ("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\'", "'"), ("\\/", "/"))
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"0": "\0", "b": "\b", "Z": "\x1a", "%": "\\%", "_": "\\_"}


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be inserted. `columns` is empty where the statement names none: those of the table, in their order."""

    table: str
    columns: tuple[str, ...]
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """Text that could not be read: after which row of which table, at which character."""

    table: str
    after_row: int
    at: int
    cut_off: bool  # the dump ends here, within a row


def read(texts: Iterator[str], *, most_row: int = MOST_ROW) -> Iterator[Table | Row | Damage]:
    """Yield what the dump says: tables as they are made, rows as they are inserted."""
    scanner = _Scanner(texts, most_row)
    while scanner.to_head():
        yield from scanner.statement()


def bare_name(text: str) -> str:
    """Return a name without quotes and without its database or schema."""
    found = re.findall(r"`([^`]+)`|\[([^\]]+)\]|\"([^\"]+)\"|([\w$#@]+)", text)
    return next((part for part in found[-1] if part), "") if found else ""


def unescaped(text: str, quote: str) -> str:
    """Return what MySQL means by a text between such quotes. Fast where escapes are many: bodies are full of them."""
    doubled = quote + quote
    if doubled in text:
        text = text.replace(doubled, quote)
    if "\\" not in text:
        return text
    # A run of backslashes begins at an escape, so pairs can be set aside first.
    return "\\".join(_without_pairs(part) for part in text.split("\\\\"))


def _without_pairs(text: str) -> str:
    for escape, char in _COMMON:
        if "\\" not in text:
            return text
        text = text.replace(escape, char)
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text) if "\\" in text else text


class _Scanner:
    def __init__(self, texts: Iterator[str], most_row: int) -> None:
        self._texts, self._most_row = texts, most_row
        self._text, self._at, self._dropped, self._ended = "", 0, 0, False
        self._backslash = True

    def _feed(self) -> bool:
        """Get more text; False at the end of the dump. What was read is dropped now and then."""
        if self._at > 2**20:
            self._text, self._dropped, self._at = self._text[self._at :], self._dropped + self._at, 0
        want = max(2**16, (len(self._text) - self._at) // 2)  # a long row costs its length, not its square
        parts, size = [self._text], 0
        for text in self._texts:
            parts.append(text)
            size += len(text)
            if size >= want:
                break
        else:
            self._ended = True
        self._text = "".join(parts)
        return size > 0

    def to_head(self) -> bool:
        """Go to the next statement that makes or fills a table; False at the end."""
        while True:
            found = _HEAD.search(self._text, self._at)
            if found is None:
                self._at = max(self._at, self._text.rfind("\n") + 1, len(self._text) - 200)
                if not self._feed():
                    return False
            elif found[0].startswith("/*"):
                self._at = found.end()
                self._to(_COMMENT_END)
            else:
                self._at = found.end()
                return True

    def _to(self, pattern: re.Pattern[str]) -> bool:
        """Go behind the next match; False at the end of the dump."""
        while (found := pattern.search(self._text, self._at)) is None:
            self._at = max(self._at, len(self._text) - 200)
            if not self._feed():
                return False
        self._at = found.end()
        return True

    def statement(self) -> Iterator[Table | Row | Damage]:
        while len(self._text) - self._at < 2**16 and not self._ended:
            self._feed()
        if found := _INSERT.match(self._text, self._at):
            self._at = found.end()
            columns = tuple(bare_name(part) for part in (found["columns"] or "").split(",") if part.strip())
            self._backslash = not found["table"].startswith("[")
            yield from self._rows(bare_name(found["table"]), columns)
        elif found := _CREATE.match(self._text, self._at):
            self._at = found.end()
            yield Table(bare_name(found["table"]), tuple(self._columns()))
        else:
            self._at += 1

    def _columns(self) -> Iterator[str]:
        """Yield the names of the columns of CREATE TABLE; afterwards the scanner stands behind its bracket."""
        depth, first = 0, True
        for found in _DEFINITION.finditer(self._text, self._at):
            token = found[0]
            if token == "(":
                depth += 1
                first = first and depth == 1
            elif token == ")":
                depth -= 1
                if depth == 0:
                    self._at = found.end()
                    return
            elif token == "," and depth == 1:
                first = True
            elif first and token.strip() and not token.startswith(("--", "/*")) and depth == 1:
                first = False
                word = token.strip()
                if not _NO_COLUMN.match(word):
                    yield bare_name(word.split()[0] if word[0] not in '`["' else word)

    def _rows(self, table: str, columns: tuple[str, ...]) -> Iterator[Row | Damage]:
        number = 0
        while True:
            if self._at >= len(self._text) and not self._feed():
                return
            if self._text[self._at] != "(":
                return
            row = self._row()
            if row is None:
                cut_off = self._ended and not _RESYNC.search(self._text, self._at + 1)
                yield Damage(table, number, self._dropped + self._at, cut_off)
                self._at += 1
                if cut_off or not self._resync():
                    return
                continue
            number += 1
            yield Row(table, columns, row)
            found = _AFTER_ROW.match(self._text, self._at)
            while found is not None and found.end() == len(self._text) and self._feed():
                found = _AFTER_ROW.match(self._text, self._at)
            if found is None or found[1] is None:
                return
            self._at = found.end()

    def _row(self) -> tuple[str | None, ...] | None:
        """Return the values of the row that begins here and go behind it; None (staying here) where it is damaged."""
        begin = self._at
        values: list[str | None] = []
        at = begin + 1
        pattern = _VALUE if self._backslash else _PLAIN_VALUE
        while True:
            found = pattern.match(self._text, at)
            if found is None:
                if self._hopeless(at, begin):
                    return None
                offset = at - self._at
                if not self._feed():
                    return None
                at = self._at + offset
                begin = self._at
                continue
            values.append(_value(found))
            at = found.end()
            if found["end"] == ")":
                self._at = at
                return tuple(values)

    def _hopeless(self, at: int, begin: int) -> bool:
        """Return whether more text would not make a value of what begins at `at`."""
        if self._ended or len(self._text) - begin > self._most_row:
            return True
        opened = _OPEN_TEXT.match(self._text, at)
        if opened is None:
            return len(self._text) - at > 4096
        closed = _TEXTS[(opened["quote"], self._backslash or opened["quote"] == '"')].match(
            self._text, opened.start("quote")
        )
        return closed is not None and len(self._text) - closed.end() > 4096

    def _resync(self) -> bool:
        """Go to the next row; False where a statement comes first (or nothing)."""
        while (found := _RESYNC.search(self._text, self._at)) is None:
            self._at = max(self._at, len(self._text) - 200)
            if not self._feed():
                return False
        self._at = found.start() if not found[0].startswith(")") else found.end()
        return found[0].startswith(")")


def _value(found: re.Match[str]) -> str | None:
    rest = found["rest"]
    if rest is None:
        text = found["text"]
        if found.re is _PLAIN_VALUE:
            return text.replace("''", "'")
        return unescaped(found["text2"], '"') if text is None else unescaped(text, "'")
    if rest[0] in "0123456789+-.":
        if rest[:2] not in ("0x", "0X"):
            return rest
        return _from_hex(rest[2:])
    if rest[:2] in ("x'", "X'"):
        return _from_hex(rest[2:-1])
    return None  # NULL, or a call such as now()


def _from_hex(digits: str) -> str:
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return ""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
