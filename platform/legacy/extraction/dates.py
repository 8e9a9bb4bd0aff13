"""Dates as old pages write them (日期): Chinese, with Han digits, full-width, with a time glued on, with a blank day. Pure.

What comes back is ISO text: a day "2015-04-14", or a moment "2015-04-14T08:30:00+08:00". Asia/Shanghai is taken where no
zone is written. A date without its day is no date: it is found, with `value` None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))
FIRST_YEAR = 1949
_HAN = dict.fromkeys("〇○零Ｏ◯OoＯ０0", "0")
_HAN |= dict(zip("一二三四五六七八九", "123456789", strict=True))
_HAN |= dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True))
_WIDE = str.maketrans("０１２３４５６７８９：－／．　", "0123456789:-/. ")
_HAN_YEAR = "[〇○零ＯOo0０◯一二三四五六七八九]"
_HAN_DAY = "[元一二三四五六七八九十廿卅〇○零]"
_TIME = (
    r"(?:[\s\-T,，日|]{0,4}(?P<half>上午|下午|中午|晚上|凌晨|AM|PM)?\s{0,2}"
    r"(?P<hour>[0-2]?\d)\s?(?:[:：时]|点)\s?(?P<minute>[0-5]\d)(?:\s?[:：分]\s?(?P<second>[0-5]\d))?(?:\.\d{1,9})?"
    r"\s?(?P<zone>Z|[+-][01]\d:?[0-5]\d)?(?:\s?(?P<after>AM|PM)\b)?)?"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?:\s?(?P<mark>[-/.])\s?|\s{0,3}年\s{0,3})(?P<month>1[0-2]|0?[1-9])"
    r"(?(mark)\s?(?P=mark)\s?|\s{0,3}月\s{0,3})(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s?日?" + _TIME,
    re.IGNORECASE,
)
_HAN_DATE = re.compile(
    rf"(?P<year>{_HAN_YEAR}(?:\s?{_HAN_YEAR}){{3}})\s{{0,2}}年\s{{0,2}}(?P<month>{_HAN_DAY}{{1,3}}|\d{{1,2}})\s{{0,2}}月"
    rf"\s{{0,2}}(?P<day>{_HAN_DAY}{{1,3}}|\d{{1,2}})\s{{0,2}}日"
)
_BLANK_DAY = re.compile(
    rf"(?P<year>(?:19|20)\d\d|{_HAN_YEAR}{{4}})\s{{0,3}}年\s{{0,6}}(?P<month>\d{{1,2}}|{_HAN_DAY}{{1,3}})?\s{{0,6}}月"
    r"(?:[\s_\u3000×xX*]{0,12}日|(?!\s*[\d一二三四五六七八九十廿]))"
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d)"
)
_SHORT = re.compile(r"^\s*(?P<year>\d\d)[-/年](?P<month>1[0-2]|0?[1-9])[-/月](?P<day>3[01]|[12]\d|0?[1-9])日?\s*$")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_ENGLISH = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(?:(?P<day>\d{1,2})\s+(?P<month>[A-Z][a-z]{2})[a-z]*\.?,?|"
    r"(?P<month2>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<day2>\d{1,2}),?)\s+(?P<time>\d\d:\d\d(?::\d\d)?\s+(?:CST\s+)?)?"
    r"(?P<year>(?:19|20)\d\d)(?:\s+(?P<time2>\d\d:\d\d:\d\d)\s*(?P<zone>[+-]\d{4}|GMT|UTC)?)?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: `value` as ISO (None where the day is blank), where it stands, and as it was written."""

    value: str | None
    start: int
    end: int
    text: str


def find(text: str) -> list[Found]:
    """Return the dates of the text in their order."""
    text = text.translate(_WIDE)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for match, value in _matches(text):
        start, end = match.span()
        if any(start < other_end and end > other_start for other_start, other_end in taken):
            continue
        taken.append((start, end))
        found.append(Found(value, start, end, match[0].strip()))
    return sorted(found, key=lambda one: one.start)


