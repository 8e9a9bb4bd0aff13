"""Addresses: what one says by itself, and how it is tried without being led into our own network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sites.checks import links, reaching
from sites.checks.findings import Severity
from sites.checks.passages import Passage


@pytest.mark.parametrize(
    "address",
    [
        "https://www.gov.cn/zhengce/",
        "http://www.hunan.gov.cn:8080/a?b=c#d",
        "https://政务.中国/",
        "/zwgk/",
        "#top",
        "mailto:office@example.gov.cn",
        "tel:073188886666",
    ],
)
def test_good_addresses_are_left_alone(address: str) -> None:
    assert links.judge(address) is None


@pytest.mark.parametrize(
    ("address", "severity"),
    [
        ("", Severity.REFUSE),
        ("javascript:alert(1)", Severity.REFUSE),
        ("data:text/html,x", Severity.REFUSE),
        ("C:\\Users\\a.doc", Severity.REFUSE),
        ("file:///D:/a.doc", Severity.REFUSE),
        ("\\\\fileserver\\a.doc", Severity.REFUSE),
        ("http://", Severity.REFUSE),
        ("http://gov", Severity.REFUSE),
        ("http://www.gov.cn:99999/", Severity.REFUSE),
        ("www.gov.cn", Severity.REFUSE),
        ("http://10.1.2.3/oa/", Severity.CONFIRM),
        ("http://localhost:8000/", Severity.CONFIRM),
        ("http://oa.local/", Severity.CONFIRM),
    ],
)
def test_bad_addresses_are_judged_without_the_network(address: str, severity: Severity) -> None:
    judged = links.judge(address)
    assert judged is not None
    assert judged[0] is severity


def test_a_bad_link_is_found_at_its_words() -> None:
    passage = Passage("body", '<p>详见<a href="javascript:x()">附件一</a>。</p>', is_html=True)
    (finding,) = links.find(passage)
    assert (finding.excerpt, finding.start, finding.end) == ("附件一", 2, 5)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_addresses_of_our_own_network_are_never_asked(address: str) -> None:
    assert not reaching.is_public(address)
    answer = reaching.try_address("http://www.example.gov.cn/", resolve=lambda host, port: [address])
    assert answer.outcome == "forbidden"


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    answer = reaching.try_address("http://a.example/", resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    assert answer.outcome == "forbidden"


@pytest.mark.parametrize("url", ["http://a.example:22/", "http://user:pw@a.example/", "ftp://a.example/"])
def test_other_ports_schemes_and_users_are_never_asked(url: str) -> None:
    assert reaching.try_address(url, resolve=lambda host, port: ["8.8.8.8"]).outcome == "forbidden"


class Site(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        Site.asked.append((self.command, self.headers["Host"]))
        status, onward = {
            "/gone": (404, ""),
            "/moved": (302, "/here"),
            "/inside": (302, "http://10.0.0.1/"),
            "/round": (302, "/round"),
            "/broken": (500, ""),
            "/no-head": (405 if self.command == "HEAD" else 200, ""),
        }.get(self.path, (200, ""))
        self.send_response(status)
        if onward:
            self.send_header("Location", onward)
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - the name that http.server asks for

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that stands in for the internet: the name resolves to a public number, which is led to it."""
    Site.asked = []
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    connect = reaching.socket.create_connection
    monkeypatch.setattr(
        reaching.socket, "create_connection", lambda address, **options: connect(("127.0.0.1", port), **options)
    )
    yield "http://www.example.gov.cn"
    server.shutdown()
    server.server_close()


def resolve(host: str, _port: int) -> list[str]:
    return [host] if host.startswith("10.") else ["8.8.8.8"]


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/", "good"),
        ("/gone", "dead"),
        ("/moved", "good"),
        ("/inside", "forbidden"),
        ("/round", "unsure"),
        ("/broken", "unsure"),
        ("/no-head", "good"),
        ("/政策 文件", "good"),
    ],
)
def test_what_an_address_answers(site: str, path: str, outcome: str) -> None:
    assert reaching.try_address(site + path, resolve).outcome == outcome
    assert all(host == "www.example.gov.cn" for _method, host in Site.asked)


def test_a_host_that_does_not_exist_is_dead() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise reaching.socket.gaierror

    assert reaching.try_address("http://nowhere.example/", unknown).outcome == "dead"
