"""Loading: items that are ready become pages of the site; what was loaded and has changed is published anew.

Idempotent by source key and content hash: an item is created, updated, unchanged, refused, or a conflict where an
editor has changed its page since, which is then left alone. A batch is one transaction that holds the pages, their
items' rows, the ledger's lines and the run's own cursor and counts, so that a killed run leaves neither doubles nor
holes and goes on behind its last batch. Nobody is notified. When all stand, the links among them are rewritten.

Options of the run: "columns" (old columns' keys), "items" (ids), "accept_proposals" (take proposals of the mapping that
nobody has looked at), "only": "links".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, OperationalError
from django.db.models import Max, Q

from legacy import blobs, bodies, disk
from legacy.ledger import registering
from legacy.loading import assembling, keeping, links
from legacy.loading.assembling import Refused
from legacy.loading.batch import Batch
from legacy.loading.found import Bytes, Media
from legacy.loading.resolving import Resolver
from legacy.loading.targets import Targets
from legacy.mapping import lists
from legacy.models import ItemState, LegacyItem, LegacyRun, LineLevel, Step
from legacy.running import Run, running
from sites.loading import session, writing
from sites.loading.media import NoSpace
from sites.messages import Sentence, _, sentence

SCAN = 2000
BATCH = 500
BATCH_BYTES = 16 * 1024 * 1024  # of bodies: a batch ends earlier where they are long
TRIES = 4


def carry_out(row: LegacyRun) -> None:
    """Do the run's work. Safe to call again after a kill."""
    with running(row) as run:
        loading = Loading(run)
        if row.options.get("only") != "links":
            loading.all()
            session.settle()
        links.second_pass(run)
        lists.register(row.transition)  # old list pages collected since somebody decided about their columns


