"""Moments as sources write them, as ISO text with the offset of Asia/Shanghai (+08:00). Pure.

None where a value is no moment: nothing is guessed. 0 and 0000-00-00 mean "never set" in every system.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))
_WRITTEN = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[\sT-]*(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{1,2})(?:\s*[:：分]\s*(?P<second>\d{1,2}))?\s*秒?)?"
    r"(?:\.\d+)?\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?"
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d))?"
)
_MILLIS = 10**11  # a unix time beyond this is in milliseconds


def moment(value: Any) -> str | None:
    """Return a moment (or, where only a day is known, a day) as ISO text."""
    if isinstance(value, date) and not 1900 <= value.year < 2100:  # 0001-01-01: never set
        return None
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value or "").strip()
    if re.fullmatch(r"\d{9,10}|\d{12,13}", text) and not _COMPACT.fullmatch(text):
        return unix(text)
    found = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    try:
        day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        if parts["hour"] is None:
            return day.isoformat()
        clock = (int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
        naive = datetime(day.year, day.month, day.day, *clock, tzinfo=BEIJING)
    except ValueError:
        return None
    zone = parts.get("zone")
    if zone:
        naive = datetime.fromisoformat(naive.replace(tzinfo=None).isoformat() + zone.replace("Z", "+00:00"))
    return _iso(naive)


def unix(value: Any) -> str | None:
    """Return the moment of a unix time in seconds or milliseconds."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if number >= _MILLIS:
        number /= 1000
    if not 0 < number < 2**32:
        return None
    return datetime.fromtimestamp(int(number), UTC).astimezone(BEIJING).isoformat()


def day(value: Any) -> str | None:
    """Return the day of a moment, as it was in China."""
    found = moment(value)
    return found[:10] if found else None


def _iso(value: datetime) -> str:
    if value.tzinfo is None:
        value = value.replace(tzinfo=BEIJING)
    return value.astimezone(BEIJING).replace(microsecond=0).isoformat()
