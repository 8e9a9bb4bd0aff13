"""Records that a script hands in: stored in batches by a run of their own, one line for each that is refused."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext
from pydantic import ValidationError

from legacy.api import schemas
from legacy.models import LegacyRun, LineLevel, Step, Transition
from legacy.running import new_run, running
from legacy.sentences import tell
from legacy.sources import kinds, limits
from legacy.sources.ready import NAMES, ready_fields
from legacy.sources.records import REFUSED, WARNING, Note, Record
from legacy.sources.storing import Store
from sites.messages import SaidError, Sentence, _, sentence

SOURCE = "api"
MOST_REFUSED = 1000
LONGEST_LINE = 16 * 2**20  # characters of one line of a stream


class Refused(SaidError):
    """One record cannot be taken; the message is a sentence."""


def take(transition: Transition, found: Iterator[Record | Note], *, by: Any, label: str) -> dict[str, Any]:
    """Store what a script hands in and return {"run", "counts", "refused"}. Raises RunRefused while a run is at work."""
    row = new_run(transition, Step.COLLECT, by=by, label=label, source=SOURCE)
    try:
        with running(row) as run:
            store = Store(run, SOURCE, max_bytes=limits.max_bytes({}))
            for one in found:
                if isinstance(one, Record):
                    store.add(one)
                else:
                    store.note(one)
            store.flush(finished=True)
            run.row.total = run.row.done
    except SaidError:
        LegacyRun.objects.filter(pk=row.pk, started_at=None).delete()  # never begun: another run is at work
        raise
    return receipt(row)


def receipt(row: LegacyRun) -> dict[str, Any]:
    counts = {name: row.counts.get(name, 0) for name in ("created", "updated", "unchanged", "kept", "refused")}
    lines = row.lines.filter(level=LineLevel.REFUSED).order_by("pk")[:MOST_REFUSED]
    refused = [{"line": int(line.place or 0), "text": tell(line.sentence, gettext)} for line in lines]
    return {"run": row.pk, "counts": counts, "refused": refused}


def from_list(records: list[Any], make: Any) -> Iterator[Record | Note]:
    for number, values in enumerate(records, 1):
        yield from _one(number, lambda values=values: make(values))


def from_lines(lines: Iterator[bytes]) -> Iterator[Record | Note]:
    """Read JSON lines; each is a ready record, or a raw one where it has `data` or `text`. Empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield from _one(number, lambda line=line: _of_line(line))


def _one(number: int, make: Any) -> Iterator[Record | Note]:
    try:
        record, doubts = make()
    except Refused as refused:
        yield Note(REFUSED, str(number), refused.sentence, "refused")
        return
    for doubt in doubts:
        yield Note(WARNING, record.url or record.key, doubt)
    yield record


def _of_line(line: bytes) -> tuple[Record, list[Sentence]]:
    if len(line) > LONGEST_LINE:
        raise Refused(sentence(_("The line is longer than %(most)d MB."), most=LONGEST_LINE >> 20))
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused(sentence(_("This is no JSON: %(error)s"), error=str(error)[:200])) from None
    if isinstance(values, dict) and ("data" in values or "text" in values):
        return raw_of(values)
    return ready_of(values)


def raw_of(values: Any) -> tuple[Record, list[Sentence]]:
    """Return the record of what stood at an address. Raises Refused."""
    try:
        given = values if isinstance(values, schemas.RawIn) else schemas.RawIn.model_validate(values)
    except ValidationError as error:
        raise Refused(_fault(error)) from None
    url = _address(given.url)
    body: bytes | None = None
    if given.data is not None:
        try:
            body = base64.b64decode(given.data, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(sentence(_("`data` is no base64."))) from None
    elif given.text is not None:
        body = given.text.encode("utf-8", "replace")
    headers = {name.lower(): text for name, text in given.headers.items()}
    return (
        Record(
            url=url,
            status=given.status,
            content_type=given.content_type,
            headers=headers,
            body=body,
            fetched_at=_aware(given.fetched_at),
        ),
        [],
    )


def ready_of(values: Any) -> tuple[Record, list[Sentence]]:
    """Return the record whose fields are known, and what is doubtful about them. Raises Refused."""
    if not isinstance(values, Mapping):
        raise Refused(sentence(_("A record is a JSON object.")))
    if foreign := values.keys() - NAMES - {"key", "url"}:
        raise Refused(
            sentence(
                _("A record knows no field “%(fields)s”. It knows: %(known)s."),
                fields=", ".join(sorted(map(str, foreign))[:5]),
                known=", ".join(sorted(NAMES | {"key", "url"})),
            )
        )
    key, url = str(values.get("key") or "").strip(), str(values.get("url") or "").strip()
    if not key and not url:
        raise Refused(sentence(_("A record needs a `key` or its old address as `url`.")))
    if len(key) > 500:
        raise Refused(sentence(_("The key is longer than 500 characters.")))
    fields, doubts = ready_fields({name: value for name, value in values.items() if name in NAMES})
    if not fields.get("title"):
        raise Refused(sentence(_("A record needs a title.")))
    return Record(key=key, url=_address(url) if url else "", kind=kinds.READY, fields=fields), doubts


def _address(text: str) -> str:
    url = text.strip()
    if not url.lower().startswith(("http://", "https://")) or len(url) > 2000:
        raise Refused(sentence(_("“%(url)s” is no whole address; it begins with http:// or https://."), url=url[:100]))
    return url


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _fault(error: ValidationError) -> Sentence:
    faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
    return sentence(_("The record cannot be read: %(faults)s"), faults=faults)
