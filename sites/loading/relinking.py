"""Rewriting the links of loaded pages where they stand, without a new revision: the load is completed, not edited."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from django.db import connection
from wagtail.models import Revision

from sites.building import lock_tree
from sites.loading import referring
from sites.loading.holding import locked_pages
from sites.loading.rows import MODELS

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
        new = [{**block, "value": rewrite(block["value"])} if block["type"] == "paragraph" else block for block in old]
        if new != old:
            changed[pk] = page, new
    _store({pk: (page, json.dumps(blocks, ensure_ascii=False)) for pk, (page, blocks) in changed.items()})
    referring.remove(changed, below="body.")
    referring.write(
        reference
        for pk, (page, blocks) in changed.items()
        for reference in dict.fromkeys(referring.found_in_body(page.content_type_id, pk, blocks))
    )
    return set(changed)


def _blocks(page: Any) -> list[dict[str, Any]]:
    return [dict(block) for block in page.body.raw_data]


def _store(bodies: dict[int, tuple[Any, str]]) -> None:
    """Write the bodies, given as (page, JSON) by page id, into pages and revisions: a statement for each table."""
    postgres = connection.vendor == "postgresql"
    for model in MODELS.values():
        own = [(pk, body) for pk, (page, body) in bodies.items() if isinstance(page, model)]
        _update(model, "body", "{}::jsonb" if postgres else "{}", own)
    # A revision holds the body as a text in its JSON.
    in_revision = "jsonb_set(content, '{{body}}', to_jsonb({}))" if postgres else "json_set(content, '$.body', {})"
    _update(Revision, "content", in_revision, [(page.latest_revision_id, body) for page, body in bodies.values()])


def _update(model: Any, column: str, value: str, rows: list[tuple[int, str]]) -> None:
    """Set a column of many rows, each (key, text), to what the SQL `value` makes of the text."""
    if not rows:
        return
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            marks = ", ".join(["(%s, %s)"] * len(rows))
            cursor.execute(
                f"UPDATE {table} SET {column} = {value.format('given.text')}"
                f" FROM (VALUES {marks}) AS given (key, text) WHERE {table}.{key} = given.key",
                [part for row in rows for part in row],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET {column} = {value.format('%s')} WHERE {key} = %s",
                [(text, pk) for pk, text in rows],
            )
