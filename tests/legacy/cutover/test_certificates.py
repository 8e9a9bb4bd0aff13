"""The certificate that the platform shows for an old host, against servers on this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from legacy.cutover import certificates
from tests.legacy.cutover.tls_server import Authority, listening, showing

HOST = "www.old.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("tls"))


def look(port: int, authority: Authority, host: str = HOST) -> certificates.Shown:
    return certificates.look("127.0.0.1", host, port=port, context=authority.trust)


def test_a_good_certificate_says_its_last_day_and_who_signed_it(authority: Authority) -> None:
    with showing(authority.certificate(HOST)) as port:
        found = look(port, authority)
        assert look(port, authority, f"{HOST}:8443").state == "ok"  # an old host may have a port of its own
    last = (datetime.now(UTC) + timedelta(days=30)).date()
    assert (found.state, found.issuer, found.error) == ("ok", "测试机构", "")
    assert found.until in {last.isoformat(), (last - timedelta(days=1)).isoformat()}


def test_a_wildcard_holds_for_one_level(authority: Authority) -> None:
    with showing(authority.certificate("*.old.example")) as port:
        assert look(port, authority).state == "ok"
        assert look(port, authority, "a.b.old.example").state == "wrong"


@pytest.mark.parametrize(
    ("host", "days", "self_signed", "reason"),
    [
        (HOST, -1, False, "expired"),
        (HOST, 30, True, "self-signed"),
        ("www.other.example", 30, False, "Hostname mismatch"),
        (HOST, 800, False, "not yet valid"),
    ],
)
def test_a_wrong_certificate_says_what_is_wrong(
    authority: Authority, host: str, days: int, self_signed: bool, reason: str
) -> None:
    with showing(authority.certificate(host, days=days, self_signed=self_signed)) as port:
        found = look(port, authority)
    assert found.state == "wrong"
    assert reason in found.error
    assert found.until == ""


def test_a_certificate_of_an_authority_that_nobody_trusts_is_wrong(authority: Authority) -> None:
    with showing(authority.certificate(HOST)) as port:
        assert certificates.look("127.0.0.1", HOST, port=port).state == "wrong"


def test_a_server_that_speaks_only_what_is_no_longer_spoken_is_wrong(authority: Authority) -> None:
    context = authority.trust
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with showing(authority.certificate(HOST), newest=ssl.TLSVersion.TLSv1_2) as port:
        found = certificates.look("127.0.0.1", HOST, port=port, context=context)
    assert (found.state, bool(found.error)) == ("wrong", True)


@pytest.fixture
def hangs() -> Iterator[int]:
    held: list[socket.socket] = []
    with listening(held.append) as port:
        yield port
    for one in held:
        one.close()


def test_a_handshake_that_hangs_ends(authority: Authority, hangs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "SECONDS", 0.3)
    found = look(hangs, authority)
    assert (found.state, "timed out" in found.error) == ("unreachable", True)


def test_what_is_no_tls_or_no_server_is_said(authority: Authority) -> None:
    def speaks_http(plain: socket.socket) -> None:
        plain.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        plain.close()

    with listening(speaks_http) as port:
        assert look(port, authority).state in {"wrong", "unreachable"}
    with listening(socket.socket.close) as port:
        assert look(port, authority).state in {"wrong", "unreachable"}
    closed = look(port, authority)  # nobody listens there any more
    assert (closed.state, "refused" in closed.error) == ("unreachable", True)


@pytest.mark.parametrize("host", ["", "旧站.example", "a" * 300, "..", "xn--a"])
def test_no_host_raises(authority: Authority, host: str, tmp_path: Path) -> None:
    with showing(authority.certificate(HOST)) as port:
        assert look(port, authority, host).state in {"wrong", "unreachable"}
