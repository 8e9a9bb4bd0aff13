"""The survey as a run: pages are read in batches, whose facts are kept, so that a killed survey goes on where it was."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from legacy import blobs
from legacy.extraction.text import squeezed
from legacy.ledger.address_rule import Rule
from legacy.models import LegacyColumn, LegacyRaw, LegacyRun, LineLevel, RawKind, Transition
from legacy.running import Run, running
from legacy.survey import families
from legacy.survey.columns import Column, Tree
from legacy.survey.figures import SAMPLES, Figures, RawLine, is_list_page
from legacy.survey.page_facts import PageFacts, facts_of, personal_of, text_of
from sites.messages import _, sentence

VERSION = 1
BATCH = 400
_ROW = ("pk", "key", "url", "kind", "status", "size", "sha256", "source")


def carry_out(row: LegacyRun) -> None:
    """Survey the transition's raw records; the figures are kept in the store, named by `row.cursor["survey"]`."""
    with running(row) as run:
        _read_pages(run)
        survey = _Assembly(run).survey()
        run.row.cursor["survey"] = blobs.put(_pack(survey))
        run.counts.update(
            {
                "records": survey["totals"].get("records", 0),
                "families": len(survey["families"]),
                "columns": len(survey["columns"]),
                "undated": survey["totals"]["undated"],
                "broken": survey["totals"]["broken"],
            }
        )
        run.beat(cursor=run.row.cursor)


