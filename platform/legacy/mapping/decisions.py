"""Proposals and decisions stored with the old columns, and how much of the site they cover (覆盖率)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from legacy.mapping import lists
from legacy.mapping.deciding import DROP, MOVE, Change, DecisionRefused, Progress, check, target_of, targets_in
from legacy.mapping.names import shipped
from legacy.mapping.proposing import New, Old, propose
from legacy.models import LegacyColumn, LegacyItem, Transition
from sites.columns.targets import TargetColumn, targets_of
from sites.messages import _, sentence

ITEM_TYPES = frozenset({"article", "officialdocument"})


def targets(transition: Transition) -> list[TargetColumn]:
    """Return the columns of the new site to which legacy items can go, in the order in which citizens see them."""
    return [target for target in targets_of(transition.tenant_id) if ITEM_TYPES & set(target.takes)]


def columns(transition: Transition) -> list[LegacyColumn]:
    return list(LegacyColumn.objects.filter(transition=transition).select_related("decided_by").order_by("key"))


def propose_all(transition: Transition, *, dry_run: bool = False) -> Counter[str]:
    """Propose for every column that no person has decided; return how many moves, drops, open ones, and unchanged."""
    places = targets(transition)
    news = [New(one.page_id, one.titles, one.column_type, True, one.mandatory) for one in places]
    rows = columns(transition)
    free = {row.key: row for row in rows if not row.decision or row.proposed}
    olds = [Old(row.key, row.title, row.parent_key, row.items_found) for row in rows]
    decided = {row.key: row.target_id for row in rows if row.key not in free and row.target_id}
    counts: Counter[str] = Counter()
    changed = []
    for proposal in propose(olds, news, shipped(), decided):
        row = free.get(proposal.key)
        if row is None:
            counts["decided"] += 1
            continue
        counts[proposal.decision or "open"] += 1
        wanted = (proposal.decision, proposal.target, proposal.reason, bool(proposal.decision))
        if (row.decision, row.target_id, row.reason, row.proposed) == wanted:
            continue
        row.decision, row.target_id, row.reason, row.proposed = wanted
        row.rules, row.decided_by, row.decided_at = [], None, None
        changed.append(row)
    counts["changed"] = len(changed)
    if not dry_run:
        LegacyColumn.objects.bulk_update(
            changed, ["decision", "target", "reason", "proposed", "rules", "decided_by", "decided_at"], batch_size=200
        )
    return counts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some decisions: keys by "changed" and "unchanged", and the refused ones with their sentences."""

    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[DecisionRefused] = field(default_factory=list)


def decide(transition: Transition, changes: Iterable[Change], *, by: Any, dry_run: bool = False) -> Outcome:
    """Take decisions in the name of a person. Each stands alone: a refused one does not hold up the others."""
    allowed = {target.page_id for target in targets(transition)}
    outcome = Outcome()
    with transaction.atomic():
        rows = {row.key: row for row in LegacyColumn.objects.select_for_update().filter(transition=transition)}
        for change in changes:
            row = rows.get(change.key)
            try:
                if row is None:
                    raise DecisionRefused(
                        change.key, sentence(_("The old site has no column “%(column)s”."), column=change.key[:100])
                    )
                decision = check(change, allowed)
            except DecisionRefused as refused:
                outcome.refused.append(refused)
                continue
            wanted = {
                "decision": decision.decision,
                "target_id": decision.target,
                "rules": [dict(rule) for rule in decision.rules],
                "reason": decision.reason,
                "proposed": False,
            }
            if all(getattr(row, name) == value for name, value in wanted.items()):
                outcome.unchanged.append(row.key)
                continue
            outcome.changed.append(row.key)
            if row.decision == DROP and not row.proposed and not dry_run:
                lists.reopen(transition, row.key, row.reason)
            for name, value in wanted.items():
                setattr(row, name, value)
            row.decided_by, row.decided_at = (by, timezone.now()) if decision.decision else (None, None)
            if not dry_run:
                row.save(update_fields=[*wanted, "decided_by", "decided_at"])
        if outcome.changed and not dry_run:
            lists.register(transition)
    return outcome


def confirm(transition: Transition, *, by: Any, keys: Collection[str] | None = None) -> int:
    """Take the proposals over as decisions of a person, all of them or those of some columns; return how many."""
    rows = LegacyColumn.objects.filter(transition=transition, proposed=True).exclude(decision="")
    if keys is not None:
        rows = rows.filter(key__in=keys)
    with transaction.atomic():
        number = int(rows.update(proposed=False, decided_by=by, decided_at=timezone.now()))
        lists.register(transition)
    return number


def coverage(transition: Transition) -> dict[str, Any]:
    """Return how much is decided, by columns and by items, and the mandatory columns that would stay empty.

    {"columns": {"decided", "proposed", "open"}, "items": {"move", "drop", "proposed", "open"}, "targets": {page id: items
    that would come}, "empty": [TargetColumn]}
    """
    places = targets(transition)
    rows = columns(transition)
    counted: Counter[str] = Counter()
    items: Counter[str] = Counter()
    coming: Counter[int] = Counter()
    found = item_counts(transition)
    for row in rows:
        number = max(row.items_found, found.get(row.key, 0))
        if row.decision == "":
            counted["open"] += 1
            items["open"] += number
            continue
        counted["proposed" if row.proposed else "decided"] += 1
        items["proposed" if row.proposed else row.decision] += number
        if row.decision == MOVE:
            coming.update(_coming(transition, row, number))
    empty = [one for one in places if one.mandatory and not one.items and not coming.get(one.page_id)]
    return {
        "columns": {name: counted.get(name, 0) for name in ("decided", "proposed", "open")},
        "items": {name: items.get(name, 0) for name in (MOVE, DROP, "proposed", "open")},
        "targets": dict(coming),
        "empty": empty,
    }


def progress(transition_ids: Collection[int]) -> dict[int, Progress]:
    """Return the progress of each transition, in one query."""
    held = LegacyItem.objects.filter(transition=OuterRef("transition"), column_key=OuterRef("key"))
    rows = (
        LegacyColumn.objects.filter(transition__in=transition_ids)
        .filter(Q(items_found__gt=0) | Exists(held))
        .order_by()
        .values_list("transition_id")
        .annotate(holding=Count("pk"), waiting=Count("pk", filter=Q(decision="") | Q(proposed=True)))
    )
    found = {pk: Progress(holding, waiting) for pk, holding, waiting in rows}
    return {pk: found.get(pk, Progress()) for pk in transition_ids}


def complete(transition: Transition) -> bool:
    """Return whether a person has decided on every old column that holds items, and there are some."""
    return progress([transition.pk])[transition.pk].complete


def item_counts(transition: Transition) -> dict[str, int]:
    """Return how many extracted items each old column has, by its key."""
    rows = LegacyItem.objects.filter(transition=transition).order_by().values_list("column_key").annotate(Count("pk"))
    return dict(rows)


def _coming(transition: Transition, row: LegacyColumn, number: int) -> Counter[int]:
    """Return how many items a column brings to each target. Before extraction a rule's share is not known: 1 stands for it."""
    if not row.rules:
        return Counter({row.target_id: number}) if row.target_id else Counter()
    titles = LegacyItem.objects.filter(transition=transition, column_key=row.key).values_list("title", flat=True)
    found: Counter[int] = Counter()
    for title in titles.iterator(chunk_size=5000):
        target = target_of(row, title)
        if target is not None:
            found[target] += 1
    if not found and number:
        found.update(dict.fromkeys(targets_in(row), 1))
        if row.target_id:
            found[row.target_id] = number
    return found
