"""From items to blocks: lists built, numbers kept, headings in two levels, pictures looked up. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sites.writing.characters import clean
from sites.writing.items import Grid, Image, Item, Paragraph, Rule
from sites.writing.parts import MISSING_PICTURE, Block, Picture, Text
from sites.writing.runs import Run, joined, paragraphs, plain, written
from sites.writing.sanitising import stored

_DEPTH_MOST = 4  # deeper lists the editor does not hold
_BULLETS = frozenset("·•●○■□◆◇▪▫➢✓✔–—-*+§ØÞüûolnuvqw²¨")
# After these a number needs no blank before the text.
_CLOSED = re.compile(r"[、．。，：）】〕》.)]$")
_HAN = re.compile(r"[\u3400-\u9fff“《（〔]")

FindPicture = Callable[[Image], bytes | None]


def blocks(items: list[Item], find_picture: FindPicture) -> list[Block]:
    """Return the blocks in order. A picture that `find_picture` does not find leaves a notice at its place."""
    made: list[Block] = []
    text: list[Item] = []

    def flush() -> None:
        html = _rich_text(text)
        if html:
            made.append(Text(html))
        text.clear()

    def place(image: Image) -> None:
        data = find_picture(image)
        if data is None:
            text.append(Paragraph([Run(MISSING_PICTURE)], align="center"))
        else:
            flush()
            made.append(Picture(data, image.alt))

    for item in items:
        if isinstance(item, Image):
            place(item)
        elif isinstance(item, Grid):
            flush()
            made.append(item.table)
            for image in item.images:
                place(image)
        else:
            text.append(item)
    flush()
    return made


def _rich_text(items: list[Item]) -> str:
    found = [tidied for item in items for tidied in _tidied(item)]
    _settle_lists(found)
    levels = sorted({item.heading for item in found if isinstance(item, Paragraph) and item.heading})
    out: list[str] = []
    at = 0
    while at < len(found):
        item = found[at]
        if isinstance(item, Rule):
            out.append("<hr/>")
        elif item.listed:
            end = at
            while end < len(found) and _is_listed(found[end]):
                end += 1
            out.append(_list([entry for entry in found[at:end] if isinstance(entry, Paragraph)]))
            at = end
            continue
        else:
            out.append(_paragraph(item, levels))
        at += 1
    html = "".join(out)
    # What is written here passes as it is; the allow-list has the last word all the same.
    return stored(html) if html not in {"", "<hr/>"} else ""


def _is_listed(item: Paragraph | Rule) -> bool:
    return isinstance(item, Paragraph) and bool(item.listed)


def _tidied(item: Item) -> list[Paragraph | Rule]:
    """Return an item with its runs in order, cut where empty lines part paragraphs, its marker understood."""
    if not isinstance(item, Paragraph):
        return [item] if isinstance(item, Rule) else []
    out: list[Paragraph | Rule] = []
    for cut in paragraphs(item.runs):
        runs = joined(cut)
        marker = clean(item.marker).strip(" \xa0\t\n\u3000") if not out else ""
        if runs or marker:
            out.append(_marked(replace(item, runs=runs, marker=marker, same_item=item.same_item or bool(out))))
    return out


def _marked(item: Paragraph) -> Paragraph:
    """Return a paragraph with an office program's bullet as a list item; its numbers stay text, as they were counted."""
    bullet = len(item.marker) == 1 and (item.marker in _BULLETS or "\ue000" <= item.marker <= "\uf8ff")
    if not bullet or item.listed or item.heading:
        return item
    return replace(item, listed="ul", marker="", align="")


def _settle_lists(found: list[Paragraph | Rule]) -> None:
    """Keep numbered lists that count 1, 2, 3 without a gap; write the numbers of all others as text.

    The editor always counts from 1, so "3." after an interruption would turn into "1.".
    """
    at = 0
    while at < len(found):
        end = at
        while end < len(found) and _is_listed(found[end]):
            end += 1
        run = [item for item in found[at:end] if isinstance(item, Paragraph)]
        if run and not _counts(run):
            found[at:end] = [_with_number_as_text(item) for item in run]
        at = max(end, at + 1)


def _counts(run: list[Paragraph]) -> bool:
    expected: dict[int, int] = {}
    for item in run:
        for depth in [depth for depth in expected if depth > item.depth]:
            del expected[depth]
        if item.listed != "ol" or item.same_item:
            continue
        if not item.decimal or item.number != expected.get(item.depth, 1):
            return False
        expected[item.depth] = item.number + 1
    return True


def _with_number_as_text(item: Paragraph) -> Paragraph:
    if item.listed != "ol":
        return item
    marker = item.marker or ("" if item.same_item else f"{item.number}.")
    return replace(item, listed="", marker=marker)


def _runs(item: Paragraph) -> list[Run]:
    """Return the runs with the marker in front as text."""
    if not item.marker or item.listed:
        return item.runs
    close = _CLOSED.search(item.marker) and _HAN.match(plain(item.runs)[:1] or "一")
    style = item.runs[0].style if item.runs else Run("").style
    return joined([Run(item.marker + ("" if close else " "), replace(style, href="", script="")), *item.runs])


def _paragraph(item: Paragraph, levels: list[int]) -> str:
    runs = _runs(item)
    if item.heading:
        tag = "h2" if item.heading == levels[0] else "h3"
        return (
            f"<{tag}>{written([replace(run, text=run.text.replace(chr(10), ' ')) for run in runs], bold=False)}</{tag}>"
        )
    opening = f'<p class="text-{item.align}">' if item.align else "<p>"
    return f"{opening}{written(runs)}</p>"


def _list(run: list[Paragraph]) -> str:
    """Return nested lists. An item that skips a level stands one below its predecessor."""
    out: list[str] = []
    stack: list[str] = []
    for item in run:
        if item.same_item and stack:
            out.append(f"<br/>{written(item.runs)}" if not out[-1].startswith("</") else "")
            continue
        depth = min(item.depth, len(stack), _DEPTH_MOST - 1)
        while len(stack) > depth + 1 or (len(stack) == depth + 1 and stack[-1] != item.listed):
            out.append(f"</li></{stack.pop()}>")
        if len(stack) == depth + 1:
            out.append("</li>")
        while len(stack) < depth + 1:
            stack.append(item.listed)
            out.append(f"<{item.listed}>")
        out.append(f"<li>{written(item.runs)}")
    out += [f"</li></{kind}>" for kind in reversed(stack)]
    return "".join(out)
