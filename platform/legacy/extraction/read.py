"""Read one page (读取): every value with how it was found, its evidence and how sure that is. Pure.

With a confirmed recipe the recipe alone is asked; without one the general ways propose, and what they disagree on is
a question for a person.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from legacy import bodies
from legacy.extraction import bodyfinding, cleaning, dates, generic, numbers, structure
from legacy.extraction.applying import apply
from legacy.extraction.interpreting import interpret
from legacy.extraction.page import Page, take_in
from legacy.extraction.recipe import Recipe, select
from legacy.extraction.text import squeezed, tidy, whole
from legacy.extraction.trimming import drop, trimmed
from legacy.extraction.weighing import EVIDENCE_MOST, decide
from legacy.values import FIELDS, SURE, UNKNOWN, Value
from sites.messages import Sentence, _, sentence

# The fields without which a person has to look at the item.
NEEDED = ("title", "published_at")
AGREED = 0.9  # bigram F1 from which two ways to a body count as saying the same


@dataclass(slots=True)
class Reading:
    """What a page says. `questions` is why a person should look: empty means that it can go on; the parameter "field" of
    each names the field (or "body") whose answer settles it.

    `text` is the body's text, `agreement` how far the general ways agree on it (1.0 with a recipe).
    """

    values: dict[str, Value]
    body: bodies.Body
    questions: list[Sentence] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    next_parts: list[str] = field(default_factory=list)
    is_list: bool = False
    breadcrumb: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    agreement: float = 1.0
    encoding: str = "utf-8"


def read_page(
    data: bytes, content_type: str, url: str, recipe: Recipe | None = None, today: dt.date | None = None
) -> Reading:
    """Return what the page says. Never raises for what the page holds."""
    return read(take_in(data, content_type, url), recipe, today)


def from_fields(fields: Mapping[str, Any], url: str, source: str, today: dt.date | None = None) -> Reading:
    """Return the reading of a record whose source says its fields itself (an export, a table, a script)."""
    today = today or dt.datetime.now(dates.ZONE).date()
    values: dict[str, Value] = {}
    for name in FIELDS:
        written = str(fields.get(name) or "")
        value = written[:500] if name in {"column", "summary", "keywords"} else interpret(name, written)
        values[name] = Value(value or None, f"source:{source}", tidy(written)[:EVIDENCE_MOST], 0.98 if value else 0.0)
    body = cleaning.from_html(str(fields.get("body") or ""), url)
    known = {one["url"] for one in body["attachments"]}
    for one in fields.get("attachments") or ():
        address = str(one.get("url") or "")
        if address and address not in known:
            name = str(one.get("name") or "") or cleaning.file_name(address, "", "")
            body["attachments"].append({"url": address, "name": name[:200]})
    reading = Reading(values, body, text=cleaning.text_of(body))
    written_lines = reading.text.split("\n")
    _number(reading, written_lines)
    _signed(reading, written_lines)
    _ask(reading, 0, today)
    return reading


def read(page: Page, recipe: Recipe | None = None, today: dt.date | None = None) -> Reading:
    today = today or dt.datetime.now(dates.ZONE).date()
    reading = _by_recipe(page, recipe) if recipe else _by_general_ways(page, today)
    reading.encoding = page.encoding
    reading.links = _links(page)
    reading.breadcrumb = structure.breadcrumb(page, recipe)
    reading.next_parts = structure.next_parts(page, recipe)
    if reading.breadcrumb and reading.values["column"].value is None:
        path = "/".join(title for title, _address in reading.breadcrumb)
        reading.values["column"] = Value(path, "breadcrumb", path[:EVIDENCE_MOST], 0.9)
    if not reading.is_list:
        _ask(reading, page.damaged, today)
    else:
        reading.questions = []
    return reading


def _by_recipe(page: Page, recipe: Recipe) -> Reading:
    values = {name: apply(rules, name, page) for name, rules in recipe.fields.items() if rules}
    # What is outside of the body is read; what the general ways would say besides is not asked.
    element = next((found[0] for selector in recipe.body if (found := select(page.root, selector))), None)
    for name in FIELDS:
        values.setdefault(name, UNKNOWN)
    if element is None:
        missing = Reading(values, bodies.empty(), is_list=values["published_at"].value is None)
        missing.is_list = missing.is_list or structure.looks_like_list(page, prose=0, signs=0)
        if not missing.is_list:
            missing.questions.append(
                sentence(_("The place of the body that the recipe names is not on this page."), field="body")
            )
        return missing
    copied = _copy(element)
    for selector in recipe.remove:
        for inner in select(copied, selector):
            drop(inner)
    reading = _with_body(page, values, copied)
    for selector in recipe.attachments:
        _more_files(reading, page, select(page.root, selector))
    return reading


def _by_general_ways(page: Page, today: dt.date) -> Reading:
    found = bodyfinding.find(page)
    candidates = generic.candidates(page, found.element if found is not None else None)
    impossible = [one for one in candidates if one.name == "published_at" and not dates.plausible(one.value, today)]
    values, disputed = decide([one for one in candidates if one not in impossible])
    for name in FIELDS:
        values.setdefault(name, UNKNOWN)
    info = values["published_at"].evidence if values["published_at"].method.startswith(("label", "css")) else ""
    if found is None:
        reading = Reading(values, bodies.empty(), agreement=0.0)
    else:
        reading = _with_body(
            page, values, trimmed(_copy(found.element), info=info, own=bodyfinding.is_own(found.element))
        )
        reading.agreement = found.agreement
    prose = _prose(found.element) if found is not None else 0
    signs = sum(
        1 for name in ("published_at", "source", "author", "document_number") if values[name].confidence >= 0.85
    )
    reading.is_list = structure.looks_like_list(page, prose=prose, signs=signs)
    said = max(impossible, key=lambda one: one.confidence, default=None)
    if said is not None and said.confidence >= 0.7 and values["published_at"].value is None:
        values["published_at"] = Value(None, said.rule.name(), said.evidence[:EVIDENCE_MOST], 0.5)
        reading.questions.append(_impossible(said.value))
    reading.questions += [
        sentence(
            _("Two places say “%(one)s” and “%(other)s” for the same field. Which is right?"),
            one=one,
            other=other,
            field="published_at",
        )
        for one, other in disputed
    ]
    if found is None or not (reading.text or reading.body["blocks"] or reading.body["attachments"]):
        reading.questions.append(sentence(_("No body was found. Is the item empty?"), field="body"))
    elif found.agreement < AGREED or found.confidence < SURE:
        reading.questions.append(
            sentence(
                _("The ways to find the body agree by %(share)s %%. Look at the body."),
                share=round(found.agreement * 100),
                field="body",
            )
        )
    return reading


def _with_body(page: Page, values: dict[str, Value], copied: etree._Element) -> Reading:
    body, was_damaged = cleaning.to_body(copied, page)
    reading = Reading(values, body, text=cleaning.text_of(body))
    written = reading.text.split("\n")
    if was_damaged:
        reading.questions.append(
            sentence(
                _("This copy had a reading in brackets behind each character. They were taken out; look at the text."),
                field="body",
            )
        )
    _number(reading, written)
    _signed(reading, written)
    return reading


def _number(reading: Reading, written: list[str]) -> None:
    """Take the document number from the head of the paper, the title or a file's name where no field says it."""
    if reading.values["document_number"].value is not None:
        return
    title = reading.values["title"].value or ""
    found = numbers.own(written)
    method, sure = "head of the text", 0.92
    if found is None:
        found, method, sure = numbers.in_title(title), "title", 0.9
    if found is None:
        names = [one["name"] for one in reading.body["attachments"]] + ([] if len(reading.text) > 400 else written[:6])
        found = next(filter(None, map(numbers.in_file_name, names)), None)
        method, sure = "name of a file", 0.8
    if found:
        reading.values["document_number"] = Value(found[0], method, found[1][:EVIDENCE_MOST], sure)


