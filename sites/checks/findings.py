"""What a check finds (检查结果): where it stands, how serious it is, and what can be done about it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sites.messages import Sentence


class Severity(StrEnum):
    """The same words as `WordRule.severity`."""

    HINT = "hint"
    CONFIRM = "confirm"
    REFUSE = "refuse"


class Remedy(StrEnum):
    """What one click can do: put another text in its place, mask personal data, or nothing (the writer must)."""

    REPLACE = "replace"
    MASK = "mask"
    NONE = ""


ORDER = {Severity.REFUSE: 0, Severity.CONFIRM: 1, Severity.HINT: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `start` and `end` count characters of the plain text at `field` / `block_id` / `path`.

    `block_id` is the id of the block in the page's text, "" for a plain field; `path` leads to a value inside the
    block ("caption", "data/0/1"). `key` stays the same while the words at the place do.
    """

    code: str
    severity: Severity
    message: Sentence
    field: str
    block_id: str = ""
    path: str = ""
    start: int = 0
    end: int = 0
    excerpt: str = ""
    replacement: str | None = None
    remedy: Remedy = Remedy.NONE
    around: str = ""  # the words before and after, which tell one place from another

    @property
    def key(self) -> str:
        parts = (self.code, self.field, self.block_id, self.path, self.excerpt, self.around, self.message.msgid)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a page, the serious ones first, then in the order of the text."""

    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something must be mended before the page can be submitted."""
        return any(finding.severity is Severity.REFUSE for finding in self.findings)

    @property
    def to_confirm(self) -> list[Finding]:
        """What the writer must look at and confirm when submitting."""
        return [finding for finding in self.findings if finding.severity is Severity.CONFIRM]

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    def without(self, keys: frozenset[str]) -> Report:
        """Return the report less the hints that were set aside; what must be mended or confirmed stays."""
        return Report(tuple(f for f in self.findings if f.severity is not Severity.HINT or f.key not in keys))


def report(findings: Iterable[Finding]) -> Report:
    """Return the report; of findings that overlap in one place the more serious (then the longer) one stays."""
    ranked = sorted(
        enumerate(findings), key=lambda pair: (ORDER[pair[1].severity], pair[1].start - pair[1].end, pair[0])
    )
    taken: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    kept: list[tuple[int, Finding]] = []
    for number, finding in ranked:
        spans = taken.setdefault((finding.field, finding.block_id, finding.path), [])
        if finding.end > finding.start:
            if any(finding.start < end and start < finding.end for start, end in spans):
                continue
            spans.append((finding.start, finding.end))
        kept.append((number, finding))
    kept.sort(key=lambda pair: (ORDER[pair[1].severity], pair[0]))
    return Report(tuple(finding for _number, finding in kept))
