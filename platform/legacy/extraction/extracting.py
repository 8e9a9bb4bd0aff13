"""The run that reads: raw records to items (提取). Batches commit; a second run changes only what reads otherwise now.

What a person said wins over what is read, always. Lists are no items; the parts of a paged article are one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from legacy import blobs, bodies, contents
from legacy.extraction import cleaning, recipe as recipes, structure
from legacy.extraction.read import Reading, from_fields, read_page
from legacy.extraction.recipe import Recipe
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical
from legacy.models import ItemState, LegacyItem, LegacyRaw, LegacyRecipe, LegacyRun, LineLevel, RawKind, Transition
from legacy.running import Run, running
from legacy.sentences import store
from legacy.survey.column_keys import key_of
from legacy.values import FIELDS, Value
from sites.messages import _, sentence

BATCH = 100
PARTS_MOST = 60
_WRITTEN = (
    "raw_id", "url", "column_key", "kind", "title", "published_at", "values", "questions", "body_sha256", "content_hash", "state",
)  # fmt: skip


@dataclass(slots=True)
class _Work:
    """What a run holds while it goes through the raw records."""

    run: Run
    transition: Transition
    rule: Rule
    recipes: dict[str, Recipe]


def carry_out(row: LegacyRun) -> None:
    """Read the raw records of the run's transition. Options: {"family": only that one}; the cursor is the last raw id."""
    with running(row) as run:
        found = row.transition
        work = _Work(run, found, Rule.from_json(found.address_rule), confirmed_recipes(found))
        raws = raws_to_read(found, row.options.get("family"))
        after = row.cursor.get("after", 0)
        row.total, done = raws.count(), row.done if after else 0
        if not after:
            run.counts = Counter()
        while batch := list(raws.filter(pk__gt=after).order_by("pk")[:BATCH]):
            done, after = done + len(batch), batch[-1].pk
            with run.together():
                _read_batch(work, batch)
                run.beat(done=done, cursor={"after": after})


def raws_to_read(found: Transition, family: str | None = None) -> Any:
    """Return the raw records that can be items: pages that the old site answered with, and records with fields."""
    raws = LegacyRaw.objects.filter(transition=found).filter(
        Q(kind=RawKind.READY) | Q(kind=RawKind.PAGE, sha256__gt="") & (Q(status=None) | Q(status=200))
    )
    return raws.filter(family=family) if family else raws


def confirmed_recipes(found: Transition) -> dict[str, Recipe]:
    """Return the newest confirmed recipe by family."""
    made: dict[str, Recipe] = {}
    for one in LegacyRecipe.objects.filter(transition=found, confirmed_at__isnull=False).order_by("version"):
        made[one.family] = recipes.load(one.toml, confirmed=True)
    return made


def _read_batch(work: _Work, batch: list[LegacyRaw]) -> None:
    keys = [raw.key for raw in batch]
    known = {item.key: item for item in LegacyItem.objects.filter(transition=work.transition, key__in=keys)}
    new: list[LegacyItem] = []
    changed: list[LegacyItem] = []
    for raw in batch:
        try:
            reading = read_raw(raw, work.recipes.get(raw.family))
        except OSError:
            work.run.counts["refused"] += 1
            work.run.line(
                LineLevel.REFUSED, raw.url or raw.key, sentence(_("The bytes of this record are not in the store."))
            )
            continue
        except Exception as error:
            # One page that the readers choke on is a line in the run, not the end of it.
            work.run.counts["refused"] += 1
            said = sentence(_("The page could not be read: %(error)s."), error=f"{type(error).__name__}: {error}"[:300])
            work.run.line(LineLevel.REFUSED, raw.url or raw.key, said)
            continue
        item = known.get(raw.key)
        if reading.is_list:
            work.run.counts["lists"] += 1
            _no_item(work, item, raw)
            continue
        parts = _parts(work, raw, reading)
        if parts is None:
            work.run.counts["parts"] += 1
            _no_item(work, item, raw)
            continue
        _outcome(work, raw, reading, parts, item, new, changed)
    LegacyItem.objects.bulk_create(new, batch_size=200)
    LegacyItem.objects.bulk_update(changed, _WRITTEN, batch_size=100)


def read_raw(raw: LegacyRaw, recipe: Recipe | None = None) -> Reading:
    """Return what a raw record says. Raises OSError where its bytes are not kept."""
    if raw.kind == RawKind.READY:
        return from_fields(raw.fields, raw.url, raw.source)
    return read_page(blobs.get(raw.sha256), raw.content_type, raw.url, recipe)


