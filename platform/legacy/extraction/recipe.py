"""Recipes (提取规则): how the pages of one template family are read, as TOML that a person can correct. Pure.

    format = 1
    family = "article"

    [fields]                                   # for each field the rules in their order: the first that says something
    title = [{ css = "h1" }, { meta = "articletitle" }]
    published_at = [{ script = "pubdata" }, { label = "发布时间", within = ".toolbar" }]
    source = [{ css = ".info", pattern = "来源：(\\S+)" }]

    [body]
    select = ["#Zoom"]                         # the first that is on the page
    remove = [".share"]                        # what does not belong to it

    [attachments]                              # links outside the body
    select = [".files a"]
    [paging]
    select = ["#pages a"]
    [breadcrumb]
    select = [".path a"]

A rule says one of css, xpath, meta (its name), script (a variable), label, linked (a JSON-LD key), html_title, fixed (a value);
besides it `within` (css, for a label), `attribute` (of the element), `pattern` (a regular expression; its first group counts).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from legacy.values import FIELDS
from sites.messages import SaidError, Sentence, _, sentence

FORMAT = 1
KINDS = ("css", "xpath", "meta", "script", "label", "linked", "html_title", "fixed")
_LISTS = ("attachments", "paging", "breadcrumb")
_PATTERN_MOST = 300


class RecipeError(SaidError):
    """The recipe cannot be used; the message is a sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to a field's text. `kind` is one of KINDS."""

    kind: str
    target: str
    within: str = ""
    attribute: str = ""
    pattern: str = ""

    def name(self) -> str:
        """Return how the rule is named where its finds are shown: "css:h1", "label:发布时间"."""
        return f"{self.kind}:{self.target}"


@dataclass(frozen=True, slots=True)
class Recipe:
    family: str = ""
    fields: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    paging: tuple[str, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    confirmed: bool = False  # by a person; then the general ways are not asked any more


def load(toml: str, *, confirmed: bool = False) -> Recipe:
    """Return the recipe. Raises RecipeError, whose sentence names what is wrong and where."""
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise _error(_("The recipe is not valid TOML: %(error)s."), error=str(error)) from None
    if data.get("format") != FORMAT:
        raise _error(
            _("The recipe says format %(said)s; this platform reads format %(known)s."),
            said=data.get("format"),
            known=FORMAT,
        )
    unknown = set(data) - {"format", "family", "fields", "body", *_LISTS}
    if unknown:
        raise _error(_("The recipe has a part “%(name)s” that nobody knows. Remove it."), name=min(unknown))
    rules = {name: _rules(name, written) for name, written in _table(data, "fields").items()}
    body = _table(data, "body")
    found = Recipe(
        family=str(data.get("family", "")),
        fields=rules,
        body=_selectors("body.select", body.get("select", [])),
        remove=_selectors("body.remove", body.get("remove", [])),
        **{name: _selectors(f"{name}.select", _table(data, name).get("select", [])) for name in _LISTS},
        confirmed=confirmed,
    )
    if not found.body:
        raise _error(_('The recipe does not say where the body stands. Give [body] select = ["…"].'))
    return found


def dump(recipe: Recipe) -> str:
    """Return the recipe as TOML; the same recipe is the same text."""
    out = [f"format = {FORMAT}", f"family = {json.dumps(recipe.family, ensure_ascii=False)}", "", "[fields]"]
    for name in [name for name in FIELDS if recipe.fields.get(name)]:
        rules = ", ".join(_written(rule) for rule in recipe.fields[name])
        out.append(f"{name} = [{rules}]")
    out += ["", "[body]", f"select = {_array(recipe.body)}", f"remove = {_array(recipe.remove)}"]
    for name in _LISTS:
        selectors: tuple[str, ...] = getattr(recipe, name)
        if selectors:
            out += ["", f"[{name}]", f"select = {_array(selectors)}"]
    return "\n".join(out) + "\n"


@lru_cache(maxsize=2000)
def compiled(selector: str) -> etree.XPath:
    """Return a compiled CSS selector, or XPath where it begins with a slash. Raises RecipeError."""
    try:
        path = selector if selector.startswith(("/", "(", "./")) else _css(selector)
        return etree.XPath(path, smart_strings=False)
    except (SelectorError, etree.XPathError, ValueError) as error:
        raise _error(_("“%(selector)s” is no selector: %(error)s."), selector=selector, error=str(error)) from None


def select(root: etree._Element, selector: str) -> list[etree._Element]:
    """Return the elements that a selector names, in their order."""
    try:
        found = compiled(selector)(root)
    except etree.XPathError as error:
        raise _error(_("“%(selector)s” is no selector: %(error)s."), selector=selector, error=str(error)) from None
    return [one for one in found if isinstance(one, etree._Element)] if isinstance(found, list) else []


def _css(selector: str) -> str:
    return HTMLTranslator().css_to_xpath(selector)


def _rules(name: str, written: Any) -> tuple[Rule, ...]:
    if name not in FIELDS:
        raise _error(_("The recipe has a field “%(name)s”; there are: %(names)s."), name=name, names=", ".join(FIELDS))
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise _error(_('The rules of “%(name)s” must be a list of tables, such as [{ css = "h1" }].'), name=name)
    return tuple(_rule(name, one) for one in written)


def _rule(name: str, written: dict[str, Any]) -> Rule:
    kinds = [kind for kind in KINDS if kind in written]
    others = set(written) - set(KINDS) - {one.name for one in fields(Rule)}
    if len(kinds) != 1 or others or not all(isinstance(value, str | bool) for value in written.values()):
        raise _error(
            _("A rule of “%(name)s” must say one of %(kinds)s, and may say within, attribute and pattern."),
            name=name,
            kinds=", ".join(KINDS),
        )
    kind = kinds[0]
    target = "" if written[kind] is True else str(written[kind])
    rule = Rule(kind, target, *(str(written.get(extra, "")) for extra in ("within", "attribute", "pattern")))
    if rule.pattern:
        try:
            if len(rule.pattern) > _PATTERN_MOST:
                raise re.error("too long")
            re.compile(rule.pattern)
        except re.error as error:
            raise _error(
                _("The pattern of “%(name)s” cannot be read: %(error)s."), name=name, error=str(error)
            ) from None
    for selector in (target if kind in {"css", "xpath"} else "", rule.within):
        if selector:
            compiled(selector)
    return rule


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name, {})
    if not isinstance(found, dict):
        raise _error(_("[%(name)s] must be a table."), name=name)
    return found


def _selectors(place: str, written: Any) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(one, str) and one for one in written):
        raise _error(_("%(name)s must be a list of selectors."), name=place)
    for one in written:
        compiled(one)
    return tuple(written)


def _written(rule: Rule) -> str:
    said: dict[str, Any] = {rule.kind: rule.target or True}
    said |= {name: value for name in ("within", "attribute", "pattern") if (value := getattr(rule, name))}
    return "{ " + ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()) + " }"


def _array(selectors: tuple[str, ...]) -> str:
    return "[" + ", ".join(json.dumps(one, ensure_ascii=False) for one in selectors) + "]"


def _error(msgid: str, **params: Any) -> RecipeError:
    said: Sentence = sentence(msgid, **params)
    return RecipeError(said)
