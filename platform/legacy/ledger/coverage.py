"""How much of the old site is answered (覆盖率): by addresses, and by how often each was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from legacy.models import AddressResult, OldAddress, Transition

# A redirect whose page, picture or file was deleted since: answered with 410, and somebody should know.
LOST = Q(result=AddressResult.REDIRECT, page=None, image=None, file=None, target_url="")
WITHDRAWN = Q(result=AddressResult.REDIRECT, page__live=False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Addresses and hits by result; the shares are of what has a result, 0 to 1, None where nothing is known."""

    addresses: dict[str, int]
    hits: dict[str, int]
    lost: int
    withdrawn: int

    @property
    def share(self) -> float | None:
        return _share(self.addresses)

    @property
    def hit_share(self) -> float | None:
        return _share(self.hits)

    def as_json(self) -> dict[str, Any]:
        return {
            "addresses": self.addresses,
            "hits": self.hits,
            "share": self.share,
            "hit_share": self.hit_share,
            "lost": self.lost,
            "withdrawn": self.withdrawn,
        }


def coverage(transition: Transition) -> Coverage:
    rows = OldAddress.objects.filter(transition=transition)
    addresses, hits = dict.fromkeys(AddressResult.values, 0), dict.fromkeys(AddressResult.values, 0)
    for result, number, asked in rows.order_by().values_list("result").annotate(Count("pk"), Sum("hits")):
        addresses[result], hits[result] = number, asked or 0
    return Coverage(addresses, hits, rows.filter(LOST).count(), rows.filter(WITHDRAWN).count())


def worst(transition: Transition) -> QuerySet[OldAddress]:
    """Return the unresolved addresses, the most wanted first."""
    return OldAddress.objects.filter(transition=transition, result=AddressResult.UNRESOLVED).order_by("-hits", "pk")


def _share(counts: dict[str, int]) -> float | None:
    total = sum(counts.values())
    return (total - counts[AddressResult.UNRESOLVED]) / total if total else None