def parse(text: str) -> str | None:
    """Return the date that a field of its own holds (also compact, 20150414, or short, 15-04-14); None where none."""
    text = text.strip()[:200]
    for one in find(text):
        if one.value:
            return one.value
    found = _COMPACT.search(text)
    if found:
        return _day(found["year"], found["month"], found["day"])
    found = _SHORT.match(text.translate(_WIDE))
    if found:
        year = int(found["year"])
        return _day(str(2000 + year if year < 60 else 1900 + year), found["month"], found["day"])
    found = _ENGLISH.search(text)
    return _english(found) if found else None


def from_address(url: str) -> str | None:
    """Return the day that an address names (t20170811_1.html, /2017/08/11/, /20170811/). Weak evidence: after an earlier
    move it is the day of that move."""
    path = re.sub(r"^[a-z]+://[^/]*", "", url)
    found = re.search(r"/t?((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])[-_/]?(0[1-9]|[12]\d|3[01])(?!\d)", path) or re.search(
        r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{6})?(?!\d)", path
    )
    return _day(found[1], found[2], found[3]) if found else None


def day_of(value: str) -> str:
    """Return the day of an ISO day or moment."""
    return value[:10]


def same_day(one: str, other: str) -> bool:
    return day_of(one) == day_of(other)


def plausible(value: str, today: date) -> bool:
    """Return whether an old site can have published on that day: not in the future, not before there was a web."""
    return "1994" <= value[:4] and day_of(value) <= (today + timedelta(days=1)).isoformat()


def _matches(text: str) -> Iterator[tuple[re.Match[str], str | None]]:
    for match in _NUMERIC.finditer(text):
        value = _day(match["year"], match["month"], match["day"])
        if value:
            yield match, _moment(value, match)
    if "年" in text:
        for match in _HAN_DATE.finditer(text):
            value = _day(_digits(match["year"]), str(_number(match["month"])), str(_number(match["day"])))
            if value:
                yield match, value
        for match in _BLANK_DAY.finditer(text):
            yield match, None


def _digits(written: str) -> str:
    return "".join(_HAN.get(mark, mark) for mark in written if not mark.isspace())


def _number(written: str) -> int:
    """Return the number of 元, 一 … 三十一, 廿一, 二〇, 15; 0 where it is none."""
    if written.isdecimal():
        return int(written)
    if written == "元":
        return 1
    written = written.replace("廿", "二十").replace("卅", "三十")
    if "十" in written:
        tens, _mark, ones = written.partition("十")
        digits = (_HAN.get(tens, "1") if tens else "1") + (_HAN.get(ones, "0") if ones else "0")
    else:
        digits = "".join(_HAN.get(mark, "") for mark in written)
    return int(digits) if digits else 0


def _day(year: str, month: str, day: str) -> str | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made.isoformat() if FIRST_YEAR <= made.year <= 2100 else None


def _moment(day: str, match: re.Match[str]) -> str:
    if match["hour"] is None:
        return day
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["half"] or match["after"] or "").upper()
    if half in {"下午", "晚上", "PM"} and hour < 12:
        hour += 12
    elif half in {"凌晨", "上午", "AM"} and hour == 12:
        hour = 0
    if hour > 23:
        return day
    return _zoned(f"{day}T{hour:02}:{minute:02}:{second:02}", match["zone"])


def _zoned(moment: str, zone: str | None) -> str:
    if not zone:
        return f"{moment}+08:00"
    if zone.upper() in {"Z", "GMT", "UTC"}:
        zone = "+00:00"
    elif ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return datetime.fromisoformat(moment + zone).astimezone(ZONE).isoformat()


def _english(found: re.Match[str]) -> str | None:
    month = _MONTHS.get((found["month"] or found["month2"]).lower())
    day = _day(found["year"], str(month), found["day"] or found["day2"]) if month else None
    time = (found["time"] or found["time2"] or "").replace("CST", "").strip()
    if day is None or not time:
        return day
    return _zoned(f"{day}T{time if len(time) == 8 else time + ':00'}", found["zone"])
