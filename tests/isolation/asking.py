"""One request and everything that may be wrong with its answer. Whatever it changed is taken back at once."""

from __future__ import annotations

import json
import re
import traceback
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

from django.core import mail
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection, models, transaction

from sites import addresses
from tests.isolation.answers import body_of, text_of
from tests.isolation.marks import found
from tests.isolation.rows import Snapshot, Writes
from tests.isolation.world import OF_B, Visitor, World

# What a shut door answers. 405 says only that the view has no such verb.
SHUT = frozenset({404, 405})
SIGN_IN = "/admin/login/"
_NUMBERS = re.compile(rb"\d+")
# Before it comes to the object: to the sign-in page, no token, a form that cannot be read. No more than if it did not exist.
BEFORE = frozenset({301, 302, 400, 401, 403})


@dataclass(frozen=True)
class Request:
    view: str
    method: str
    path: str
    data: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    as_json: bool = False
    absent: str = ""  # set where the path names an object of the neighbour: the same path to one that does not exist

    def __str__(self) -> str:
        data = f" {json.dumps(self.data, ensure_ascii=False, default=str)[:600]}" if self.data else ""
        return f"{self.method} {self.path}{data}{f' {self.headers}' if self.headers else ''}"


@dataclass(frozen=True)
class Finding:
    visitor: str
    request: Request
    kind: str  # leak, change, door, error, mail
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.request.view} as {self.visitor}: {self.what}\n      {self.request}"


@dataclass
class Answer:
    status: int = 0
    text: str = ""
    body: bytes = b""
    findings: list[Finding] = field(default_factory=list)


