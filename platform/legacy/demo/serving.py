"""The demo's old site on 127.0.0.1, as an old web server gives it: Chinese names in either encoding, no charset said."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote_to_bytes

from legacy.demo.site import Resource


def found_under(resources: Mapping[str, Resource], target: str) -> Resource | None:
    """Return what stands at a request's target, its query in any order, its path percent-encoded in UTF-8 or GBK."""
    raw, _mark, query = target.partition("?")
    data = unquote_to_bytes(raw)
    for encoding in ("utf-8", "gb18030"):
        try:
            path = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        asked = sorted(parse_qsl(query))
        for known, resource in resources.items():
            known_path, _mark, known_query = known.partition("?")
            if known_path == path and sorted(parse_qsl(known_query)) == asked:
                return resource
    return None


@contextmanager
def serving(resources: Mapping[str, Resource], port: int = 0) -> Iterator[int]:
    """Serve the resources on 127.0.0.1 while the block runs; gives the port (a free one for 0)."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "Microsoft-IIS/6.0", ""

        def do_GET(self) -> None:
            resource = found_under(resources, self.path)
            body = resource.data if resource else "<html><body>找不到网页</body></html>".encode("gb18030")
            self.send_response(200 if resource else 404)
            self.send_header("Content-Type", resource.content_type if resource else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the server looks for this name

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write(resources: Mapping[str, Resource], folder: Path) -> int:
    """Write the site as a mirror: files by their path, a query behind "?" in the name; return how many there are."""
    for address, resource in resources.items():
        path = address.lstrip("/")
        if not path or path == "robots.txt":
            continue  # the front page is there as index.html; a rule for robots is no page of the site
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(resource.data)
    return len(resources) - 2
