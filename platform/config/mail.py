"""The mail server of EMAIL_URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from config import env

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
PORTS = {"smtp": 25, "starttls+smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def from_url(url: str) -> MailServer | None:
    """Return the server that `url` names, None for an empty one. A bad address stops the start with a sentence."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _stop() from None
    if parts.scheme == "console":
        return MailServer(CONSOLE)
    if parts.scheme not in PORTS or not parts.hostname:
        raise _stop()
    return MailServer(
        SMTP,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=parts.scheme == "starttls+smtp",
        tls=parts.scheme == "smtps",
    )


def _stop() -> SystemExit:
    # The address may hold a password: it is not repeated.
    return env.stop(
        "EMAIL_URL cannot be read. Write smtp://user:password@host:25, starttls+smtp://… or smtps://…, "
        "or console: to print mails; or leave it out."
    )
