"""Rules of the sources that need no database: guard, dumps, traps, links, moments."""

from __future__ import annotations

import io
from typing import Any

import pytest

from legacy.sources import moments
from legacy.sources.crawl_job import Frames, Job, write_frame
from legacy.sources.crawl_links import links_of
from legacy.sources.crawl_network import GuardedResolver, install, watch
from legacy.sources.crawl_traps import SAME_BODIES, Traps
from legacy.sources.guard import AddressGuard, Forbidden
from legacy.sources.http_bodies import content
from legacy.sources.kinds import kind_of
from legacy.sources.mirror_names import Layout, Outside, address, plain
from legacy.sources.sql_tokens import Damage, Row, Table, read


@pytest.mark.parametrize(
    ("address", "allowed", "permitted"),
    [
        ("8.8.8.8", [], True),
        ("10.1.2.3", [], False),
        ("10.1.2.3", ["old.example"], True),
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("127.0.0.1", ["other.example"], False),
        ("::ffff:127.0.0.1", [], False),
        ("64:ff9b::7f00:1", [], False),
        ("2002:7f00:1::", [], False),
        ("fd00:ec2::254", ["old.example"], False),
        ("169.254.169.254", ["old.example", "169.254.0.0/16"], False),
        ("169.254.169.254", ["169.254.169.254"], True),
        ("100.100.100.200", ["old.example"], False),
        ("168.63.129.16", [], False),
        ("0.0.0.0", ["old.example"], False),
        ("224.0.0.1", ["old.example"], False),
        ("fe80::1%eth0", ["old.example"], False),
        ("not an address", ["old.example"], False),
    ],
)
def test_which_addresses_may_be_connected_to(address: str, allowed: list[str], permitted: bool) -> None:
    assert AddressGuard(allowed).permits("old.example", address) is permitted


def test_a_name_that_changes_its_address_is_judged_again_and_so_is_the_connection() -> None:
    class Address:
        def __init__(self, host: str) -> None:
            self.host = host

    class Resolver:
        answers = [["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"]]

        def resolveHostName(self, receiver: Any, *args: Any) -> None:  # noqa: N802
            for host in self.answers.pop(0):
                receiver.addressResolved(Address(host))

    class Receiver:
        def __init__(self) -> None:
            self.found: list[str] = []

        def resolutionBegan(self, resolution: Any) -> None: ...  # noqa: N802

        def resolutionComplete(self) -> None: ...  # noqa: N802

        def addressResolved(self, address: Any) -> None:  # noqa: N802
            self.found.append(address.host)

    class Reactor:
        def __init__(self) -> None:
            self.nameResolver: Any = Resolver()
            self.connected: list[str] = []

        def connectTCP(self, host: str, port: int, factory: Any) -> None:  # noqa: N802
            self.connected.append(host)

        def installNameResolver(self, resolver: Any) -> None:  # noqa: N802
            self.nameResolver = resolver

    reactor = Reactor()
    tcp = reactor.connectTCP
    install(reactor, AddressGuard())
    assert isinstance(reactor.nameResolver, GuardedResolver)
    found = []
    for _time in range(3):
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, "rebinding.example", 80)
        found.append(receiver.found)
    assert found == [["93.184.216.34"], [], ["93.184.216.34"]]
    reactor.connectTCP("93.184.216.34", 80, None)
    with pytest.raises(Forbidden):
        reactor.connectTCP("127.0.0.1", 80, None)
    assert tcp.__self__.connected == ["93.184.216.34"]
    assert "10.0.0.1" in str(watch.refused["rebinding.example"])


DUMP = """/* INSERT INTO `a` VALUES (9); */
CREATE TABLE IF NOT EXISTS `a` (`id` int(10) default '0' COMMENT 'x, (y', name varchar(3), `key` text, PRIMARY KEY (`id`,`name`), KEY `k` (`name`));
LOCK TABLES `a` WRITE; INSERT INTO `a` VALUES (1,'it\\'s','a''b'),(2,NULL,'x\\ny; -- INSERT INTO z VALUES (1)'),
 (3,"d""q",0x41);
INSERT IGNORE INTO db.a (id,name) VALUES (-4.5,_utf8'誠\\\\');
INSERT INTO `a` VALUES (5,'ok','1'),(6,'broken,'x'),(7,'fine','2');
INSERT INTO `b` VALUES (1,'tail"""


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_dump_is_read_alike_in_pieces_of_any_size(step: int) -> None:
    pieces = (DUMP[at : at + step] for at in range(0, len(DUMP), step))
    found = list(read(pieces))
    assert found[0] == Table("a", ("id", "name", "key"))
    rows = [one for one in found if isinstance(one, Row)]
    assert [row.values for row in rows] == [
        ("1", "it's", "a'b"), ("2", None, "x\ny; -- INSERT INTO z VALUES (1)"), ("3", 'd"q', "A"), ("-4.5", "誠\\"),
        ("5", "ok", "1"), ("7", "fine", "2"),
    ]  # fmt: skip
    assert [(one.table, one.cut_off) for one in found if isinstance(one, Damage)] == [("a", False), ("b", True)]


