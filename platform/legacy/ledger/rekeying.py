"""Raw records and items under another rule for addresses: their keys are written anew, doubles are joined or named.

Whoever collects again finds them under the new keys: nothing is taken twice. Inside the transaction of `ruling.set_rule`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from legacy.ledger import writing
from legacy.ledger.address_rule import Rule, RuleRefused
from legacy.ledger.canonical import canonical
from legacy.models import LegacyItem, LegacyRaw, OldAddress, Transition
from sites.messages import _, sentence

CHUNK = 500
EXAMPLES = 3
# Their keys are addresses, always; other sources number their records, and may.
_BY_ADDRESS = frozenset({"crawl", "mirror", "zip", "warc"})


def rekey(site: Transition, before: Rule, after: Rule, *, join: bool) -> Counter[str]:
    """Write the keys of raw records and items by the new rule. Returns counts: rekeyed, joined.

    Records that become one: the one that was loaded stays, else one that a person worked on, else the newest good one.
    Raises RuleRefused, naming some, where two loaded articles would become one; and, without `join`, where records with
    different content would.
    """
    changed = dict(_changed(site, before, after))
    losers = _doubles(site, changed, join=join)
    for pk in losers:
        changed.pop(pk, None)
    _write(site, changed)
    return Counter({"rekeyed": len(changed), "joined": len(losers)})


def _changed(site: Transition, before: Rule, after: Rule) -> Iterator[tuple[int, str]]:
    """Yield (raw id, new key) of the records whose key changes: those that are known by their address."""
    rows = LegacyRaw.objects.filter(transition=site).exclude(url="").order_by("pk")
    for pk, source, key, url in rows.values_list("pk", "source", "key", "url").iterator(chunk_size=2000):
        new = canonical(url, after).key
        if new != key and (source in _BY_ADDRESS or key == canonical(url, before).key):
            yield pk, new


def _doubles(site: Transition, changed: dict[int, str], *, join: bool) -> dict[int, int]:
    """Join the records that get one key; returns loser -> winner."""
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, new in changed.items():
        groups[new].append(pk)
    for some in _chunks(list(groups)):
        rows = LegacyRaw.objects.filter(transition=site, key__in=some).values_list("pk", "key")
        for pk, key in rows:
            if pk not in changed:
                groups[key].append(pk)
    doubled = [pks for pks in groups.values() if len(pks) > 1]
    losers: dict[int, int] = {}
    differing: list[list[str]] = []
    loaded: list[list[str]] = []
    for start in range(0, len(doubled), CHUNK // 5):
        batch = doubled[start : start + CHUNK // 5]
        ids = [pk for pks in batch for pk in pks]
        rows = {row.pk: row for some in _chunks(ids) for row in LegacyRaw.objects.filter(pk__in=some)}
        items = {item.key: item for some in _chunks([row.key for row in rows.values()]) for item in _items(site, some)}
        for pks in batch:
            found = sorted((rows[pk] for pk in pks), key=lambda row: _rank(row, items.get(row.key)), reverse=True)
            urls = [row.url for row in found[:2]]
            if sum(1 for row in found if (item := items.get(row.key)) and item.page_id) > 1:
                loaded.append(urls)
            if len({row.sha256 for row in found if row.sha256 and _good(row)}) > 1:
                differing.append(urls)
            losers |= {row.pk: found[0].pk for row in found[1:]}
    _refuse(loaded, [] if join else differing)
    _join(site, losers)
    return losers


def _refuse(loaded: Sequence[list[str]], differing: Sequence[list[str]]) -> None:
    for pairs, said in (
        (loaded, _("By this rule %(count)d loaded articles are one with another: %(some)s. Roll one of each back first.")),
        (
            differing,
            _(
                "By this rule %(count)d addresses with different content become one: %(some)s."
                " Where that is right, say so with --join: the newest stays."
            ),
        ),
    ):  # fmt: skip
        if pairs:
            some = "; ".join(" = ".join(pair) for pair in pairs[:EXAMPLES])
            raise RuleRefused(sentence(said, count=len(pairs), some=some))


def _join(site: Transition, losers: dict[int, int]) -> None:
    for some in _chunks(list(losers)):
        keys = list(LegacyRaw.objects.filter(pk__in=some).values_list("key", flat=True))
        LegacyItem.objects.filter(transition=site, key__in=keys).delete()
        lines = OldAddress.objects.filter(transition=site, raw_id__in=some).values_list("pk", "raw_id")
        writing.update(site.tenant_id, ("raw",), [(pk, losers[raw]) for pk, raw in lines])
        LegacyRaw.objects.filter(pk__in=some).delete()


def _write(site: Transition, changed: dict[int, str]) -> None:
    """Write keys in two steps: no new key may meet an old one on the way."""
    items: list[tuple[int, str]] = []
    for some in _chunks(list(changed)):
        old = dict(LegacyRaw.objects.filter(pk__in=some).values_list("key", "pk"))
        found = LegacyItem.objects.filter(transition=site, key__in=list(old)).values_list("pk", "key")
        items += [(pk, changed[old[key]]) for pk, key in found]
    for model, rows in ((LegacyRaw, list(changed.items())), (LegacyItem, items)):
        for some_rows in _chunks(rows):
            writing.update(site.tenant_id, ("key",), [(pk, f"~{pk}") for pk, _new in some_rows], model=model)
        for some_rows in _chunks(rows):
            writing.update(site.tenant_id, ("key",), some_rows, model=model)


def _items(site: Transition, keys: list[str]) -> Iterator[LegacyItem]:
    names = ("key", "page_id", "overrides", "decided_by_id")
    yield from LegacyItem.objects.filter(transition=site, key__in=keys).only(*names)


def _rank(row: LegacyRaw, item: LegacyItem | None) -> tuple[Any, ...]:
    worked_on = item is not None and bool(item.overrides or item.decided_by_id)
    newest = row.fetched_at.timestamp() if row.fetched_at else 0.0
    return (item is not None and bool(item.page_id), worked_on, bool(row.sha256) and _good(row), newest, -row.pk)


def _good(row: LegacyRaw) -> bool:
    return row.status is None or 200 <= row.status < 300


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
