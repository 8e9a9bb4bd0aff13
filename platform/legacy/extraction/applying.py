"""Apply a recipe's rules to a page: the first rule that says something gives the value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from legacy.extraction import labels
from legacy.extraction.interpreting import interpret
from legacy.extraction.page import Page
from legacy.extraction.recipe import Rule, select
from legacy.extraction.text import leaf_blocks, row, tidy, whole
from legacy.values import Value

_EVIDENCE_MOST = 200
_LINE_MOST = 400
# A recipe says where a value stands; what stands there is what the page says.
CONFIDENCE = 0.98


def apply(rules: Sequence[Rule], name: str, page: Page) -> Value:
    """Return the field's value by the first rule that gives one; where none does, an unknown one that names the rules."""
    for rule in rules:
        for raw in texts(rule, page):
            if rule.pattern:
                found = _pattern(rule.pattern).search(raw)
                if not found:
                    continue
                raw = found[1] if found.re.groups and found[1] is not None else found[0]
            value = interpret(name, raw)
            if value is not None:
                return Value(value, f"recipe:{rule.name()}", tidy(raw)[:_EVIDENCE_MOST], CONFIDENCE)
    return Value(None, "recipe", "", 0.0)


def texts(rule: Rule, page: Page) -> Iterator[str]:
    """Yield what stands where a rule looks, in the order of the page."""
    if rule.kind == "meta":
        yield from page.metas.get(rule.target.lower(), ())
    elif rule.kind == "script":
        if value := page.variables.get(rule.target):
            yield value
    elif rule.kind == "html_title":
        yield page.title
    elif rule.kind == "fixed":
        yield rule.target
    elif rule.kind == "linked":
        value = page.linked.get(rule.target)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value
    elif rule.kind == "label":
        yield from _labelled(rule, page)
    else:
        for element in select(page.root, rule.target):
            yield (element.get(rule.attribute) or "") if rule.attribute else whole(element)


def _labelled(rule: Rule, page: Page) -> Iterator[str]:
    wanted = re.sub(r"\s", "", rule.target)
    zones = select(page.root, rule.within) if rule.within else [page.root]
    for zone in zones:
        whole_zone = row(zone) if rule.within else ""
        pieces = [whole_zone] if 0 < len(whole_zone) <= _LINE_MOST else [row(block) for block in leaf_blocks(zone)]
        for piece in pieces:
            if len(piece) <= _LINE_MOST:
                for one in labels.split(piece):
                    if one.label == wanted:
                        yield one.text


@lru_cache(maxsize=500)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
