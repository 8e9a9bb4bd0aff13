"""How well old pages are read: `make accuracy`, or python -m bench.accuracy [--wrong] [--data ../shared/data].

The general ways, each single library beside them, and a recipe proposed from five pages (none of the labelled ones) and
confirmed, on hand-labelled pages. The pages are third parties' and lie outside of the project; without them there is
nothing to measure.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import htmldate  # noqa: E402
import trafilatura  # noqa: E402
from readability import Document  # noqa: E402

from legacy.extraction import bodyfinding, decoding, proposing, recipe as recipes  # noqa: E402
from legacy.extraction.page import take_in  # noqa: E402
from legacy.extraction.read import Reading, read_page  # noqa: E402
from legacy.extraction.text import alike, squeezed  # noqa: E402

FIELDS = ("title", "date", "source", "author", "doc_no")


@dataclass
class Labelled:
    """A page and what a person says it says; a field that the labels do not know is None, an empty one is ""."""

    url: str
    data: bytes
    gold: dict[str, str | None]


@dataclass
class Tally:
    """`right`, `wrong` and `unknown` by field; a field is unknown where nothing was read though something stands there."""

    right: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    bodies: list[float] = field(default_factory=list)
    review: int = 0
    written: int = 0  # wrong dates where the label is the day that the page names as the one of writing
    misses: list[str] = field(default_factory=list)

    def add(
        self,
        page: Labelled,
        said: dict[str, str | None],
        text: str,
        review: bool = False,
        written_on: str | None = None,
    ) -> None:
        for name in FIELDS:
            wanted = page.gold.get(name)
            if wanted is None or name not in said:
                continue
            found = said[name] or ""
            right = squeezed(found) == squeezed(wanted)
            kind = self.right if right else self.unknown if not found else self.wrong
            kind[name] = kind.get(name, 0) + 1
            if kind is self.wrong and name == "date":
                self.written += wanted == written_on
            if not right:
                self.misses.append(f"{page.url}  {name}: read {found!r}, is {wanted!r}")
        score = alike(text, page.gold["body"] or "")
        self.bodies.append(score)
        if score < 0.95:
            self.misses.append(f"{page.url}  body: F1 {score:.3f}")
        self.review += review

    def share(self, name: str, kind: dict[str, int]) -> str:
        total = sum(one.get(name, 0) for one in (self.right, self.wrong, self.unknown))
        return f"{100 * kind.get(name, 0) / total:5.1f}%" if total else "     –"

    def row(self, name: str, reviewed: bool) -> str:
        cells = [self.share(one, self.right) for one in FIELDS]
        cells.insert(2, self.share("date", self.wrong))
        body = sum(self.bodies) / max(len(self.bodies), 1)
        review = f"{100 * self.review / max(len(self.bodies), 1):5.1f}%" if reviewed else "     –"
        return f"{name:<46}" + "".join(f"{cell:>9}" for cell in cells) + f"{body:9.4f}{review:>9}"


HEAD = f"{'':<46}" + "".join(
    f"{name:>9}" for name in ("title", "date", "wrong d.", "source", "author", "doc. no", "body F1", "review")
)


def bureau(folder: Path) -> Iterator[Labelled]:
    """Yield the labelled pages of the county bureau's site."""
    for label in json.loads((folder / "labels.json").read_text("utf-8")):
        gold = {name: label[name] for name in (*FIELDS, "body")}
        yield Labelled(f"http://old.example/{label['file']}", (folder / label["file"]).read_bytes(), gold)


def collection(folder: Path) -> Iterator[Labelled]:
    """Yield the labelled pages of many sites. Their labels know no titles; a date without a day is taken as unknown."""
    for file in sorted((folder / "original").glob("*.html")):
        gold: dict[str, str | None] = {"body": (folder / "cleaned" / f"{file.stem}.txt").read_text("utf-8")}
        written = (folder / "date" / f"{file.stem}.txt").read_text("utf-8")
        day = re.search(r"(\d{4})-(\d{1,2})-(\d{1,2})", written)
        gold["date"] = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else None
        yield Labelled(f"http://{file.stem}.example/page.html", file.read_bytes(), gold)


def said_by(reading: Reading) -> dict[str, str | None]:
    values = {name: value.value for name, value in reading.values.items()}
    return {
        "title": values["title"],
        "date": (values["published_at"] or "")[:10] or None,
        "source": values["source"],
        "author": values["author"],
        "doc_no": values["document_number"],
    }


def ours(pages: list[Labelled], recipe: recipes.Recipe | None = None) -> Tally:
    tally = Tally()
    for page in pages:
        reading = read_page(page.data, "text/html", page.url, recipe)
        tally.add(page, said_by(reading), reading.text, bool(reading.questions), reading.values["written_on"].value)
    return tally


def _readability(text: str) -> tuple[dict[str, str | None], str]:
    return {"title": Document(text).short_title()}, bodyfinding.by_readability(_page(text))


def _trafilatura(text: str) -> tuple[dict[str, str | None], str]:
    said = trafilatura.extract_metadata(text)
    values = {"title": said.title, "date": said.date, "author": said.author} if said else {}
    return values, bodyfinding.by_trafilatura(_page(text))


def _htmldate(text: str) -> tuple[dict[str, str | None], str]:
    return {"date": htmldate.find_date(text, original_date=True)}, ""


def _page(text: str) -> Any:
    return take_in(text.encode("utf-8", "replace"))


LIBRARIES: dict[str, Callable[[str], tuple[dict[str, str | None], str]]] = {
    "readability-lxml alone": _readability,
    "trafilatura (precision) alone": _trafilatura,
    "htmldate alone": _htmldate,
}


