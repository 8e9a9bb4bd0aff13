"""Pictures and files that items name by their old addresses: found among the raw records, put on the tenant's shelf."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from legacy import blobs
from legacy.ledger import hosts
from legacy.ledger.canonical import Canonical, canonical
from legacy.models import LegacyMedia, LegacyRaw, RawKind, Transition
from sites.loading.media import NoSpace, Shelf, Unusable
from sites.messages import Sentence, _, sentence

_HOPS = 4  # redirects followed from one raw record to the next


@dataclass(frozen=True, slots=True)
class Found:
    """The raw record that holds the bytes of an address."""

    url: str
    raw_id: int
    kind: str
    sha256: str


class Bytes:
    """Looks raw records up by address, for one batch."""

    def __init__(self, transition: Transition) -> None:
        self._transition = transition
        self._rule = hosts.rule_of(transition)
        self._main = hosts.main_host(transition)
        self._found: dict[str, Found | None] = {}  # by key

    def canonical(self, url: str) -> Canonical:
        found = canonical(url, self._rule)
        return found if found.host else Canonical(self._main, found.path)

    def look_up(self, urls: Iterable[str]) -> None:
        """Find the records of many addresses in a few queries."""
        wanted = {self.canonical(url).key for url in urls} - self._found.keys()
        ahead: dict[str, str] = {}  # key asked for -> key that answers
        asked = {key: key for key in wanted}
        for _hop in range(_HOPS):
            if not asked:
                break
            rows = LegacyRaw.objects.filter(transition=self._transition, key__in=set(asked.values()))
            by_key = {
                row["key"]: row
                for row in rows.values("id", "key", "url", "kind", "status", "sha256", "headers", "size")
            }
            ahead = {}
            for key, at in asked.items():
                row = by_key.get(at)
                if row is None:
                    self._found[key] = None
                elif row["sha256"] and row["size"] and (row["status"] or 200) < 300:
                    self._found[key] = Found(row["url"], row["id"], row["kind"], row["sha256"])
                elif 300 <= (row["status"] or 0) < 400 and row["headers"].get("location"):
                    ahead[key] = self.canonical(urljoin(row["url"], row["headers"]["location"])).key
                else:
                    self._found[key] = None
            asked = ahead
        self._found.update(dict.fromkeys(asked))

    def of(self, url: str) -> Found | None:
        return self._found.get(self.canonical(url).key)


def is_download(found: Found | None) -> bool:
    """Return whether a link to this record is one to a file, and not to a page."""
    return found is not None and found.kind in (RawKind.FILE, RawKind.PICTURE)


def digest(used: Iterable[tuple[str, Found | None]]) -> str:
    """Return the hash of the pictures and files that an item shows, "" where it shows none."""
    lines = sorted({f"{url} {found.sha256 if found else ''}" for url, found in used})
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest() if lines else ""


class Media:
    """Stores pictures and files in a batch's transaction, each content once; remembers what is new for the ledger."""

    def __init__(self, transition: Transition, run: Any, *, by: Any) -> None:
        self._transition, self._run, self._by = transition, run, by
        self._shelf: Shelf | None = None
        self._rows: dict[str, LegacyMedia] = {}
        self._refused: dict[tuple[str, str], Sentence] = {}
        self.landed: dict[tuple[str, str, int], int] = {}  # (url, kind, id) -> raw id
        self.counts = {"pictures": 0, "files": 0}

    def look_up(self, hashes: Iterable[str]) -> None:
        """Read what is stored already of these contents."""
        wanted = set(hashes) - self._rows.keys()
        rows = LegacyMedia.objects.filter(transition=self._transition, sha256__in=wanted)
        self._rows.update({row.sha256: row for row in rows})

    def picture(self, found: Found, *, title: str) -> int:
        """Return the id of the stored picture. Raises Unusable, NoSpace, FileNotFoundError."""
        row = self._row(found)
        if row.image_id is None:
            stored = self._store(found, "picture", title=title or _basename(found.url) or "picture")
            row.image_id = stored.pk
            self._keep(row, stored.new, "pictures", title or _basename(found.url))
        self.landed[found.url, "picture", row.image_id] = found.raw_id
        return int(row.image_id)

    def file(self, found: Found, *, name: str) -> int:
        """Return the id of the stored file. Raises Unusable, NoSpace, FileNotFoundError."""
        row = self._row(found)
        if row.file_id is None:
            name = named(name, found.url)
            stored = self._store(found, "file", name=name)
            row.file_id = stored.pk
            self._keep(row, stored.new, "files", name)
        self.landed[found.url, "file", row.file_id] = found.raw_id
        return int(row.file_id)

    def _row(self, found: Found) -> LegacyMedia:
        row = self._rows.get(found.sha256)
        if row is None:
            row = self._rows[found.sha256] = LegacyMedia(
                tenant_id=self._transition.tenant_id, transition=self._transition, sha256=found.sha256
            )
        return row

    def _store(self, found: Found, kind: str, **named: str) -> Any:
        before = self._refused.get((found.sha256, kind))
        if before is not None:
            raise Unusable(before)
        if self._shelf is None:
            self._shelf = Shelf(self._transition.tenant, by=self._by)
        path = blobs.path_of(found.sha256)
        if not path.exists():
            raise Unusable(sentence(_("Its bytes are not in the store any more. Collect it again.")))
        try:
            return self._shelf.picture(path, **named) if kind == "picture" else self._shelf.file(path, **named)
        except NoSpace:
            raise
        except Unusable as error:
            self._refused[found.sha256, kind] = error.sentence
            raise

    def _keep(self, row: LegacyMedia, new: bool, what: str, name: str) -> None:
        if new:
            row.run = self._run
            self.counts[what] += 1
        row.name = row.name or name[:255]
        row.save()


def named(name: str, url: str) -> str:
    """Return the name of a file: the text of its link with the extension of its address, or the address's own name."""
    own = _basename(url)
    extension = own.rpartition(".")[2] if "." in own else ""
    name = " ".join(name.replace("/", " ").split())
    if not name:
        return own or "file"
    if extension and len(extension) <= 5 and not name.lower().endswith(f".{extension.lower()}"):
        name = f"{name}.{extension}"
    return name


def _basename(url: str) -> str:
    raw = unquote_to_bytes(PurePosixPath(urlsplit(url).path).name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
