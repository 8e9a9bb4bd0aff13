"""The figures of a survey (调研数据): raw records and page facts go in one by one, plain data for JSON comes out. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from legacy.ledger.address_rule import DEFAULT, Rule
from legacy.ledger.canonical import canonical, canonical_host
from legacy.survey.column_keys import is_list_address

MOST_ROWS = 200  # of a table in the report
SAMPLES = 5
_SIZES = (
    (10_000, "< 10 KB"),
    (100_000, "10–100 KB"),
    (1_000_000, "100 KB – 1 MB"),
    (10_000_000, "1–10 MB"),
    (100_000_000, "10–100 MB"),
)


@dataclass(frozen=True, slots=True)
class RawLine:
    """What a raw record's row says. `kind` is page, picture, file, ready or other; `sha256` is "" without bytes."""

    pk: int
    key: str
    url: str
    kind: str
    status: int | None
    size: int
    sha256: str
    source: str


class Figures:
    """Counts a site. First `raw` for every record, then `page` for every page in the same order, then `data`."""

    def __init__(self, hosts: Sequence[str], rule: Rule = DEFAULT) -> None:
        self._rule = rule
        # Menus repeat the same addresses on every page.
        self._canonical = lru_cache(maxsize=100_000)(lambda url: canonical(url, rule))
        self._hosts = {canonical_host(host, rule) for host in hosts}
        self._tables: dict[str, Counter[str]] = defaultdict(Counter)
        self._bytes: dict[str, Counter[str]] = defaultdict(Counter)
        self._keys: dict[str, bool] = {}  # canonical key -> whether it has bytes
        self._first: dict[str, str] = {}  # hash of a body -> the first page with it
        self._body_pages: dict[str, list[str]] = {}
        self._files: Counter[str] = Counter()
        self._dead: Counter[str] = Counter()
        self._dead_from: dict[str, str] = {}
        self._elsewhere: Counter[str] = Counter()
        self._elsewhere_said: dict[str, tuple[str, str]] = {}
        self._forms: Counter[tuple[str, str, str]] = Counter()
        self._forms_at: dict[tuple[str, str, str], str] = {}
        self._undated: list[str] = []
        self._personal: Counter[str] = Counter()
        self._personal_pages: list[dict[str, Any]] = []
        self._totals: Counter[str] = Counter()

    def raw(self, line: RawLine) -> None:
        """Count one raw record."""
        has_bytes = bool(line.sha256) and (line.status is None or line.status < 400)
        self._totals["records"] += 1
        self._totals["bytes"] += line.size
        self._tables["kind"][line.kind] += 1
        self._bytes["kind"][line.kind] += line.size
        self._tables["source"][line.source] += 1
        if line.status is not None:
            self._tables["status"][str(line.status)] += 1
        if not line.sha256 and line.kind != "ready":
            self._totals["without_bytes"] += 1
        if line.url:
            address = canonical(line.url, self._rule)
            host = address.host
            self._keys[address.key] = has_bytes or line.kind == "ready"
            self._tables["host"][host] += 1
            self._bytes["host"][host] += line.size
            folder = _folder(line.url)
            self._tables["directory"][folder] += 1
            self._bytes["directory"][folder] += line.size
        if line.kind in {"picture", "file"} and line.sha256:
            table = f"{line.kind}_type"
            name = _extension(line.url)
            self._tables[table][name] += 1
            self._bytes[table][name] += line.size
            self._tables[f"{line.kind}_size"][_band(line.size)] += 1
            if line.sha256 in self._files:
                self._totals["same_files"] += 1
            self._files[line.sha256] += 1

    def page(self, facts: Mapping[str, Any], *, is_list: bool) -> None:
        """Count one page by its facts (page_facts.PageFacts as JSON)."""
        url = facts["url"]
        self._totals["pages"] += 1
        self._tables["encoding"][facts["encoding"]] += 1
        if facts["declared"] and _family(facts["declared"]) != _family(facts["encoding"]):
            self._totals["declared_wrongly"] += 1
        if facts["damaged"]:
            self._totals["damaged"] += 1
        self._totals["lists" if is_list else "articles"] += 1
        if not is_list:
            self._dated(url, facts["published_on"], facts["date_method"])
            self._body(url, facts["body_hash"])
        self._private(url, facts["personal"])
        self._links(url, facts)
        for action, method, names in facts["forms"]:
            key = (action.partition("?")[0], method, ", ".join(names))
            self._forms[key] += 1
            self._forms_at.setdefault(key, url)

    def ready(self, url: str, published_on: str, body_hash: str, personal: Mapping[str, int]) -> None:
        """Count one record whose fields the source knows; `url` may be its key."""
        self._totals["articles"] += 1
        self._dated(url, published_on, "field")
        self._body(url, body_hash)
        self._private(url, personal)

    def data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        broken, missing = self._broken()
        groups = sorted((pages for pages in self._body_pages.values()), key=lambda pages: (-len(pages), pages))
        return {
            "totals": dict(self._totals)
            | {
                "undated": self._totals["undated"],
                "broken": len(broken),
                "not_collected": len(missing),
                "duplicates": sum(len(pages) - 1 for pages in groups),
                "personal": self._totals["personal"],
            },
            "by": {
                name: [
                    {"name": value, "count": count, "bytes": self._bytes[name][value]}
                    for value, count in _ordered(name, counts)[:MOST_ROWS]
                ]
                for name, counts in self._tables.items()
            },
            "undated": self._undated,
            "duplicates": [pages[: SAMPLES * 2] for pages in groups[:MOST_ROWS]],
            "personal": {"numbers": dict(self._personal), "pages": self._personal_pages},
            "broken": broken[:MOST_ROWS],
            "not_collected": missing[:MOST_ROWS],
            "external": [
                {
                    "host": host,
                    "links": count,
                    "text": self._elsewhere_said[host][0],
                    "from": self._elsewhere_said[host][1],
                }
                for host, count in self._elsewhere.most_common(MOST_ROWS)
            ],
            "forms": [
                {"action": key[0], "method": key[1], "fields": key[2], "pages": count, "from": self._forms_at[key]}
                for key, count in self._forms.most_common(MOST_ROWS)
            ],
        }

    def _dated(self, url: str, day: str, method: str) -> None:
        if day:
            self._tables["year"][day[:4]] += 1
            self._tables["date_method"][method] += 1
            return
        self._totals["undated"] += 1
        self._tables["year"][""] += 1
        if len(self._undated) < MOST_ROWS:
            self._undated.append(url)

    def _body(self, url: str, body_hash: str) -> None:
        if not body_hash:
            self._totals["short"] += 1
        elif body_hash in self._first:
            self._body_pages.setdefault(body_hash, [self._first[body_hash]]).append(url)
        else:
            self._first[body_hash] = url

    def _private(self, url: str, numbers: Mapping[str, int]) -> None:
        if not numbers:
            return
        self._totals["personal"] += 1
        self._personal.update(numbers)
        if len(self._personal_pages) < MOST_ROWS:
            self._personal_pages.append({"url": url, "numbers": dict(numbers)})

    def _links(self, url: str, facts: Mapping[str, Any]) -> None:
        named: Iterable[Sequence[str]] = (
            *facts["links"],
            *((one, "") for one in facts["pictures"]),
            *((one, "") for one in facts["frames"]),
        )
        for address, *text in named:
            found = self._canonical(address)
            if found.host in self._hosts:
                if not self._keys.get(found.key, False):
                    self._dead[found.key] += 1
                    self._dead_from.setdefault(found.key, url)
            elif found.host:
                self._elsewhere[found.host] += 1
                self._elsewhere_said.setdefault(found.host, (text[0] if text else "", url))

    def _broken(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return (links whose target was asked for and has nothing, links whose target nobody has asked for yet)."""
        broken: list[dict[str, Any]] = []
        missing: list[dict[str, Any]] = []
        for key, count in sorted(self._dead.items(), key=lambda pair: (-pair[1], pair[0])):
            row = {"address": key, "pages": count, "from": self._dead_from[key]}
            (broken if key in self._keys else missing).append(row)
        return broken, missing


def is_list_page(facts: Mapping[str, Any]) -> bool:
    """Return whether a page is a list, or a start page of a directory without a date of its own."""
    return bool(facts["is_list"]) or (is_list_address(facts["url"]) and not facts["date_method"])


def _folder(url: str) -> str:
    parts = [part for part in urlsplit(url).path.split("/")[:-1] if part]
    return "/" + unquote("/".join(parts[:2]), errors="replace")


def _extension(url: str) -> str:
    name = urlsplit(url).path.rpartition("/")[2]
    found = name.rpartition(".")[2].lower() if "." in name else ""
    return found if found.isascii() and found.isalnum() and len(found) <= 5 else ""


def _band(size: int) -> str:
    return next((name for limit, name in _SIZES if size < limit), "> 100 MB")


def _family(encoding: str) -> str:
    name = encoding.lower().replace("-", "").replace("_", "")
    return "gb" if name in {"gb2312", "gbk", "gb18030", "cp936"} else name


def _ordered(name: str, counts: Counter[str]) -> list[tuple[str, int]]:
    if name == "year":
        return sorted(counts.items())
    if name.endswith("_size"):
        order = [band for _limit, band in _SIZES] + ["> 100 MB"]
        return sorted(counts.items(), key=lambda pair: order.index(pair[0]))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