def test_calendars_and_pages_that_repeat_themselves_are_left() -> None:
    traps = Traps(this_year=2026)
    here = {"depth": 1, "chain": 1}
    assert traps.refusal("http://x/list.asp?page=900", **here) is None
    assert "beyond all dates" in str(traps.refusal("http://x/c.asp?year=2099&month=1", **here))
    assert "repeats within itself" in str(traps.refusal("http://x/a/b/a/b/a/b/a/b/", **here))
    assert "chain" in str(traps.refusal("http://x/1.html", depth=1, chain=1001))
    months = [
        traps.refusal(f"http://x/c.asp?year={year}&month={month}", **here)
        for year in range(1990, 2027)
        for month in range(12)
    ]
    assert months[399] is None
    assert "calendar with more" in str(months[-1])
    closed = [traps.saw(f"http://x/p.asp?page={number}", "same") for number in range(SAME_BODIES + 2)]
    assert closed.count(True) == 1
    assert "repeat themselves" in str(traps.refusal("http://x/p.asp?page=777", **here))


def test_links_in_scripts_frames_and_old_markup_are_found() -> None:
    body = (
        '<base href="/b/"><a href="a.html#x">1</a><a href="javascript:window.open(\'/w.html\')">2</a><a href="?k=中">3</a>'
        '<script>createPageHTML("page",3,0,"index","html");document.write("<a href=\\"/d.html\\">")</script>'
        '<img src="中.jpg"><meta http-equiv=refresh content="0;url=n.html"><td onclick="location.href=\'show.asp?id=3\'">'
        '<a href="mailto:x">4</a><a href="..\\x.doc">5</a><a href="file:///D:/x.doc">6</a><a href="http://[bad/">7</a>'
    ).encode("gb18030")
    assert [link.url.removeprefix("http://h") for link in links_of(body, "http://h/a/i.html")] == [
        "/b/a.html", "/w.html", "/b/?k=%D6%D0", "/b/index_1.html", "/b/index_2.html", "/d.html", "/b/%E4%B8%AD.jpg",
        "/b/n.html", "/b/show.asp?id=3", "/x.doc",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1428975000, "2015-04-14T09:30:00+08:00"),
        ("1428975000000", "2015-04-14T09:30:00+08:00"),
        ("2015-04-14 01:30:00Z", "2015-04-14T09:30:00+08:00"),
        ("2015年4月14日", "2015-04-14"),
        ("2007-08-20-23:59:59", "2007-08-20T23:59:59+08:00"),
        ("2015/4/14 9:30", "2015-04-14T09:30:00+08:00"),
        ("20150414", "2015-04-14"),
        ("2015-02-30", None),
        ("0000-00-00 00:00:00", None),
        ("0", None),
        ("某日", None),
    ],
)
def test_moments_of_sources(value: Any, expected: str | None) -> None:
    assert moments.moment(value) == expected


@pytest.mark.parametrize(
    ("head", "declared", "url", "kind"),
    [
        (b"<html>", "application/octet-stream", "http://x/a", "page"),
        (b"\xef\xbb\xbf\r\n<!-- x --><HTML>", "", "http://x/a.jsp", "page"),
        (b"GIF89a", "text/html", "http://x/a.html", "picture"),
        (b"%PDF-1.4", "text/html", "http://x/a.aspx", "file"),
        (b"body { color: red }", "text/css", "http://x/a", "other"),
        ("<\0h\0t\0m\0l\0>\0".encode("latin-1"), "", "http://x/a", "file"),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "", "http://x/a", "page"),
        (b"<svg xmlns=", "", "http://x/a.svg", "picture"),
        (b"\0\1\2\3\4", "", "http://x/a.dat", "file"),
    ],
)
def test_kinds_are_told_by_content(head: bytes, declared: str, url: str, kind: str) -> None:
    assert kind_of(head, declared, url) == kind


def test_names_in_mirrors_become_addresses() -> None:
    layout = Layout(base="http://x.gov.cn/", strip="site")
    assert address(plain("C:\\inetpub\\wwwroot\\a\\b.html"), layout) == "http://x.gov.cn/a/b.html"
    assert address("site/show.asp?id=3.html", layout) == "http://x.gov.cn/show.asp?id=3"
    assert address("%D6%D0.html", layout) == "http://x.gov.cn/%D6%D0.html"
    assert address("x.gov.cn+8080/a.html", Layout(hosts=True)) == "http://x.gov.cn:8080/a.html"
    with pytest.raises(Outside):
        plain("a/../../b")


def test_bodies_are_unpacked_as_far_as_they_are_packed() -> None:
    assert content(b"4\r\nab\xd6\xd0\r\n0\r\n\r\n", {"transfer-encoding": "chunked"}, 100) == b"ab\xd6\xd0"
    assert content(b"<html>", {"transfer-encoding": "chunked", "content-encoding": "gzip"}, 100) == b"<html>"


def test_frames_come_back_whole_whatever_the_pieces() -> None:
    out = io.BytesIO()
    write_frame(out, {"type": "record"}, b"a\nb" * 100)
    write_frame(out, {"type": "end"})
    data = out.getvalue()
    pieces = iter([*(data[at : at + 5] for at in range(0, len(data), 5)), None, b""])
    assert [one and (one[0]["type"], len(one[1])) for one in Frames(lambda: next(pieces))] == [
        ("record", 300),
        ("end", 0),
        None,
    ]
    job = Job(starts=("http://x/",), hosts=("x",), connect={"x": "127.0.0.1:1"})
    assert Job.load(job.dump()) == job
