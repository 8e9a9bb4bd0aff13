"""Rewriting the links of loaded pages where they stand, without a new revision: the load is completed, not edited."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection
from typing import Any

from wagtail.models import Revision

from sites.building import lock_tree
from sites.loading import referring
from sites.loading.rows import MODELS
from sites.loading.writing import locked_pages

Rewrite = Callable[[str], str]


def texts_of(page_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the rich texts of the pages' bodies, by page id."""
    found: dict[int, list[str]] = {}
    for model in MODELS.values():
        for page in model.objects.filter(pk__in=page_ids).only("pk", "body"):
            found[page.pk] = [block["value"] for block in _blocks(page) if block["type"] == "paragraph"]
    return found


def relink(pages: dict[int, int | None], rewrite: Rewrite) -> set[int]:
    """Rewrite the rich texts of pages that stand as they were loaded, in page and revision; return the ids changed.

    `pages` gives the revision that loading wrote by page id. What an editor has changed since is left alone. The texts
    that are searched stay the same, and so does the search index. Call inside a transaction; `writing.published` last.
    """
    lock_tree()
    changed: dict[int, tuple[Any, list[dict[str, Any]]]] = {}
    for pk, page in locked_pages(list(pages)).items():
        if page.latest_revision_id != pages[pk]:
            continue
        old = _blocks(page)
        new = copy.deepcopy(old)
        for block in new:
            if block["type"] == "paragraph":
                block["value"] = rewrite(block["value"])
        if new != old:
            changed[pk] = page, new
    revisions = Revision.objects.in_bulk([page.latest_revision_id for page, _blocks in changed.values()])
    for page, blocks in changed.values():
        revision = revisions[page.latest_revision_id]
        revision.content["body"] = json.dumps(blocks, ensure_ascii=False)
        type(page).objects.filter(pk=page.pk).update(body=blocks)
    Revision.objects.bulk_update(revisions.values(), ["content"], batch_size=100)
    referring.remove(changed, below="body.")
    referring.write(
        reference
        for pk, (page, blocks) in changed.items()
        for reference in dict.fromkeys(referring.found_in_body(page.content_type_id, pk, blocks))
    )
    return set(changed)


def _blocks(page: Any) -> list[dict[str, Any]]:
    return [dict(block) for block in page.body.raw_data]
