"""Entries of the ledger in bulk: an address becomes known, its content is loaded, a person decides on it.

All of it runs inside the tenant's scope, in two to three statements for 500 addresses. An address of a host that is not
one of the transition's is no line of its ledger (counted as "foreign").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from legacy.ledger import hosts, writing
from legacy.ledger.canonical import Canonical, canonical
from legacy.models import AddressKind, AddressResult, OldAddress, Transition
from tenants.scope import every_tenant

CHUNK = 500
OF_RAW: dict[str, str] = {"page": AddressKind.ITEM, "ready": AddressKind.ITEM}  # the others have the same names
_ENDINGS: dict[str, frozenset[str]] = {
    AddressKind.PICTURE: frozenset("jpg jpeg png gif bmp ico webp svg tif tiff".split()),  # noqa: SIM905
    AddressKind.FILE: frozenset(
        "pdf doc docx xls xlsx ppt pptx wps et dps ofd rtf txt zip rar 7z gz mp3 mp4 wmv flv avi swf csv".split()  # noqa: SIM905
    ),
    AddressKind.OTHER: frozenset("css js json xml map woff woff2 ttf eot otf".split()),  # noqa: SIM905
}
TARGETS = {AddressKind.PICTURE: "image_id", AddressKind.FILE: "file_id"}
# What a later look may say of an address: a page turns out to be a list; nothing turns back.
_BETTER_KNOWN = {(AddressKind.OTHER, kind) for kind in AddressKind if kind != AddressKind.OTHER} | {
    (AddressKind.ITEM, AddressKind.LIST)
}


@dataclass(frozen=True, slots=True)
class Landed:
    """An old address whose content stands here now: one of the three ids says where."""

    url: str
    kind: str = AddressKind.ITEM
    page_id: int | None = None
    image_id: int | None = None
    file_id: int | None = None
    raw_id: int | None = None

    @classmethod
    def of(cls, row: Landed | tuple[Any, ...]) -> Landed:
        """Read (url, kind, id): a picture's id is an image's, a file's a file's, any other a page's."""
        if isinstance(row, Landed):
            return row
        url, kind, pk = row
        return cls(url, kind, **{TARGETS.get(AddressKind(kind), "page_id"): pk})


@dataclass(frozen=True, slots=True)
class Seen:
    """An old address that is known of; what became of it is not."""

    url: str
    kind: str = ""
    raw_id: int | None = None
    hits: int = 0
    last_hit_at: datetime | None = None

    @classmethod
    def of(cls, row: Seen | str | tuple[Any, ...]) -> Seen:
        if isinstance(row, Seen):
            return row
        url, kind, *rest = (row, "") if isinstance(row, str) else row
        return cls(url, OF_RAW.get(kind, kind), *rest)


def loaded(transition: Transition, rows: Iterable[Landed | tuple[Any, ...]]) -> Counter[str]:
    """Redirect old addresses to what was loaded; rows are Landed or (url, kind, id).

    Returns counts: created, updated, unchanged; "kept" where a person decided otherwise; "foreign", "elsewhere" (the
    address stands in another transition's ledger).
    """
    counts: Counter[str] = Counter()
    for chunk in _chunks(map(Landed.of, rows)):
        wanted = _canonical(transition, chunk, counts)
        present = _present(transition, wanted, counts)
        changed, new = [], []
        for key, (address, row) in wanted.items():
            target = (row.page_id, row.image_id, row.file_id)
            old = present.get(key)
            if old is None:
                new.append(_new(transition, key, address, row, found_by="load"))
            elif old.decided_by_id and old.result != AddressResult.UNRESOLVED:
                counts["kept"] += 1
                continue
            elif old.result == AddressResult.REDIRECT and (old.page_id, old.image_id, old.file_id) == target:
                counts["unchanged"] += 1
                continue
            else:
                changed.append(old)
            made = old or new[-1]
            made.result, made.kind, made.target_url = AddressResult.REDIRECT, row.kind, ""
            made.page_id, made.image_id, made.file_id = target
            made.raw_id = row.raw_id or made.raw_id
        counts["created"] += len(new)
        counts["updated"] += len(changed)
        OldAddress.objects.bulk_create(new, ignore_conflicts=True)
        names = ("result", "kind", "target_url", "page", "image", "file", "raw")
        values = [
            (row.pk, row.result, row.kind, row.target_url, row.page_id, row.image_id, row.file_id, row.raw_id)
            for row in changed
        ]
        writing.update(transition.tenant_id, names, values)
    return counts


def unloaded(transition: Transition, page_ids: Collection[int]) -> int:
    """Take back what `loaded` said of these pages, which are about to be rolled back; returns how many addresses."""
    ids, count = list(page_ids), 0
    for start in range(0, len(ids), CHUNK):
        rows = OldAddress.objects.filter(transition=transition, page_id__in=ids[start : start + CHUNK])
        count += rows.update(result=AddressResult.UNRESOLVED, page=None, decided_by=None, decided_at=None, reason="")
    return count


