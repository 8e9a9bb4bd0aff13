"""Cells of a table as people type them: each value becomes clean text, or a fault with its sentence.

Nothing in a file is ever executed, and no digit is made up: what a spreadsheet has lost is a fault of the cell.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time

from tenants.messages import _

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_ERROR_VALUE = _("cell %(cell)s holds a spreadsheet error. Correct it.")
_INVISIBLE_CELL = _("cell %(cell)s holds a control character. Type the value again.")
_LOST_DIGITS = _("cell %(cell)s is a number whose last digits are lost. Format the column as text and type it again.")
_NESTED = _("cell %(cell)s holds a list or an object where a value belongs.")

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SPACES = dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F), " ")
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD), None)
_CLEAN: dict[int, int | str | None] = {**_WIDE, **_SPACES, **_INVISIBLE}
_ODD = re.compile("[" + "".join(map(chr, _CLEAN)) + r"\t\r\n\v\f]|  ")
_HAN_BREAK = re.compile(r"(?<=[\u3400-\u9fff])[ \t]*[\r\n]+[ \t]*(?=[\u3400-\u9fff])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_ERROR_VALUES = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_WHOLE_FLOAT = re.compile(r"\d+\.0+")
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?E\+(\d{2})")
_MAX_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def clean_text(text: str) -> str:
    """Return the text with half-width digits, letters and spaces, without invisible characters and line breaks.

    Chinese brackets and punctuation stay as they are: 〔2024〕 and （） belong to names and numbers of documents.
    """
    if text.isascii() and not _ODD.search(text):
        return text.strip()
    if _ODD.search(text):
        text = _HAN_BREAK.sub("", text.translate(_CLEAN))
        text = re.sub(r"\s+", " ", text)
    return unicodedata.normalize("NFC", text).strip()


def _text_cell(text: str) -> tuple[str, str]:
    """Return (cleaned text, '') or ('', msgid of the fault) for a cell that is text already."""
    if _CONTROL.search(text):
        return "", _INVISIBLE_CELL
    if text[:1] == "'" and text[1:2] in FORMULA_STARTS and len(text) > 1:
        text = text[1:]  # our own export's escape comes back
    text = clean_text(text)
    if text[:1] == "#" and text in _ERROR_VALUES:
        return "", _ERROR_VALUE
    if text[:1].isdigit():
        if _WHOLE_FLOAT.fullmatch(text):
            return text.partition(".")[0], ""
        if match := _SHORTENED.fullmatch(text):
            # A spreadsheet writes 430102001000 as 4.30102E+11: unless every digit is there, the code is gone.
            digits = match[1] + (match[2] or "")
            return (digits, "") if len(digits) == int(match[3]) + 1 else ("", _LOST_DIGITS)
    return text, ""


def cell_text(value: object) -> tuple[str, str]:
    """Return (text, '') or ('', msgid of the fault) for a typed value of a workbook or a JSON object."""
    if value is None:
        return "", ""
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        if abs(value) >= _MAX_EXACT or value != value:
            return "", _LOST_DIGITS
        return (str(int(value)) if value == int(value) else repr(value)), ""
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")), ""
    if isinstance(value, date | time):
        return value.isoformat(), ""
    return ("", _NESTED) if isinstance(value, list | dict) else _text_cell(str(value))


def cell_texts(values: Iterable[object]) -> tuple[list[str], dict[int, str]]:
    """Return the texts of one row, and by column the msgids of what is wrong with its cells."""
    texts, faults = [], {}
    for column, value in enumerate(values):
        text, fault = cell_text(value)
        texts.append(text)
        if fault:
            faults[column] = fault
    return texts, faults
