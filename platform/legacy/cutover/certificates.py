"""Whether the platform shows a valid certificate for an old host: asked of the platform itself, before and after the move."""

from __future__ import annotations

import contextlib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from legacy.cutover.checks import OK

SECONDS = 5.0
FEW_DAYS = 14  # a certificate that ends sooner is worth a word
WRONG, UNREACHABLE = "wrong", "unreachable"


@dataclass(frozen=True, slots=True)
class Shown:
    """The certificate seen: state ok, wrong or unreachable; `until` its last day."""

    state: str
    until: str = ""
    issuer: str = ""
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"until": self.until, "issuer": self.issuer, "error": self.error}


def look(address: str, host: str, *, port: int = 443, context: ssl.SSLContext | None = None) -> Shown:
    """Return what the platform at `address` shows to those who ask for `host`. Never raises."""
    context = context or ssl.create_default_context()
    try:
        with (
            socket.create_connection((address, port), timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host.partition(":")[0]) as safe,
        ):
            seen: Any = safe.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Shown(WRONG, error=error.verify_message)
    except ssl.SSLError as error:
        return Shown(WRONG, error=error.reason or type(error).__name__)
    except (OSError, ValueError) as error:
        return Shown(UNREACHABLE, error=str(error))
    until = ""
    with contextlib.suppress(KeyError, ValueError):
        until = datetime.fromtimestamp(ssl.cert_time_to_seconds(seen["notAfter"]), UTC).date().isoformat()
    issuer = dict(pair for part in seen.get("issuer", ()) for pair in part)
    return Shown(OK, until, issuer.get("organizationName") or issuer.get("commonName", ""))
