"""Template families (模板族): pages that share a skeleton. Pure.

Pages with the same features are one group at once; groups join the first larger group that is alike enough. The result
does not depend on the order of the pages.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ALIKE = 0.72
# A page that has nearly all elements of a family, and more of its own: somebody pasted a whole web page into it, or left
# a tag open.
HOLDS = 0.95
_ENOUGH = 8
Features = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """One family: the features of its largest group, and the signatures of its groups."""

    leader: Features
    members: tuple[Features, ...]
    count: int


def cluster(groups: Mapping[Features, int], alike: float = ALIKE) -> list[Family]:
    """Return the families of the groups (features -> number of pages), the largest first.

    A group joins the leader with which it shares the greatest part of its features (Jaccard), at least `alike`; or one
    whose features it has nearly all.
    Features that stand on nearly all pages (the site's head and foot) count less: they tell families apart worst.
    """
    order = sorted(groups, key=lambda one: (-groups[one], one))
    weights = _weights(groups)
    totals = {one: sum(weights[feature] for feature in one) for one in order}
    leaders: list[Features] = []
    # Feature -> leaders that cannot be joined without it: their rarest ones. Head and foot would lead to all of them.
    telling: dict[int, list[int]] = defaultdict(list)
    members: dict[int, list[Features]] = defaultdict(list)
    for one in order:
        best, score = -1, 0.0
        if not one and () in leaders:
            best, score = leaders.index(()), 1.0
        inside = set(one)
        for number in sorted({number for feature in one for number in telling.get(feature, ())}):
            both = sum(weights[feature] for feature in leaders[number] if feature in inside)
            found = both / (totals[one] + totals[leaders[number]] - both)
            if found < alike and _holds(inside, leaders[number]):
                found = alike
            if found > score + 1e-12:
                best, score = number, found
        if best >= 0 and score >= alike:
            members[best].append(one)
            continue
        leaders.append(one)
        members[len(leaders) - 1].append(one)
        for feature in _telling(one, weights, totals[one] * (1 - alike)):
            telling[feature].append(len(leaders) - 1)
    found_families = [
        Family(leader, tuple(members[number]), sum(groups[one] for one in members[number]))
        for number, leader in enumerate(leaders)
    ]
    return sorted(found_families, key=lambda family: (-family.count, family.leader))


def _telling(leader: Features, weights: Mapping[int, float], most: float) -> set[int]:
    """Return features of which a page that joins the leader has at least one: what it lacks weighs no more than `most`."""
    rare = sorted(leader, key=lambda feature: (-weights[feature], feature))
    found: set[int] = set()
    total = 0.0
    for feature in rare:
        found.add(feature)
        total += weights[feature]
        if total > most + 1e-9:
            break
    alone = [feature for feature in rare if not feature & 1]
    return found.union(alone[: len(alone) - math.ceil(HOLDS * len(alone)) + 1])


def _holds(inside: set[int], leader: Features) -> bool:
    """Return whether a page has nearly all elements of a family, however they stand in each other."""
    alone = [feature for feature in leader if not feature & 1]
    if len(alone) < _ENOUGH:
        return False
    return sum(feature in inside for feature in alone) >= HOLDS * len(alone)


def names(families: Sequence[Family], present: Mapping[Features, Mapping[str, int]]) -> list[str]:
    """Return a name for each family: the one that most of its pages have already, else the next free "t1", "t2" ...

    `present`: by features, how many pages carry which name since an earlier survey. Recipes hang on the names.
    """
    taken: set[str] = set()
    found: list[str] = []
    for family in families:
        votes: Counter[str] = Counter()
        for one in family.members:
            votes.update({name: count for name, count in present.get(one, {}).items() if name})
        name = next(
            (name for name, _count in sorted(votes.items(), key=lambda pair: (-pair[1], pair[0])) if name not in taken),
            "",
        )
        found.append(name)
        if name:
            taken.add(name)
    used = taken | {name for counts in present.values() for name in counts}
    fresh = (f"t{number}" for number in range(1, 10**9))
    for at, name in enumerate(found):
        if not name:
            found[at] = next(candidate for candidate in fresh if candidate not in used)
    return found


def _weights(groups: Mapping[Features, int]) -> dict[int, float]:
    total = sum(groups.values()) or 1
    seen: Counter[int] = Counter()
    for one, count in groups.items():
        for feature in one:
            seen[feature] += count
    return {feature: 1.0 - 0.75 * (count / total) for feature, count in seen.items()}


def counted(signatures: Iterable[Features]) -> dict[Features, int]:
    return dict(Counter(signatures))
