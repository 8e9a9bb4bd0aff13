"""What pages refer to, in Wagtail's reference index: found in the items themselves, written and removed in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from wagtail.models import ReferenceIndex

from sites.loading import texts
from sites.loading.items import Item
from sites.loading.rows import Prototypes
from sites.models import SiteFile, SitePage

# (content type, page id, content type and id referred to, model path, content path)
Reference = tuple[int, int, int, str, str, str]


def found_in(made: Prototypes, item: Item, page_id: int, pairs: Sequence[tuple[int, Any]]) -> list[Reference]:
    """Return what an item refers to, each once, as `write` takes it; `pairs` are (id, attachment)."""
    found = dict.fromkeys(found_in_body(made.content_type, page_id, item.body))
    base, of_file = type_id(SitePage), type_id(SiteFile)
    for pk, file in pairs:
        # Wagtail files them under the base page: it is asked when the attachment is saved.
        row = (base, page_id, of_file, str(file.file_id), "attachments.item.file", f"attachments.{pk}.file")
        found[row] = None
    return list(found)


def found_in_body(content_type: int, page_id: int, body: list[dict[str, Any]]) -> Iterator[Reference]:
    """Yield what a body refers to, as often as it does."""
    for model, pk, model_path, content_path in texts.referred(body):
        yield content_type, page_id, type_id(model), pk, model_path, content_path


def write(references: Iterable[Reference]) -> None:
    base = type_id(SitePage)
    ReferenceIndex.objects.bulk_create(
        [
            ReferenceIndex(
                content_type_id=content_type,
                base_content_type_id=base,
                object_id=str(page_id),
                to_content_type_id=to_type,
                to_object_id=to_id,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
            )
            for content_type, page_id, to_type, to_id, model_path, content_path in references
        ],
        batch_size=500,
    )


def remove(page_ids: Collection[int], *, below: str = "") -> None:
    """Take what the pages refer to out of the reference index, or only what is below a model path ("body.")."""
    rows = ReferenceIndex.objects.filter(
        base_content_type_id=type_id(SitePage), object_id__in=[str(pk) for pk in page_ids]
    )
    if below:
        rows = rows.filter(model_path__startswith=below)
    rows._raw_delete(connection.alias)


def type_id(model: type[Any]) -> int:
    return int(ReferenceIndex._get_base_content_type(model).pk)
