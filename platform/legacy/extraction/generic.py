"""The fields of an unknown page (通用提取): every place that may say a field, with the rule that finds it again. Pure.

Meta tags, script variables, labelled text, headings, lines of dates: each gives candidates. Where they stand decides
how much they count (legacy.extraction.placing); where they say different things, the answer is a question for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from legacy.extraction import dates, labels, structure
from legacy.extraction.candidate import Candidate
from legacy.extraction.interpreting import interpret
from legacy.extraction.locating import selector_for
from legacy.extraction.page import Page
from legacy.extraction.placing import Place, Places, places
from legacy.extraction.recipe import Rule
from legacy.extraction.shortlines import Line, lines_of
from legacy.extraction.text import squeezed
from legacy.extraction.titles import SUFFIX, above_the_text, titles
from legacy.extraction.unlabelled import bare_dates

_AWAY = frozenset({Place.ABOVE, Place.BELOW, Place.ELSEWHERE})
_UPDATES = frozenset({"更新时间", "更新日期", "更新"})
# What a text may say in passing: there it is no field of the page.
_OF_THE_PAGE = frozenset({"published_at", "source", "author", "keywords", "summary", "column"})


def candidates(page: Page, body: etree._Element | None = None) -> list[Candidate]:
    """Return everything that may say a field, in no order; `body` is the element that was found to hold the text."""
    found = [*_from_meta(page), *_from_variables(page), *_from_linked(page)]
    lines = lines_of(page)
    labelled = list(_from_labels(lines.short))
    named = list(titles(page, [*found, *(one for one, _line, _alone in labelled)]))
    if above := above_the_text(lines, body, page):
        named.append(above)
    columns = _column_titles(page)
    named = [one for one in named if squeezed(one.value) not in columns]
    best = max((one for one in named if one.element is not None), key=lambda one: one.confidence, default=None)
    stand = places(lines, best.element if best else None, body)
    found += _settled([placed for one, line, alone in labelled for placed in _placed(one, line, alone, stand)])
    found += named
    found += bare_dates(lines.short, stand)
    return [one for one in found if one.name != "title" or squeezed(one.value) not in columns]


def _placed(one: Candidate, line: Line, alone: bool, stand: Places) -> Iterator[tuple[Candidate, Place]]:
    """Yield a labelled value as sure as its place makes it; nothing where the text itself says it in passing.

    `alone`: the line holds no other label.
    """
    place = stand.of(line) if one.name in _OF_THE_PAGE else Place.HEAD
    if place in {Place.ELSEWHERE, Place.HIDDEN}:
        yield replace(one, confidence=min(one.confidence, 0.4)), place
    elif alone and one.rule.target in _WEAK and (place is not Place.HEAD or stand.title < 0):
        yield replace(one, confidence=min(one.confidence, 0.6)), place
    elif not alone:
        yield one, Place.HEAD  # a line of several labels speaks of the page wherever it stands
    elif place is not Place.BODY:
        # Behind the text a source may be that of a picture, or of one part.
        sure = one.confidence - (0.15 if one.name == "source" and place is Place.BELOW else 0.0)
        yield replace(one, confidence=sure), place


def _settled(placed: list[tuple[Candidate, Place]]) -> list[Candidate]:
    """Return the labelled values without days that count for others: of an update where the page says when it was
    published, and several ones away from the title, as lists and answers have them."""
    days = [(one, place) for one, place in placed if one.name == "published_at" and one.rule.target not in _UPDATES]
    of_others = {one.value[:10] for one, place in days if place in _AWAY and one.rule.target not in _WEAK}
    published = any(one.confidence > 0.6 for one, _place in days)
    return [
        one
        for one, place in placed
        if one.name != "published_at"
        or not ((published and one.rule.target in _UPDATES) or (len(of_others) > 1 and place in _AWAY))
    ]


def _column_titles(page: Page) -> frozenset[str]:
    """Return the titles of the columns above the page: a heading or <title> that says one of them names no article."""
    if "columns" not in page.memo:
        page.memo["columns"] = frozenset(squeezed(title) for title, _address in structure.breadcrumb(page))
    found: frozenset[str] = page.memo["columns"]
    return found


def _from_meta(page: Page) -> Iterator[Candidate]:
    for name, metas in labels.META.items():
        for meta in metas:
            for raw in page.metas.get(meta, ())[:1]:
                value = interpret(name, raw)
                if value is not None and name == "title" and squeezed(value) == squeezed(page.title):
                    # What ends the page's <title> with the site's name does so here, too.
                    value = interpret(name, SUFFIX.split(value)[0]) or value
                if value is None or (
                    name == "author" and re.search(r"https?:|\.(?:com|cn|net)|^\w_\d+$|Team|^[A-Z]_\d", value)
                ):
                    continue
                sure = 0.95 if meta in {"articletitle", "pubdate", "contentsource"} else 0.85
                if name == "author":
                    sure = 0.5
                elif name == "published_at" and _lives_on(
                    value, next(iter(page.metas.get("article:modified_time", ())), None)
                ):
                    sure = 0.6
                yield Candidate(name, value, Rule("meta", meta), raw, sure)


def _from_variables(page: Page) -> Iterator[Candidate]:
    for name, variables in labels.VARIABLES.items():
        for variable, raw in page.variables.items():
            if variable.lower() in variables:
                value = interpret(name, raw)
                if value is not None and not (name == "title" and len(value) < 4):
                    sure = 0.5 if name == "title" else 0.95
                    yield Candidate(name, value, Rule("script", variable), raw, sure)


def _from_linked(page: Page) -> Iterator[Candidate]:
    for key, name in (("datePublished", "published_at"), ("headline", "title")):
        raw = page.linked.get(key)
        if isinstance(raw, str) and (value := interpret(name, raw)):
            sure = 0.6 if name == "published_at" and _lives_on(value, page.linked.get("dateModified")) else 0.9
            yield Candidate(name, value, Rule("linked", key), raw, sure)
    author = page.linked.get("author")
    author = author[0] if isinstance(author, list) and author else author
    raw = author.get("name") if isinstance(author, dict) else author
    if isinstance(raw, str) and (value := interpret("author", raw)):
        yield Candidate("author", value, Rule("linked", "author"), raw, 0.7)


def _lives_on(published: str, modified: object) -> bool:
    """Return whether a page was changed more than a year after its date: which of the two counts, a person must say."""
    changed = dates.parse(modified) if isinstance(modified, str) else None
    return changed is not None and int(changed[:4]) - int(published[:4]) > 1


# How sure a label is; what is not here is 0.9.
_WEAK = {
    "时间": 0.75, "日期": 0.75, "更新时间": 0.7, "更新日期": 0.7, "更新": 0.7, "发布": 0.75, "发表": 0.75, "来自": 0.6,
    "名称": 0.6, "标题": 0.7, "主题": 0.5, "记者": 0.5, "编写": 0.5, "发布单位": 0.6, "信息提供": 0.7, "标签": 0.5,
    "通讯员": 0.5, "录入时间": 0.8, "加入时间": 0.8,
}  # fmt: skip


def _from_labels(lines: list[Line]) -> Iterator[tuple[Candidate, Line, bool]]:
    """Yield what labels say, with the line and whether it holds no other label."""
    for line in lines:
        if line.linked > 0.8:
            continue
        found = labels.split(line.text)
        for one in found:
            name = "title" if one.name == "named" else one.name
            value = interpret(name, one.text)
            if value is None:
                continue
            sure = _WEAK.get(one.label, 0.9)
            if len(found) > 1:
                sure = min(sure + 0.05, 0.95)
            if name == "published_at" and len(line.text) > 120:
                sure -= 0.1
            rule = Rule("label", one.label, within=selector_for(line.element))
            yield Candidate(name, value, rule, line.text, sure, line.element), line, len(found) == 1