class Loading:
    """One run of a load."""

    def __init__(self, run: Run) -> None:
        self.run, self.row = run, run.row
        self.transition = run.row.transition
        self.targets = Targets(self.transition, accept_proposals=bool(run.row.options.get("accept_proposals")))
        self._told: set[str] = set(run.row.cursor.get("told", ()))  # undecided columns that have their line
        collected = LegacyRun.objects.filter(transition=self.transition, step=Step.COLLECT)
        self._collected_at: datetime | None = collected.aggregate(at=Max("heartbeat_at"))["at"]

    def all(self) -> None:
        run, done, after = self.run, self.row.done, int(self.row.cursor.get("after", 0))
        if self.row.cursor.get("loaded"):
            return
        self.row.total = done + self._scope().filter(pk__gt=after).count()
        pending: list[int] = []
        unchanged, last = 0, after
        for pk, is_pending in self._scan(after):
            last = pk
            if is_pending:
                pending.append(pk)
            else:
                unchanged += 1
            if len(pending) >= BATCH or unchanged >= 10 * SCAN:
                self._commit(pending, unchanged, last)
                pending, unchanged = [], 0
        self._commit(pending, unchanged, last)
        run.beat(cursor={**self.row.cursor, "loaded": True})

    def _scope(self) -> Any:
        """Return the items that loading looks at: not those of others' decisions (in review, dropped by a person)."""
        mine = Q(state__in=(ItemState.REFUSED, ItemState.DROPPED), load_run__isnull=False)
        rows = LegacyItem.objects.filter(transition=self.transition).filter(
            Q(state__in=(ItemState.EXTRACTED, ItemState.LOADED, ItemState.CONFLICT)) | mine
        )
        if "columns" in self.row.options:
            rows = rows.filter(column_key__in=self.row.options["columns"])
        if "items" in self.row.options:
            rows = rows.filter(pk__in=self.row.options["items"])
        return rows

    def _scan(self, after: int) -> Iterator[tuple[int, bool]]:
        """Yield (id, whether there is something to do) in the order of ids."""
        while True:
            rows = list(
                self._scope()
                .filter(pk__gt=after)
                .order_by("pk")
                .values_list("pk", "state", "content_hash", "loaded_hash", "loaded_media", "reason", "loaded_at")[:SCAN]
            )
            for pk, state, content, loaded, media, reason, loaded_at in rows:
                same = state == ItemState.LOADED and content == loaded and not reason
                newer = media and self._collected_at and loaded_at and self._collected_at > loaded_at
                yield pk, not same or bool(newer)
            if len(rows) < SCAN:
                return
            after = rows[-1][0]

    def _commit(self, ids: Sequence[int], unchanged: int, cursor: int) -> None:
        """Carry out one batch in a transaction; one that the database refuses is halved until the culprit stands alone."""
        rows, read = self._read(ids)
        if len(rows) < len(ids):  # its bodies are long
            self._commit(ids[: len(rows)], 0, ids[len(rows) - 1])
            self._commit(ids[len(rows) :], unchanged, cursor)
            return
        for attempt in range(1, TRIES + 1):
            try:
                with self.run.together():
                    session.for_a_batch()
                    self._apply(rows, read)
                    self.run.counts["unchanged"] += unchanged
                    self.run.beat(
                        done=self.row.done + len(ids) + unchanged,
                        cursor={**self.row.cursor, "after": cursor, "told": sorted(self._told)},
                    )
                return
            except DatabaseError as error:
                self._told = set(self.row.cursor.get("told", ()))
                if disk.is_full(error):
                    raise
                if isinstance(error, OperationalError) and attempt < TRIES:
                    continue  # a deadlock, or a lock that took too long
                if len(ids) > 1:
                    half = len(ids) // 2
                    self._commit(ids[:half], 0, ids[half - 1])
                    self._commit(ids[half:], unchanged, cursor)
                    return
                if not ids or isinstance(error, OperationalError):
                    raise
                self._refuse_alone(rows[0], error, unchanged, cursor)
                return

    def _read(self, ids: Sequence[int]) -> tuple[list[LegacyItem], list[bodies.Body | Sentence]]:
        """Return the items and their bodies (or why there is none), as many as fit into a batch."""
        rows = list(LegacyItem.objects.filter(pk__in=ids).order_by("pk"))
        read: list[bodies.Body | Sentence] = []
        size = 0
        for row in rows:
            if size > BATCH_BYTES:
                break
            try:
                data = blobs.get(row.body_sha256) if row.body_sha256 else bodies.dump(bodies.empty())
                size += len(data)
                read.append(bodies.load(data))
            except (FileNotFoundError, ValueError):
                read.append(sentence(_("Its text is not in the store any more. Extract it again.")))
        return rows[: len(read)], read

    def _apply(self, rows: Sequence[LegacyItem], read: Sequence[bodies.Body | Sentence]) -> None:
        """Decide about each item and write what is to be written. Inside the batch's transaction."""
        batch = Batch(self, rows)
        at, goals = Bytes(self.transition), Resolver(self.transition)
        media = Media(self.transition, self.row, by=self.row.started_by)
        told = [body for body in read if isinstance(body, dict)]
        linked = [url for body in told for url in assembling.links_of(body)]
        at.look_up([*(url for body in told for url in assembling.media_urls(body)), *linked])
        goals.look_up(linked)
        media.look_up({record.sha256 for body in told for _url, record in assembling.used(body, at) if record})
        for row, body in zip(rows, read, strict=True):
            try:
                batch.take(row, body, at, media, goals)
            except (Refused, NoSpace) as error:
                batch.refuse(row, error.sentence)
        batch.write()
        registering.loaded(self.transition, batch.landed(media))
        self.run.counts.update({name: count for name, count in media.counts.items() if count})
        writing.published(self.transition.tenant_id)

    def _refuse_alone(self, row: LegacyItem, error: Exception, unchanged: int, cursor: int) -> None:
        said = sentence(_("The database refused it: %(why)s"), why=str(error).splitlines()[0][:300])
        with self.run.together():
            batch = Batch(self, [row])
            batch.refuse(row, said)
            keeping.keep(self.transition.tenant_id, batch.kept)
            self.run.counts["unchanged"] += unchanged
            self.run.beat(done=self.row.done + 1 + unchanged, cursor={**self.row.cursor, "after": cursor})

    def tell_undecided(self, key: str, title: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self.run.line(
                LineLevel.WARNING,
                title or key,
                sentence(_("Nobody has decided where this old column goes. Its items wait.")),
            )
