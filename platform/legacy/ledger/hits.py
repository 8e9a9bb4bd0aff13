"""Requests for old addresses, counted in each process and written down once a minute (访问计数).

`flush` is called by the first hit after a minute, by the timer, and at the end of the process. What a killed process had
not written is lost, at most a minute of counts.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from legacy.ledger import registering
from legacy.ledger.hosts import OldHost
from legacy.ledger.junk import OWN, is_junk
from legacy.models import AddressResult, OldAddress, OldHits, Transition
from tenants.scope import every_tenant

logger = logging.getLogger("legacy.hits")

FLUSH_SECONDS = 60
MOST_UNKNOWN = 2000  # new addresses that one process remembers between two flushes
MOST_FOUND_BY_HIT = 20_000  # lines of one ledger that mere requests may add; whoever guesses addresses fills no disk


class _Buffer:
    def __init__(self) -> None:
        self.days: Counter[tuple[int, int, date, str]] = Counter()  # tenant, transition, day, result
        self.lines: Counter[int] = Counter()  # hits by line of the ledger
        self.unknown: Counter[tuple[int, str, str]] = Counter()  # transition, host, canonical path


_lock = threading.Lock()
_buffer = _Buffer()
_flushed_at = time.monotonic()


def count(entry: OldHost, result: str, address_id: int | None, path: str) -> None:
    """Count one request; writes everything down where the last time was a minute ago."""
    today = timezone.localdate()
    with _lock:
        _buffer.days[entry.tenant_id, entry.transition_id, today, result] += 1
        if address_id is not None:
            _buffer.lines[address_id] += 1
        elif len(_buffer.unknown) < MOST_UNKNOWN:
            _buffer.unknown[entry.transition_id, entry.host, path] += 1
        due = time.monotonic() - _flushed_at >= FLUSH_SECONDS
    if due:
        try:
            flush()
        except Exception:  # a citizen's request does not fail for a counter
            logger.exception("hits of old hosts could not be written")


def flush() -> int:
    """Write down what was counted; returns how many requests that were. What could not be written is kept."""
    global _buffer, _flushed_at
    with _lock:
        taken, _buffer = _buffer, _Buffer()
        _flushed_at = time.monotonic()
    if not taken.days:
        return 0
    try:
        with every_tenant("hits on old hosts, gathered by a process"), transaction.atomic():
            _write_days(taken.days)
            _write_lines(taken.lines)
            _write_unknown(taken.unknown)
    except Exception:
        with _lock:
            _buffer.days.update(taken.days)
            _buffer.lines.update(taken.lines)
            _buffer.unknown.update(taken.unknown)
        raise
    return taken.days.total()


def forget() -> None:
    """Drop what was counted and not written."""
    global _buffer
    with _lock:
        _buffer = _Buffer()


def _write_days(days: Counter[tuple[int, int, date, str]]) -> None:
    present = set(Transition.objects.filter(pk__in={key[1] for key in days}).values_list("pk", flat=True))
    # In one order everywhere: two processes that write at once do not wait for each other.
    for (tenant_id, transition_id, day, result), number in sorted(days.items()):
        if transition_id in present:
            row, _made = OldHits.objects.get_or_create(
                transition_id=transition_id, day=day, result=result, defaults={"tenant_id": tenant_id}
            )
            OldHits.objects.filter(pk=row.pk).update(count=F("count") + number)


def _write_lines(lines: Counter[int]) -> None:
    by_number: dict[int, list[int]] = defaultdict(list)
    for pk, number in lines.items():
        by_number[number].append(pk)
    now = timezone.now()
    for number, ids in sorted(by_number.items()):
        for start in range(0, len(ids), 500):
            rows = OldAddress.objects.filter(pk__in=sorted(ids)[start : start + 500])
            rows.update(hits=F("hits") + number, last_hit_at=now)


def _write_unknown(unknown: Counter[tuple[int, str, str]]) -> None:
    junk = Path(settings.JUNK_ADDRESSES) if settings.JUNK_ADDRESSES else OWN
    by_transition: dict[int, list[registering.Seen]] = defaultdict(list)
    now = timezone.now()
    for (transition_id, host, path), number in unknown.items():
        if not is_junk(path, junk):
            by_transition[transition_id].append(registering.Seen(f"http://{host}{path}", hits=number, last_hit_at=now))
    for transition in Transition.objects.filter(pk__in=by_transition):
        held = OldAddress.objects.filter(transition=transition, found_by="hit").count()
        room = max(MOST_FOUND_BY_HIT - held, 0)
        registering.known(transition, by_transition[transition.pk][:room], found_by="hit")


def of_days(transition: Transition, since: date) -> dict[date, dict[str, int]]:
    """Return the counted requests by day and result, from a day on."""
    found: dict[date, dict[str, int]] = {}
    rows = OldHits.objects.filter(transition=transition, day__gte=since).order_by("day")
    for day, result, number in rows.values_list("day", "result", "count"):
        found.setdefault(day, dict.fromkeys(AddressResult.values, 0))[result] = number
    return found


@atexit.register
def _at_end() -> None:
    if not _buffer.days:
        return
    try:
        flush()
    except Exception as error:  # the database may be gone before its client
        logger.warning("hits of old hosts were not written at the end of the process: %s", error)
    finally:
        connection.close()
