"""A client for the platform's door for scripts that bring an old site over (/api/legacy/v1/). Standard library only.

As a module:

    from legacy_client import Client
    client = Client("https://admin.example.gov.cn", "wagtail_…")
    client.create_transition(tenant="430181-nongye", code="nyj", name="旧站", hosts=["www.old.example.gov.cn"])
    print(client.push_records("nyj", [{"key": "1", "title": "通知", "published_at": "2015-04-14", "body": "<p>…</p>"}]))
    run = client.wait("nyj", client.start("nyj", "extract")["id"])

As a script (LEGACY_URL and LEGACY_TOKEN in the environment):

    python3 legacy_client.py push nyj articles.ndjson
    python3 legacy_client.py start nyj extract --wait
    python3 legacy_client.py refusals nyj 12
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

# (method, url, headers, body) -> (status, headers with lower-case names, body)
Transport = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]
TRIES = 5
OVER = frozenset({"finished", "stopped", "failed"})


class ApiError(Exception):
    """The platform refused a request: `status`, `detail` (a sentence) and `errors` (by field, where there are any)."""

    def __init__(self, status: int, detail: str, errors: list[Any]) -> None:
        self.status, self.detail, self.errors = status, detail, errors
        super().__init__(f"{status}: {detail}")


def send(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): text for name, text in error.headers.items()}, error.read()


class Client:
    """Speaks for the token's owner: a platform operator, or the manager of the sub-site that takes the content."""

    def __init__(
        self, url: str, token: str, *, transport: Transport = send, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base, self._token = url.rstrip("/") + "/api/legacy/v1", token
        self._transport, self._sleep = transport, sleep

    # Transitions

    def create_transition(self, *, tenant: str, code: str, name: str, hosts: list[str], notes: str = "") -> Any:
        """Begin a transition; asked again with the same words it answers the same."""
        given = {"tenant": tenant, "code": code, "name": name, "hosts": hosts, "notes": notes}
        return self._json("POST", "/transitions", given, key=_key("transition", given))

    def transitions(self) -> Iterator[Any]:
        return self._pages("/transitions", {})

    def transition(self, code: str) -> Any:
        """Return a transition with its phase and counts."""
        return self._json("GET", f"/transitions/{code}")

    # Records

    def push_records(self, code: str, records: Iterable[dict[str, Any]], *, lines: int = 5000) -> dict[str, Any]:
        """Hand in ready records, any number of them, as streams of so many lines; return counts and refusals together.

        Safe to repeat: what is there already is `unchanged`. `refused`: {"line", "text"}, lines counted from 1.
        """
        whole: dict[str, Any] = {"counts": {}, "refused": [], "runs": []}
        before = 0
        for batch in _batches(records, lines):
            body = b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in batch)
            key = f"records-{hashlib.sha256(body).hexdigest()[:40]}-{uuid.uuid4().hex[:8]}"
            answer = self._send("POST", f"/transitions/{code}/records.ndjson", body, "application/x-ndjson", key)
            whole["runs"].append(answer["run"])
            for name, count in answer["counts"].items():
                whole["counts"][name] = whole["counts"].get(name, 0) + count
            whole["refused"] += [{**each, "line": each["line"] + before} for each in answer["refused"]]
            before += len(batch)
        return whole

    def push_page(self, code: str, url: str, data: bytes, *, content_type: str = "text/html") -> Any:
        """Hand in what stood at one old address."""
        record = {"url": url, "data": base64.b64encode(data).decode(), "content_type": content_type}
        return self._json("POST", f"/transitions/{code}/raws", {"records": [record]})

    def push_file(self, code: str, url: str, file: Path, *, content_type: str = "") -> Any:
        """Hand in a large file (attachment, picture) of an old address as multipart."""
        edge = uuid.uuid4().hex
        fields = {"url": url, "content_type": content_type}
        body = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
            for name, text in fields.items()
        )
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        body += head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + file.read_bytes()
        body += f"\r\n--{edge}--\r\n".encode()
        return self._send(
            "POST", f"/transitions/{code}/raws/file", body, f"multipart/form-data; boundary={edge}", key=""
        )

    # Steps

    def start(self, code: str, step: str, **options: Any) -> Any:
        """Begin a step in the background (collect, survey, extract, load, verify) and return its run."""
        return self._json("POST", f"/transitions/{code}/steps/{step}", options, key=uuid.uuid4().hex)

    def run(self, code: str, number: int) -> Any:
        return self._json("GET", f"/transitions/{code}/runs/{number}")

    def wait(self, code: str, number: int, *, every: float = 2.0) -> Any:
        """Return the run once it is over; its `state` is finished, stopped or failed."""
        while (found := self.run(code, number))["state"] not in OVER:
            self._sleep(every)
        return found

    # What became of it

    def lines(self, code: str, number: int, level: str = "") -> Iterator[Any]:
        """Yield what a run said; `level`: info, warning, refused or error."""
        return self._pages(f"/transitions/{code}/runs/{number}/lines", {"level": level})

    def items(self, code: str, state: str = "") -> Iterator[Any]:
        """Yield items; `state`: extracted, review, loaded, refused, dropped or conflict."""
        return self._pages(f"/transitions/{code}/items", {"state": state})

    def ledger(self, code: str, result: str = "") -> Iterator[Any]:
        """Yield old addresses; `result`: unresolved, redirect, archive or gone."""
        return self._pages(f"/transitions/{code}/ledger", {"result": result})

    def acceptance(self, code: str) -> Any:
        """Return the newest acceptance report."""
        return self._json("GET", f"/transitions/{code}/acceptance")

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Any]:
        page, seen = 1, 0
        while True:
            asked = urllib.parse.urlencode({**{k: v for k, v in query.items() if v}, "page": page, "page_size": 200})
            answer = self._json("GET", f"{path}?{asked}")
            yield from answer["items"]
            seen += len(answer["items"])
            if not answer["items"] or seen >= answer["count"]:
                return
            page += 1

    def _json(self, method: str, path: str, given: Any = None, key: str = "") -> Any:
        body = b"" if given is None else json.dumps(given, ensure_ascii=False).encode()
        return self._send(method, path, body, "application/json" if body else "", key)

    def _send(self, method: str, path: str, body: bytes, content_type: str, key: str) -> Any:
        """Send a request; one that may be repeated safely is tried again when the way there or the platform is busy."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        if key:
            headers["Idempotency-Key"] = key
        for left in reversed(range(TRIES)):
            try:
                status, answered, data = self._transport(method, self._base + path, headers, body)
            except OSError:
                if not left or (method != "GET" and not key):
                    raise
                self._sleep(2.0 * (TRIES - left))
                continue
            if status in (429, 502, 503, 504) and left and (status == 429 or method == "GET" or key):
                self._sleep(float(answered.get("retry-after") or 2.0 * (TRIES - left)))
                continue
            break
        try:
            said = json.loads(data or b"{}")
        except ValueError:
            said = {"detail": data[:300].decode("utf-8", "replace")}
        if status >= 400:
            raise ApiError(status, said.get("detail") or "", said.get("errors") or [])
        return said


def _key(name: str, given: Any) -> str:
    return f"{name}-{hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:40]}"


def _batches(records: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as opened:
        yield from (json.loads(line) for line in opened if line.strip())


def main(words: list[str] | None = None) -> int:
    """Run as a script; 0 done, 1 failed, 3 done with refusals."""
    parser = argparse.ArgumentParser(description="Bring an old site over by the platform's door for scripts.")
    parser.add_argument("--url", default=os.environ.get("LEGACY_URL", ""), help="the admin's address (LEGACY_URL)")
    parser.add_argument("--token", default=os.environ.get("LEGACY_TOKEN", ""), help="a token (LEGACY_TOKEN)")
    below = parser.add_subparsers(dest="what", required=True)
    for name, told in (("show", "its phase and counts"), ("push", "records of a file, a JSON object on each line")):
        below.add_parser(name, help=told).add_argument("code")
    below.choices["push"].add_argument("file", type=Path)
    start = below.add_parser("start", help="begin a step")
    start.add_argument("code")
    start.add_argument("step", choices=("collect", "survey", "extract", "load", "verify"))
    start.add_argument("--wait", action="store_true", help="until it is over")
    refusals = below.add_parser("refusals", help="what a run refused")
    refusals.add_argument("code")
    refusals.add_argument("run", type=int)
    given = parser.parse_args(words)
    if not given.url or not given.token:
        parser.error("Name the platform with --url and --token, or in LEGACY_URL and LEGACY_TOKEN.")
    client = Client(given.url, given.token)
    try:
        return _do(client, given)
    except ApiError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _do(client: Client, given: argparse.Namespace) -> int:
    refused = False
    if given.what == "show":
        found = client.transition(given.code)
    elif given.what == "push":
        found = client.push_records(given.code, _read_lines(given.file))
        refused = bool(found["refused"])
    elif given.what == "start":
        found = client.start(given.code, given.step)
        if given.wait:
            found = client.wait(given.code, found["id"])
            refused = bool(found["counts"].get("lines:refused"))
            if found["state"] != "finished":
                sys.stderr.write(f"{found['state']}: {found['error']}\n")
                return 1
    else:
        found = list(client.lines(given.code, given.run, "refused"))
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 3 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
