"""A TLS server on this machine that shows the certificate a test wants, and an authority that only this test trusts."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `trust` is a client's context that trusts nobody else."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def make(cls, folder: Path) -> Authority:
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "测试机构")])
        made = cls(folder, ec.generate_private_key(ec.SECP256R1()), name)
        certificate = made._sign(name, made.key.public_key(), 30, x509.BasicConstraints(ca=True, path_length=None))
        (folder / "authority.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return made

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))

    def certificate(self, host: str, *, days: int = 30, self_signed: bool = False) -> str:
        """Make a certificate that ends in `days` days (before now, where negative); return the file with it and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signer = Authority(self.folder, key, subject) if self_signed else self
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        signed = signer._sign(subject, key.public_key(), days, names).public_bytes(serialization.Encoding.PEM)
        file = self.folder / f"{host}{days}{self_signed}.pem"
        file.write_bytes(key.private_bytes(*form) + signed)
        return str(file)

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: int, extension: x509.ExtensionType
    ) -> x509.Certificate:
        ends = datetime.now(UTC) + timedelta(days=days)
        made = x509.CertificateBuilder(
            self.name, subject, key, x509.random_serial_number(), ends - timedelta(days=400), ends
        )
        return made.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())


@contextmanager
def listening(treat: Callable[[socket.socket], None]) -> Iterator[int]:
    """Give the port of a server that treats each connection so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    treat(server.accept()[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@contextmanager
def showing(certificate: str, *, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> Iterator[int]:
    """Give the port of a server that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.maximum_version = newest

    def treat(plain: socket.socket) -> None:
        with closing(plain), suppress(OSError):
            plain.settimeout(5)
            with context.wrap_socket(plain, server_side=True) as safe:
                safe.recv(1)

    with listening(treat) as port:
        yield port
