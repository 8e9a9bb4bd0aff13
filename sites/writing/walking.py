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
from tenants.digits import whole

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
_CLOSED = frozenset({"table", "br", "hr", "img"})  # what has no inside for us
_STYLING = _BOLD | _ITALIC | {"a", "sup", "sub"}
_SPEAKING = _BLOCKS | _STYLING
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


def alignment(tag: str, classes: str, align: str, css: Mapping[str, str], inherited: str) -> str:
    """Return "center", "right" or "" for an element; what it does not say it inherits."""
    for name in classes.split():
        if name in _CLASSES:
            return _CLASSES[name]
    said = _ALIGN.get(css.get("text-align", "") or align.lower().strip())
    if said is not None:
        return said
    return "center" if tag == "center" else inherited


class Walk:
    """Walks one element. `items` are what stands in it; `lost` counts what could not be kept, by kind."""

    def __init__(self, tables: Tables, lost: Counter[str]) -> None:
        self.items: list[Item] = []
        self.lost = lost
        self._tables = tables
        self._open: Paragraph | None = None
        self._frames = [_Frame()]

    def walk(self, root: etree._Element) -> list[Item]:
        if not len(root):
            # Most cells of tables hold a text and nothing else.
            self._enter(root, root.tag, declarations(root))
            self._text(root.text)
            self._close()
            return self.items
        frames = self._frames
        tags: list[str] = []
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            if event == "start":
                tag = element.tag
                tags.append(tag)
                css = declarations(element)
                if element is not root and (tag in _CLOSED or css) and self._skipped(element, tag, css):
                    events.skip_subtree()
                    frames.append(frames[-1])
                    continue
                self._enter(element, tag, css)
                if text := element.text:
                    self._text(text)
            else:
                if tags.pop() in _BLOCKS and element is not root:
                    self._close()
                frames.pop()
                if element is not root and (text := element.tail):
                    self._text(text)
        self._close()
        return self.items

    # Elements

    def _skipped(self, element: etree._Element, tag: str, css: Mapping[str, str]) -> bool:
        """Deal with what has no inside for us; return whether the element is done with."""
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
            return css.get("display") == "none" or css.get("mso-hide") == "all"
        return True

    def _enter(self, element: etree._Element, tag: str, css: Mapping[str, str]) -> None:
        above, classes = self._frames[-1], element.get("class") or ""
        if not css and tag not in _SPEAKING and "marker" not in classes:
            self._frames.append(above)
            return
        style = _styled(element, tag, css, above.style, self.lost)
        if tag not in _BLOCKS and style is above.style and not css and "marker" not in classes:
            self._frames.append(above)
            return
        frame = _Frame(
            style, above.align, above.heading, above.marker, above.preformatted, above.lists, above.first_of_item
        )
        if tag in _BLOCKS:
            self._close()
            frame.align = alignment(tag, classes, element.get("align") or "", css, above.align)
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
        if css.get("mso-list") == "ignore" or "marker" in classes.split():
            frame.marker = True
        self._frames.append(frame)
        if tag == "p" and re.search(r"\blevel\d", css.get("mso-list", "")):
            self._paragraph().depth = max(0, _whole(re.sub(r".*\blevel(\d).*", r"\1", css["mso-list"]), 1) - 1)

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


def _styled(element: etree._Element, tag: str, css: Mapping[str, str], above: Style, lost: Counter[str]) -> Style:
    if tag not in _STYLING and not css:
        return above
    bold, italic, script, href = above.bold, above.italic, above.script, above.href
    if tag in _BOLD:
        bold = True
    elif tag in _ITALIC:
        italic = True
    elif tag in {"sup", "sub"}:
        script = tag
    elif tag == "a":
        written = (element.get("href") or "").strip()
        href = checked_address(written)
        if written and not href and not written.startswith("#"):
            lost["link"] += 1
    if css:
        if weight := css.get("font-weight", ""):
            bold = weight in {"bold", "bolder"} or (whole(weight) or 0) >= 600
        if (slant := css.get("font-style")) in {"italic", "oblique", "normal"}:
            italic = slant != "normal"
        if (raised := css.get("vertical-align")) in {"super", "sub"}:
            script = "sup" if raised == "super" else "sub"
    return _style(bold, italic, script, href)


# The styles of a text are few; equal ones are one object.
_style = lru_cache(maxsize=1024)(Style)


def _whole(written: str | None, default: int) -> int:
    return int(written) if written and re.fullmatch(r"[0-9]{1,5}", written.strip()) else default
