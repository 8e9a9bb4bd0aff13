"""Rich Text Format to HTML: what many .doc and .wps files are inside, and where the clipboard keeps Word's pictures. Pure."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

from sites.writing.archive import damaged
from sites.writing.parts import Unreadable

_GROUPS_MOST = 200
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_SKIPPED = frozenset((
    "fonttbl", "colortbl", "stylesheet", "info", "header", "headerl", "headerr", "headerf", "footer",
    "footerl", "footerr", "footerf", "footnote", "nonshppict", "objdata", "datafield", "themedata",
    "colorschememapping", "latentstyles", "listtable", "listoverridetable", "rsidtbl", "generator",
    "xmlnstbl", "fldinst", "bkmkstart", "bkmkend", "annotation", "atnid", "atnauthor", "pnseclvl", "sp",
))  # fmt: skip
_SIGNS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
          "tab": " ", "line": "\n", "emspace": " ", "enspace": " "}  # fmt: skip
_ALIGN = {"qc": "center", "qr": "right", "ql": "", "qj": "", "pard": ""}
_CODE_PAGES = {134: "gb18030", 136: "big5", 128: "cp932", 129: "cp949", 204: "cp1251", 0: "cp1252"}


@dataclass(frozen=True, slots=True)
class _State:
    skipped: bool = False
    marker: bool = False
    picture: bool = False
    bold: bool = False
    italic: bool = False
    script: str = ""
    font: int = -1  # -1: the document's own
    unicode_skip: int = 1
    fonts: bool = False


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)  # the cell belongs to the one above it


@dataclass(slots=True)
class _Reader:
    out: list[str] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    marker: str = ""
    align: str = ""
    in_table: bool = False
    cell: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    row: _Row = field(default_factory=_Row)
    pictures: dict[str, bytes] = field(default_factory=dict)
    fonts: dict[int, str] = field(default_factory=dict)
    own_font: int = 0
    described: int = 0  # in the font table
    next_covered: bool = False

    def code_page(self, state: _State) -> str:
        return self.fonts.get(self.own_font if state.font < 0 else state.font, "gb18030")

    def end_paragraph(self) -> None:
        inner = "".join(self.paragraph)
        marker = f'<span class="marker">{escape(self.marker)}</span>' if self.marker.strip() else ""
        opening = f'<p class="text-{self.align}">' if self.align else "<p>"
        if inner.strip() or marker:
            (self.cell if self.in_table else self.out).append(f"{opening}{marker}{inner}</p>")
        self.paragraph, self.marker = [], ""

    def end_cell(self) -> None:
        self.end_paragraph()
        self.row.cells.append("".join(self.cell))
        self.cell = []

    def end_row(self) -> None:
        if self.row.cells:
            self.rows.append(_Row(self.row.cells, list(self.row.edges), list(self.row.covered)))
        self.row.cells = []

    def end_table(self) -> None:
        if self.rows:
            self.out.append(_table(self.rows))
            self.rows = []

    def text(self, text: str, state: _State) -> None:
        if state.skipped:
            return
        if state.marker:
            self.marker += text
            return
        if not self.in_table:
            self.end_table()
        made = escape(text).replace("\n", "<br>")
        for tag, wanted in ((state.script, bool(state.script)), ("i", state.italic), ("b", state.bold)):
            made = f"<{tag}>{made}</{tag}>" if wanted else made
        self.paragraph.append(made)


def to_html(data: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the HTML and the pictures by the address in their `src`. Raises Unreadable where it is no whole RTF."""
    if not data.startswith(b"{\\rtf"):
        raise damaged()
    reader = _Reader()
    _read(data, reader)
    reader.end_paragraph()
    reader.end_table()
    return "".join(reader.out), reader.pictures


def pictures(data: bytes) -> list[bytes]:
    """Return the pictures in the order of the text: Word puts its own into the clipboard as RTF alone."""
    try:
        return list(to_html(data)[1].values())
    except Unreadable:
        return []


def _read(data: bytes, reader: _Reader) -> None:
    stack: list[_State] = []
    state = _State()
    pending = bytearray()  # bytes of a character in the font's code page
    hexes: list[bytes] = []
    to_skip = 0
    starred = False

    def flush() -> None:
        if pending:
            reader.text(pending.decode(reader.code_page(state), "replace"), state)
            pending.clear()

    for word, number, hexed, sign, brace, text in _tokens(data):
        if hexed:
            if to_skip:
                to_skip -= 1
            elif not state.picture:
                pending += bytes([int(hexed, 16)])
            continue
        if text and to_skip:
            text, to_skip = text[to_skip:], max(0, to_skip - len(text))
        if text:
            if state.picture:
                hexes.append(text)
            else:
                pending += text
            continue
        if not (word or sign or brace):
            continue
        flush()
        if brace == b"{":
            stack.append(state)
            if len(stack) > _GROUPS_MOST:
                raise damaged()
            starred = False
        elif brace == b"}":
            if state.picture and not (stack and stack[-1].picture):
                _keep_picture(hexes, reader, state)
                hexes = []
            state = stack.pop() if stack else state
        elif sign:
            starred = sign == b"*"
            if not starred:
                reader.text({b"~": " ", b"_": "-"}.get(sign, "" if sign in b"-|:" else sign.decode("latin-1")), state)
        else:
            name, value = word.decode(), int(number) if number else None
            if name == "u" and value is not None:
                reader.text(_character(value), state)
                to_skip = state.unicode_skip
            elif name == "bin":
                continue
            else:
                state = _word(name, value, state, reader, starred)
            starred = False
    flush()


