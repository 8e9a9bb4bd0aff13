"""From a tree of cleaned HTML to items: one pass, without recursion but for tables. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lxml import etree

from sites.writing.characters import clean
from sites.writing.items import Image, Item, Paragraph, Rule
from sites.writing.runs import PLAIN, Run, Style, checked_address

_BLOCKS = frozenset((
    "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "blockquote",
    "figure", "figcaption", "pre", "center", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol",
    "li", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
))  # fmt: skip
_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em", "cite", "dfn"})
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)", re.IGNORECASE)
# What a style attribute is asked for; the rest of it (fonts, sizes, colours) is not kept.
_READ = frozenset((
    "display", "font-style", "font-weight", "list-style-type", "mso-hide", "mso-list", "text-align", "vertical-align",
))  # fmt: skip
_SPEAKING = _BLOCKS | _BOLD | _ITALIC | {"a", "sup", "sub"}
_ALIGN = {"center": "center", "right": "right", "end": "right", "left": "", "start": "", "justify": "", "inherit": None}
_CLASSES = {"text-center": "center", "text-right": "right"}
_NUMBERED = {"1": True, "": True, "a": False, "A": False, "i": False, "I": False}


@dataclass(slots=True)
class _List:
    kind: str
    number: int
    decimal: bool


@dataclass(slots=True)
class _Frame:
    """What holds inside one element."""

    style: Style = PLAIN
    align: str = ""
    heading: int = 0
    marker: bool = False
    preformatted: bool = False
    lists: tuple[_List, ...] = ()
    first_of_item: list[bool] = field(default_factory=list)  # one truth, shared by all frames of a list item


Tables = Callable[[etree._Element, Counter[str]], list[Item]]


def declarations(element: etree._Element) -> Mapping[str, str]:
    """Return what the element's style attribute says of _READ, as names and values in lower case."""
    written = element.get("style")
    return _declared(written[:4000]) if written else _NONE


@lru_cache(maxsize=4096)
def _declared(written: str) -> Mapping[str, str]:
    # Office markup repeats a handful of styles on every span.
    found = ((name.lower(), value.strip().lower()) for name, value in _DECLARATION.findall(written))
    return {name: value for name, value in found if name in _READ}


_NONE: Mapping[str, str] = {}


def alignment(element: etree._Element, css: Mapping[str, str], inherited: str) -> str:
    """Return "center", "right" or "" for the element; what it does not say it inherits."""
    for name in (element.get("class") or "").split():
        if name in _CLASSES:
            return _CLASSES[name]
    said = _ALIGN.get(css.get("text-align", "") or (element.get("align") or "").lower().strip())
    if said is not None:
        return said
    return "center" if element.tag == "center" else inherited


