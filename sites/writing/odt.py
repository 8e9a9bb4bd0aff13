"""An .odt (OpenDocument text) to HTML, with the numbers of its lists as text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape

from lxml import etree

from sites.messages import _, sentence
from sites.writing.archive import Package, locked
from sites.writing.counting import formatted
from sites.writing.numbering import attribute
from sites.writing.parts import MISSING_PICTURE, Unreadable

_REPEATED_MOST = 100
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CHINESE = {
    "一, 二, 三, ...": "chineseCounting",
    "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "甲, 乙, 丙, ...": "ideographTraditional",
    "①, ②, ③, ...": "decimalEnclosedCircle",
}
_SKIPPED = frozenset((
    "annotation", "annotation-end", "tracked-changes", "change", "change-start", "change-end", "bookmark",
    "bookmark-start", "bookmark-end", "soft-page-break", "sequence-decls", "forms", "variable-decls",
    "table-of-content", "alphabetical-index",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    align: str = ""
    bold: bool = False
    italic: bool = False
    script: str = ""


@dataclass(frozen=True, slots=True)
class _Level:
    bullet: bool = True
    style: str = "decimal"
    before: str = ""
    after: str = ""
    start: int = 1
    shown: int = 1  # how many levels a number names: 1.2.3


def to_html(package: Package) -> tuple[str, dict[str, bytes], Counter[str]]:
    """Return the HTML, the pictures by the address in their `src`, and counts of what was lost, by kind."""
    if (
        "META-INF/manifest.xml" in package.names
        and package.xml("META-INF/manifest.xml").find(".//{*}encryption-data") is not None
    ):
        raise locked()
    if "content.xml" not in package.names:
        raise Unreadable(sentence(_("There is no text in this file.")))
    content = package.xml("content.xml")
    roots = [content] + ([package.xml("styles.xml")] if "styles.xml" in package.names else [])
    reader = _Reader(package, roots)
    body = content.find(".//{*}body/{*}text")
    if body is None:
        raise Unreadable(sentence(_("There is no text in this file.")))
    return "".join(reader.block(child) for child in body), reader.pictures, reader.lost


class _Reader:
    def __init__(self, package: Package, roots: list[etree._Element]) -> None:
        self.package = package
        self.pictures: dict[str, bytes] = {}
        self.lost: Counter[str] = Counter()
        self._styles = {
            attribute(style, "name"): style
            for root in roots
            for style in root.iter("{*}style")
            if attribute(style, "name")
        }
        self._lists = {
            attribute(style, "name"): _levels(style) for root in roots for style in root.iter("{*}list-style")
        }
        self._looks: dict[str, _Look] = {}
        self._counts: dict[str, dict[int, int]] = {}

    # Blocks

    def block(self, element: etree._Element, list_style: str = "", depth: int = -1, marker: str = "") -> str:
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if tag in _SKIPPED or not tag:
            self.lost["contents"] = max(self.lost["contents"], int(tag == "table-of-content"))
            self.lost["change"] += tag == "tracked-changes"
            return ""
        if tag == "h":
            level = attribute(element, "outline-level", "1")
            level = level if level in set("123456") else "6"
            return f"<h{level}>{marker}{self._inside(element)}</h{level}>"
        if tag == "p":
            align = self._look(attribute(element, "style-name")).align
            opening = f'<p class="text-{align}">' if align else "<p>"
            return f"{opening}{marker}{self._inside(element, self._look(attribute(element, 'style-name')))}</p>"
        if tag == "list":
            return self._list(element, list_style, depth + 1)
        if tag == "table":
            return self._table(element)
        return "".join(self.block(child, list_style, depth) for child in element)

    def _list(self, element: etree._Element, inherited: str, depth: int) -> str:
        style = attribute(element, "style-name") or inherited
        levels = self._lists.get(style, {})
        level = levels.get(depth, _Level())
        counts = self._counts.setdefault(style, {})
        if (
            attribute(element, "continue-numbering") != "true"
            and depth == 0
            and not attribute(element, "continue-list")
        ):
            counts.clear()
        out = []
        for item in element:
            if etree.QName(item).localname == "list-header":
                out += [self.block(child, style, depth) for child in item]
                continue
            marker = "" if level.bullet else self._marker(levels, counts, depth, attribute(item, "start-value"))
            inner = []
            for child in item:
                inner.append(self.block(child, style, depth, marker))
                marker = ""
            out.append(f"<li>{''.join(inner)}</li>" if level.bullet else "".join(inner))
        return f"<ul>{''.join(out)}</ul>" if level.bullet else "".join(out)

    def _marker(self, levels: dict[int, _Level], counts: dict[int, int], depth: int, start: str) -> str:
        level = levels[depth]
        counts[depth] = int(start) if start.isdecimal() and len(start) < 6 else counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]
        first = max(0, depth - level.shown + 1)
        shown = [formatted(counts.get(at, 1), levels.get(at, level).style) for at in range(first, depth + 1)]
        return f'<span class="marker">{escape(level.before + ".".join(shown) + level.after)}</span>'

    def _table(self, element: etree._Element) -> str:
        heads = "".join(
            self._row(row, "th")
            for head in element.iterfind("{*}table-header-rows")
            for row in head.iterfind("{*}table-row")
        )
        rows = "".join(
            self._row(row, "td")
            for row in element.iter("{*}table-row")
            if etree.QName(row.getparent()).localname != "table-header-rows" and _table_of(row) is element
        )
        return f"<table>{f'<thead>{heads}</thead>' if heads else ''}<tbody>{rows}</tbody></table>"

    def _row(self, row: etree._Element, tag: str) -> str:
        cells = []
        for cell in row.iterfind("{*}table-cell"):
            spans = "".join(
                f' {name}="{int(written)}"'
                for name, key in (("colspan", "number-columns-spanned"), ("rowspan", "number-rows-spanned"))
                if (written := attribute(cell, key)).isdecimal() and len(written) < 6
            )
            made = f"<{tag}{spans}>{''.join(self.block(child) for child in cell)}</{tag}>"
            repeated = attribute(cell, "number-columns-repeated", "1")
            cells.append(made * min(int(repeated) if repeated.isdecimal() else 1, _REPEATED_MOST))
        return f"<tr>{''.join(cells)}</tr>"

    # What stands in a paragraph

    def _inside(self, element: etree._Element, look: _Look | None = None) -> str:
        out = [escape(element.text or "")]
        for child in element:
            out.append(self._inline(child) if isinstance(child.tag, str) else "")
            out.append(escape(child.tail or ""))
        return _dressed("".join(out), look) if look else "".join(out)

    def _inline(self, element: etree._Element) -> str:
        tag = etree.QName(element).localname
        if tag in _SKIPPED:
            self.lost["comment"] += tag == "annotation"
            return ""
        if tag == "span":
            return self._inside(element, self._look(attribute(element, "style-name")))
        if tag == "a":
            return f'<a href="{escape(attribute(element, "href"))}">{self._inside(element)}</a>'
        if tag == "line-break":
            return "<br>"
        if tag in {"s", "tab"}:
            return " "
        if tag == "image":
            return self._picture(element)
        if tag == "note":
            return "".join(
                f"<sup>[{escape(''.join(note.itertext()))}]</sup>" for note in element.iterfind("{*}note-citation")
            )
        if tag == "object":
            self.lost["formula"] += 1
            return ""
        if tag == "text-box":
            return "<br>".join(self._inside(child) for child in element)
        if tag == "frame":
            # A frame holds several forms of one thing; the first that can be shown counts.
            return next((made for made in (self._inline(child) for child in element) if made), "")
        return self._inside(element)

    def _picture(self, element: etree._Element) -> str:
        name = attribute(element, "href").removeprefix("./")
        if name not in self.package.names:
            self.lost["picture"] += 1
            return MISSING_PICTURE
        address = f"part:{len(self.pictures)}"
        self.pictures[address] = self.package.read(name)
        return f'<img src="{address}">'

    # Styles

    def _look(self, name: str) -> _Look:
        if name not in self._looks:
            self._looks[name] = _Look()  # against styles that are based on themselves
            self._looks[name] = self._read_look(name)
        return self._looks[name]

    def _read_look(self, name: str) -> _Look:
        style = self._styles.get(name)
        if style is None:
            return _Look()
        above = self._look(attribute(style, "parent-style-name"))
        paragraph, text = style.find("{*}paragraph-properties"), style.find("{*}text-properties")
        align = attribute(paragraph, "text-align") if paragraph is not None else ""
        weight = attribute(text, "font-weight") if text is not None else ""
        slant = attribute(text, "font-style") if text is not None else ""
        position = attribute(text, "text-position") if text is not None else ""
        return _Look(
            align={"center": "center", "end": "right", "right": "right"}.get(align, "" if align else above.align),
            bold=weight in {"bold", "600", "700", "800", "900"} if weight else above.bold,
            italic=slant in {"italic", "oblique"} if slant else above.italic,
            script=_script(position) if position else above.script,
        )


def _script(position: str) -> str:
    if position.startswith(("sub", "-")):
        return "sub"
    return "sup" if position.startswith("super") or re.match(r"[1-9]", position) else ""


def _dressed(inner: str, look: _Look) -> str:
    if look.script:
        inner = f"<{look.script}>{inner}</{look.script}>"
    if look.italic:
        inner = f"<i>{inner}</i>"
    return f"<b>{inner}</b>" if look.bold else inner


def _table_of(row: etree._Element) -> etree._Element | None:
    above = row.getparent()
    while above is not None and etree.QName(above).localname != "table":
        above = above.getparent()
    return above


def _levels(style: etree._Element) -> dict[int, _Level]:
    made = {}
    for level in style:
        numbers = [attribute(level, name, "1") for name in ("level", "start-value", "display-levels")]
        if not all(number.isdecimal() and len(number) < 6 for number in numbers):
            continue
        at, start, shown = map(int, numbers)
        written = attribute(level, "num-format")
        made[at - 1] = _Level(
            bullet=etree.QName(level).localname != "list-level-style-number" or not written,
            style=_CHINESE.get(written) or _FORMATS.get(written, "decimal"),
            before=attribute(level, "num-prefix"),
            after=attribute(level, "num-suffix"),
            start=start,
            shown=shown,
        )
    return made