def _read_pages(run: Run) -> None:
    """Read the pages that have not been read in this run, batch by batch."""
    row = run.row
    pages = LegacyRaw.objects.filter(transition=row.transition, kind__in=(RawKind.PAGE, RawKind.READY)).exclude(
        kind=RawKind.PAGE, sha256=""
    )
    if row.total is None:
        row.total = pages.count()
    today = timezone.localdate()
    cursor = row.cursor or {}
    batches: list[str] = list(cursor.get("batches", []))
    last, done = cursor.get("last", 0), row.done
    while True:
        raws = list(pages.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not raws:
            break
        facts = [(raw.pk, _facts(run, raw, today)) for raw in raws]
        batches.append(blobs.put(_pack([[pk, found] for pk, found in facts if found])))
        last, done = raws[-1].pk, done + len(raws)
        run.beat(done=done, cursor=dict(row.cursor) | {"batches": list(batches), "last": last})


def _facts(run: Run, raw: LegacyRaw, today: date) -> dict[str, Any] | None:
    if raw.kind == RawKind.READY:
        return _ready_facts(raw)
    try:
        data = blobs.get(raw.sha256)
    except OSError:
        run.line(LineLevel.ERROR, raw.url or raw.key, sentence(_("Its bytes are not in the store. Collect it again.")))
        return None
    try:
        return facts_of(data, raw.content_type, raw.url or f"http://{raw.key}", today).as_json()
    except Exception as error:  # one damaged page must not end the survey of a site
        run.line(
            LineLevel.ERROR,
            raw.url or raw.key,
            sentence(_("The page cannot be read: %(error)s"), error=repr(error)[:200]),
        )
        return PageFacts(url=raw.url or f"http://{raw.key}").as_json()


def _ready_facts(raw: LegacyRaw) -> dict[str, Any]:
    fields = raw.fields
    text = text_of(str(fields.get("body") or ""))
    short = squeezed(text)
    return {
        "ready": True,
        "url": raw.url or raw.key,
        "published_on": str(fields.get("published_at") or "")[:10],
        "body_hash": hashlib.sha256(short.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if len(short) >= 40
        else "",
        "personal": personal_of(text),
        "column": str(fields.get("column") or "")[:300],
        "column_title": str(fields.get("column_title") or "")[:200],
    }


class _Assembly:
    """The second half: all facts together. Passes over the kept batches, never over the pages again."""

    def __init__(self, run: Run) -> None:
        self._run, self._transition = run, run.row.transition
        self._rule = Rule.from_json(self._transition.address_rule)
        self._figures = Figures(self._transition.hosts, self._rule)
        self._tree = Tree(self._transition.hosts, self._rule)
        self._list_pages: list[int] = []  # ids of raw pages

    def survey(self) -> dict[str, Any]:
        """Return the survey's data, after writing families and columns."""
        raws = LegacyRaw.objects.filter(transition=self._transition).order_by("pk")
        for values in raws.values_list(*_ROW).iterator(chunk_size=2000):
            self._figures.raw(RawLine(*values))
        found = self._families()
        self._columns()
        columns = self._tree.columns()
        _write_columns(self._transition, columns)
        return {
            "version": VERSION,
            "transition": self._transition.code,
            "name": self._transition.name,
            "hosts": list(self._transition.hosts),
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            **self._figures.data(),
            "families": found,
            "list_pages": self._list_pages,
            "columns": [
                {
                    "key": one.key,
                    "title": one.title,
                    "parent_key": one.parent_key,
                    "items": one.items,
                    "lists": one.lists,
                }
                for one in columns
            ],
        }

    def _batches(self) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        for sha256 in self._run.row.cursor.get("batches", []):
            yield [(pk, facts) for pk, facts in unpack(blobs.get(sha256))]

    def _families(self) -> list[dict[str, Any]]:
        """Find the families, write their names to the pages, and return one line for each."""
        counts: Counter[families.Features] = Counter()
        present: dict[families.Features, Counter[str]] = defaultdict(Counter)
        for batch in self._batches():
            names = dict(LegacyRaw.objects.filter(pk__in=[pk for pk, _facts in batch]).values_list("pk", "family"))
            for pk, facts in batch:
                if not facts.get("ready"):
                    signature = tuple(facts["features"])
                    counts[signature] += 1
                    present[signature][names.get(pk, "")] += 1
        found = families.cluster(counts)
        named = families.names(found, present)
        name_of = {signature: name for family, name in zip(found, named, strict=True) for signature in family.members}
        lines: dict[str, dict[str, Any]] = {
            name: {"name": name, "pages": family.count, "lists": 0, "undated": 0, "methods": Counter(), "samples": []}
            for family, name in zip(found, named, strict=True)
        }
        for batch in self._batches():
            self._write_families(batch, name_of)
            for pk, facts in batch:
                if facts.get("ready"):
                    self._take_ready(facts)
                else:
                    self._take_page(pk, facts, lines[name_of[tuple(facts["features"])]])
        for line in lines.values():
            line["methods"] = dict(line["methods"].most_common(SAMPLES))
            line["kind"] = "list" if line["lists"] * 2 > line["pages"] else "article"
        return list(lines.values())

    def _write_families(self, batch: list[tuple[int, dict[str, Any]]], name_of: dict[families.Features, str]) -> None:
        by_name: dict[str, list[int]] = defaultdict(list)
        for pk, facts in batch:
            if not facts.get("ready"):
                by_name[name_of[tuple(facts["features"])]].append(pk)
        with transaction.atomic():
            for name, ids in by_name.items():
                LegacyRaw.objects.filter(pk__in=ids).exclude(family=name).update(family=name)

    def _take_page(self, pk: int, facts: dict[str, Any], line: dict[str, Any]) -> None:
        is_list = is_list_page(facts)
        self._figures.page(facts, is_list=is_list)
        self._tree.note(
            facts["url"], facts["breadcrumb"], facts["links"], facts["entries"], is_list=is_list, title=facts["title"]
        )
        line["lists"] += is_list
        if not is_list:
            line["undated"] += not facts["published_on"]
            line["methods"][facts["date_method"] or "-"] += 1
        if len(line["samples"]) < SAMPLES:
            line["samples"].append({"raw": pk, "url": facts["url"], "title": facts["title"]})

    def _take_ready(self, facts: dict[str, Any]) -> None:
        self._figures.ready(facts["url"], facts["published_on"], facts["body_hash"], facts["personal"])
        if facts["column"]:
            self._tree.name(facts["column"], facts["column_title"] or facts["column"])

    def _columns(self) -> None:
        """Give every page its column; the whole tree is known by now."""
        for batch in self._batches():
            by_key: dict[str, list[int]] = defaultdict(list)
            for pk, facts in batch:
                if facts.get("ready"):
                    key, is_list = facts["column"], False
                else:
                    key, is_list = self._tree.column_of(facts["url"], facts["breadcrumb"]), is_list_page(facts)
                self._tree.count(key, is_list=is_list)
                if is_list:
                    self._list_pages.append(pk)
                by_key[key].append(pk)
            with transaction.atomic():
                for key, ids in by_key.items():
                    LegacyRaw.objects.filter(pk__in=ids).exclude(column_key=key).update(column_key=key)


def _write_columns(transition: Transition, columns: list[Column]) -> None:
    """Create and bring up to date the rows of the columns. Decisions stay; what is gone and undecided goes."""
    rows = {row.key: row for row in LegacyColumn.objects.filter(transition=transition)}
    wanted = {column.key for column in columns}
    new, changed = [], []
    for column in columns:
        row = rows.get(column.key)
        values = {"title": column.title, "parent_key": column.parent_key, "items_found": column.items}
        if row is None:
            new.append(LegacyColumn(tenant_id=transition.tenant_id, transition=transition, key=column.key, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    with transaction.atomic():
        LegacyColumn.objects.bulk_create(new, batch_size=500)
        LegacyColumn.objects.bulk_update(changed, ["title", "parent_key", "items_found"], batch_size=200)
        gone = [row.pk for key, row in rows.items() if key not in wanted and not row.decision]
        LegacyColumn.objects.filter(pk__in=gone).delete()
        kept = [row.pk for key, row in rows.items() if key not in wanted and row.decision]
        LegacyColumn.objects.filter(pk__in=kept).exclude(items_found=0).update(items_found=0)


def _pack(data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack(data: bytes) -> Any:
    """Return what `_pack` made bytes of."""
    return json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
