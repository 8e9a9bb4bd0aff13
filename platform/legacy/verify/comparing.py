"""One item, old and new, compared (逐条比对). Each check is passed, failed with what stood there, or not to be made. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from legacy.extraction.text import bigrams, contained, overlap, squeezed
from legacy.verify.rendered import Rendered

# The checks of an item, in the order of the report.
CHECKS = (
    "page", "title", "date", "document_number", "index_number", "text", "own_text", "added_text", "pictures", "files",
    "file_bytes", "links", "list_title", "list_date",
)  # fmt: skip
TEXT_ALIKE = 0.99  # bigram F1 of the text that was read and the one that stands there now
OWN_KEPT = 0.95  # share of the old page's own text that the new page holds
NOT_ADDED = 0.98  # share of the new text that the old page holds
_SHORT = 20  # characters of own text; below that a share says nothing
_CUT = re.compile(r"(?:\.{2,}|…+)$")


@dataclass(slots=True)
class Old:
    """What the old site says of an item. Texts are without blanks; None where a thing is not known or not to be checked."""

    title: str = ""
    published_on: str = ""
    document_number: str = ""
    index_number: str = ""
    body: str = ""  # as it was read
    own: list[str] | None = None  # lines of the raw page that are its own
    everything: str = ""  # all text of the raw page
    pictures: int = 0
    files: list[int] = field(default_factory=list)  # bytes of each file that the old site gave
    list_title: str = ""
    list_date: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """`passed` is None where the check could not be made. `old` and `new`: what differs, short."""

    check: str
    passed: bool | None
    old: str = ""
    new: str = ""
    overlap: float | None = None


def compare(old: Old, new: Rendered, *, file_bytes: Sequence[int], dead_links: Sequence[str]) -> list[Result]:
    """Return the results of all checks. `file_bytes`: sizes of the files that the new page offers."""
    missing = list((Counter(old.files) - Counter(file_bytes)).elements())
    return [
        Result("page", True),
        _same("title", plain(old.title), plain(new.title), old.title, new.title),
        _same("date", old.published_on, new.published_on, old.published_on, new.published_on),
        _named("document_number", old.document_number, new),
        _named("index_number", old.index_number, new),
        _text(old, new),
        _own(old, new),
        _added(old, new),
        _at_least("pictures", old.pictures, new.pictures),
        _at_least("files", len(old.files), len(new.files)),
        Result("file_bytes", not missing if old.files else None, _some(missing), _some(file_bytes)),
        Result("links", not dead_links, "", ", ".join(dead_links[:3])) if new.links else Result("links", None),
        _list_title(old, new),
        _same("list_date", old.list_date, new.published_on, old.list_date, new.published_on),
    ]  # fmt: skip


def missing_page(status: int) -> list[Result]:
    """Return the results of an item whose page does not answer."""
    return [Result("page", False, "", str(status))]


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(text: str) -> str:
    """Return the text without blanks and marks, in narrow letters: how titles are compared."""
    narrow = unicodedata.normalize("NFKC", squeezed(text))
    return "".join(mark for mark in narrow if not unicodedata.category(mark).startswith(("P", "S"))).lower()


def _same(check: str, one: str, other: str, shown_one: str, shown_other: str) -> Result:
    if not one:
        return Result(check, None)
    return Result(check, one == other, shown_one[:200], shown_other[:200])


def _at_least(check: str, wanted: int, found: int) -> Result:
    return Result(check, found >= wanted if wanted else None, str(wanted), str(found))


def _some(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes[:5]))


def _named(check: str, number: str, new: Rendered) -> Result:
    if not number:
        return Result(check, None)
    wanted = _brackets(squeezed(number))
    return Result(check, wanted in _brackets(new.text), number[:100], "")


def _brackets(text: str) -> str:
    return text.translate(str.maketrans("[【［(（)）]】］", "〔〔〔〔〔〕〕〕〕〕"))


def _text(old: Old, new: Rendered) -> Result:
    """Compare what was read with what stands there: by hash, and where that differs by bigrams."""
    if not old.body:
        return Result("text", None)
    if text_digest(old.body) == text_digest(new.body):
        return Result("text", True, overlap=1.0)
    share = overlap(bigrams(old.body), bigrams(new.body))
    return Result("text", share >= TEXT_ALIKE, str(len(old.body)), str(len(new.body)), share)


def _own(old: Old, new: Rendered) -> Result:
    if old.own is None:
        return Result("own_text", None)
    text = "".join(old.own)
    if len(text) < _SHORT:
        return Result("own_text", None)
    inside: Counter[str] = Counter()
    for line in old.own:
        inside += bigrams(line)
    share = contained(inside, bigrams(new.text))
    lost = [line for line in old.own if len(line) > 3 and contained(bigrams(line), bigrams(new.text)) < 0.5]
    return Result("own_text", share >= OWN_KEPT, "".join(lost)[:200], "", share)


def _added(old: Old, new: Rendered) -> Result:
    if not old.everything or len(new.body) < _SHORT:
        return Result("added_text", None)
    share = contained(bigrams(new.body), bigrams(old.everything))
    return Result("added_text", share >= NOT_ADDED, "", "", share)


def _list_title(old: Old, new: Rendered) -> Result:
    if not old.list_title:
        return Result("list_title", None)
    listed, shown = plain(_CUT.sub("", old.list_title)), plain(new.text[:2000])
    title = plain(new.title)
    fits = listed == title or (
        len(listed) >= 6 and (title.startswith(listed) or listed.startswith(title) or listed in shown)
    )
    return Result("list_title", fits, old.list_title[:200], new.title[:200])
