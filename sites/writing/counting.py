"""Numbers the way office programs write them in lists: 一, 壹, 甲, ①, iv, B. Pure."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def chinese(number: int) -> str:
    """Return 1 as 一, 12 as 十二, 105 as 一百零五."""
    text = _with_places(number, _DIGITS, "十百千", "零")
    return text[1:] if text.startswith("一十") else text


def legal(number: int) -> str:
    return _with_places(number, _LEGAL, "拾佰仟", "零")


def _with_places(number: int, digits: str, places: str, zero: str) -> str:
    if not 0 < number < 10_000:
        return str(number)
    out = ""
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            out += digits[digit] + (places[place - 1] if place else "")
        elif out and not out.endswith(zero) and number % 10**place:
            out += zero
    return out


def letters(number: int) -> str:
    """Return 1 as a, 27 as aa, the way Word counts."""
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 260 else str(number)


def roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    out = ""
    for value, sign in _ROMAN:
        out += sign * (number // value)
        number %= value
    return out


def circled(number: int) -> str:
    if 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if 21 <= number <= 35:
        return chr(0x3251 + number - 21)
    return chr(0x32B1 + number - 36) if 36 <= number <= 50 else str(number)


def full_width(number: int) -> str:
    return "".join(chr(0xFF10 + int(digit)) for digit in str(number))


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "chineseLegalSimplified": legal,
    "ideographLegalTraditional": legal,
    "japaneseLegal": legal,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "ideographEnclosedCircle": lambda number: chr(0x3220 + number - 1) if 1 <= number <= 10 else chinese(number),
    "decimalEnclosedParen": lambda number: f"（{number}）",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalFullWidth": full_width,
    "decimalFullWidth2": full_width,
    "decimalHalfWidth": str,
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "none": lambda _number: "",
}


def formatted(number: int, style: str) -> str:
    """Return the number in a style of WordprocessingML (ST_NumberFormat); an unknown style counts as decimal."""
    return FORMATS.get(style, str)(number)
