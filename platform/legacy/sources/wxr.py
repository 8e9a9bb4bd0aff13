"""WordPress exports (WXR): published posts and pages as ready records, attachments as addresses. Read as a stream.

Entities are never expanded and a document type is refused; control characters, which old exports are full of, are
left out. Drafts, private and locked posts are not taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from legacy.sources import choosing, moments
from legacy.sources.files import Rewound, blocks
from legacy.sources.kinds import FILE, READY
from legacy.sources.ready import paragraphs, ready_fields
from legacy.sources.records import INFO, REFUSED, WARNING, Found, Note, Position, Record, SourceRefused, Unreadable
from sites.messages import _, sentence

_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))
_CONTROL_BYTES = bytes(code for code in _CONTROL)
_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Types of posts that WordPress keeps for itself.
_OWN = frozenset({
    "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache", "user_request", "feedback",
})  # fmt: skip
_CAPTION = re.compile(r"\[(caption|wp_caption)[^\]]*\](.*?)\[/\1\]", re.DOTALL)


def source(row: Any, options: dict[str, Any]) -> Wxr:
    return Wxr(choosing.path_of(row, options))


class Wxr:
    """Items in the order of the file; the position is how many were read."""

    name = "wxr"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._authors: dict[str, str] = {}
        self._problem: Unreadable | None = None
        self._ended = False

    def read(self, position: Position) -> Iterator[Found]:
        done, number, passed, numbers = int(position.get("item", 0)), 0, Counter[str](), Counter[str]()
        held: list[Found] = []
        events = etree.iterparse(
            Rewound(self._blocks()),
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
        )
        try:
            for _event, element in events:
                name = _local(element)
                if name == "author":
                    values = _values(element)
                    self._authors[values.get("author_login", "")] = values.get("author_display_name", "")
                elif name == "item":
                    number += 1
                    yield from held  # the one before: the last one of a file that is cut off is not whole
                    values = _values(element)
                    numbers[values.get("post_id", "")] += 1
                    again = numbers[values.get("post_id", "")]
                    held = list(self._item(element, values, number, again, passed)) if number > done else []
                elif name == "rss":
                    self._ended = True
                if name in {"item", "author", "category", "tag", "term"} and _local(element.getparent()) == "channel":
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError:
            self._ended = False
        if self._problem is None and self._ended:
            yield from held
        if not number:
            raise SourceRefused(
                sentence(_("“%(file)s” holds no item: it is no WordPress export, or empty."), file=self._path.name)
            )
        for reason, count in sorted(passed.items()):
            said = sentence(
                _("%(count)d items with the state or type “%(reason)s” were not taken."), count=count, reason=reason
            )
            yield Note(INFO, self._path.name, said)
        if self._problem is not None or not self._ended:
            said = sentence(_("%(file)s is cut off or damaged. What comes before was read."), file=self._path.name)
            yield Note(REFUSED, f"{self._path.name}, {number}", said, "damaged")

    def _blocks(self) -> Iterator[bytes]:
        """Yield the file without control characters. Raises SourceRefused where it declares a document type."""
        head, tail = b"", b""
        try:
            for block in blocks(self._path):
                if len(head) < 65536:
                    head += block[:65536]
                    if _TYPE.search(head):
                        raise SourceRefused(
                            sentence(
                                _("The file declares a document type or entities, as attacks do. It was not read.")
                            )
                        )
                tail = (tail + block)[-64:]
                yield block.translate(None, _CONTROL_BYTES)
        except Unreadable as error:
            self._problem = error
        if b"</rss>" not in tail:
            self._problem = self._problem or Unreadable(sentence(_("The file is cut off.")))

    def _item(
        self, element: Any, values: dict[str, str], number: int, again: int, passed: Counter[str]
    ) -> Iterator[Found]:
        position = {"item": number}
        kind, state = values.get("post_type", "post"), values.get("status", "publish")
        post_id = values.get("post_id", "")
        place = values.get("link", "") or post_id or str(number)
        if kind == "attachment":
            url = values.get("attachment_url", "")
            if url:
                yield Record(url=url, kind=FILE, fields={"title": values.get("title", "")}, position=position)
            return
        if kind in _OWN or kind.startswith("wp_"):
            passed[kind] += 1
            return
        if state != "publish" or values.get("post_password"):
            passed["password" if state == "publish" else state] += 1
            return
        if not post_id:
            yield Note(REFUSED, place, sentence(_("The item has no number (wp:post_id) and was not taken.")), "refused")
            return
        categories = [one for one in element if _local(one) == "category" and one.get("domain") == "category"]
        tags = [one.text or "" for one in element if _local(one) == "category" and one.get("domain") == "post_tag"]
        column = categories[0] if categories else None
        known = {
            "title": values.get("title", ""),
            "published_at": _published(values),
            "author": self._authors.get(values.get("creator", "")) or values.get("creator", ""),
            "summary": values.get("excerpt", ""),
            "keywords": " ".join(tags),
            "body": paragraphs(_CAPTION.sub(r"\2", values.get("content", ""))),
            "column": (column.get("nicename") if column is not None else "") or kind,
            "column_title": (column.text if column is not None else "") or "",
        }
        fields, doubts = ready_fields(known)
        for doubt in doubts:
            yield Note(WARNING, place, doubt)
        if aliases := [
            text for text in (values.get("guid", ""),) if text.startswith("http") and text != values.get("link")
        ]:
            fields["aliases"] = aliases
        if again > 1:
            said = sentence(_("The number %(id)s occurs in several items of the export. Each was taken."), id=post_id)
            yield Note(WARNING, place, said)
        key = f"wxr:{post_id}" if again == 1 else f"wxr:{post_id}/{again}"
        yield Record(key=key, url=values.get("link", ""), kind=READY, status=200, fields=fields, position=position)


def _local(element: Any) -> str:
    if element is None or not isinstance(element.tag, str):
        return ""
    return str(element.tag).rpartition("}")[2]


def _values(element: Any) -> dict[str, str]:
    """Return the texts of an element's children by local name; the two `encoded` are content and excerpt."""
    found: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == "encoded":
            name = "excerpt" if "excerpt" in str(child.tag) else "content"
        found.setdefault(name, (child.text or "").strip())
    return found


def _published(values: dict[str, str]) -> str | None:
    """Return when the post was published: the moment in GMT where it is set, else the site's own clock."""
    gmt = values.get("post_date_gmt", "")
    if gmt and not gmt.startswith("0000"):
        return moments.moment(gmt + "Z")
    return moments.moment(values.get("post_date", ""))
