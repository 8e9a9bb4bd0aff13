"""Traps (采集陷阱): calendars, endless paging, addresses that grow. What a crawl does not follow, and why. Pure.

Addresses of one shape differ in their digits only. A page is reached over `depth` changes of shape, and `chain` steps
within one: the thousandth list page is as near as the second, but a chain that never leaves its shape ends.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from sites.messages import Sentence, _, sentence

MOST_CHAIN = 1000
MOST_CALENDAR = 400  # addresses of one calendar: thirty years of months
SAME_BODIES = 50
_DATE_NAMES = frozenset({"year", "month", "day", "date", "ym", "nian", "yue", "ri", "riqi", "rq", "y", "m", "d"})
_CALENDAR = re.compile(r"calend|rili|date_?pick", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?:\d{2}|\d{4})?(?!\d)")
_DIGITS = re.compile(r"\d+")


def shape_of(url: str) -> str:
    """Return what addresses of one kind share: host, path without digits, names of parameters."""
    parts = urlsplit(url)
    names = sorted({name.lower() for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{parts.netloc.lower()}{_DIGITS.sub('0', parts.path)}?{'&'.join(names)}"


@dataclass
class Traps:
    """What was seen of each shape so far; says of an address why it is not followed."""

    this_year: int
    max_depth: int = 30
    _calendars: Counter[str] = field(default_factory=Counter)
    _closed: set[str] = field(default_factory=set)
    _bodies: dict[str, deque[str]] = field(default_factory=dict)
    _same: Counter[str] = field(default_factory=Counter)

    def refusal(self, url: str, *, depth: int, chain: int) -> Sentence | None:
        """Return why the address is not followed from here, None where it is."""
        if depth > self.max_depth:
            return sentence(_("Deeper than %(limit)d steps, and not followed."), limit=self.max_depth)
        if chain > MOST_CHAIN:
            return sentence(_("A chain of more than %(limit)d pages of one kind, and not followed."), limit=MOST_CHAIN)
        parts = urlsplit(url)
        pieces = Counter(piece for piece in parts.path.split("/") if piece)
        if pieces and pieces.most_common(1)[0][1] > 3:
            return sentence(_("A folder repeats within itself, as in an endless address; not followed."))
        shape = shape_of(url)
        if shape in self._closed:
            return sentence(_("Pages of this kind only repeat themselves, and are no longer followed."))
        return self._calendar(parts.path, parts.query, shape)

    def _calendar(self, path: str, query: str, shape: str) -> Sentence | None:
        values = dict(parse_qsl(query))
        names = _DATE_NAMES & {name.lower() for name in values}
        if not _CALENDAR.search(path) and not ({"year", "month", "nian", "yue", "ym"} & names or len(names) > 1):
            return None
        text = " ".join([path, *values.values()]) if _CALENDAR.search(path) else " ".join(values.values())
        if any(not 1990 <= int(year) <= self.this_year + 1 for year in _YEAR.findall(text)):
            return sentence(_("A calendar that runs on beyond all dates; not followed."))
        self._calendars[shape] += 1
        if self._calendars[shape] > MOST_CALENDAR:
            return sentence(_("A calendar with more than %(limit)d addresses; not followed."), limit=MOST_CALENDAR)
        return None

    def saw(self, url: str, digest: str) -> bool:
        """Note a page's content. True where its kind is closed by this: SAME_BODIES pages in a row were no news."""
        shape = shape_of(url)
        seen = self._bodies.setdefault(shape, deque(maxlen=SAME_BODIES))
        if digest in seen:
            self._same[shape] += 1
        else:
            self._same[shape] = 0
            seen.append(digest)
        if self._same[shape] >= SAME_BODIES and shape not in self._closed:
            self._closed.add(shape)
            return True
        return False
