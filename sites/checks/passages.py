"""Passages (文段): one piece of text of a page with the way back from its characters to what is stored. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property

from sites.checks.findings import Finding, Remedy, Severity
from sites.messages import Sentence

_PIECE = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^>]*)>|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|<!--.*?-->|[^<&]+|[<&]", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# A word does not run on from one paragraph, heading or cell into the next.
_BREAKS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "br", "hr", "div", "table", "tr", "td", "th", "blockquote",
})  # fmt: skip
_AROUND = 8
EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the text: the attributes of its tag, and the characters it covers."""

    attributes: dict[str, str]
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A stored text. `raw` is rich text (HTML) where `is_html`, else it is the text itself."""

    field: str
    raw: str
    block_id: str = ""
    path: str = ""
    is_html: bool = False

    @cached_property
    def _read(self) -> tuple[str, tuple[tuple[int, int], ...], tuple[Link, ...]]:
        if not self.is_html:
            return self.raw, tuple((at, at + 1) for at in range(len(self.raw))), ()
        text: list[str] = []
        spans: list[tuple[int, int]] = []
        links: list[Link] = []
        opened: list[tuple[dict[str, str], int]] = []
        for match in _PIECE.finditer(self.raw):
            piece, at = match[0], match.start()
            if match[2]:
                name = match[2].lower()
                if name in _BREAKS and text and text[-1] != "\n":
                    text.append("\n")
                    spans.append((at, at))
                if name == "a" and not match[1]:
                    opened.append((_attributes(match[3]), len(text)))
                elif name == "a" and opened:
                    attributes, start = opened.pop()
                    links.append(Link(attributes, start, len(text)))
            elif piece.startswith("<!--"):
                continue
            elif piece[0] == "&" and len(piece) > 1:
                for character in html.unescape(piece):
                    text.append(character)
                    spans.append((at, match.end()))
            else:
                text.extend(piece)
                spans.extend((at + offset, at + offset + 1) for offset in range(len(piece)))
        return "".join(text), tuple(spans), tuple(links)

    @property
    def text(self) -> str:
        """The characters a reader sees; a line break where a paragraph, an item or a cell ends."""
        return self._read[0]

    @property
    def links(self) -> tuple[Link, ...]:
        return self._read[2]

    def replaced(self, start: int, end: int, new: str) -> str:
        """Return the stored text with the characters from `start` to `end` replaced; tags between them stay."""
        if not self.is_html:
            return self.raw[:start] + new + self.raw[end:]
        cuts = sorted({span for span in self._read[1][start:end] if span[0] < span[1]})
        if not cuts:
            return self.raw
        pieces, last = [], 0
        for number, (cut_from, cut_to) in enumerate(cuts):
            pieces += [self.raw[last:cut_from], html.escape(new, quote=False) if number == 0 else ""]
            last = cut_to
        return "".join([*pieces, self.raw[last:]])

    def found(
        self,
        code: str,
        severity: Severity,
        message: Sentence,
        start: int = 0,
        end: int = 0,
        *,
        replacement: str | None = None,
        remedy: Remedy = Remedy.NONE,
    ) -> Finding:
        """Return a finding at characters of this passage."""
        text = self.text
        return Finding(
            code=code,
            severity=severity,
            message=message,
            field=self.field,
            block_id=self.block_id,
            path=self.path,
            start=start,
            end=end,
            excerpt=text[start:end][:EXCERPT],
            replacement=replacement,
            remedy=remedy,
            around=f"{text[max(0, start - _AROUND) : start]}|{text[end : end + _AROUND]}",
        )


def _attributes(written: str) -> dict[str, str]:
    return {name.lower(): html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(written)}
