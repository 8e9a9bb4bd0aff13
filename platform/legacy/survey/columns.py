"""The column tree of an old site (原栏目树), guessed from breadcrumbs, lists and places. Pure.

First every page is shown (`note`), then every page can be asked for its column (`column_of`), then the tree is there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from legacy.ledger.address_rule import DEFAULT, Rule
from legacy.ledger.canonical import canonical
from legacy.survey.column_keys import (
    ColumnKey,
    column_steps,
    is_list_address,
    key_of,
    key_of_list,
    parent_of,
)

_MENU_TITLE = 14  # characters; longer link texts are titles of items
_SAID, _MENU, _HEAD = 100, 1, 3  # how much a breadcrumb, a link and a list page's own title say about a column's title


@dataclass(frozen=True, slots=True)
class Column:
    """An old column: `items` are pages and records that belong to it, `lists` its list pages."""

    key: str
    title: str
    parent_key: str
    items: int
    lists: int


class Tree:
    """Collects what pages say about columns. `hosts`: of the old site, the main one first."""

    def __init__(self, hosts: Sequence[str], rule: Rule = DEFAULT) -> None:
        self._hosts, self._rule = list(hosts), rule
        # Menus repeat the same addresses on every page.
        self._key_of_list = lru_cache(maxsize=100_000)(lambda url: key_of_list(url, self._hosts, rule))
        self._titles: dict[str, Counter[str]] = defaultdict(Counter)
        self._parents: dict[str, Counter[str]] = defaultdict(Counter)
        self._listed: dict[str, set[str]] = defaultdict(set)  # canonical key of an item -> keys of columns that list it
        self._items: Counter[str] = Counter()
        self._lists: Counter[str] = Counter()

    def note(
        self,
        url: str,
        breadcrumb: Sequence[tuple[str, str]],
        links: Iterable[Sequence[str]] = (),
        entries: Iterable[Sequence[str]] = (),
        *,
        is_list: bool = False,
        title: str = "",
    ) -> None:
        """Take what one page says: the titles of the columns in its breadcrumb and menus, the items that it lists."""
        own = self._own_key(url, breadcrumb)
        steps = column_steps(url, breadcrumb, self._rule)
        above = ""
        for at, (step, address) in enumerate(steps):
            key = self._key_of_list(address) if address else ""
            if not key and at == len(steps) - 1:
                key = own.key
            if key:
                self._titles[key][step] += _SAID
                self._parents[key][above] += 1
                above = key
        for address, text in links:
            if 1 < len(text) <= _MENU_TITLE and is_list_address(address):
                key = self._key_of_list(address)
                if key and not text.startswith(("更多", "more", "More", "MORE", "下一", "上一")):
                    self._titles[key][text] += _MENU
        if is_list or is_list_address(url):
            if own.key and title:
                self._titles[own.key][_short(title)] += _HEAD
            if own.key:
                for address, *_rest in entries:
                    self._listed[canonical(address, self._rule).key].add(own.key)

    def column_of(self, url: str, breadcrumb: Sequence[tuple[str, str]]) -> str:
        """Return the key of a page's column, "" where nothing says it: breadcrumb, place, the list that names it."""
        found = self._own_key(url, breadcrumb)
        if not breadcrumb and (not found.key or ("?" in url and "?" not in found.key)):
            listed = self._listed.get(canonical(url, self._rule).key, set())
            deepest = sorted(listed, key=lambda key: (-key.count("/"), key))
            if deepest and (len(listed) == 1 or deepest[0].count("/") > deepest[1].count("/")):
                return deepest[0]
        return found.key

    def count(self, key: str, *, is_list: bool) -> None:
        if key:
            (self._lists if is_list else self._items)[key] += 1

    def name(self, key: str, title: str, parent_key: str = "") -> None:
        """Say a column's title where the source itself knows it."""
        self._titles[key][title] += _SAID
        self._parents[key][parent_key] += 1

    def columns(self) -> list[Column]:
        """Return the columns that have items or lists, and those above them, in the order of their keys."""
        wanted: set[str] = set()
        for key in {*self._items, *self._lists}:
            while key and key not in wanted:
                wanted.add(key)
                key = self._parent(key)
        return [
            Column(
                key,
                self._title(key),
                parent if (parent := self._parent(key)) in wanted else "",
                self._items[key],
                self._lists[key],
            )
            for key in sorted(wanted)
        ]

    def _own_key(self, url: str, breadcrumb: Sequence[tuple[str, str]]) -> ColumnKey:
        return key_of(url, breadcrumb, self._hosts, self._rule)

    def _title(self, key: str) -> str:
        said = self._titles.get(key)
        if said:
            return min(said, key=lambda title: (-said[title], len(title), title))[:200]
        return key.rpartition("/")[2] if key.startswith("=") else ""

    def _parent(self, key: str) -> str:
        said = self._parents.get(key)
        if said:
            best = min(said, key=lambda parent: (-said[parent], parent))
            if best and best != key and not self._above(best, key):
                return best
        above = parent_of(key)
        return above if above != key else ""

    def _above(self, key: str, other: str) -> bool:
        """Return whether `other` stands above `key`: a wrong breadcrumb must not close a ring."""
        seen = {key}
        while True:
            said = self._parents.get(key)
            key = min(said, key=lambda parent: (-said[parent], parent)) if said else parent_of(key)
            if key == other:
                return True
            if not key or key in seen:
                return False
            seen.add(key)


def _short(title: str) -> str:
    """Return the part of a list page's HTML title that names the column: "县人社局-领导活动" -> "领导活动"."""
    for mark in ("-", "_", "|", "—", "–", "――"):
        parts = [part.strip() for part in title.split(mark) if part.strip()]
        if len(parts) > 1:
            return min(parts, key=len)[:200]
    return title.strip()[:200]