class Walk:
    """Walks one element. `items` are what stands in it; `lost` counts what could not be kept, by kind."""

    def __init__(self, tables: Tables, lost: Counter[str]) -> None:
        self.items: list[Item] = []
        self.lost = lost
        self._tables = tables
        self._open: Paragraph | None = None
        self._frames = [_Frame()]

    def walk(self, root: etree._Element) -> list[Item]:
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            if event == "start":
                if element is not root and self._skipped(element):
                    events.skip_subtree()
                    self._frames.append(self._frames[-1])
                    continue
                self._enter(element)
                self._text(element.text)
            else:
                self._leave(element, root)
                if element is not root:
                    self._text(element.tail)
        self._close()
        return self.items

    # Elements

    def _skipped(self, element: etree._Element) -> bool:
        """Deal with what has no inside for us; return whether the element is done with."""
        tag = element.tag
        if tag == "table":
            self._close()
            self.items.extend(self._tables(element, self.lost))
        elif tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._close()
            self.items.append(Rule())
        elif tag == "img":
            self._image(element)
        else:
            css = declarations(element)
            return css.get("display") == "none" or css.get("mso-hide") == "all"
        return True

    def _enter(self, element: etree._Element) -> None:
        above, tag, css = self._frames[-1], element.tag, declarations(element)
        if not css and tag not in _SPEAKING and "marker" not in (element.get("class") or ""):
            self._frames.append(above)
            return
        style = _styled(element, css, above.style, self.lost)
        frame = _Frame(
            style, above.align, above.heading, above.marker, above.preformatted, above.lists, above.first_of_item
        )
        if tag in _BLOCKS:
            self._close()
            frame.align = alignment(element, css, above.align)
            frame.preformatted = above.preformatted or tag == "pre"
            if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                frame.heading = int(tag[1])
            elif tag in {"ul", "ol"}:
                start = _whole(element.get("start"), 1)
                decimal = _NUMBERED.get(element.get("type") or "", True) and css.get("list-style-type", "decimal") in {
                    "decimal",
                    "initial",
                    "inherit",
                }
                frame.lists = (*above.lists, _List(tag, start - 1, decimal))
            elif tag == "li":
                self._item(element, frame)
        if css.get("mso-list") == "ignore" or "marker" in (element.get("class") or "").split():
            frame.marker = True
        self._frames.append(frame)
        if tag == "p" and re.search(r"\blevel\d", css.get("mso-list", "")):
            self._paragraph().depth = max(0, _whole(re.sub(r".*\blevel(\d).*", r"\1", css["mso-list"]), 1) - 1)

    def _leave(self, element: etree._Element, root: etree._Element) -> None:
        if element.tag in _BLOCKS and element is not root:
            self._close()
        self._frames.pop()

    def _item(self, element: etree._Element, frame: _Frame) -> None:
        if not frame.lists:
            frame.lists = (_List("ul", 0, True),)
        inner = frame.lists[-1]
        inner.number = _whole(element.get("value"), inner.number + 1)
        frame.first_of_item = [True]

    def _image(self, element: etree._Element) -> None:
        source = (element.get("src") or "").strip()
        if source:
            kept = self._open
            self._close()
            self.items.append(Image(source, clean(element.get("alt") or "").strip()[:255]))
            if kept is not None and not kept.listed:
                self._open = replace(kept, runs=[], marker="")

    # Text

    def _text(self, text: str | None) -> None:
        if not text:
            return
        frame = self._frames[-1]
        text = clean(text)
        if not frame.preformatted and not text.isprintable():
            text = re.sub(r"[\t\r\n\f]+", " ", text)
        self._add(text)

    def _add(self, text: str) -> None:
        if not text or (self._open is None and not text.strip(" \n\xa0")):
            return
        frame, paragraph = self._frames[-1], self._paragraph()
        if frame.marker:
            paragraph.marker += text
        else:
            paragraph.runs.append(Run(text, frame.style))

    def _paragraph(self) -> Paragraph:
        if self._open is None:
            frame = self._frames[-1]
            self._open = Paragraph(align=frame.align, heading=frame.heading)
            if frame.lists and frame.first_of_item and not frame.heading:
                inner = frame.lists[-1]
                self._open.listed, self._open.depth = inner.kind, len(frame.lists) - 1
                self._open.number, self._open.decimal = inner.number, inner.decimal
                self._open.same_item = not frame.first_of_item[0]
        return self._open

    def _close(self) -> None:
        paragraph, self._open = self._open, None
        if paragraph is None or not ("".join(run.text for run in paragraph.runs) + paragraph.marker).strip(
            "\u3000\xa0 \n"
        ):
            return
        if paragraph.listed:
            self._frames[-1].first_of_item[:1] = [False]
        self.items.append(paragraph)


def _styled(element: etree._Element, css: Mapping[str, str], above: Style, lost: Counter[str]) -> Style:
    tag, style = element.tag, above
    if tag in _BOLD:
        style = replace(style, bold=True)
    elif tag in _ITALIC:
        style = replace(style, italic=True)
    elif tag in {"sup", "sub"}:
        style = replace(style, script=tag)
    elif tag == "a":
        written = (element.get("href") or "").strip()
        address = checked_address(written)
        if written and not address and not written.startswith("#"):
            lost["link"] += 1
        style = replace(style, href=address)
    if not css:
        return style
    weight = css.get("font-weight", "")
    if weight and (weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= 600)) != style.bold:
        style = replace(style, bold=weight in {"bold", "bolder"} or (weight.isdigit() and int(weight) >= 600))
    if css.get("font-style") in {"italic", "oblique", "normal"} and (css["font-style"] != "normal") != style.italic:
        style = replace(style, italic=css["font-style"] != "normal")
    if css.get("vertical-align") in {"super", "sub"}:
        style = replace(style, script={"super": "sup", "sub": "sub"}[css["vertical-align"]])
    return style


def _whole(written: str | None, default: int) -> int:
    return int(written) if written and re.fullmatch(r"[0-9]{1,5}", written.strip()) else default
