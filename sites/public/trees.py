"""The columns of one site, read in one query and kept in the process until the site's record changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from sys import intern
from typing import Generic, TypeVar

from django.utils import timezone

from sites import addresses
from sites.addresses import SiteAddress
from sites.public.parts import BEIJING

# Sites and lists kept at once. A process that serves more of them than this reads some columns again.
# A county's hundred columns take some 25 KB, since all sites share the texts that come from the template.
KEPT_SITES = 1_000
KEPT_COUNTS = 5_000

T = TypeVar("T")


class Kept(Generic[T]):
    """A bounded store of what was made for a key from one state of the address book.

    The address objects are the stamp: the book makes a new one for every change of a tenant, so an entry made from
    an older one is never used, in this process or after the book was emptied.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[object, tuple[object, T]] = OrderedDict()

    def get(self, key: object, stamp: object, make: Callable[[], T]) -> T:
        entry = self._entries.get(key)
        if entry is not None and _same(entry[0], stamp):
            return entry[1]
        made = make()
        with self._lock:
            self._entries[key] = (stamp, made)
            self._entries.move_to_end(key)
            while len(self._entries) > self.size:
                self._entries.popitem(last=False)
        return made


def _same(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
    return one is other


@dataclass(slots=True)
class Node:
    """A live column. `below` holds its live child columns in their order, retired ones left out.

    An external column (外链) has the address it points to, so that no list sends the reader through an empty page.
    """

    id: int
    title: str
    href: str
    kind: str
    code: str
    in_menu: bool
    column_type: str
    keywords: str
    intro: str
    ends_on: date | None
    retired: bool = False
    parent: Node | None = None
    below: list[Node] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Say whether a topic (专题) is over: its last day was before today in Beijing."""
        return self.kind == "topic" and self.ends_on is not None and self.ends_on < timezone.localdate(timezone=BEIJING)

    @property
    def line(self) -> tuple[Node, ...]:
        """The columns from the top down to this one."""
        return (*self.parent.line, self) if self.parent else (self,)

    @property
    def top(self) -> Node:
        return self.parent.top if self.parent else self

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.below:
            yield from child.walk()


@dataclass(slots=True)
class SiteTree:
    """All live columns of a site by id and by code, and the ones at the top in their order, retired ones left out."""

    by_id: dict[int, Node]
    by_code: dict[str, Node]
    top: list[Node]

    def of_kind(self, *kinds: str) -> list[Node]:
        return [node for node in self.by_id.values() if node.kind in kinds and not node.retired]


_trees: Kept[SiteTree] = Kept(KEPT_SITES)
_counts: Kept[int] = Kept(KEPT_COUNTS)


def tree_of(address: SiteAddress) -> SiteTree:
    """Return the column tree of a site: no query when it was read since the site last changed, else one."""
    return _trees.get(address.tenant_id, address, lambda: _read(address))


def count_of(address: SiteAddress, key: object, count: Callable[[], int]) -> int:
    """Return how many items a list has, counted once for each state of the site."""
    return _counts.get(key, address, count)


def _read(address: SiteAddress) -> SiteTree:
    from sites.models import Column

    rows = (
        Column.objects.filter(tenant_id=address.tenant_id, live=True)
        .order_by("depth", "position", "path")
        .values_list(
            "pk", "title", "url_path", "path", "kind", "code", "show_in_menus", "column_type", "keywords", "intro",
            "ends_on", "retired_on", "external_url",
        )
    )  # fmt: skip
    by_path: dict[str, Node] = {}
    tree = SiteTree({}, {}, [])
    for pk, title, url_path, path, kind, code, in_menu, column_type, keywords, intro, ends_on, retired_on, out in rows:
        parent = by_path.get(path[:-4])
        href = out if kind == "external" and out else addresses.path_of(address, url_path)
        node = Node(
            pk,
            intern(title),
            href,
            intern(kind),
            intern(code),
            in_menu,
            intern(column_type) or (parent.column_type if parent else ""),
            intern(keywords),
            intern(intro),
            ends_on,
            retired_on is not None or (parent is not None and parent.retired),
            parent,
        )
        by_path[path] = tree.by_id[pk] = node
        if code:
            tree.by_code[code] = node
        if parent is None and len(path) > len(address.home_path) + 4:
            continue  # below a column that is not published: it answers at its address, and no list shows it
        if not node.retired:
            (parent.below if parent else tree.top).append(node)
    return tree
