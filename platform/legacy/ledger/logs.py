"""The old site's access logs (访问日志): common and combined format, gzip, IIS' own; read line by line. Pure.

One file may hold millions of lines: `counted` gives what was asked for in portions of bounded size, each with the number
of lines read so far, so that whoever stores them can go on there.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, cast

from tenants.digits import whole

PORTION = 200_000  # lines
MOST_DISTINCT = 50_000  # addresses in one portion
MOST_LINE = 65_536  # bytes; the rest of a longer line is dropped
# The old site answered so: what it refused or did not know need not be answered now.
ANSWERED = frozenset(range(200, 400))
_LINE = re.compile(
    r"^(?:(?P<vhost>(?=[^ ]*[a-zA-Z])[a-zA-Z0-9.-]+\.[a-zA-Z0-9.-]+(?::\d+)?) (?=\S+ \S+ \S+ \[))?"
    r"(?P<client>\S+) \S+ .{0,200}?\[(?P<at>[^\]]{10,40})\] "
    r'"(?P<method>[A-Z]{3,10}) (?P<path>\S+)(?: HTTP/[\d.]+)?" (?P<status>\d{3})(?: (?P<size>\d+|-))?'
)
_AT = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-])(\d\d)(\d\d))?")
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
BEIJING = timezone(timedelta(hours=8))
Fields = dict[str, int]


@dataclass(frozen=True, slots=True)
class Request:
    """One line: `host` is "" where the log does not name it."""

    host: str
    path: str
    status: int
    method: str
    at: str  # as it stands there


@dataclass(slots=True)
class Portion:
    """What a stretch of lines asked for: requests by (host, path), the last moment of each, and what was left out."""

    lines: int = 0  # read so far, from the beginning of the file
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: dict[tuple[str, str], str] = field(default_factory=dict)
    junk: int = 0
    refused: int = 0  # the old site itself did not answer, or it was no GET
    damaged: int = 0


def counted(file: Path, is_junk: Callable[[str], bool], *, skip: int = 0, portion: int = PORTION) -> Iterator[Portion]:
    """Yield portions of a log, which may be gzip; `skip` lines at the beginning were taken before.

    A file cut off in the middle gives what can be read. Raises OSError where it cannot be opened.
    """
    now, read, fields = Portion(), 0, None
    seen: dict[str, bool] = {}
    with _opened(file) as source:
        for line in _lines(source):
            read += 1
            if line.startswith(b"#"):
                fields = _iis_fields(line) or fields
                continue
            if read <= skip:
                continue
            found = parse(line, fields)
            if found is None:
                now.damaged += bool(line.strip())
            elif found.method not in {"GET", "HEAD"} or found.status not in ANSWERED:
                now.refused += 1
            else:
                junk = seen.get(found.path)
                if junk is None:
                    if len(seen) >= MOST_DISTINCT:
                        seen.clear()
                    junk = seen[found.path] = is_junk(found.path)
                if junk:
                    now.junk += 1
                else:
                    key = found.host, found.path
                    now.requests[key] += 1
                    now.last[key] = found.at
            if read % portion == 0 or len(now.requests) >= MOST_DISTINCT:
                now.lines = read
                yield now
                now = Portion()
    now.lines = read
    yield now


def parse(line: bytes, fields: Fields | None = None) -> Request | None:
    """Return what one line says, None where it is no request. `fields`: the columns of an IIS log."""
    text = line.decode("utf-8", "surrogateescape")
    if fields is not None:
        return _iis(text, fields)
    found = _LINE.match(text)
    if found is None:
        return None
    path, host = found["path"], found["vhost"] or ""
    if not path.startswith("/"):
        scheme, mark, rest = path.partition("://")
        if not mark or scheme not in {"http", "https"}:
            return None
        host, slash, path = rest.partition("/")
        path = slash + path or "/"
    return Request(host, path, int(found["status"]), found["method"], found["at"])


def moment(text: str) -> datetime | None:
    """Return the moment of a log line ("05/Jan/2015:10:00:00 +0800", or "2015-01-05 02:00:00" in UTC)."""
    found = _AT.match(text)
    try:
        if found is None:
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
        zone = BEIJING
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(offset if sign == "+" else -offset)
        month_number = _MONTHS[month.lower()]
        return datetime(int(year), month_number, int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except (ValueError, KeyError):
        return None


def _opened(file: Path) -> IO[bytes]:
    with file.open("rb") as head:
        packed = head.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(file, "rb")) if packed else file.open("rb")


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines, long ones cut; stops where a damaged archive cannot be read on."""
    cut = False
    while True:
        try:
            line = source.readline(MOST_LINE)
        except (EOFError, OSError, zlib.error):
            return
        if not line:
            return
        if not cut:
            yield line
        cut = not line.endswith(b"\n")


def _iis_fields(line: bytes) -> Fields | None:
    text = line.decode("utf-8", "replace").strip()
    if not text.startswith("#Fields:"):
        return None
    return {name: number for number, name in enumerate(text.removeprefix("#Fields:").split())}


def _iis(text: str, fields: Fields) -> Request | None:
    parts = text.split()
    if len(parts) != len(fields) or not {"cs-uri-stem", "sc-status"} <= fields.keys():
        return None

    def value(name: str) -> str:
        found = parts[fields[name]] if name in fields else ""
        return "" if found == "-" else found

    query = value("cs-uri-query")
    status = whole(value("sc-status"))
    if status is None or not value("cs-uri-stem").startswith("/"):
        return None
    path = value("cs-uri-stem") + (f"?{query}" if query else "")
    at = f"{value('date')} {value('time')}".strip()
    return Request(value("cs-host"), path, status, value("cs-method") or "GET", at)
