"""What the old site says of loaded items, batch by batch: raw pages, bodies as read, files, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import html as lxml_html

from legacy import blobs, bodies
from legacy.contents import body_of
from legacy.extraction.text import squeezed
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical
from legacy.models import LegacyItem, LegacyMedia, LegacyRaw, RawKind, Transition
from legacy.survey import reading
from legacy.survey.making import unpack
from legacy.verify import own_text
from legacy.verify.comparing import Old

_NO_LINES = (None, "")


class OldSite:
    """The old site as far as it is needed to judge items. Families and lists are read once."""

    def __init__(self, transition: Transition) -> None:
        self._transition = transition
        self._rule = Rule.from_json(transition.address_rule)
        self._shared: dict[str, frozenset[str] | None] = {}
        self._listed = _listed(transition, self._rule)

    @property
    def has_lists(self) -> bool:
        return bool(self._listed)

    def of(self, items: Sequence[LegacyItem]) -> list[tuple[Old, bodies.Body]]:
        """Return what is known of each item, and its body as it was read."""
        read = [body_of(item) for item in items]
        raws = self._raws(items, read)
        media = self._media(read, raws)
        return [(self._one(item, body, raws, media), body) for item, body in zip(items, read, strict=True)]

    def _one(self, item: LegacyItem, body: bodies.Body, raws: dict[str, LegacyRaw], media: frozenset[str]) -> Old:
        listed = self._listed.get(self._key(item.url) if item.url else item.key)
        own, everything = self._text(item, body, raws)
        files = [
            raws[key].size for url in bodies.file_urls(body) if (key := self._key(url)) in raws and raws[key].sha256
        ]
        pictures = [
            url for url in bodies.picture_urls(body) if (raw := raws.get(self._key(url))) and raw.sha256 in media
        ]
        return Old(
            title=item.title,
            published_on=_day(item),
            document_number=_value(item, "document_number"),
            index_number=_value(item, "index_number"),
            body=squeezed(text_of(body)),
            own=own,
            everything=everything,
            pictures=len(pictures),
            files=files,
            list_title=listed[0] if listed else "",
            list_date=listed[1] if listed else "",
        )

    def _key(self, url: str) -> str:
        return canonical(url, self._rule).key

    def _raws(self, items: Sequence[LegacyItem], read: Sequence[bodies.Body]) -> dict[str, LegacyRaw]:
        """Return the raw records of the items, their parts, pictures and files, by canonical key."""
        keys = {item.key for item in items}
        for body in read:
            for url in (*bodies.file_urls(body), *bodies.picture_urls(body), *body.get("parts", ())):
                keys.add(self._key(url))
        found: dict[str, LegacyRaw] = {}
        wanted = sorted(keys)
        for at in range(0, len(wanted), 500):
            rows = LegacyRaw.objects.filter(transition=self._transition, key__in=wanted[at : at + 500])
            found |= {row.key: row for row in rows}
        return found

    def _media(self, read: Sequence[bodies.Body], raws: dict[str, LegacyRaw]) -> frozenset[str]:
        hashes = {
            raws[key].sha256 for body in read for url in bodies.picture_urls(body) if (key := self._key(url)) in raws
        }
        rows = LegacyMedia.objects.filter(transition=self._transition, sha256__in=hashes - {""}, image__isnull=False)
        return frozenset(rows.values_list("sha256", flat=True))

    def _text(self, item: LegacyItem, body: bodies.Body, raws: dict[str, LegacyRaw]) -> tuple[list[str] | None, str]:
        raw = raws.get(item.key)
        if raw is None:
            return _NO_LINES
        if raw.kind == RawKind.READY:
            lines, everything = own_text.html_lines(str(raw.fields.get("body") or ""))
            return own_text.own_lines(lines, frozenset()), everything
        shared = self._shared_lines(raw.family)
        found: list[str] = []
        everything = ""
        for one in (raw, *(raws[key] for url in body.get("parts", ()) if (key := self._key(url)) in raws)):
            lines, text = _lines(one)
            found += lines
            everything += text
        return (None if shared is None else own_text.own_lines(found, shared)), everything

    def _shared_lines(self, family: str) -> frozenset[str] | None:
        """Return what the pages of a family share. Lists count as well: their menus are the same."""
        if family not in self._shared:
            rows = LegacyRaw.objects.filter(
                transition=self._transition, kind=RawKind.PAGE, family=family, sha256__gt=""
            )
            keys = list(rows.order_by("pk").values_list("pk", flat=True))
            step = max(1, len(keys) // own_text.SAMPLE)
            sample = LegacyRaw.objects.filter(pk__in=keys[::step][: own_text.SAMPLE]).order_by("pk")
            self._shared[family] = own_text.shared_lines(_lines(row)[0] for row in sample)
        return self._shared[family]


def text_of(body: bodies.Body) -> str:
    """Return the text of a body as a reader sees it: paragraphs, cells, captions, in their order."""
    parts: list[str] = []
    for block in body["blocks"]:
        kind = block["type"]
        if kind == "table":
            value = block["value"]
            parts.append(str(value.get("table_caption") or ""))
            parts += [_plain(str(cell)) for row in value.get("data", ()) for cell in row if cell]
        elif kind == "picture":
            parts.append(str(block.get("caption") or ""))
        else:
            parts.append(_plain(str(block.get("html") or "")))
    return "\n".join(part for part in parts if part)


def _plain(html: str) -> str:
    if "<" not in html and "&" not in html:
        return html
    return str(lxml_html.fragment_fromstring(html, create_parent="div").text_content())


def _lines(raw: LegacyRaw) -> tuple[list[str], str]:
    try:
        return own_text.page_lines(blobs.get(raw.sha256), raw.content_type, raw.url)
    except OSError:
        return [], ""


def _day(item: LegacyItem) -> str:
    from django.utils import timezone

    return timezone.localtime(item.published_at).date().isoformat() if item.published_at else ""


def _value(item: LegacyItem, name: str) -> str:
    said = item.overrides.get(name)
    if said is not None:
        return str((said.get("value") if isinstance(said, dict) else said) or "")
    return str((item.values.get(name) or {}).get("value") or "")


def _listed(transition: Transition, rule: Rule) -> dict[str, tuple[str, str]]:
    """Return (title, ISO day) of what list pages name, by canonical key; the longest title where several lists do."""
    row = reading.runs(transition).first()
    if row is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for sha256 in _batches(row.cursor.get("batches", [])):
        for _pk, facts in unpack(sha256):
            for url, title, day in facts.get("entries") or ():
                key = canonical(url, rule).key
                if key not in found or len(title) > len(found[key][0]):
                    found[key] = (title, day)
    return found


def _batches(hashes: Iterable[str]) -> Iterable[Any]:
    for sha256 in hashes:
        try:
            yield blobs.get(sha256)
        except OSError:
            continue
