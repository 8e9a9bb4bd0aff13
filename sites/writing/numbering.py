"""Automatic numbering of a Word document, worked out paragraph by paragraph: the program counts, the file does not. Pure.

numbering.xml: num -> abstractNum -> levels (format, text such as "（%1）", start); styles.xml: numbers of styles
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from sites.writing.counting import formatted

_LEVELS = 9


def value(element: etree._Element | None, path: str, default: str = "") -> str:
    """Return the w:val of the element found below `path` (names without prefix), `default` where there is none."""
    for name in path.split("/"):
        if element is None:
            return default
        element = element.find(f"{{*}}{name}")
    return default if element is None else attribute(element, "val", default)


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Return an attribute by its local name; the namespace differs between the strict and the usual form."""
    for key, found in element.attrib.items():
        if etree.QName(key).localname == name:
            return str(found)
    return default


def _number(written: str, default: int = 0) -> int:
    return int(written) if re.fullmatch(r"[0-9]{1,5}", written) else default


@dataclass(frozen=True, slots=True)
class Level:
    style: str
    text: str
    start: int
    legal: bool
    restarts: bool


@dataclass(slots=True)
class Numbering:
    """The counters of one document. `label` moves them on, so paragraphs are asked in their order, once."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # by abstract number
    abstract_of: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)  # startOverride by number
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: etree._Element | None) -> Numbering:
        made = cls()
        if root is None:
            return made
        for abstract in root.iterfind("{*}abstractNum"):
            made.levels[attribute(abstract, "abstractNumId")] = {
                _number(attribute(level, "ilvl")): _level(level) for level in abstract.iterfind("{*}lvl")
            }
        for num in root.iterfind("{*}num"):
            number, abstract_id = attribute(num, "numId"), value(num, "abstractNumId")
            overrides = list(num.iterfind("{*}lvlOverride"))
            own = {_number(attribute(o, "ilvl")): o.find("{*}lvl") for o in overrides}
            replaced = {at: _level(level) for at, level in own.items() if level is not None}
            if replaced:
                made.levels[f"num {number}"] = {**made.levels.get(abstract_id, {}), **replaced}
                abstract_id = f"num {number}"
            made.abstract_of[number] = abstract_id
            made.restarts[number] = {
                _number(attribute(o, "ilvl")): _number(value(o, "startOverride"), 1)
                for o in overrides
                if o.find("{*}startOverride") is not None
            }
        return made

    def level(self, number: str, at: int) -> Level | None:
        return self.levels.get(self.abstract_of.get(number, ""), {}).get(at)

    def label(self, number: str, at: int) -> str:
        """Return the text of the next number on the level, such as "（三）"; "" where there is none."""
        level = self.level(number, at)
        if level is None or at >= _LEVELS:
            return ""
        abstract = self.abstract_of[number]
        counts = self._counts.setdefault(abstract, {})
        if number not in self._seen:
            self._seen.add(number)
            for restarted, start in self.restarts[number].items():
                counts[restarted] = start - 1
        counts[at] = counts.get(at, level.start - 1) + 1
        for deeper in [deeper for deeper in counts if deeper > at]:
            below = self.level(number, deeper)
            if below is None or below.restarts:
                del counts[deeper]
        return re.sub(r"%([1-9])", lambda found: self._shown(number, int(found[1]) - 1, level.legal), level.text)

    def _shown(self, number: str, at: int, legal: bool) -> str:
        level = self.level(number, at)
        if level is None:
            return ""
        count = self._counts[self.abstract_of[number]].setdefault(at, level.start)
        return formatted(count, "decimal" if legal else level.style)


def _level(level: etree._Element) -> Level:
    return Level(
        style=value(level, "numFmt", "decimal"),
        text=value(level, "lvlText"),
        start=_number(value(level, "start"), 1),
        legal=level.find("{*}isLgl") is not None,
        restarts=value(level, "lvlRestart") != "0",
    )


@dataclass(frozen=True, slots=True)
class Manner:
    """What a paragraph style brings: its name, alignment, outline level, number and level; "" and -1 where nothing."""

    name: str = ""
    align: str = ""
    outline: int = -1
    number: str = ""
    at: int = -1


def manners(root: etree._Element | None) -> dict[str, Manner]:
    """Return the paragraph styles by id, with what they take from those they are based on."""
    if root is None:
        return {}
    styles = {attribute(s, "styleId"): s for s in root.iterfind("{*}style") if attribute(s, "type") == "paragraph"}
    made: dict[str, Manner] = {}
    for style_id in styles:
        chain: list[str] = []
        at = style_id
        while at in styles and at not in chain and len(chain) < 20:
            chain.append(at)
            at = value(styles[at], "basedOn")
        made[style_id] = Manner(
            name=value(styles[style_id], "name").lower(),
            align=_nearest(styles, chain, "pPr/jc"),
            outline=_number(_nearest(styles, chain, "pPr/outlineLvl"), -1),
            number=_nearest(styles, chain, "pPr/numPr/numId"),
            at=_number(_nearest(styles, chain, "pPr/numPr/ilvl"), -1),
        )
    return made


def _nearest(styles: dict[str, etree._Element], chain: list[str], path: str) -> str:
    return next((found for found in (value(styles[style_id], path) for style_id in chain) if found), "")