def _tokens(data: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes, bytes, bytes]]:
    at = 0
    while at < len(data):
        match = _TOKEN.match(data, at)
        if match is None:
            return
        word, number, hexed, sign, brace, text = (part or b"" for part in match.groups())
        at = match.end()
        if word == b"bin" and number.isdigit():
            at += int(number)  # raw bytes follow
        yield word, number, hexed, sign, brace, text


def _word(name: str, value: int | None, state: _State, reader: _Reader, starred: bool) -> _State:
    on = value != 0
    if name == "pict":
        return replace(state, picture=True)
    if name in {"listtext", "pntext"}:
        return replace(state, marker=True)
    if name == "fonttbl":
        return replace(state, skipped=True, fonts=True)
    if name in _SKIPPED or (starred and name not in {"shppict", "shpinst", "shptxt"}):
        return replace(state, skipped=True)
    if name == "f" and value is not None:
        if not state.fonts:
            return replace(state, font=value)
        reader.described = value
    elif name == "deff":
        reader.own_font = value or 0
    elif name == "fcharset" and state.fonts:
        reader.fonts[reader.described] = _CODE_PAGES.get(value or 0, "gb18030")
    elif name == "uc":
        return replace(state, unicode_skip=max(0, min(value or 0, 8)))
    elif name == "b":
        return replace(state, bold=on)
    elif name == "i":
        return replace(state, italic=on)
    elif name in {"super", "sub"}:
        return replace(state, script={"super": "sup", "sub": "sub"}[name] if on else "")
    elif name == "nosupersub":
        return replace(state, script="")
    elif name == "plain":
        return replace(state, bold=False, italic=False, script="", font=-1)
    elif name in _SIGNS:
        reader.text(_SIGNS[name], state)
    elif not state.skipped:
        _structure(name, value, reader)
    return state


def _structure(name: str, value: int | None, reader: _Reader) -> None:
    if name in {"par", "sect", "page"}:
        reader.end_paragraph()
    elif name in _ALIGN:
        reader.align = _ALIGN[name]
        reader.in_table = reader.in_table and name != "pard"
    elif name == "intbl":
        reader.in_table = True
    elif name == "trowd":
        reader.row.edges, reader.row.covered, reader.next_covered = [], [], False
        reader.in_table = True
    elif name == "clvmrg":
        reader.next_covered = True
    elif name == "cellx" and value is not None:
        reader.row.edges.append(value)
        reader.row.covered.append(reader.next_covered)
        reader.next_covered = False
    elif name == "cell":
        reader.in_table = True
        reader.end_cell()
    elif name == "row":
        reader.end_row()


def _character(value: int) -> str:
    code = value & 0xFFFF
    return chr(code) if not 0xD800 <= code <= 0xDFFF else ""


def _keep_picture(hexes: list[bytes], reader: _Reader, state: _State) -> None:
    if state.skipped:
        return
    try:
        data = binascii.unhexlify(re.sub(rb"[^0-9a-fA-F]", b"", b"".join(hexes)))
    except binascii.Error:
        data = b""
    address = f"part:{len(reader.pictures)}"
    reader.pictures[address] = data
    reader.paragraph.append(f'<img src="{address}">')


def _table(rows: list[_Row]) -> str:
    """Return the rows as HTML; a cell that reaches over the edges of other rows' cells spans their columns."""
    edges = sorted({edge for row in rows for edge in row.edges})
    placed: list[list[tuple[int, int, bool, str]]] = []  # left, right, covered, content
    for row in rows:
        left = 0
        placed.append([])
        for at, cell in enumerate(row.cells):
            right = edges.index(row.edges[at]) + 1 if at < len(row.edges) else left + 1
            placed[-1].append((left, right, at < len(row.covered) and row.covered[at], cell))
            left = max(right, left + 1)
    out = []
    for number, row_cells in enumerate(placed):
        cells = []
        for left, right, covered, cell in row_cells:
            if covered and number:
                continue
            down = 1
            while number + down < len(placed) and any(
                (below[0], below[2]) == (left, True) for below in placed[number + down]
            ):
                down += 1
            cells.append(f'<td colspan="{max(1, right - left)}" rowspan="{down}">{cell}</td>')
        out.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(out)}</table>"