def library(way: Callable[[str], tuple[dict[str, str | None], str]], pages: list[Labelled]) -> Tally:
    tally = Tally()
    for page in pages:
        try:
            said, text = way(decoding.decode(page.data).text)
        except Exception:  # a library that fails on a page has read nothing
            said, text = {}, ""
        tally.add(page, {name: value for name, value in said.items() if value is None or isinstance(value, str)}, text)
    return tally


def samples(folder: Path, labelled: set[str], count: int = 5) -> list[bytes]:
    """Return pages of the site that nobody labelled, spread over its columns: what a person would confirm a recipe on."""
    others = [one for one in sorted(folder.rglob("t2*.html")) if one.relative_to(folder).as_posix() not in labelled]
    return [others[at * len(others) // count].read_bytes() for at in range(count)]


def goals(by_recipe: Tally, one: Tally, many: Tally, alone: list[Tally]) -> Iterator[tuple[str, bool]]:
    """Yield what is aimed at, and whether it was reached; `alone` are the single libraries on the pages of many sites."""
    print()
    right = {name: by_recipe.right.get(name, 0) / max(len(by_recipe.bodies), 1) for name in ("title", "date", "source")}
    yield "with a recipe: title, date and source right on 99% of the pages", min(right.values()) >= 0.99
    yield "with a recipe: body F1 0.99", _mean(by_recipe.bodies) >= 0.99
    for name, tally in (("one site", one), ("many sites", many)):
        yield f"{name}, general ways: body F1 0.92 ({_mean(tally.bodies):.4f})", _mean(tally.bodies) >= 0.92
        dated = max(sum(kind.get("date", 0) for kind in (tally.right, tally.wrong, tally.unknown)), 1)
        wrong = tally.wrong.get("date", 0)
        yield f"{name}, general ways: at most 2% of the dates wrong ({100 * wrong / dated:.1f}%)", wrong <= 0.02 * dated
        if tally.written:
            print(
                f"         (of {wrong} wrong, the label is the day of writing on {tally.written}; the page names another of publication)"
            )
    best = max(_mean(tally.bodies) for tally in alone)
    yield f"many sites, general ways: a better body than the best library ({best:.4f})", _mean(many.bodies) > best


def _mean(values: list[float]) -> float:
    return sum(values) / max(len(values), 1)


def _rate(pages: list[bytes], recipe: recipes.Recipe | None) -> float:
    begun = time.process_time()
    for data in pages:
        read_page(data, "text/html", "http://old.example/a/t20200101_1.html", recipe)
    return len(pages) / (time.process_time() - begun)


def without_names(data: bytes) -> bytes:
    """Return a page whose ids and classes say nothing: what is read from it is read from structure and words alone."""
    named = re.compile(r"""\b(id|class)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
    text = named.sub(lambda one: f'{one[1]}="q{zlib.crc32(one[2].encode())}x"', decoding.decode(data).text)
    return text.encode("utf-8", "replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--wrong", action="store_true", help="also list what was read wrongly")
    options = parser.parse_args()
    site, many = options.data / "legacy" / "county-hr-bureau", options.data / "legacy" / "cwced"
    if not (site / "labels.json").exists() or not many.exists():
        print(f"The labelled pages are not at {options.data}. Give their folder with --data; nothing was measured.")
        return 0
    pages, unknown = list(bureau(site)), list(collection(many))
    labelled = {page.url.partition("/old.example/")[2] for page in pages}
    taken = [take_in(data, "", "http://old.example/a/t20200101_1.html") for data in samples(site, labelled)]
    proposal = proposing.propose(taken, "article")
    recipe = recipes.load(recipes.dump(proposal.recipe), confirmed=True)
    tallies: list[tuple[str, Tally, bool]] = [
        (f"one site, recipe from {proposal.pages} other pages ({len(pages)})", ours(pages, recipe), True),
        (f"one site, general ways ({len(pages)})", ours(pages), True),
        *((f"  {name}", library(way, pages), False) for name, way in LIBRARIES.items()),
        (f"many sites, general ways ({len(unknown)})", ours(unknown), True),
        *((f"  {name}", library(way, unknown), False) for name, way in LIBRARIES.items()),
    ]
    # What was made better on one half of the sites must hold on the other.
    for half in (0, 1):
        chosen = [page for page in unknown if zlib.crc32(page.url.encode()) % 2 == half]
        tallies.append((f"  half {half + 1} of their sites ({len(chosen)})", ours(chosen), True))
    nameless = [replace(page, data=without_names(page.data)) for page in pages]
    tallies.append((f"one site, its ids and classes renamed ({len(pages)})", ours(nameless), True))
    nameless = [replace(page, data=without_names(page.data)) for page in unknown]
    tallies.append((f"many sites, their ids and classes renamed ({len(unknown)})", ours(nameless), True))
    print(HEAD)
    for name, tally, reviewed in tallies:
        print(tally.row(name, reviewed))
    at = 2 + len(LIBRARIES)
    alone = [tally for _name, tally, _reviewed in tallies[at + 1 : at + 1 + len(LIBRARIES)]]
    for said, reached in goals(tallies[0][1], tallies[1][1], tallies[at][1], alone):
        print(f"{'reached' if reached else 'MISSED':<8} {said}")
    print(
        "\n“date” is right, “wrong d.” a date that is not the page's; the rest is unknown. Titles of many sites are not labelled."
    )
    everything = [file.read_bytes() for file in sorted(site.rglob("t2*.html"))]
    print(
        f"\nExtract and clean, pages a second of process time: {_rate(everything, recipe):.0f} with the recipe, ",
        end="",
    )
    print(f"{_rate(everything[::6], None):.0f} by the general ways ({len(everything)} pages).")
    if options.wrong:
        for name, tally, reviewed in tallies:
            if reviewed:
                print(f"\n{name}", *tally.misses, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