def media_unloaded(transition: Transition, *, image_ids: Collection[int] = (), file_ids: Collection[int] = ()) -> int:
    """Take back what `loaded` said of pictures and files that are about to be rolled back."""
    mine = OldAddress.objects.filter(transition=transition)
    open_again = {"result": AddressResult.UNRESOLVED, "decided_by": None, "decided_at": None, "reason": ""}
    return mine.filter(image_id__in=image_ids).update(image=None, **open_again) + mine.filter(
        file_id__in=file_ids
    ).update(file=None, **open_again)


def known(transition: Transition, rows: Iterable[Seen | str | tuple[Any, ...]], found_by: str) -> Counter[str]:
    """Enter addresses that are not in the ledger yet, as unresolved, and add hits to those that are.

    Rows are addresses, Seen, or (url, kind, raw_id). Returns counts: created, hits, unchanged, foreign, elsewhere.
    """
    counts: Counter[str] = Counter()
    for chunk in _chunks(map(Seen.of, rows)):
        wanted = _canonical(transition, chunk, counts)
        with transaction.atomic():
            present = _present(transition, wanted, counts)
            new, changed, hit = [], [], []
            for key, (address, row) in wanted.items():
                old = present.get(key)
                if old is None:
                    made = _new(transition, key, address, row, found_by=found_by)
                    made.hits, made.last_hit_at = row.hits, row.last_hit_at
                    new.append(made)
                    continue
                counts["hits" if row.hits else "unchanged"] += 1
                kind = row.kind if (old.kind, row.kind) in _BETTER_KNOWN else old.kind
                if (row.raw_id and old.raw_id is None) or kind != old.kind:
                    old.raw_id, old.kind = old.raw_id or row.raw_id, kind
                    changed.append((old.pk, old.kind, old.raw_id))
                if row.hits:
                    hit.append((old.pk, row.hits, row.last_hit_at))
            counts["created"] += len(new)
            OldAddress.objects.bulk_create(new, ignore_conflicts=True)
            writing.update(transition.tenant_id, ("kind", "raw"), changed)
            writing.update(transition.tenant_id, ("hits", "last_hit_at"), hit, adds=("hits", "last_hit_at"))
    return counts


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _canonical(transition: Transition, rows: list[Any], counts: Counter[str]) -> dict[str, tuple[Canonical, Any]]:
    """Return the rows of own hosts by digest; of several spellings the last one counts (hits are added up)."""
    rule, own, main = hosts.rule_of(transition), hosts.own_hosts(transition), hosts.main_host(transition)
    found: dict[str, tuple[Canonical, Any]] = {}
    for row in rows:
        address = canonical(row.url, rule)
        if not address.host:
            address = Canonical(main, address.path)
        if address.host not in own:
            counts["foreign"] += 1
            continue
        before = found.get(address.digest)
        if before and isinstance(row, Seen):
            other = before[1]
            latest = max(filter(None, (row.last_hit_at, other.last_hit_at)), default=None)
            row = Seen(row.url, row.kind or other.kind, row.raw_id or other.raw_id, row.hits + other.hits, latest)
        found[address.digest] = address, row
    return found


def _present(transition: Transition, wanted: dict[str, Any], counts: Counter[str]) -> dict[str, OldAddress]:
    """Return the ledger's lines by digest, and take what another transition's ledger holds out of `wanted`."""
    with every_tenant("an old address belongs to one transition"):
        rows = list(
            OldAddress.objects.filter(digest__in=list(wanted)).only(
                "tenant_id", "transition_id", "digest", "kind", "result", "page_id", "image_id", "file_id", "raw_id",
                "decided_by_id",
            )
        )  # fmt: skip
    found = {}
    for row in rows:
        if row.transition_id == transition.pk:
            found[row.digest] = row
        else:
            counts["elsewhere"] += 1
            del wanted[row.digest]
    return found


def _new(transition: Transition, key: str, address: Canonical, row: Any, *, found_by: str) -> OldAddress:
    return OldAddress(
        tenant_id=transition.tenant_id,
        transition=transition,
        digest=key,
        host=address.host,
        path=address.path,
        url=row.url[:2000].replace("\0", "").encode("utf-8", "replace").decode(),
        kind=row.kind or AddressKind.OTHER,
        raw_id=row.raw_id,
        found_by=found_by,
    )


def kind_of(path: str) -> str:
    """Return what an address seems to be, by its ending: all that a log or a list says of it."""
    ending = PurePosixPath(path.partition("?")[0]).suffix.lower().lstrip(".")
    return next((kind for kind, endings in _ENDINGS.items() if ending in endings), AddressKind.ITEM)
