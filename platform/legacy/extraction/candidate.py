"""What may be a field's value (候选), and where it was found. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from legacy.extraction.recipe import Rule


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value, the rule that found it, the text it was found in, how sure that way is."""

    name: str
    value: str
    rule: Rule
    evidence: str
    confidence: float
    element: etree._Element | None = None
