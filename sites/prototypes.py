"""The rows of a page as publishing it would leave them, prepared once a template, with slots for what differs.

Everything is taken from model instances and from Wagtail's own indexer, so that a new field or another search
configuration is followed without a change here. Tables: page, its type, revision, log, search index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.sql import InsertQuery
from modelsearch.conf import get_app_config
from wagtail.models import Locale, PageLogEntry, Revision
from wagtail.search.backends import get_search_backend

from sites import page_rows
from sites.bulk_rows import RowPrototype, Slot, literal, slot_text
from sites.column_templates import ColumnSpec, ColumnTemplate
from sites.models import Column, HomePage, RegionPage, SitePage

SEARCH_FIELDS = ("title", "autocomplete", "body", "title_text", "body_text")
TABLE_ORDER = (
    Revision._meta.db_table,
    SitePage._meta.db_table,
    RegionPage._meta.db_table,
    HomePage._meta.db_table,
    Column._meta.db_table,
    PageLogEntry._meta.db_table,
    get_app_config().get_model("IndexEntry")._meta.db_table,
)
# Slots in a revision's JSON: a marker stands in for the value while the rest is serialised.
JSON_SLOTS = {
    "pk": "%(pk)s",
    "translation_key": '"%(key_json)s"',
    "owner": "%(by_json)s",
    "tenant": "%(tenant)s",
    "published_at": '"%(now_json)s"',
}


@dataclass(frozen=True)
class PagePrototype:
    rows: tuple[RowPrototype, ...]


@dataclass(frozen=True)
class SitePrototype:
    home: PagePrototype
    columns: tuple[PagePrototype, ...]


def title_slots(title: str) -> dict[str, str]:
    return {"title": slot_text(title), "title_json": slot_text(json.dumps(title)[1:-1])}


def for_template(template: ColumnTemplate, *, with_optional: bool) -> SitePrototype:
    """Return the rows of a whole site of this template: its home, and its columns with parents first."""
    return _for_template(template.kind, template.version, template.digest, with_optional, _Template(template))


class _Template:
    """Carries a template past the cache's key: the digest already says what it holds."""

    def __init__(self, template: ColumnTemplate, spec: ColumnSpec | None = None) -> None:
        self.template = template
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Template)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _for_template(kind: str, version: int, digest: str, with_optional: bool, held: _Template) -> SitePrototype:
    template = held.template
    specs = [spec for spec in template.columns if with_optional or spec.mandatory]
    by_parent: dict[str, list[ColumnSpec]] = {}
    for spec in specs:
        by_parent.setdefault(spec.parent, []).append(spec)
    places: dict[str, tuple[str, str]] = {"": ("", "")}  # code -> (tree path, address) below the home
    for parent in ["", *(spec.code for spec in specs)]:
        for step, spec in enumerate(by_parent.get(parent, ()), start=1):
            path, address = places[parent]
            places[spec.code] = (
                SitePage._get_path(path, len(path) // SitePage.steplen + 1, step),
                f"{address}{spec.slug}/",
            )
    columns = []
    for spec, search in zip(specs, search_values([new_column(template, spec) for spec in specs]), strict=True):
        path, address = places[spec.code]
        column = new_column(template, spec)
        column.depth = 3 + len(path) // SitePage.steplen
        column.numchild = len(by_parent.get(spec.code, ()))
        columns.append(
            _prototype(
                column,
                path=Slot(f"%(home_path)s{path}"),
                url_path=Slot(f"%(home_url)s{literal(address)}"),
                search=search,
            )
        )
    home = HomePage(title="", slug="", depth=3, numchild=len(by_parent.get("", ())))
    return SitePrototype(home=_home_prototype(home), columns=tuple(columns))


def new_column(template: ColumnTemplate, spec: ColumnSpec, *, slug: str = "") -> Column:
    """Return an unsaved column as the template wants it."""
    return Column(
        title=spec.title,
        draft_title=spec.title,
        slug=slug or spec.slug,
        code=spec.code,
        kind=spec.kind,
        mandatory=spec.mandatory,
        update_within_days=spec.update_within_days,
        disclosure=",".join(spec.disclosure),
        column_type=spec.column_type,
        keeper=spec.keeper,
        responsible=spec.responsible,
        position=spec.position,
        template_version=template.version,
        show_in_menus=spec.menu,
        intro=spec.intro,
        keywords=spec.keywords,
    )


def for_column(template: ColumnTemplate, spec: ColumnSpec, *, slug: str, depth: int, numchild: int) -> PagePrototype:
    """Return the rows of one column for a site that stands already. Its place is two slots: path, url_path."""
    return _for_column(
        template.kind, template.version, template.digest, spec.code, slug, depth, numchild, _Template(template, spec)
    )


@lru_cache(maxsize=512)
def _for_column(
    kind: str, version: int, digest: str, code: str, slug: str, depth: int, numchild: int, held: _Template
) -> PagePrototype:
    assert held.spec is not None
    column = new_column(held.template, held.spec, slug=slug)
    [search] = search_values([column])
    column.depth, column.numchild = depth, numchild
    return _prototype(column, path=Slot("%(path)s"), url_path=Slot("%(url_path)s"), search=search)


def for_region() -> PagePrototype:
    """Return the rows of a region page: no revision, as add_child leaves it."""
    page = RegionPage(title="", slug="", depth=2)
    return _prototype(page, path=Slot("%(path)s"), url_path=Slot("/%(slug)s/"), search=None, published=False)


def _home_prototype(home: HomePage) -> PagePrototype:
    return _prototype(home, path=Slot("%(home_path)s"), url_path=Slot("%(home_url)s"), search=None)


def _prototype(
    page: Any, *, path: Slot, url_path: Slot, search: dict[str, str] | None, published: bool = True
) -> PagePrototype:
    """`search` None: title, slug and search text are slots as well (homes and regions carry names of their own)."""
    own_title = search is None
    title: Any = Slot("%(title)s") if own_title else page.title
    slug: Any = Slot("%(slug)s") if own_title else page.slug
    page.locale_id = page.locale_id or Locale.get_default().pk
    content_type = ContentType.objects.get_for_model(type(page))
    now = Slot("%(now)s")
    values = _own_values(page, SitePage) | {
        "id": Slot("%(pk)s"),
        "path": path,
        "url_path": url_path,
        "title": title,
        "draft_title": title,
        "slug": slug,
        "translation_key": Slot("%(key)s"),
        "owner_id": Slot("%(by)s"),
    }
    if published:
        values |= {
            "tenant_id": Slot("%(tenant)s"),
            "first_published_at": now,
            "last_published_at": now,
            "latest_revision_created_at": now,
            "published_at": now,
            "latest_revision_id": Slot("%(revision)s"),
            "live_revision_id": Slot("%(revision)s"),
        }
    rows = [RowPrototype(SitePage._meta.db_table, values)]
    rows.append(
        RowPrototype(type(page)._meta.db_table, {**_own_values(page, type(page)), "sitepage_ptr_id": Slot("%(pk)s")})
    )
    if published:
        content = _revision_content(page, path, url_path, own_title=own_title)
        rows.append(page_rows.revision(content_type.pk, title, content))
    rows.append(page_rows.log(content_type.pk, "wagtail.create", title))
    if published:
        rows.append(page_rows.log(content_type.pk, "wagtail.publish", title, revision=Slot("%(revision)s")))
    rows.append(_index_entry(content_type, search))
    return PagePrototype(rows=tuple(rows))


def _own_values(page: Any, model: type[models.Model]) -> dict[str, Any]:
    return {field.column: page_rows.stored(field, page) for field in model._meta.local_concrete_fields}


def _revision_content(page: Any, path: Slot, url_path: Slot, *, own_title: bool) -> Slot:
    """Return the revision's JSON as save_revision() would write it right after add_child()."""
    marks = JSON_SLOTS | {"path": f'"{path.format}"', "url_path": f'"{url_path.format}"'}
    if own_title:
        marks |= {"title": '"%(title_json)s"', "draft_title": '"%(title_json)s"', "slug": '"%(slug)s"'}
    data = page.serializable_data()
    data["numchild"] = 0
    text = literal(json.dumps(data | {name: f"@@{name}@@" for name in marks}, cls=DjangoJSONEncoder))
    for name, slot in marks.items():
        text = text.replace(f'"@@{name}@@"', slot)
    return Slot(text)


def _index_entry(content_type: ContentType, search: dict[str, str] | None) -> RowPrototype:
    names = SEARCH_FIELDS if connection.vendor == "postgresql" else SEARCH_FIELDS[:3]
    values: dict[str, Any] = {"content_type_id": content_type.pk, "object_id": Slot("%(pk)s"), "title_norm": 1.0}
    for name in names:
        values[name] = search[name] if search is not None else Slot(f"%(search_{name})s")
    return RowPrototype(get_app_config().get_model("IndexEntry")._meta.db_table, values)


def search_slots(titles: Sequence[str], model: type[SitePage]) -> list[dict[str, str]]:
    """Return the search slots for pages of `model` that differ by title alone."""
    values = search_values([model(title=title) for title in titles])
    return [{f"search_{name}": slot_text(text) for name, text in value.items()} for value in values]


def search_values(pages: Sequence[Any]) -> list[dict[str, str]]:
    """Return what Wagtail's indexer would store for unsaved pages: texts on SQLite, tsvectors as text on PostgreSQL."""
    if not pages:
        return []
    backend = get_search_backend()
    if connection.vendor != "postgresql":
        from modelsearch.backends.database.sqlite.sqlite import ObjectIndexer

        indexers = [ObjectIndexer(page, backend) for page in pages]
        return [{"title": i.title, "autocomplete": i.autocomplete, "body": i.body} for i in indexers]

    from modelsearch.backends.database.postgres.postgres import ObjectIndexer as VectorIndexer

    entry = get_app_config().get_model("IndexEntry")
    compiler = InsertQuery(entry).get_compiler(connection=connection)
    vectors, texts, selects, params = [VectorIndexer(page, backend) for page in pages], [], [], []
    for indexer in vectors:
        parts = []
        for name in ("title", "autocomplete", "body"):
            value = compiler.prepare_value(entry._meta.get_field(name), getattr(indexer, name))
            sql, values = value.as_sql(compiler, connection)
            parts.append(f"({sql})::text")
            params.extend(values)
        selects.append(f"({', '.join(parts)})")
        texts.append((indexer.title_text, indexer.body_text))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM (VALUES {', '.join(selects)}) AS v", params)
        rows = cursor.fetchall()
    return [dict(zip(SEARCH_FIELDS, (*row, *text), strict=True)) for row, text in zip(rows, texts, strict=True)]
