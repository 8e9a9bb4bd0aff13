"""The operator's lists, compiled once for each state of them and kept in the process."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from django.db.models import Count, Max, Q

from sites.checks.findings import Severity
from sites.checks.leaders import Leader, LeaderList
from sites.checks.words import Word, WordList
from sites.models import LeaderName, WordRule
from tenants.models import Tenant

KEPT_LEADER_LISTS = 64

_words: tuple[Any, WordList] = (None, WordList(()))
_leaders: OrderedDict[str, tuple[Any, LeaderList]] = OrderedDict()


def word_list() -> WordList:
    """Return the compiled words; one small query says whether the list has changed since."""
    global _words
    state = _state(WordRule.objects.all())
    if _words[0] != state:
        rows = WordRule.objects.order_by().values_list("word", "replacement", "severity", "note")
        made = WordList(
            Word(word, replacement, Severity(severity), note) for word, replacement, severity, note in rows.iterator()
        )
        _words = (state, made)
    return _words[1]


def leader_list(tenant: Tenant) -> LeaderList:
    """Return the leaders that concern a tenant: those of no region, of its own, and of the regions above it."""
    codes = tenant.region.lineage.strip("/").split("/")
    above = ["/".join(codes[: end + 1]) + "/" for end in range(len(codes))]
    concerned = LeaderName.objects.filter(Q(region=None) | Q(region__lineage__in=above))
    state = _state(concerned)
    kept = _leaders.get(tenant.region.lineage)
    if kept is None or kept[0] != state:
        rows = concerned.order_by("rank", "pk").values_list("name", "post", "rank")
        kept = (state, LeaderList(Leader(*row) for row in rows.iterator()))
        _leaders[tenant.region.lineage] = kept
    _leaders.move_to_end(tenant.region.lineage)
    while len(_leaders) > KEPT_LEADER_LISTS:
        _leaders.popitem(last=False)
    return kept[1]


def _state(rows: Any) -> tuple[Any, ...]:
    return tuple(rows.order_by().aggregate(count=Count("pk"), newest=Max("changed_at"), last=Max("pk")).values())