def _outcome(
    work: _Work,
    raw: LegacyRaw,
    reading: Reading,
    parts: list[str],
    item: LegacyItem | None,
    new: list[LegacyItem],
    changed: list[LegacyItem],
) -> None:
    """Put the reading into the item, a new one or the known one, and count what became of it."""
    if parts:
        reading.body["parts"] = parts
    made = item or LegacyItem(
        tenant_id=work.transition.tenant_id, transition=work.transition, key=raw.key, state=ItemState.EXTRACTED
    )
    before = {name: getattr(made, name) for name in _WRITTEN}
    fill(made, raw, reading, column_key(work.transition, raw, reading, work.rule))
    if made.state == ItemState.REVIEW:
        work.run.counts["review"] += 1
    if item is None:
        new.append(made)
        work.run.counts["created"] += 1
    elif before != {name: getattr(made, name) for name in _WRITTEN}:
        changed.append(made)
        work.run.counts["updated"] += 1
    else:
        work.run.counts["unchanged"] += 1


def fill(item: LegacyItem, raw: LegacyRaw, reading: Reading, column: str) -> None:
    """Write a reading into an item (unsaved), what a person said above it; the body goes to the store."""
    values = {name: value.as_json() for name, value in reading.values.items()}
    for name, said in item.overrides.items():
        if name in FIELDS:
            values[name] = Value(said.get("value"), "person", "", 1.0).as_json()
    item.raw_id, item.url, item.column_key = raw.pk, raw.url, column[:300]
    item.values = values
    accepted = item.overrides.get("accepted", {}).get("value") or []
    asked = [store(question) for question in reading.questions if question.params.get("field") not in item.overrides]
    item.questions = [question for question in asked if question not in accepted]
    item.body_sha256 = blobs.put(bodies.dump(reading.body))
    before = item.content_hash
    contents.follow(item)
    item.state = _state(item, changed=before != item.content_hash)


def _state(item: LegacyItem, *, changed: bool) -> str:
    """Return the item's state after reading: what people and loading decided stays, unless there is something new."""
    asked = ItemState.REVIEW if item.questions else ItemState.EXTRACTED
    if item.state in {ItemState.DROPPED, ItemState.CONFLICT}:
        return item.state
    if item.state == ItemState.LOADED:
        # A loaded item stays loaded; loading sees by the hash that it reads otherwise now.
        return asked if changed and asked == ItemState.REVIEW else item.state
    if item.state == ItemState.REFUSED and not changed:
        return item.state
    return asked


def column_key(found: Transition, raw: LegacyRaw, reading: Reading, rule: Rule) -> str:
    """Return the old column's key: the survey's, else by the record's fields, else by breadcrumb and address."""
    if raw.column_key:
        return raw.column_key
    if raw.kind == RawKind.READY:
        return str(raw.fields.get("column") or "")
    return key_of(raw.url, reading.breadcrumb, found.hosts, rule).key


def _no_item(work: _Work, item: LegacyItem | None, raw: LegacyRaw) -> None:
    """Take away an item that an earlier reading made of what is none, unless it was loaded or decided on."""
    if item is None:
        return
    if item.page_id is None and item.state in {ItemState.EXTRACTED, ItemState.REVIEW} and not item.overrides:
        item.delete()
        work.run.counts["withdrawn"] += 1
    else:
        work.run.line(
            LineLevel.WARNING,
            raw.url or raw.key,
            sentence(_("This page no longer reads as an item of its own; its item was left as it is.")),
        )


def _parts(work: _Work, raw: LegacyRaw, reading: Reading) -> list[str] | None:
    """Join the other parts of a paged article to the reading and return their addresses; None where it is a later part.

    Only parts that are among the raw records count; what else the page leads to is another article or was not kept.
    """
    if raw.kind != RawKind.PAGE or not reading.next_parts:
        return []
    found: dict[str, tuple[LegacyRaw, Reading]] = {raw.key: (raw, reading)}
    waiting = list(reading.next_parts)
    while waiting and len(found) < PARTS_MOST:
        keys = {canonical(address, work.rule).key for address in waiting} - set(found)
        waiting = []
        for other in LegacyRaw.objects.filter(
            transition=work.transition, kind=RawKind.PAGE, key__in=keys, sha256__gt=""
        ):
            its = read_raw(other, work.recipes.get(other.family))
            if its.is_list or not (its.body["blocks"] or its.body["attachments"]):
                continue
            found[other.key] = (other, its)
            waiting += its.next_parts
    if len(found) == 1:
        return []
    by_url = {one[0].url: one for one in found.values()}
    ordered = [by_url[url] for url in structure.in_order(list(by_url))]
    if ordered[0][0].key != raw.key:
        return None
    reading.body = cleaning.joined([one.body for _raw, one in ordered])
    return [other.url for other, _reading in ordered[1:]]
