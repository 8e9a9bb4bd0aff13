"""Names of columns compared (栏目名称): the same, the same by the list of synonyms, or alike. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("synonyms.toml")
_NOISE = re.compile(r"[\s\u3000·•,，、;；:：.。()（）\[\]【】<>《》“”\"'|/\\_-]+")
# What names add without saying more.
_ADDED = re.compile(r"^(?:本局|本县|我县|我局|县|局|最新|更多)|(?:栏目|专栏|频道|信息|工作|列表|情况)$")


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`groups`: names that mean the same, the template's first; `drops`: names of what is no content, with the reason."""

    groups: tuple[tuple[str, ...], ...]
    drops: Mapping[str, str]

    def rank(self, old: str, new: str) -> int | None:
        """Return how far the old name stands behind the new one in the groups that the new one leads; None in none."""
        ranks = [group.index(old) for group in self.groups if group[0] == new and old in group]
        return min(ranks) if ranks else None

    def share_group(self, old: str, new: str) -> bool:
        return any(old in group and new in group for group in self.groups)


@lru_cache(maxsize=1)
def shipped() -> Synonyms:
    """Return the synonyms that come with the platform."""
    return read(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def read(data: Mapping[str, Any]) -> Synonyms:
    groups = tuple(tuple(dict.fromkeys(plain(name) for name in group)) for group in data.get("same", []))
    drops = {plain(name): str(drop["reason"]) for drop in data.get("drop", []) for name in drop["names"]}
    return Synonyms(groups, drops)


def plain(name: str) -> str:
    """Return the name without blanks, marks and letter case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()


def alike(old: str, new: str) -> float:
    """Return how alike two plain names are, 0 to 1: shared pairs of characters, one name within the other."""
    if not old or not new:
        return 0.0
    if old == new:
        return 1.0
    short_old, short_new = core(old), core(new)
    if short_old == short_new:
        return 0.9
    if min(len(short_old), len(short_new)) >= 2 and (short_old in short_new or short_new in short_old):
        return 0.55 + 0.3 * min(len(short_old), len(short_new)) / max(len(short_old), len(short_new))
    one, other = _pairs(short_old), _pairs(short_new)
    return 0.8 * 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def core(name: str) -> str:
    shorter = _ADDED.sub("", name)
    return shorter if len(shorter) >= 2 else name


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)} or {name}


def best(old: str, names: Sequence[str], synonyms: Synonyms) -> float:
    """Return how well an old name fits the best of some new names."""
    return max((score(old, name, synonyms) for name in names), default=0.0)


def score(old: str, new: str, synonyms: Synonyms) -> float:
    """Return how well an old name fits a new one: 1 the same, about 0.9 a synonym, less where they are alike."""
    if old == new:
        return 1.0
    rank = synonyms.rank(old, new)
    if rank is not None:
        return max(0.8, 0.95 - 0.01 * rank)
    found = alike(old, new)
    if synonyms.share_group(old, new):
        found = max(found, 0.7)
    return found
