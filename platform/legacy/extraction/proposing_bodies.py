"""For a proposed recipe: the container that holds the body on a family's pages, and what every page repeats in it. Pure."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from dataclasses import dataclass

from lxml import etree

from legacy.extraction import bodyfinding
from legacy.extraction.candidate import Candidate
from legacy.extraction.locating import names, selector_for
from legacy.extraction.page import Page
from legacy.extraction.read import Reading
from legacy.extraction.recipe import select
from legacy.extraction.shortlines import lines_of
from legacy.extraction.text import bigrams, overlap, squeezed, whole
from legacy.extraction.trimming import trimmed


@dataclass(slots=True)
class Sample:
    """A page of the family, what the general ways read from it, and where they found the body."""

    page: Page
    reading: Reading
    candidates: list[Candidate]
    body: bodyfinding.Found | None


def body_selectors(samples: list[Sample]) -> list[str]:
    """Return the selectors of the body, the best first; a second one only where pages lack the first."""
    counts = [one.body.count for one in samples if one.body is not None]
    pool: Counter[str] = Counter()
    for one in samples:
        if one.body is None:
            continue
        body = one.page.root.find("body")
        seen = set()
        for element in (*bodyfinding.known_containers(body), one.body.element, *_around(one.body.element)):
            for selector in (*names(element), selector_for(element)):
                seen.add(selector)
        pool.update(seen)
    ranked: list[tuple[float, int, str, set[int]]] = []
    repeated = _repeated_lines(samples)
    for selector, votes in pool.items():
        if votes < 2 or selector == "body":
            continue
        total, there, size = 0.0, set(), 0
        for at, one in enumerate(samples):
            found = select(one.page.root, selector)
            if not found:
                continue
            there.add(at)
            # A recipe takes the container as it stands but for what is removed: what trimming has to take out counts.
            text, cut = whole(found[0]), whole(trimmed(_copied(found[0])))
            size += len(text)
            fit = 0.6 * overlap(bigrams(text), counts[at]) + 0.4 * overlap(bigrams(cut), counts[at])
            # A short body (a picture, one file) is what the general ways miss: there the container counts by what it
            # leaves out of what every page repeats.
            noise = sum(1 for line in repeated if line in squeezed(text))
            total += (fit if len(text) > 80 else max(fit, 0.6)) - 0.15 * min(noise, 3)
        if len(there) >= 2:
            ranked.append((total / len(samples), size, selector, there))
    ranked.sort(key=lambda one: (-round(one[0], 2), not one[2].startswith("#"), len(one[2]), one[2]))
    chosen: list[str] = []
    covered: set[int] = set()
    for score, _size, selector, there in ranked:
        if (not chosen and score > 0.3) or (chosen and there - covered and len(chosen) < 3 and score > 0.02):
            chosen.append(selector)
            covered |= there
    if chosen and not chosen[0].startswith("#"):
        # Editors wrap what they write in boxes of their own, not always: behind the box stands the container round it.
        around = (
            one[2]
            for one in ranked
            if one[0] > (0.5 if bodyfinding.is_known(one[2]) else 0.85)
            and one[2] not in chosen
            and _encloses(one[2], chosen[0], samples)
        )
        chosen += [selector for selector in [next(around, "")] if selector]
    return chosen


def _encloses(outer: str, inner: str, samples: list[Sample]) -> bool:
    """Return whether an element of `outer` holds the one of `inner` on all pages that have both."""
    for one in samples:
        found, held = select(one.page.root, outer)[:1], select(one.page.root, inner)[:1]
        if held and not (found and found[0] in set(held[0].iterancestors())):
            return False
    return True


def _around(element: etree._Element) -> list[etree._Element]:
    """Return the elements just above and just below a body: the true container is often one of them."""
    out: list[etree._Element] = []
    above = element.getparent()
    for _step in range(2):
        if above is None or above.tag in {"body", "html"}:
            break
        out.append(above)
        above = above.getparent()
    for inner in element.iterdescendants("div", "td", "font", "article", "section"):
        if len(out) > 8:
            break
        out.append(inner)
    return out


def _repeated_lines(samples: list[Sample]) -> set[str]:
    """Return short lines that stand on nearly every page: its dress, not its text."""
    counted: Counter[str] = Counter()
    for one in samples:
        counted.update(
            {squeezed(line.text) for line in lines_of(one.page).short if 2 <= len(squeezed(line.text)) <= 80}
        )
    return {line for line, count in counted.items() if count >= max(3, len(samples) * 0.8)}


def repeated(samples: list[Sample], body: str) -> list[str]:
    """Return selectors of what stands in the body of most pages with the same words: shares, notices, neighbours."""
    found: Counter[str] = Counter()
    texts: dict[str, set[str]] = defaultdict(set)
    pages = 0
    for one in samples:
        container = next(iter(select(one.page.root, body)), None)
        if container is None:
            continue
        pages += 1
        kept = _copied(container)
        before = {
            selector
            for inner in kept.iterdescendants("div", "ul", "table", "dl", "section", "p", "span", "h1", "h2")
            for selector in names(inner)
        }
        after_tree = trimmed(_copied(container))
        after = {
            selector
            for inner in after_tree.iterdescendants()
            if isinstance(inner.tag, str)
            for selector in names(inner)
        }
        gone = before - after
        for selector in before:
            inners = select(kept, selector)
            text = "".join(squeezed(whole(inner)) for inner in inners)
            texts[selector].add("" if selector in gone else text)
            found[selector] += 1
    out = [
        selector
        for selector, count in found.items()
        if count >= max(3, pages * 0.6) and len(texts[selector]) == 1 and _holds_text(texts[selector])
    ]
    return sorted(out)[:12]


def _holds_text(texts: set[str]) -> bool:
    # "" stands for what trimming took out: on every page the same, it goes by the recipe as well.
    return len(next(iter(texts))) != 0 or texts == {""}


def _copied(element: etree._Element) -> etree._Element:
    made = copy.deepcopy(element)
    made.tail = None
    return made
