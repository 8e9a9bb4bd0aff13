"""Importing a list in two steps: a trial that writes nothing and says what would happen, then the same for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from sites.checks import rows
from sites.models import LeaderName, ListUpload, WordRule
from tenants.models import Region
from tenants.tables import Problem, Table
from tenants.tables.reading import read_table

KINDS = ("words", "leaders")
BATCH = 1_000
TRIAL_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What an import does, or would do. Faulty rows are left out, the others go through."""

    added: int
    changed: int
    unchanged: int
    faulty: int
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]  # headers that nobody reads


@dataclass(frozen=True)
class _Kind:
    """How one kind of list is read and stored: a row is found again by `key`, and `values` are what it says."""

    model: Any
    headers: Mapping[str, str]
    read: Callable[[Table], tuple[list[Any], list[Problem]]]
    key: Callable[[Any], Any]
    values: Callable[[Any], dict[str, Any]]


@transaction.atomic
def import_list(kind: str, data: bytes, name: str, *, dry_run: bool) -> Outcome:
    """Read a CSV, XLSX or JSON list (at most 50,000 rows) and store it, all good rows or nothing.

    `dry_run` only counts. A second run says unchanged. Raises TableError for a file that cannot be read.
    """
    how = _kinds()[kind]
    table = read_table(data, name, how.headers)
    entries, problems = how.read(table)
    stored = {how.key(row): row for row in how.model.objects.select_for_update().iterator()}
    new, changed, now = [], [], timezone.now()
    for entry in entries:
        row, wanted = stored.get(how.key(entry)), how.values(entry)
        if row is None:
            new.append(how.model(**wanted))
        elif any(getattr(row, field) != value for field, value in wanted.items()):
            for field, value in (wanted | {"changed_at": now}).items():
                setattr(row, field, value)
            changed.append(row)
    if not dry_run:
        how.model.objects.bulk_create(new, batch_size=BATCH)
        fields = [field.name for field in how.model._meta.concrete_fields if not field.primary_key]
        how.model.objects.bulk_update(changed, fields, batch_size=BATCH)
    faulty = len({problem.row for problem in problems})
    same = len(entries) - len(new) - len(changed)
    return Outcome(len(new), len(changed), same, faulty, tuple(problems), table.ignored)


def keep_for_later(kind: str, data: bytes, name: str, by: Any) -> ListUpload:
    """Keep a list between its trial and its import; old ones that nobody came back for go."""
    ListUpload.objects.filter(at__lt=timezone.now() - TRIAL_KEPT).delete()
    return ListUpload.objects.create(kind=kind, content=data, name=name[:255], by=by)


def _kinds() -> dict[str, _Kind]:
    regions = dict(Region.objects.order_by().values_list("code", "pk"))

    def leader_values(entry: rows.LeaderEntry) -> dict[str, Any]:
        region_id = regions[entry.region] if entry.region else None
        return {"name": entry.name, "post": entry.post, "region_id": region_id, "rank": entry.rank}

    def word_values(entry: rows.WordEntry) -> dict[str, Any]:
        named = {"word": entry.word, "replacement": entry.replacement, "note": entry.note}
        return named | {"severity": entry.severity.value}

    return {
        "words": _Kind(
            WordRule,
            rows.WORD_HEADERS,
            lambda table: rows.word_entries(table.rows),
            lambda row: row.word,
            word_values,
        ),
        "leaders": _Kind(
            LeaderName,
            rows.LEADER_HEADERS,
            lambda table: rows.leader_entries(table.rows, frozenset(regions)),
            lambda row: (row.name, row.post),
            leader_values,
        ),
    }


def exported(kind: str) -> tuple[list[str], Iterable[list[str]]]:
    """Return headers and rows of a list, as `import_list` reads them back."""
    if kind == "words":
        words = WordRule.objects.order_by("word").values_list("word", "replacement", "severity", "note")
        return ["错误写法", "正确写法", "级别", "说明"], (
            [word, replacement, rows.SEVERITY_WORDS[rows.Severity(severity)], note]
            for word, replacement, severity, note in words.iterator()
        )
    leaders = LeaderName.objects.order_by("rank", "pk").values_list("name", "post", "region__code", "rank")
    return ["姓名", "职务", "行政区划代码", "排序"], (
        [name, post, code or "", str(rank)] for name, post, code, rank in leaders.iterator()
    )
