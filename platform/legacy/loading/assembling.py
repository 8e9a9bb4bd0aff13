"""From a legacy item with its body to what is written: blocks with stored pictures, links, attachments, fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from legacy import bodies
from legacy.bodies import Body
from legacy.loading import found as media_found
from legacy.loading.found import Bytes, Found, Media
from legacy.loading.resolving import Resolver
from legacy.loading.rewriting import Goal, links_in, rewrite
from legacy.models import LegacyItem
from sites.loading.items import DOCUMENT_FIELDS, MOST, Attached, Item, block_id, fault, fitted, slug_for, storable
from sites.loading.media import NoSpace, Unusable
from sites.loading.places import Place
from sites.messages import SaidError, Sentence, _, sentence

CAPTION_MOST = 200


class Refused(SaidError):
    """The item cannot be loaded as it is; the message is a sentence."""


@dataclass(slots=True)
class Draft:
    """An item ready to be written. `lacks`: what the page will not show, a sentence for each."""

    row: LegacyItem
    item: Item
    media: str
    open_links: int
    lacks: list[Sentence] = field(default_factory=list)


def texts_of(body: Body) -> list[str]:
    return [block["html"] for block in body["blocks"] if block["type"] == "text"]


def links_of(body: Body) -> list[str]:
    return [url for html in texts_of(body) for url in links_in(html)]


def media_urls(body: Body) -> list[str]:
    return [*bodies.picture_urls(body), *bodies.file_urls(body)]


def used(body: Body, at: Bytes) -> Iterator[tuple[str, Found | None]]:
    """Yield (address, record) of every picture and file that the page would show: their bytes belong to its content."""
    for url in media_urls(body):
        yield url, at.of(url)
    for url in links_of(body):
        record = at.of(url)
        if media_found.is_download(record):
            yield url, record


def check(row: LegacyItem) -> None:
    """Raise Refused where the item lacks what every page must have."""
    if not row.title.strip():
        raise Refused(sentence(_("It has no title.")))
    if row.published_at is None:
        raise Refused(sentence(_("It has no publication date. An undated item cannot be published.")))
    if row.published_at > datetime.now(UTC):
        raise Refused(
            sentence(_("Its publication date %(date)s lies in the future."), date=f"{row.published_at:%Y-%m-%d}")
        )


def assemble(
    row: LegacyItem, body: Body, place: Place, *, code: str, at: Bytes, media: Media, goals: Resolver
) -> Draft:
    """Return what is to be written; pictures and files are stored on the way. Raises Refused, NoSpace."""
    check(row)
    kind = row.kind if row.kind in {"article", "document"} else "article"
    if kind not in place.takes:
        raise Refused(_not_taken(kind, place))
    assert row.published_at is not None
    lacks: list[Sentence] = []
    made = _Blocks(f"{code}/{row.key}", at, media, goals, lacks)
    blocks = made.blocks(body)
    attachments = made.attachments(body)
    fields, cut = fitted(_fields(row, kind))
    lacks += [sentence(_("“%(field)s” was too long; its end is cut."), field=name) for name in cut]
    item = Item(
        kind=kind,
        column_id=place.column_id,
        title=storable(" ".join(row.title.split())),
        published_at=row.published_at,
        slug=slug_for(row.published_at, f"{code}/{row.key}"),
        body=blocks,
        fields=fields,
        written_on=_day(_value(row, "written_on")),
        attachments=attachments,
    )
    wrong = fault(item)
    if wrong is not None:
        raise Refused(wrong)
    return Draft(row, item, media_found.digest(used(body, at)), made.open_links, lacks)


class _Blocks:
    """Turns the blocks of one body into stored ones."""

    def __init__(self, seed: str, at: Bytes, media: Media, goals: Resolver, lacks: list[Sentence]) -> None:
        self.seed, self.at, self.media, self.goals, self.lacks = seed, at, media, goals, lacks
        self.open_links = 0
        self._names: dict[str, str] = {}

    def blocks(self, body: Body) -> list[dict[str, Any]]:
        self._names = {attachment["url"]: attachment.get("name", "") for attachment in body["attachments"]}
        made: list[dict[str, Any]] = []
        for block in body["blocks"]:
            kind = block["type"]
            value: Any = None
            if kind == "text":
                html = storable(block["html"])
                value = rewrite(html, self._goal) if html.strip() else None
                kind = "paragraph"
            elif kind == "table":
                value = block["value"]
            elif kind == "picture":
                value, kind = self._picture(block), "image"
            if value is not None:
                made.append({"type": kind, "value": value, "id": block_id(self.seed, len(made))})
        return made

    def attachments(self, body: Body) -> tuple[Attached, ...]:
        found = []
        for attachment in body["attachments"]:
            name = storable(attachment.get("name", "")).strip()
            pk = self._stored(attachment["url"], name, lambda record, name=name: self.media.file(record, name=name))
            if pk is not None:
                found.append(Attached(pk, name[:200]))
        return tuple(found)

    def _picture(self, block: dict[str, Any]) -> dict[str, Any] | None:
        alt, caption = storable(block.get("alt", "")), storable(block.get("caption", ""))
        pk = self._stored(
            block["url"], alt or caption, lambda record: self.media.picture(record, title=(alt or caption)[:255])
        )
        if pk is None:
            return None
        return {"image": {"image": pk, "decorative": False, "alt_text": alt[:255]}, "caption": caption[:CAPTION_MOST]}

    def _goal(self, url: str) -> Goal | None:
        record = self.at.of(url)
        if record is not None and media_found.is_download(record):
            name = self._names.get(url, "")
            pk = self._stored(url, name, lambda record: self.media.file(record, name=name))
            return Goal("document", pk) if pk is not None else None
        goal = self.goals(url)
        if goal is None and self.goals.is_open(url):
            self.open_links += 1
        return goal

    def _stored(self, url: str, name: str, store: Callable[[Found], int]) -> int | None:
        """Return the id of the stored bytes of an address; None where there are none that can be shown, and say so."""
        record = self.at.of(url)
        shown = name or url
        if record is None:
            self.lacks.append(sentence(_("“%(name)s” is missing: %(url)s was not collected."), name=shown, url=url))
            return None
        try:
            return store(record)
        except NoSpace:
            raise
        except Unusable as error:
            self.lacks.append(
                sentence(_("“%(name)s” (%(url)s) is left out: %(why)s"), name=shown, url=url, why=error.sentence)
            )
            return None


def _not_taken(kind: str, place: Place) -> Sentence:
    if kind == "document":
        return sentence(_("It is an official document, and the column “%(column)s” takes none."), column=place.title)
    return sentence(_("The column “%(column)s” takes no articles."), column=place.title)


def _value(row: LegacyItem, name: str) -> str:
    said = row.overrides.get(name) or row.values.get(name) or {}
    return storable(str(said.get("value") or "")).strip()


def _fields(row: LegacyItem, kind: str) -> dict[str, str]:
    names = (name for name in MOST if kind == "document" or name not in DOCUMENT_FIELDS)
    return {name: text for name in names if (text := _value(row, name))}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
