"""Pages of the new site asked for in this process, through every middleware, as a citizen's browser would ask."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest

_KEPT = 5000  # answers without their bodies


@dataclass(frozen=True, slots=True)
class Reply:
    """`size` counts the bytes of the body, also where the body itself was not kept."""

    status: int
    body: bytes = b""
    location: str = ""
    size: int = 0


class Asker:
    """Asks for whole addresses of the platform's own hosts."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._known: OrderedDict[str, Reply] = OrderedDict()

    def get(self, url: str) -> Reply:
        """Return the answer to a GET of the address. An error inside is status 500."""
        parts = urlsplit(url)
        path = unquote_to_bytes(parts.path or "/").decode("latin-1")
        secure = parts.scheme == "https"
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": parts.hostname or "",
            "SERVER_PORT": str(parts.port or (443 if secure else 80)),
            "HTTP_HOST": parts.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_USER_AGENT": "acceptance",
            "wsgi.url_scheme": parts.scheme or "http",
            "wsgi.input": BytesIO(b""),
        }
        if secure:
            environ["HTTP_X_FORWARDED_PROTO"] = "https"
        try:
            response = self._handler.get_response(WSGIRequest(environ))
        except Exception:
            return Reply(500)
        # The response is not closed as a server would: that would close this run's database connection.
        if getattr(response, "streaming", False):
            size = sum(len(chunk) for chunk in response.streaming_content)
            for closer in response._resource_closers:
                closer()
            return Reply(response.status_code, b"", response.get("Location", ""), size)
        body = bytes(response.content)
        return Reply(response.status_code, body, response.get("Location", ""), len(body))

    def remember(self, url: str, reply: Reply) -> None:
        """Keep an answer without its body: the same address is asked for again by links and redirects."""
        self._known[url] = Reply(reply.status, b"", reply.location, reply.size)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def status(self, url: str) -> int:
        """Return the status of an address, asked once; up to two redirects within the platform are followed."""
        return self.brief(url).status

    def brief(self, url: str) -> Reply:
        """Return the answer without its body; remembered."""
        found = self._known.get(url)
        if found is None:
            stored = _stored_size(url)
            reply = self.get(url) if stored is None else Reply(200 if stored >= 0 else 404, b"", "", max(stored, 0))
            for _step in range(2):
                if reply.status in (301, 302, 307, 308) and reply.location.startswith("/"):
                    parts = urlsplit(url)
                    reply = self.get(f"{parts.scheme}://{parts.netloc}{reply.location}")
            self.remember(url, reply)
            found = self._known[url]
        return found


def _stored_size(url: str) -> int | None:
    """Return the bytes of a stored picture, -1 where it is not there; None for what is no stored file.

    The web server in front gives pictures out of the store, so asking in this process would find none.
    """
    base = settings.MEDIA_URL
    path = url if base.startswith("http") else urlsplit(url).path
    if not base or base == "/" or not path.startswith(base):
        return None
    name = unquote(path[len(base) :])
    try:
        return int(default_storage.size(name)) if default_storage.exists(name) else -1
    except (OSError, ValueError, SuspiciousOperation):
        return -1