class Asker:
    """Asks as a visitor and judges the answer. `own` collects the marks that visitors saw of A: proof of a real look."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.snapshot = Snapshot(world.theirs)
        self.files = _files(world)
        self.requests = 0
        self.own: set[str] = set()
        self.absent: dict[str, Answer] = {}

    def ask(self, visitor: Visitor, request: Request) -> Answer:
        self.requests += 1
        client, cookies = visitor.client, deepcopy(visitor.client.cookies)
        writes, answer = Writes(), Answer()
        mail.outbox = []
        erased: list[str] = []  # a file is not taken back with the rows: it is not erased at all
        keep = mock.patch.object(FileSystemStorage, "delete", lambda storage, name: erased.append(name))
        try:
            with transaction.atomic(), connection.execute_wrapper(writes), keep:
                connection.atomic_blocks[-1]._from_testcase = True
                waiting = len(connection.run_on_commit)
                try:
                    self._send(visitor, request, answer)
                    self._run_waiting(waiting)
                except Exception:  # whatever comes out of a view or its follow-up work is a finding
                    self._note(visitor, request, answer, "error", traceback.format_exc(limit=-3))
                self._look_for_changes(visitor, request, answer, writes)
                transaction.set_rollback(True)
        finally:
            client.cookies = cookies
            if writes.tables - {"django_session"}:
                addresses.book.clear()
                caches["default"].clear()
        for name in sorted(self.files.intersection(erased)):
            self._note(visitor, request, answer, "change", f"file {name} erased")
        self._judge(visitor, request, answer)
        return answer

    def _send(self, visitor: Visitor, request: Request, answer: Answer) -> None:
        response = self._plain(visitor, request)
        answer.status, answer.body = response.status_code, body_of(response)
        answer.text = text_of(response, answer.body)
        if response.status_code >= 500:
            error = getattr(response, "exc_info", None)
            self._note(
                visitor, request, answer, "error", "".join(traceback.format_exception(*error)[-4:]) if error else ""
            )
        target = response.get("Location", "")
        if request.method != "GET" and response.status_code in (301, 302, 303) and target.startswith("/"):
            after = visitor.client.get(target, headers={"host": visitor.host})
            answer.text += text_of(after, body_of(after))

    @staticmethod
    def _plain(visitor: Visitor, request: Request) -> Any:
        headers = {"host": visitor.host, **request.headers}
        if request.method == "GET":
            return visitor.client.get(request.path, request.data or {}, headers=headers)
        if request.as_json or request.method not in ("POST",):
            body = json.dumps(request.data or {}, default=str)
            return visitor.client.generic(request.method, request.path, body, "application/json", headers=headers)
        return visitor.client.post(request.path, request.data or {}, headers=headers)

    @staticmethod
    def _run_waiting(waiting: int) -> None:
        """Do what the request left for after its commit: mails and tasks belong to what it does."""
        callbacks = connection.run_on_commit[waiting:]
        del connection.run_on_commit[waiting:]
        for _ids, callback, robust in callbacks:
            try:
                callback()
            except Exception:
                if not robust:
                    raise

    def _look_for_changes(self, visitor: Visitor, request: Request, answer: Answer, writes: Writes) -> None:
        if not writes.tables and not writes.unread:
            return
        tables = self.snapshot.models if writes.unread else writes.tables
        try:
            lines = self.snapshot.changes(tables)
        except DatabaseError:
            return  # the view's own error has undone everything, and is a finding already
        for line in lines:
            self._note(visitor, request, answer, "change", line)

    def _judge(self, visitor: Visitor, request: Request, answer: Answer) -> None:
        sent = found(str(request), visitor.foreign)
        leaked = found(answer.text, visitor.foreign) - sent
        if leaked:
            meanings = sorted({self._means(mark) for mark in leaked})
            self._note(visitor, request, answer, "leak", f"{answer.status}, {len(meanings)}: {'; '.join(meanings[:6])}")
        self.own |= found(answer.text, "abc") if visitor.stranger == "signed in" else set()
        if request.absent and answer.status not in SHUT and not self._as_if_absent(visitor, request, answer):
            self._note(visitor, request, answer, "door", f"answers {answer.status}")
        for message in mail.outbox:
            text = f"{message.subject} {message.body} {message.to} {[str(part) for part in message.alternatives or []]}"
            if found(text, OF_B) - sent and request.view != "wagtailadmin_password_reset":
                self._note(visitor, request, answer, "mail", f"to {message.to}: {message.subject}")

    def _means(self, mark: str) -> str:
        letters = {side.letter: name for name, side in self.world.sides.items()}
        return f"{letters.get(mark[3], '?')} {self.world.marks.meanings.get(mark, mark)}"

    def _as_if_absent(self, visitor: Visitor, request: Request, answer: Answer) -> bool:
        """Return whether the same request for an object that does not exist is answered the same way."""
        if visitor.stranger != "signed in" and _target(answer) == SIGN_IN:
            return True
        if answer.status not in BEFORE and answer.status != 200:
            return False
        other = self._absent(visitor, replace(request, path=request.absent, absent=""))
        # Each of the two may have made a row of its own, whose number PostgreSQL does not give twice.
        if answer.status == 200 and _NUMBERS.sub(b"", other.body) != _NUMBERS.sub(b"", answer.body):
            return False
        return (other.status, _target(other)) == (answer.status, _target(answer))

    def _absent(self, visitor: Visitor, request: Request) -> Answer:
        """Ask once what is asked of many objects: everything is taken back, so the answer stays the same."""
        key = json.dumps([visitor.name, *vars(request).values()], default=str)
        if key not in self.absent:
            self.absent[key] = self.ask(visitor, request)
        return self.absent[key]

    @staticmethod
    def _note(visitor: Visitor, request: Request, answer: Answer, kind: str, what: str) -> None:
        answer.findings.append(Finding(visitor.name, request, kind, what))


def _files(world: World) -> frozenset[str]:
    """Return the names of the neighbour's stored files."""
    names: set[str] = set()
    for model, keys in world.theirs.items():
        for stored in model._meta.local_fields:
            if isinstance(stored, models.FileField):
                names |= set(model._base_manager.filter(pk__in=keys).values_list(stored.name, flat=True))
    return frozenset(filter(None, names))


def _target(answer: Answer) -> str:
    """Return where a redirect leads, without the path that was asked for."""
    found = re.search(r"^Location: ([^?\n]*)", answer.text, re.MULTILINE)
    return found[1] if found else ""
