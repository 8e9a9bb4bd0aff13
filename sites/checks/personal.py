"""Personal data (个人信息) in a text: mobile numbers, identity cards, bank cards; each with its masked form. Pure.

Landlines of offices are not personal and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sites.checks.findings import Finding, Remedy, Severity
from sites.checks.passages import Passage
from sites.messages import Sentence, _, sentence

# Full-width digits and letters stand for their narrow ones; the length stays, so offsets do, too.
_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), 0xFF38, 0xFF58, 0xFF0B, 0xFF0D)}
_GAP = r"[ \-\u2010-\u2014\u00a0]?"
_NUMBER = re.compile(rf"(?<![0-9A-Za-z]){_GAP.join([r'[0-9]'] * 15)}(?:{_GAP}[0-9Xx]){{0,4}}(?![0-9A-Za-z])")
_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:\+|00)?86{_GAP})?(1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}})(?![0-9A-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# The first two digits of a division: North to North-West, Taiwan, Hong Kong, Macao.
_PROVINCES = frozenset(re.findall("..", "1112131415212223313233343536374142434445465051525354616263646571818283"))
# (first digits, lengths) of card numbers: UnionPay, Visa, Mastercard, JCB, older domestic debit cards.
_CARDS = (
    (("62",), range(16, 20)),
    (("4",), (16,)),
    (("51", "52", "53", "54", "55"), (16,)),
    (("35",), (16,)),
    (("60", "68", "69", "90", "95", "96", "98", "99"), (16, 18, 19)),
)
_EARLIEST = 1900


def find(passage: Passage) -> Iterator[Finding]:
    """Yield the personal data of the passage, each with its mask."""
    text = passage.text.translate(_NARROW)
    taken: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[^0-9Xx]", "", match[0]).upper()
        judged = _judge(digits)
        if judged is not None:
            code, severity, message, first, last = judged
            taken.append(match.span())
            yield _finding(passage, match.start(), match.end(), code, severity, message, keep=(first, last))
    for match in _MOBILE.finditer(text):
        start, end = match.span(1)
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            message = sentence(_("A mobile number. Mask it, or make sure that it is meant to be public."))
            yield _finding(passage, start, end, "mobile", Severity.CONFIRM, message, keep=(3, 4))


def masked(text: str, first: int, last: int) -> str:
    """Return the number with its digits starred but for the `first` and the `last` ones; separators stay."""
    places = [at for at, character in enumerate(text) if character.isalnum()]
    hidden = set(places[first : len(places) - last])
    return "".join("*" if at in hidden else character for at, character in enumerate(text))


def is_identity_number(digits: str) -> bool:
    """Return whether 18 characters are a resident's identity number: division, birthday, check digit (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", digits) or digits[:2] not in _PROVINCES:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _is_birthday(digits[6:14]) and digits[17] == _CHECK_DIGITS[total % 11]


def is_old_identity_number(digits: str) -> bool:
    """Return whether 15 digits have the form of an identity number from before 1999 (no check digit)."""
    return bool(re.fullmatch(r"[0-9]{15}", digits)) and digits[:2] in _PROVINCES and _is_birthday(f"19{digits[6:12]}")


def is_card_number(digits: str) -> bool:
    """Return whether the digits are a bank card's: a known beginning, its length, and the Luhn check digit."""
    if not digits.isdigit():
        return False
    known = any(digits.startswith(first) and len(digits) in lengths for first, lengths in _CARDS)
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits))]
    return known and sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _judge(digits: str) -> tuple[str, Severity, Sentence, int, int] | None:
    """Return (code, severity, message, digits shown first, digits shown last), None for some other number."""
    if len(digits) == 18 and is_identity_number(digits):
        message = sentence(_("An identity card number. It must not be public: mask it."))
        return "identity", Severity.REFUSE, message, 6, 4
    if is_card_number(digits):
        message = sentence(
            _("This looks like a bank card number. Mask it, or make sure that it is meant to be public.")
        )
        return "card", Severity.CONFIRM, message, 4, 4
    if len(digits) == 15 and is_old_identity_number(digits):
        message = sentence(_("This looks like an identity card number of 15 digits. Mask it, or make sure it is none."))
        return "identity", Severity.CONFIRM, message, 6, 3
    return None


def _is_birthday(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return born.year >= _EARLIEST


def _finding(
    passage: Passage,
    start: int,
    end: int,
    code: str,
    severity: Severity,
    message: Sentence,
    *,
    keep: tuple[int, int],
) -> Finding:
    return passage.found(
        code,
        severity,
        message,
        start,
        end,
        replacement=masked(passage.text[start:end], *keep),
        remedy=Remedy.MASK,
    )
