"""Collecting (采集): a run that reads one source into raw records. Resumable after a kill, and idempotent."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import cast

from legacy.models import LegacyRun
from legacy.running import running
from legacy.sources import choosing, limits
from legacy.sources.records import Note, Record, Tick
from legacy.sources.storing import Store


def carry_out(row: LegacyRun) -> None:
    """Read the source named in row.options into LegacyRaw rows. A second call after it finished reads nothing.

    Options: {"source": name, ...} as choosing.source_of takes them, and max_mb (of one file). Counts: created,
    updated, unchanged, kept (what was there is newer or better), and what the source's notes count.
    """
    with running(row) as run:
        if row.cursor.get("finished"):
            return
        source = choosing.source_of(row)
        store = Store(run, source.name, max_bytes=limits.max_bytes(row.options))
        with closing(source.read(row.cursor.get("position", {}))) as found:  # type: ignore[type-var]
            for one in found:
                if isinstance(one, Record):
                    store.add(one)
                elif isinstance(one, Note):
                    store.note(one)
                store.tick(cast(Tick, one).position if isinstance(one, Tick) else None)
        store.flush(finished=True)
        shutil.rmtree(choosing.files_of(row), ignore_errors=True)
