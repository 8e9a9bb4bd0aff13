"""From foreign HTML (a paste from Word, WPS or a web page; what a file was turned into) to blocks. Pure.

    size and depth -> data: pictures out -> nh3 (html5ever) -> lxml -> items -> blocks

Nothing of the markup is copied: the writer builds its own, so what is active cannot come through.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from lxml import etree, html as lxml_html

from sites.messages import Sentence, _, sentence
from sites.writing import guard
from sites.writing.assembling import blocks
from sites.writing.characters import unknown_marks
from sites.writing.items import Image, Item
from sites.writing.parts import Block, Picture, Reading, Table, Text
from sites.writing.pictures import usable
from sites.writing.sanitising import EMPTIED, readable
from sites.writing.tables import table_items
from sites.writing.walking import Walk

_PICTURES_MOST = 200
# Word's own revealed comments (<![if ...]>) mark nothing that is kept.
_REVEALED = re.compile(r"<!\[[^>]{0,200}>")
_FORMULA = re.compile(r"<(?:math|m:omath)[\s>]", re.IGNORECASE)
_EMBEDDED = re.compile(r"<(?:iframe|embed|object|video|audio|svg|canvas)[\s>]", re.IGNORECASE)
_ON_THE_OTHER_MACHINE = ("file:", "cid:", "blob:", "ms-", "webkit-", "clip_image")
_LOST: dict[str, str] = {
    "picture": _(
        "Pictures that could not be taken along: %(count)s. A notice stands at each place; upload them there."
    ),
    "link": _("Links to files on a computer or without a full address: %(count)s. Their text was kept."),
    "link in a table": _("Links inside tables: %(count)s. Their text was kept."),
    "table in a table": _("Tables inside other tables: %(count)s. Their rows became lines."),
    "formula": _("Formulas: %(count)s. Add them as pictures."),
    "embedded": _("Videos, drawings or pages embedded from elsewhere: %(count)s."),
    "character": _("Characters that only the original computer can show: %(count)s."),
}


def to_blocks(html: str, images: Mapping[str, bytes] | None = None) -> list[Block]:
    """Return the blocks of the HTML; `images` gives the bytes of pictures by the address in their `src`.

    data: pictures are read in place. Raises Unreadable where the HTML is too large or too deep.
    """
    return list(read(html, images).blocks)


def read(html: str, images: Mapping[str, bytes] | None = None, spare: Sequence[bytes] = ()) -> Reading:
    """Return the blocks and what was lost.

    `spare` holds pictures that came beside the text (in the clipboard), in the order of the text; they fill the places
    of pictures whose files lie on the other computer. Raises Unreadable as `to_blocks` does.
    """
    html, found = guard.pictures_out(html.replace("\0", ""))
    html = _REVEALED.sub("", guard.without_comments(html))
    guard.check(html)
    lost: Counter[str] = Counter(formula=len(_FORMULA.findall(html)), embedded=len(_EMBEDDED.findall(html)))
    # A name that only this call gives: foreign HTML cannot ask for `picture:0` of another.
    pictures = {**(images or {}), **found}
    root = _tree(readable(html))
    items = Walk(table_items, lost).walk(root)
    waiting = iter(spare)
    placed = 0

    def find(image: Image) -> bytes | None:
        nonlocal placed
        data = pictures.get(image.source)
        if data is None and image.source.lower().startswith(_ON_THE_OTHER_MACHINE):
            data = next(waiting, None)
        data = usable(data) if data else None
        placed += data is not None
        if data is None or placed > _PICTURES_MOST:
            lost["picture"] += 1
            return None
        return data

    made = blocks(items, find)
    lost["character"] = sum(unknown_marks(text) for text in _texts(made))
    return Reading(tuple(made), tuple(_sentences(lost)))


def read_tree(
    root: etree._Element,
    find_picture: Callable[[Image], bytes | None],
    keep: Callable[[list[Item]], list[Item]] | None = None,
) -> Reading:
    """Return the blocks of an element that is parsed already, as pages of an old site are; the element is changed.

    `find_picture` gives the bytes of a picture, or whatever names them for the caller; `keep` may leave items out.
    Raises Unreadable where the element is too large. Scripts and all that nobody reads are dropped with what is in them.
    """
    etree.strip_elements(root, *sorted(EMPTIED), with_tail=False)
    lost: Counter[str] = Counter()
    items = Walk(table_items, lost).walk(root)
    made = blocks(keep(items) if keep else items, find_picture)
    lost["character"] = sum(unknown_marks(text) for text in _texts(made))
    return Reading(tuple(made), tuple(_sentences(lost)))


def _tree(html: str) -> etree._Element:
    parser = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    document = lxml_html.document_fromstring(
        f"<html><body><div>{html}</div></body></html>".encode(errors="replace"), parser=parser
    )
    body: etree._Element = document.find("body")
    return body


def _texts(made: list[Block]) -> Iterator[str]:
    for block in made:
        if isinstance(block, Text):
            yield block.html
        elif isinstance(block, Table):
            yield "".join("".join(row) for row in block.rows)
        elif isinstance(block, Picture):
            yield block.alt


def _sentences(lost: Counter[str]) -> Iterator[Sentence]:
    for kind, msgid in _LOST.items():
        if lost[kind]:
            yield sentence(msgid, count=lost[kind])
