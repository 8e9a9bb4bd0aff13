"""A transition with an old site at 127.0.0.1, and a server that answers as a table says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from legacy.models import LegacyRaw, LegacyRun, RunLine, Step, Transition
from legacy.running import new_run
from legacy.sentences import tell
from legacy.sources import collecting

Answer = tuple[int, dict[str, str], bytes]
FAST = {"delay": 0, "retries": 0, "timeout": 5, "parallel": 8}


def page(text: str) -> Answer:
    return 200, {"Content-Type": "text/html"}, f"<html><body>{text}</body></html>".encode()


@contextmanager
def serving(
    pages: dict[str, Answer | Callable[[Any], None]], *, certificate: str = ""
) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """Serve the pages by path; give the address and the requests so far as (path, headers)."""
    asked: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            found = pages.get(self.path) or pages.get("*") or (404, {"Content-Type": "text/html"}, b"<html>none</html>")
            if callable(found):
                found(self)
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def collected(transition: Transition, source: str, **options: Any) -> LegacyRun:
    """Carry out a run as the command line would, and return its row."""
    asked = {"source": source, "at_command_line": True, **options}
    run = new_run(transition, Step.COLLECT, by=None, **asked)
    collecting.carry_out(run)
    return run


def raws(transition: Transition) -> dict[str, LegacyRaw]:
    return {row.key: row for row in LegacyRaw.objects.filter(transition=transition)}


def said(run: LegacyRun) -> list[tuple[str, str, str]]:
    """Return (level, place, English sentence) of the run's lines."""
    return [(line.level, line.place, tell(line.sentence)) for line in RunLine.objects.filter(run=run)]


def picture(run: LegacyRun, transition: Transition) -> list[tuple[Any, ...]]:
    """Return what a run left behind, but for numbers and moments of storing."""
    fields = ("source", "key", "url", "kind", "status", "content_type", "fields", "sha256", "size")
    return list(LegacyRaw.objects.filter(transition=transition).order_by("key").values_list(*fields))


def self_signed(folder: Path) -> str:
    """Make a certificate for 127.0.0.1 that nobody but itself has signed; return the file with it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins + timedelta(days=365 * 50))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.private_bytes(*form) + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    return str(folder / "server.pem")
