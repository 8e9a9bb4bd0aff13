"""The pattern of a number and what it gives. Pure.

A pattern is text with places in braces: {unit} the tenant's code, {short} its short name, {region} the division code,
{column} the column's code, {year}, {month}, {day} of the day of issue, and exactly one {serial} or {serial:5} (padded
with zeros to five digits). 索引号 in Guangdong reads like "11441700007280420Y/2021-00050": {unit}/{year}-{serial:5}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from sites.messages import SaidError, sentence

PLACES = frozenset({"unit", "short", "region", "column", "year", "month", "day", "serial"})
_PLACE = re.compile(r"\{([a-z]+)(?::([0-9]+))?\}")
MOST = 60


def _(message: str) -> str:
    return message


class WrongPattern(SaidError):
    """The pattern cannot be used; the message says why."""


def check(pattern: str) -> None:
    """Raise WrongPattern where the pattern is not one: an unknown place, no serial, or stray braces."""
    found = _PLACE.findall(pattern)
    for name, width in found:
        if name not in PLACES:
            raise WrongPattern(sentence(_("“{%(place)s}” is not known in a number pattern."), place=name))
        if width and (name != "serial" or not 1 <= int(width) <= 10):
            raise WrongPattern(sentence(_("Only {serial} takes a width, from 1 to 10.")))
    if [name for name, _width in found].count("serial") != 1:
        raise WrongPattern(sentence(_("A number pattern needs {serial} exactly once.")))
    if not {"unit", "short"} & {name for name, _width in found}:
        raise WrongPattern(sentence(_("A number pattern needs {unit} or {short}, or two units would give one number.")))
    if re.search(r"[{}]", _PLACE.sub("", pattern)):
        raise WrongPattern(sentence(_("A brace in the number pattern is not closed.")))
    if len(pattern) > 100:
        raise WrongPattern(sentence(_("A number pattern has at most 100 characters.")))


def stem(pattern: str, values: Mapping[str, str], on: date) -> str:
    """Return the pattern with everything but the serial filled in; serials are counted within one stem."""
    known = {**values, "year": f"{on:%Y}", "month": f"{on:%m}", "day": f"{on:%d}"}
    return _PLACE.sub(lambda place: place[0] if place[1] == "serial" else known.get(place[1], ""), pattern)


def number(stem_text: str, serial: int) -> str:
    """Return the number that the stem gives for a serial, at most MOST characters."""
    return _PLACE.sub(lambda place: str(serial).zfill(int(place[2] or 1)), stem_text)[:MOST]
