"""What became of loaded pages: whether they stand as they were loaded, and taking back those that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import SET_NULL, F
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from sites.building import lock_tree
from sites.loading import numbering, referring, searching
from sites.loading.holding import locked_pages
from sites.loading.rows import MODELS
from sites.models import Attachment, SitePage, TextPrint

# Rows that go with a page that is taken back. Whatever else hangs on a page is somebody's work, and keeps it.
_WITH_IT = (Attachment, TextPrint)


@dataclass(frozen=True, slots=True)
class Standing:
    """A loaded page as it stands. `revision_id` is its newest revision, an editor's where somebody changed it."""

    page_id: int
    kind: str  # "article", "document", "" for anything else
    revision_id: int | None
    live: bool
    column_id: int | None


def standing(page_ids: Collection[int]) -> dict[int, Standing]:
    """Return what stands of these pages, by id."""
    names = {model._meta.model_name: kind for kind, model in MODELS.items()}
    rows = SitePage.objects.filter(pk__in=page_ids)
    found = rows.values_list("pk", "content_type__model", "latest_revision_id", "live", "column_id")
    return {pk: Standing(pk, names.get(name, ""), *rest) for pk, name, *rest in found}


def removable(pages: dict[int, int | None]) -> tuple[set[int], set[int]]:
    """Lock loaded pages and return (ids that can be taken back, ids that stay). Call inside the transaction of `remove`.

    `pages` gives the revision that loading wrote by page id. What somebody has changed, taken from the site, is
    reviewing, refers to or has put into another column as well stays.
    """
    lock_tree()
    stored = locked_pages(list(pages))
    stays = _staying({pk: (page.latest_revision_id, page.live, page.numchild) for pk, page in stored.items()}, pages)
    return stored.keys() - stays, stays


def removable_now(pages: dict[int, int | None]) -> tuple[set[int], set[int]]:
    """Return what `removable` would, as the pages stand at this moment: for showing, nothing is locked."""
    rows = SitePage.objects.filter(pk__in=pages).values_list("pk", "latest_revision_id", "live", "numchild")
    stored = {pk: tuple(rest) for pk, *rest in rows}
    stays = _staying(stored, pages)
    return stored.keys() - stays, stays


def _staying(stored: dict[int, Any], pages: dict[int, int | None]) -> set[int]:
    """Return which pages stay; `stored` gives (newest revision, live, number of children) by page id."""
    stays = {pk for pk, (revision, live, children) in stored.items() if revision != pages[pk] or not live or children}
    return stays | _held(stored.keys() - stays)


def remove(page_ids: Collection[int], *, by: Any = None) -> None:
    """Take pages back as if they had never come in; their numbers are free again. `writing.published` comes last."""
    going = sorted(page_ids)
    if not going:
        return
    stored = locked_pages(going)
    numbering.give_back(going)
    for name, model in _relations():
        rows = model._base_manager.filter(**{f"{name}__in": going})
        if model in _WITH_IT:
            rows._raw_delete(connection.alias)
        else:
            rows.update(**{name: None})
    searching.remove([ContentType.objects.get_for_model(model).pk for model in MODELS.values()], going)
    referring.remove(going)
    base = ContentType.objects.get_for_model(SitePage).pk
    for model in MODELS.values():
        model._base_manager.filter(sitepage_ptr__in=going)._raw_delete(connection.alias)
    SitePage._base_manager.filter(pk__in=going)._raw_delete(connection.alias)
    revisions = Revision.objects.filter(base_content_type_id=base, object_id__in=[str(pk) for pk in going])
    revisions._raw_delete(connection.alias)
    for column_id, count in Counter(stored[pk].column_id for pk in going).items():
        SitePage.objects.filter(pk=column_id).update(numchild=F("numchild") - count)
    _log([stored[pk] for pk in going], by)


def _relations() -> Iterator[tuple[str, Any]]:
    """Yield (field, model) of what goes with a page or forgets it: ours, and the rooms above's SET_NULL references."""
    for relation in SitePage._meta.related_objects:
        model = relation.related_model
        foreign = model._meta.app_label != SitePage._meta.app_label and relation.on_delete is SET_NULL
        if model in _WITH_IT or foreign:
            yield relation.field.name, model


def _held(page_ids: Collection[int]) -> set[int]:
    """Return the pages on which something hangs that loading did not write."""
    passing = {(name, model) for name, model in _relations()}
    held: set[int] = set()
    for relation in SitePage._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if (name, model) in passing or model is PageLogEntry or name == "sitepage_ptr":
            continue
        if model._meta.model_name == "issuednumber":
            continue  # given back
        held |= set(model._base_manager.filter(**{f"{name}__in": page_ids}).values_list(name, flat=True))
    return held


def _log(pages: list[Any], by: Any) -> None:
    now = timezone.now()
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                content_type_id=page.content_type_id,
                label=page.title,
                action="wagtail.delete",
                timestamp=now,
                user_id=by.pk if by else None,
                deleted=True,
                content_changed=False,
                page_id=page.pk,
            )
            for page in pages
        ]
    )
