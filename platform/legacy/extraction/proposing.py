"""Propose a recipe from three to five or more pages of a family (规则推荐): for a person to confirm. Pure.

Every general way names the rule that finds it again. A rule that speaks on most of the pages, and says there what the
ways together say, becomes the recipe's; so does the container that holds the body everywhere, and what every page
repeats in it is taken out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from legacy.extraction import bodyfinding, generic, labels, structure
from legacy.extraction.applying import apply
from legacy.extraction.locating import selector_for
from legacy.extraction.page import Page
from legacy.extraction.proposing_bodies import Sample, body_selectors, repeated
from legacy.extraction.read import read
from legacy.extraction.recipe import Recipe, Rule
from legacy.extraction.text import squeezed
from legacy.extraction.weighing import decide
from legacy.values import FIELDS, UNKNOWN
from sites.messages import SaidError, Sentence, _, sentence

PAGES_LEAST = 3
_RULES_MOST = 3
# Where a rule is silent or says something else on more pages than this share, it is not proposed.
_WRONG_MOST = 0.1
_SAID_LEAST = {"title": 0.8, "published_at": 0.6}
# No rules are proposed for keywords and summary.
_FIELDS = tuple(name for name in FIELDS if name not in {"keywords", "summary"})
_KINDS = {"meta": 0, "script": 1, "label": 2, "linked": 3, "css": 4, "html_title": 5}


class NotEnough(SaidError):
    """No recipe can be proposed; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The recipe, by field on how many pages it speaks, and what a person should look at."""

    recipe: Recipe
    pages: int
    spoken: dict[str, int]
    doubts: tuple[Sentence, ...]


def propose(pages: Sequence[Page], family: str = "") -> Proposal:
    """Return the recipe that reads the pages. Raises NotEnough where they are too few or share no body."""
    samples = [_sampled(page) for page in pages]
    articles = [sample for sample in samples if not sample.reading.is_list and sample.body is not None]
    if len(articles) < PAGES_LEAST:
        raise NotEnough(
            sentence(
                _("A recipe needs at least %(least)s articles of the family; %(count)s of the %(pages)s pages are."),
                least=PAGES_LEAST,
                count=len(articles),
                pages=len(pages),
            )
        )
    fields = {name: rules for name in _FIELDS if (rules := _field_rules(name, articles))}
    for name, variables in labels.VARIABLES.items():
        if name not in fields and (rule := _declared(variables, articles)):
            fields[name] = (rule,)
    body = body_selectors(articles)
    recipe = Recipe(
        family=family,
        fields=fields,
        body=tuple(body),
        remove=tuple(dict.fromkeys(one for selector in body for one in repeated(articles, selector))),
        breadcrumb=_breadcrumb(articles),
    )
    spoken = {
        name: sum(apply(rules, name, one.page).value is not None for one in articles) for name, rules in fields.items()
    }
    return Proposal(recipe, len(articles), spoken, tuple(_doubts(recipe, articles, spoken)))


def _sampled(page: Page) -> Sample:
    reading = read(page)
    found = bodyfinding.find(page)
    return Sample(page, reading, generic.candidates(page, found.element if found else None), found)


def _field_rules(name: str, samples: list[Sample]) -> tuple[Rule, ...]:
    """Return the rules for a field: the one that speaks best, and others that speak where it is silent."""
    samples = [_without_the_same(name, samples, sample) for sample in samples]
    agreed = [_agreed(name, sample) for sample in samples]
    said: dict[Rule, float] = defaultdict(float)
    for sample in samples:
        best: dict[Rule, float] = {}
        for one in sample.candidates:
            if one.name == name:
                for rule in _general(one.rule):
                    best[rule] = max(best.get(rule, 0.0), one.confidence)
        for rule, sure in best.items():
            said[rule] += sure
    ranked: list[tuple[float, Rule, set[int]]] = []
    for rule, weight in said.items():
        right, wrong = set(), 0
        for at, sample in enumerate(samples):
            value = apply((rule,), name, sample.page).value
            if value is None:
                continue
            if agreed[at] is None or _equal(name, value, agreed[at] or ""):
                right.add(at)
            else:
                wrong += 1
        if wrong <= len(samples) * _WRONG_MOST and (right or name not in _SAID_LEAST):
            ranked.append(
                (len(right) - 2 * wrong + weight / (len(samples) * 2) - _KINDS.get(rule.kind, 6) * 0.01, rule, right)
            )
    ranked.sort(
        key=lambda one: (-round(one[0], 3), one[1].kind, _brittle(one[1]), len(one[1].target) + len(one[1].within))
    )
    chosen: list[Rule] = []
    covered: set[int] = set()
    for _score, rule, right in ranked:
        if len(chosen) < _RULES_MOST and (not chosen or right - covered) and right:
            chosen.append(rule)
            covered |= right
    return tuple(chosen)


def _brittle(rule: Rule) -> int:
    """Return how easily a rule finds something else: 0 in a named place, 1 by counting, 2 anywhere on the page."""
    place = rule.within if rule.kind == "label" else rule.target
    if rule.kind == "label" and not place:
        return 2
    return 1 if ":nth-of-type" in place else 0


def _declared(variables: tuple[str, ...], samples: list[Sample]) -> Rule | None:
    """Return the rule of a script variable that the pages declare although it is empty on these: on others it is not."""
    counted: Counter[str] = Counter()
    for sample in samples:
        counted.update(name for name, value in sample.page.variables.items() if name.lower() in variables and not value)
    best = counted.most_common(1)
    return Rule("script", best[0][0]) if best and best[0][1] >= len(samples) * 0.6 else None


def _without_the_same(name: str, samples: list[Sample], sample: Sample) -> Sample:
    """Return the sample without titles that other pages have, too: the site's name, the column's."""
    if name != "title":
        return sample
    counted = Counter(
        value for one in samples for value in {squeezed(each.value) for each in one.candidates if each.name == name}
    )
    kept = [
        one
        for one in sample.candidates
        if one.name != name or counted[squeezed(one.value)] <= max(1, len(samples) // 3)
    ]
    if len(kept) == len(sample.candidates):
        return sample
    values, _disputed = decide([one for one in kept if one.name == name])
    reading = replace(sample.reading, values=sample.reading.values | {name: values.get(name, UNKNOWN)})
    return Sample(sample.page, reading, kept, sample.body)


def _agreed(name: str, sample: Sample) -> str | None:
    found = sample.reading.values.get(name)
    return found.value if found is not None and found.confidence >= 0.7 else None


def _equal(name: str, one: str, other: str) -> bool:
    return one[:10] == other[:10] if name in {"published_at", "written_on"} else squeezed(one) == squeezed(other)


def _general(rule: Rule) -> list[Rule]:
    """Return the rule and looser ones of it: places counted within a page seldom hold on the others."""
    if rule.kind == "label" and rule.within:
        steps = rule.within.split(" > ")
        return [replace(rule, within=" > ".join(steps[: at + 1])) for at in range(len(steps))] + [
            replace(rule, within="")
        ]
    if rule.kind == "css":
        looser = rule.target.split(":nth-of-type")[0]
        return (
            [rule]
            if looser == rule.target or rule.target.count(":nth-of-type") > 1
            else [rule, replace(rule, target=looser)]
        )
    return [rule]


def _breadcrumb(samples: list[Sample]) -> tuple[str, ...]:
    counted: Counter[str] = Counter()
    for one in samples:
        element = structure.crumb_element(one.page)
        if element is not None:
            counted[f"{selector_for(element)} a"] += 1
    best = counted.most_common(1)
    return (best[0][0],) if best and best[0][1] >= len(samples) * 0.5 else ()


def _doubts(recipe: Recipe, samples: list[Sample], spoken: dict[str, int]) -> list[Sentence]:
    out: list[Sentence] = []
    if not recipe.body:
        out.append(sentence(_("No container was found that holds the body on these pages. Give its selector.")))
    for name, least in _SAID_LEAST.items():
        count = spoken.get(name, 0)
        if count < len(samples) * least:
            out.append(
                sentence(
                    _("The field “%(name)s” is read on %(count)s of %(pages)s pages only."),
                    name=name,
                    count=count,
                    pages=len(samples),
                )
            )
    return out