def _signed(reading: Reading, written: list[str]) -> None:
    """Take the written date from the signature: a line at the end that holds a date alone."""
    if reading.values["written_on"].value is not None:
        return
    for line in reversed(written[-12:]):
        if len(line) > 40:
            continue
        found = dates.find(line)
        if len(found) != 1:
            continue
        rest = squeezed(line[: found[0].start] + line[found[0].end :])
        if len(rest) > 22 or re.search(r"[:：。，至到前起止]", rest):
            continue
        value = dates.day_of(found[0].value) if found[0].value else None
        reading.values["written_on"] = Value(value, "signature", line[:EVIDENCE_MOST], 0.85 if value else 0.5)
        return


def _ask(reading: Reading, damaged: int, today: dt.date) -> None:
    title, published = reading.values["title"], reading.values["published_at"]
    if title.value is None:
        reading.questions.append(sentence(_("No title was found."), field="title"))
    elif title.confidence < SURE:
        reading.questions.append(sentence(_("Is “%(value)s” the title?"), value=title.value, field="title"))
    asked = any(question.params.get("field") == "published_at" for question in reading.questions)
    if published.value is None and asked:
        pass  # with the days that were found
    elif published.value is None:
        reading.questions.append(sentence(_("No publication date was found."), field="published_at"))
    elif not dates.plausible(published.value, today):
        reading.questions.append(_impossible(published.value))
    elif published.confidence < SURE:
        reading.questions.append(
            sentence(_("Was it published on %(value)s?"), value=published.value[:10], field="published_at")
        )
    if damaged:
        reading.questions.append(
            sentence(_("Characters that could not be decoded: %(count)s."), count=damaged, field="body")
        )


def _impossible(value: str) -> Sentence:
    return sentence(_("Can it have been published on %(value)s?"), value=value[:10], field="published_at")


def _more_files(reading: Reading, page: Page, found: list[etree._Element]) -> None:
    known = {one["url"] for one in reading.body["attachments"]}
    for element in found:
        for link in element.iter("a"):
            address = page.absolute(link.get("href") or "")
            if address and address not in known:
                known.add(address)
                name = cleaning.file_name(address, link.get("title") or "", tidy(whole(link)))
                reading.body["attachments"].append({"url": address, "name": name})


def _links(page: Page) -> list[str]:
    found: dict[str, None] = {}
    for element in page.root.iter("a", "area"):
        address = page.absolute(element.get("href") or "").partition("#")[0]
        if address.startswith(("http://", "https://")):
            found.setdefault(address)
    return list(found)


def _prose(element: etree._Element) -> int:
    linked = sum(len(squeezed(whole(link))) for link in element.iter("a"))
    return max(len(squeezed(whole(element))) - linked, 0)


def _copy(element: etree._Element) -> etree._Element:
    copied = copy.deepcopy(element)
    copied.tail = None
    return copied
