"""What there is to check in a page: every text with its place, every picture, every file, every address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock

from sites.checks.passages import Passage

# Never shown to citizens as text, or made by the platform.
NOT_TEXT = frozenset(
    {"slug", "seo_title", "search_description", "url_path", "draft_title", "column_type", "responsible"}
)


@dataclass(frozen=True)
class Place:
    field: str
    block_id: str = ""
    path: str = ""


@dataclass(frozen=True)
class Picture:
    place: Place
    image_id: int
    alt: str
    decorative: bool


@dataclass(frozen=True)
class FileUse:
    place: Place
    file_id: int


@dataclass(frozen=True)
class Address:
    place: Place
    url: str


@dataclass
class Gathered:
    passages: list[Passage] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    files: list[FileUse] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)

    def of_field(self, name: str) -> Passage | None:
        return next((passage for passage in self.passages if passage.field == name and not passage.block_id), None)

    @property
    def body(self) -> str:
        """The words of the blocks, one after the other."""
        return "\n".join(passage.text for passage in self.passages if passage.block_id)


def gather(page: Any) -> Gathered:
    """Return what the specific page holds, in the order of its fields and blocks; asks the database for the files only."""
    found = Gathered()
    for model_field in page._meta.concrete_fields:
        if isinstance(model_field, StreamField):
            for part in raw_stream(page, model_field.name):
                block = model_field.stream_block.child_blocks.get(part["type"])
                if block is not None:
                    _walk(found, block, part["value"], Place(model_field.name, part["id"]))
        elif _is_text(model_field):
            text = getattr(page, model_field.name) or ""
            if isinstance(model_field, models.URLField):
                _address(found, text, Place(model_field.name))
            elif text:
                found.passages.append(Passage(model_field.name, text))
    for number, attachment in enumerate(page.attachments.all()):
        found.files.append(FileUse(Place("attachments", path=str(number)), attachment.file_id))
        if attachment.title:
            found.passages.append(Passage("attachments", attachment.title, path=str(number)))
    return found


def raw_stream(page: Any, name: str) -> list[dict[str, Any]]:
    """Return the stored form of a stream field: [{"type", "value", "id"}, …]."""
    value = getattr(page, name)
    return list(value.get_prep_value()) if value else []


def _is_text(model_field: Any) -> bool:
    return (
        isinstance(model_field, (models.CharField, models.TextField))
        and model_field.editable
        and not model_field.choices
        and model_field.name not in NOT_TEXT
    )


def _address(found: Gathered, url: str, place: Place) -> None:
    if url:
        found.addresses.append(Address(place, url))


def _walk(found: Gathered, block: Any, value: Any, place: Place) -> None:
    """Add what one block's stored value holds. ImageBlock is a struct of its own kind and comes first."""
    if value is None or value == "":
        return
    if isinstance(block, ImageBlock):
        data = value if isinstance(value, dict) else {"image": value}
        if data.get("image"):
            alt, decorative = data.get("alt_text") or "", bool(data.get("decorative"))
            found.pictures.append(Picture(place, int(data["image"]), alt, decorative))
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            _walk(found, child, value.get(name), _inside(place, name))
    elif isinstance(block, blocks.ListBlock):
        for number, item in enumerate(value):
            wrapped = isinstance(item, dict) and item.get("type") == "item"
            inner = _inside(place, f"{number}/value" if wrapped else str(number))
            _walk(found, block.child_block, item["value"] if wrapped else item, inner)
    elif isinstance(block, TableBlock):
        found.passages.extend(_cells(value, place))
    elif isinstance(block, DocumentChooserBlock):
        found.files.append(FileUse(place, int(value)))
    elif isinstance(block, blocks.URLBlock):
        _address(found, value, place)
    elif isinstance(block, (blocks.RichTextBlock, blocks.CharBlock, blocks.TextBlock)):
        rich = isinstance(block, blocks.RichTextBlock)
        found.passages.append(Passage(place.field, value, place.block_id, place.path, is_html=rich))


def _cells(table: dict[str, Any], place: Place) -> Iterator[Passage]:
    if table.get("table_caption"):
        yield Passage(place.field, table["table_caption"], place.block_id, _inside(place, "table_caption").path)
    for row, cells in enumerate(table.get("data") or ()):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                yield Passage(place.field, cell, place.block_id, _inside(place, f"data/{row}/{column}").path)


def _inside(place: Place, name: str) -> Place:
    return Place(place.field, place.block_id, f"{place.path}/{name}".lstrip("/"))
