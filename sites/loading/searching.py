"""The search index rows of many pages in one statement, as Wagtail's indexer would write them one by one.

On PostgreSQL the texts go over by COPY, and the server makes the vectors from them with the very expressions of the
search backend; on SQLite the triggers of the index table feed its full-text table.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

from django.db import connection
from django.db.models.sql import InsertQuery
from modelsearch.conf import get_app_config
from modelsearch.index import SearchField
from wagtail.search.backends import get_search_backend

from sites.bulk_rows import copy_text
from sites.loading.rows import MODELS
from sites.loading.sending import Sender

_TEMPORARY = "loading_search"
_NAMES = tuple(f"t{number}" for number in range(8))  # texts beside the title
_TABLE = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS {_TEMPORARY} "
    f"(object_id text, title text, {', '.join(f'{name} text' for name in _NAMES)})"
)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is searched of one page: its title, and the value of every other field in the order of its model's fields."""

    pk: int
    title: str
    parts: tuple[str, ...]


@lru_cache(maxsize=8)
def part_names(kind: str) -> tuple[str, ...]:
    """Return the names of the fields, beside the title, that a kind of item is searched by."""
    fields = MODELS[kind].get_search_fields()
    return tuple(f.field_name for f in fields if isinstance(f, SearchField) and f.field_name != "title")


def write(kind: str, content_type: int, pages: Sequence[Texts], sender: Sender) -> None:
    """Write the search rows of pages that have none. Call inside a transaction."""
    if not pages:
        return
    if connection.vendor == "postgresql":
        copy, data, insert = _copying(pages), StringIO(_lines(pages)), _insert(kind)

        def job(cursor: Any) -> None:
            cursor.execute(_TABLE)
            cursor.copy_expert(copy, data)
            cursor.execute(insert, [content_type])
            cursor.execute(f"TRUNCATE {_TEMPORARY}")

        sender.run(job)
    else:
        table = get_app_config().get_model("IndexEntry")._meta.db_table
        with connection.cursor() as cursor:
            cursor.cursor.connection.executemany(
                f"INSERT INTO {table} (content_type_id, object_id, title_norm, title, autocomplete, body)"
                " VALUES (?, ?, 1.0, ?, ?, ?)",
                ((content_type, str(page.pk), page.title, page.title, " ".join(page.parts)) for page in pages),
            )


def remove(content_types: Iterable[int], page_ids: Sequence[int]) -> None:
    """Take the pages out of the search index."""
    entries = get_app_config().get_model("IndexEntry").objects
    found = entries.filter(content_type_id__in=list(content_types), object_id__in=[str(pk) for pk in page_ids])
    found._raw_delete(connection.alias)


def _lines(pages: Sequence[Texts]) -> str:
    """Return the pages as lines of COPY: id, title, each text."""
    lines = []
    for page in pages:
        stripped = [part.strip() for part in page.parts]
        lines.append("\t".join([str(page.pk), *map(copy_text, (page.title.strip(), *stripped))]) + "\n")
    return "".join(lines)


def _copying(pages: Sequence[Texts]) -> str:
    used = ", ".join(["object_id", "title", *_NAMES[: len(pages[0].parts)]])
    return f"COPY {_TEMPORARY} ({used}) FROM STDIN"


@lru_cache(maxsize=8)
def _insert(kind: str) -> str:
    """Return the statement that makes the search rows from the temporary table, with the backend's own expressions."""
    from modelsearch.backends.database.postgres.postgres import ObjectIndexer

    model = MODELS[kind]
    names = part_names(kind)
    marks = {"title": "@@title@@", **{name: f"@@t{number}@@" for number, name in enumerate(names)}}
    entry = get_app_config().get_model("IndexEntry")
    compiler = InsertQuery(entry).get_compiler(connection=connection)
    indexer = ObjectIndexer(_marked(model, marks), get_search_backend())
    columns = []
    for name in ("title", "autocomplete", "body"):
        value = compiler.prepare_value(entry._meta.get_field(name), getattr(indexer, name))
        sql, params = value.as_sql(compiler, connection)
        columns.append(sql % tuple(_sql(param) for param in params))
    whole = ", ".join(f"NULLIF({name}, '')" for name in _NAMES[: len(names)])
    return (
        f"INSERT INTO {entry._meta.db_table} "
        "(content_type_id, object_id, title_norm, title, autocomplete, body, title_text, body_text) "
        f"SELECT %s, object_id, 1.0, {', '.join(columns)}, title, concat_ws(' ', {whole}) FROM {_TEMPORARY}"
    )


def _sql(param: Any) -> str:
    if isinstance(param, str) and param.startswith("@@"):
        return param.strip("@")
    return "'" + str(param).replace("'", "''").replace("%", "%%") + "'"


def _marked(model: type[Any], marks: dict[str, str]) -> Any:
    """Return an unsaved page whose searched fields give marks instead of their values."""
    page = model(title=marks["title"])
    fields = []
    for field in model.get_search_fields():
        field = copy.copy(field)
        if isinstance(field, SearchField):
            field.get_value = lambda _page, name=field.field_name: marks[name]
        fields.append(field)
    page.get_search_fields = lambda: fields
    return page
