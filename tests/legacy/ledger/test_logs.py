"""Access logs of the old site: every line is understood or counted as damaged, and a long file is read in portions."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from legacy.ledger.logs import counted, moment, parse


def never(path):
    return False


COMBINED = b'10.0.0.9 - - [05/Jan/2015:10:00:00 +0800] "GET /art/1.html?a=1 HTTP/1.1" 200 512 "http://x/" "Mozilla/5.0 (\xe4\xb8\xad)"'


@pytest.mark.parametrize(
    ("line", "host", "path", "status"),
    [
        (COMBINED, "", "/art/1.html?a=1", 200),
        (b'1.2.3.4 - bob [05/Jan/2015:10:00:00 +0800] "GET / HTTP/1.0" 304 -', "", "/", 304),
        (
            b'www.a.example:80 1.2.3.4 - - [05/Jan/2015:10:00:00 +0800] "GET /x HTTP/1.1" 200 1',
            "www.a.example:80",
            "/x",
            200,
        ),
        (b'::1 - - [05/Jan/2015:10:00:00 +0800] "GET http://b.example/y HTTP/1.1" 200 1', "b.example", "/y", 200),
        (b'1.2.3.4 - - [05/Jan/2015:10:00:00 +0800] "HEAD /\xb9\xab HTTP/1.1" 200 1', "", "/\udcb9\udcab", 200),
        (b'1.2.3.4 - - [05/Jan/2015:10:00:00 +0800] "GET /a" 200 1', "", "/a", 200),
    ],
)
def test_lines_of_the_usual_formats(line, host, path, status):
    found = parse(line)
    assert (found.host, found.path, found.status) == (host, path, status)


@pytest.mark.parametrize(
    "line", [b"", b"\x16\x03\x01", b'1.2.3.4 - - [x] "-" 400 0', b'"GET / HTTP/1.1" 200', b"a" * 5000]
)
def test_other_lines_are_none(line):
    assert parse(line) is None


def test_the_moment_keeps_its_zone():
    assert moment("05/Jan/2015:10:00:00 +0800") == datetime(2015, 1, 5, 2, tzinfo=UTC)
    assert moment("2015-01-05 02:00:00") == datetime(2015, 1, 5, 2, tzinfo=UTC)
    assert moment("32/Foo/2015:10:00:00") is None


def test_requests_are_counted_and_what_the_old_site_refused_is_left_out(tmp_path):
    file = tmp_path / "access.log.gz"
    lines = [COMBINED] * 3 + [COMBINED.replace(b" 200 ", b" 404 "), COMBINED.replace(b"GET", b"POST"), b"rubbish", b""]
    file.write_bytes(gzip.compress(b"\n".join([*lines, COMBINED.replace(b"/art/1.html?a=1", b"/robots.txt")]) + b"\n"))
    (found,) = counted(file, lambda path: path == "/robots.txt")
    assert found.requests == {("", "/art/1.html?a=1"): 3}
    assert (found.refused, found.damaged, found.junk, found.lines) == (2, 1, 1, 8)


def test_a_long_log_comes_in_portions_and_can_be_gone_on_with(tmp_path):
    file = tmp_path / "access.log"
    file.write_bytes(b"".join(COMBINED.replace(b"a=1", b"a=%d" % number) + b"\n" for number in range(25)))
    portions = list(counted(file, never, portion=10))
    assert [found.lines for found in portions] == [10, 20, 25]
    rest = list(counted(file, never, skip=20, portion=10))
    assert sum(found.requests.total() for found in rest) == 5


def test_a_cut_off_archive_gives_what_can_be_read(tmp_path):
    file = tmp_path / "access.log.gz"
    whole = gzip.compress(b"".join(COMBINED.replace(b"a=1", b"a=%d" % (n * n)) + b"\n" for n in range(5000)))
    file.write_bytes(whole[: len(whole) // 2])
    assert sum(found.requests.total() for found in counted(file, never)) > 100


def test_a_line_without_end_takes_no_memory(tmp_path):
    file = tmp_path / "access.log"
    file.write_bytes(b"x" * 10_000_000 + b"\n" + COMBINED + b"\n")
    (found,) = counted(file, never)
    assert found.requests.total() == 1


def test_logs_of_iis(tmp_path):
    file = tmp_path / "u_ex150105.log"
    file.write_bytes(
        b"#Software: Microsoft Internet Information Services 7.5\r\n"
        b"#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status cs-host\r\n"
        b"2015-01-05 02:00:00 GET /show.asp id=5 200 www.a.example\r\n"
        b"2015-01-05 02:00:01 GET /b.html - 200 www.a.example\r\n"
        b"2015-01-05 02:00:02 GET /c.html - 500 www.a.example\r\n"
    )
    (found,) = counted(file, never)
    assert found.requests == {("www.a.example", "/show.asp?id=5"): 1, ("www.a.example", "/b.html"): 1}
    assert found.refused == 1
