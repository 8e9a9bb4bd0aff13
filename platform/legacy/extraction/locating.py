"""From an element to a selector that finds its like on the other pages of the family. Pure."""

from __future__ import annotations

import re

from lxml import etree

_NAME = re.compile(r"^-?[A-Za-z_][\w-]{0,60}$")
_NUMBERED = re.compile(r"\d{3,}|^\d|[0-9a-f]{8,}", re.IGNORECASE)
# Names that say how something looks now, not what it is.
_PASSING = re.compile(
    r"^(?:on|cur|current|active|hover|first|last|odd|even|clearfix|clear|fl|fr|f_l|f_r|hide|show|left|right|cf|row)$|^col-|^hover|^wow$|^animated$",
    re.IGNORECASE,
)
_STEPS_MOST = 4


def selector_for(element: etree._Element) -> str:
    """Return a short CSS selector: by id, by class, by the nearest ancestor that has one of them, by place at last."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None and isinstance(at.tag, str) and at.tag not in {"html", "body"}:
        named = _named(at)
        if named:
            steps.insert(0, named)
            break
        if len(steps) >= _STEPS_MOST:
            break
        steps.insert(0, _placed(at))
        at = at.getparent()
    if not steps:
        return "body"
    return " > ".join(steps)


def names(element: etree._Element) -> list[str]:
    """Return the selectors that name the element alone: by id, by each class."""
    found = []
    if _good(identity := element.get("id") or ""):
        found.append(f"#{identity}")
    found += [
        f"{element.tag}.{name}"
        for name in (element.get("class") or "").split()
        if _good(name) and not _PASSING.search(name)
    ]
    return found


def _named(element: etree._Element) -> str:
    identity = element.get("id") or ""
    if _good(identity):
        return f"#{identity}"
    classes = [name for name in (element.get("class") or "").split() if _good(name) and not _PASSING.search(name)]
    return f"{element.tag}.{'.'.join(classes[:2])}" if classes else ""


def _placed(element: etree._Element) -> str:
    above = element.getparent()
    tag = str(element.tag)
    if above is None:
        return tag
    like = [other for other in above if other.tag == element.tag]
    return tag if len(like) == 1 else f"{tag}:nth-of-type({like.index(element) + 1})"


def _good(name: str) -> bool:
    return bool(_NAME.match(name)) and not _NUMBERED.search(name)
