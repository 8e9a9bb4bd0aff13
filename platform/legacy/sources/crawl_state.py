"""What is known of an old site before a crawl: what this run has fetched already, and how to ask for what changed. Pure.

An SQLite file, made by whoever starts the crawl; memory does not grow with the site.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from legacy.sources.kinds import OTHER, PAGE


@dataclass(frozen=True, slots=True)
class Entry:
    """`done`: fetched in this run, so that its links alone count. `sha256` is "" where nothing was kept."""

    key: str
    done: bool
    sha256: str
    kind: str
    etag: str
    last_modified: str


def write(place: Path, entries: Iterable[Entry]) -> None:
    place.unlink(missing_ok=True)
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(
        "CREATE TABLE known (key TEXT PRIMARY KEY, done INT, sha256 TEXT, kind TEXT, etag TEXT, last_modified TEXT) WITHOUT ROWID"
    )
    rows = ((one.key, int(one.done), one.sha256, one.kind, one.etag, one.last_modified) for one in entries)
    connection.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


class Known:
    def __init__(self, place: Path, store: Path) -> None:
        self._connection = sqlite3.connect(place)
        self._store = store

    def get(self, key: str) -> Entry | None:
        row = self._connection.execute("SELECT * FROM known WHERE key = ?", [key]).fetchone()
        return Entry(row[0], bool(row[1]), *row[2:]) if row else None

    def body(self, entry: Entry) -> bytes | None:
        """Return the kept bytes of a page or a style sheet, None for what leads nowhere or is not kept."""
        if not entry.sha256 or entry.kind not in {PAGE, OTHER}:
            return None
        try:
            return (self._store / entry.sha256[:2] / entry.sha256[2:4] / entry.sha256).read_bytes()
        except OSError:
            return None
