"""Records become rows: bytes into the store first, then rows, lines, counts and the position in one transaction.

So a kill at any moment leaves whole batches and the position after them: going on makes neither doubles nor holes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urljoin

from legacy import blobs
from legacy.ledger import registering
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical
from legacy.models import LegacyRaw, LineLevel
from legacy.running import Run
from legacy.sources import kinds
from legacy.sources.records import NOT_FETCHED, REFUSED, Note, Position, Record, Unreadable
from sites.messages import _, sentence

BATCH, BATCH_BYTES, BATCH_SECONDS = 500, 64 * 2**20, 5.0
# Headers that say something about the content; all others change with every answer.
KEPT_HEADERS = frozenset({
    "content-type", "content-length", "last-modified", "etag", "location", "content-disposition", "content-encoding",
    "content-language", "server", "x-powered-by", "refresh", "link", NOT_FETCHED,
})  # fmt: skip
_WRITTEN = [
    *("source", "url", "kind", "status", "content_type", "headers", "fields", "sha256", "size", "fetched_at", "run")
]
_SEVERAL = frozenset({"crawl", "warc", "database"})  # these meet a record more than once; the newest counts
_ABOUT_CONTENT = ("kind", "status", "content_type", "fields", "sha256", "size")
_TOO_LARGE = _("The file is larger than %(limit)d MB and was not taken. Raise the limit, or bring it over by hand.")


@dataclass(slots=True)
class _Pending:
    record: Record
    key: str
    values: dict[str, Any]


class Store:
    """Takes what a source finds and stores it in batches. `source` is the name its rows carry."""

    def __init__(self, run: Run, source: str, *, max_bytes: int) -> None:
        self._run, self._source, self._max_bytes = run, source, max_bytes
        self._transition = run.row.transition
        self._rule = Rule.from_json(self._transition.address_rule)
        self._records: list[_Pending] = []
        self._notes: list[Note] = []
        self._bytes, self._since = 0, time.monotonic()
        self._position: Position = run.row.cursor.get("position", {})

    def add(self, record: Record) -> None:
        """Take one record; its bytes are kept at once. Stores the batch where it is full."""
        if record.position is not None:
            self._position = record.position
        values: dict[str, Any] = {
            "url": record.url,
            "status": record.status,
            "content_type": record.content_type[:200],
            "headers": {name: str(text)[:1000] for name, text in record.headers.items() if name in KEPT_HEADERS},
            "fields": dict(record.fields),
            "kind": record.kind,
            "fetched_at": record.fetched_at,
            **self._keep(record),
        }
        if reason := values.pop(NOT_FETCHED, ""):
            values["headers"][NOT_FETCHED] = reason
        values = {name: _clean(value) if name != "fetched_at" else value for name, value in values.items()}
        if not (record.key or record.url):
            return
        key = _clean(record.key)[:500] or canonical(values["url"], self._rule).key
        if _leads_to_itself(values, key, self._rule):
            return  # from http to https, or to www: two spellings of one address
        self._records.append(_Pending(record, key, values))
        self._bytes += values["size"] if record.body is not None else 0
        if len(self._records) >= BATCH or self._bytes >= BATCH_BYTES:
            self.flush()

    def note(self, note: Note) -> None:
        self._notes.append(note)
        if len(self._notes) >= BATCH:
            self.flush()

    def tick(self, position: Position | None) -> None:
        """Store what there is where the last time is a while ago."""
        if position is not None:
            self._position = position
        if time.monotonic() - self._since >= BATCH_SECONDS:
            self.flush()

    def flush(self, *, finished: bool = False) -> None:
        """Store the batch, its notes and the position. Raises Stopped, after storing, where a person asked for it."""
        run = self._run
        with run.together():
            self._rows()
            for note in self._notes:
                run.line(LineLevel(note.level), note.place, note.said)
                if note.counted:
                    run.counts[note.counted] += 1
            done = run.row.done + len(self._records)
            run.beat(done=done, cursor={"position": dict(self._position), "finished": finished})
        self._records, self._notes, self._bytes, self._since = [], [], 0, time.monotonic()

    # Bytes

    def _keep(self, record: Record) -> dict[str, Any]:
        """Keep the record's bytes and return sha256, size and kind; notes what cannot be kept."""
        empty: dict[str, Any] = {"sha256": "", "size": 0}
        kind = {"kind": record.kind or kinds.OTHER}
        if record.body is None and record.chunks is None:
            return empty | kind
        try:
            if record.body is not None:
                head = record.body[: kinds.HEAD_BYTES]
                if len(record.body) > self._max_bytes:
                    raise _TooLarge
                found = {"sha256": blobs.put(record.body), "size": len(record.body)}
            else:
                chunks = _Counted(record.chunks() if record.chunks else (), self._max_bytes)
                found = {"sha256": blobs.put_stream(chunks), "size": chunks.size}
                head = chunks.head
        except _TooLarge:
            said = sentence(_TOO_LARGE, limit=self._max_bytes // 2**20)
            self._notes.append(Note(REFUSED, record.url or record.key, said, "too_large"))
            return empty | {"kind": kinds.FILE, NOT_FETCHED: "size"}
        except Unreadable as error:
            self._notes.append(Note(REFUSED, record.url or record.key, error.sentence, "damaged"))
            return empty | kind | {NOT_FETCHED: "damaged"}
        if record.kind:
            return found | kind
        gone = record.status is not None and not 200 <= record.status < 300
        return found | {"kind": kinds.OTHER if gone else kinds.kind_of(head, record.content_type, record.url)}

    # Rows

    def _rows(self) -> None:
        """Create and change the rows of the batch; counts created, updated, unchanged, kept."""
        stored = LegacyRaw.objects.filter(transition=self._transition, key__in={one.key for one in self._records})
        rows = {row.key: row for row in stored}
        known = set(rows)
        changed: dict[str, LegacyRaw] = {}
        seen, touched = set[int](), set[str]()
        for pending in self._records:
            said = self._one(pending, rows, changed, touched)
            self._run.counts[said] += 1
            if pending.key in known and pending.key not in changed:
                seen.add(rows[pending.key].pk)
        new = [row for key, row in changed.items() if key not in known]
        old = [row for key, row in changed.items() if key in known]
        LegacyRaw.objects.bulk_create(new, batch_size=500)
        LegacyRaw.objects.bulk_update(old, _WRITTEN, batch_size=200)
        registering.known(self._transition, _addresses([*new, *old]), "collect")
        LegacyRaw.objects.filter(pk__in=seen - {row.pk for row in old}).exclude(run=self._run.row).update(
            run=self._run.row
        )

    def _one(
        self, pending: _Pending, rows: dict[str, LegacyRaw], changed: dict[str, LegacyRaw], touched: set[str]
    ) -> str:
        """Merge one record into the rows in hand and return what happened: the name of a count."""
        record, values = pending.record, pending.values
        row = rows.get(pending.key)
        if record.same_as and not self._same_bytes(record, values, rows):
            if row is None:
                said = sentence(
                    _("This is said to be the same as %(url)s, whose content is not here."), url=record.same_as
                )
                self._run.line(LineLevel.REFUSED, record.url, said)
            return "kept" if row else "without_content"
        if row is None:
            row = LegacyRaw(tenant_id=self._run.row.tenant_id, transition=self._transition, key=pending.key)
            self._write(row, values)
            rows[pending.key] = changed[pending.key] = row
            return "created"
        same = all(getattr(row, name) == values[name] for name in _ABOUT_CONTENT)
        if not same and self._source not in _SEVERAL and (row.run_id == self._run.row.pk or pending.key in touched):
            said = sentence(
                _("The source holds “%(key)s” more than once with different content. The first one counts."),
                key=row.key,
            )
            self._run.line(LineLevel.REFUSED, record.url or row.key, said)
            return "doubles"
        touched.add(pending.key)
        if not self._wins(row, values):
            return "kept"
        if not same or (row.headers != values["headers"] and record.headers):
            self._write(row, values)
            changed[pending.key] = row
        return "unchanged" if same else "updated"

    def _same_bytes(self, record: Record, values: dict[str, Any], rows: dict[str, LegacyRaw]) -> bool:
        key = canonical(record.same_as, self._rule).key
        found = rows.get(key) or LegacyRaw.objects.filter(transition=self._transition, key=key).first()
        if found is None or not found.sha256 or not _good(found.status):
            return False
        for name in ("sha256", "size", "kind", "status"):
            values[name] = getattr(found, name)
        values["content_type"] = values["content_type"] or found.content_type
        values["headers"] = {**found.headers, **values["headers"]}
        return True

    def _wins(self, row: LegacyRaw, values: dict[str, Any]) -> bool:
        """Return whether what was found now replaces the row: never worse for good, nor an older picture of it."""
        if row.sha256 and not values["sha256"]:
            return False
        if _good(row.status) and row.sha256 and not _good(values["status"]):
            return False
        if row.source == self._source != "warc":
            return True
        if not _good(row.status) or not row.sha256 or row.fetched_at is None or values["fetched_at"] is None:
            return True
        return bool(values["fetched_at"] >= row.fetched_at)

    def _write(self, row: LegacyRaw, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.source, row.run = self._source, self._run.row


class _TooLarge(Exception):
    pass


class _Counted:
    """Chunks with their head and their size so far; stops at a limit."""

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks, self._limit = iter(chunks), limit
        self.head, self.size = b"", 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in chain(self._chunks):
            self.size += len(chunk)
            if self.size > self._limit:
                raise _TooLarge
            if len(self.head) < kinds.HEAD_BYTES:
                self.head += chunk[: kinds.HEAD_BYTES]
            yield chunk


def _leads_to_itself(values: dict[str, Any], key: str, rule: Rule) -> bool:
    target = values["headers"].get("location")
    if not target or not 300 <= (values["status"] or 0) < 400:
        return False
    try:
        return canonical(urljoin(values["url"], target), rule).key == key
    except ValueError:
        return False


def _addresses(rows: Iterable[LegacyRaw]) -> Iterator[tuple[str, str, int]]:
    """Yield (address, kind, raw id) of what the old site answered, for the ledger; other addresses of it as well."""
    for row in rows:
        if row.status is None or row.status < 400:
            for url in (row.url, *row.fields.get("aliases", [])):
                if url and not row.headers.get(NOT_FETCHED):
                    yield url, row.kind, row.pk


def _good(status: int | None) -> bool:
    return status is None or 200 <= status < 300


def _clean(value: Any) -> Any:
    """Return the value as both databases can hold it: no NUL, no half characters."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
