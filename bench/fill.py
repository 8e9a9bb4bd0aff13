"""Rows to grow with: articles by INSERT … SELECT, with revisions left out and search rows put in."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Locale

from sites.models import Article, Column, SitePage

PAGE_COLUMNS = (
    "path, depth, numchild, live, has_unpublished_changes, first_published_at, last_published_at, expired, locked, "
    "title, draft_title, slug, url_path, published_at, content_type_id, tenant_id, column_id, locale_id, translation_key"
)
STEP = 50_000


def articles(column: Any, count: int) -> None:
    """Bring a column to `count` articles, the newest a minute old."""
    present = Article.objects.filter(column_id=column.pk).count()
    column.refresh_from_db()
    last = column.get_last_child()
    step = SitePage._str2int(last.path[-4:]) if last else 0
    while present < count:
        part = min(STEP, count - present)
        _insert(column, step, part)
        step, present = step + part, present + part
    Column.objects.filter(pk=column.pk).update(numchild=present)
    index()
    analyze()


def grow_to(pages: int) -> None:
    """Grow the whole tree to `pages` with articles in the notices of every sub-site."""
    columns = list(Column.objects.filter(code="tzgg").order_by("pk"))
    missing = pages - SitePage.objects.count()
    if missing <= 0:
        return
    each = missing // len(columns) + 1
    for column in columns:
        if column.numchild == 0:
            _insert(column, 0, each)
    Column.objects.filter(pk__in=[column.pk for column in columns], numchild=0).update(numchild=each)
    index()
    analyze()


def add(column: Any, count: int) -> None:
    """Put articles into an empty column. Their search rows are left to `index`, which is one statement for many columns."""
    _insert(column, 0, count)
    Column.objects.filter(pk=column.pk).update(numchild=count)


def analyze() -> None:
    """Do what a database does by itself some minutes after so much has come in."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _insert(column: Any, offset: int, count: int) -> None:
    postgres = connection.vendor == "postgresql"
    article_type = ContentType.objects.get_for_model(Article).pk
    numbers = (
        f"generate_series({offset + 1}, {offset + count}) AS n"
        if postgres
        else f"(WITH RECURSIVE c(n) AS (SELECT {offset + 1} UNION ALL SELECT n + 1 FROM c WHERE n < {offset + count}) SELECT n FROM c) AS c"
    )
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    path = " || ".join(f"substr('{digits}', (n / {36**power}) %% 36 + 1, 1)" for power in (3, 2, 1, 0))
    moment = "now() - n * interval '1 minute'" if postgres else "datetime('now', '-' || n || ' minutes')"
    key = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    true, false = ("true", "false") if postgres else ("1", "0")
    title = "'关于做好第' || n || '批乡村振兴项目申报工作的通知'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO govsites_sitepage ({PAGE_COLUMNS}) SELECT %s || {path}, %s, 0, {true}, {false}, {moment}, {moment}, "
            f"{false}, {false}, {title}, {title}, 'b' || n, %s || 'b' || n || '/', {moment}, %s, %s, %s, %s, {key} FROM {numbers}",
            [
                column.path, column.depth + 1, column.url_path, article_type, column.tenant_id, column.pk,
                Locale.get_default().pk,
            ],
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO govsites_article (sitepage_ptr_id, short_title, subtitle, body, source, author, keywords, summary) "
            "SELECT p.id, '', '', '[]', '', '', '', '' FROM govsites_sitepage p "
            "WHERE p.column_id = %s AND p.content_type_id = %s "
            "AND NOT EXISTS (SELECT 1 FROM govsites_article a WHERE a.sitepage_ptr_id = p.id)",
            [column.pk, article_type],
        )


def index() -> None:
    """Give the new articles their search rows: what the title tables of a grown site hold is what slows stock Wagtail."""
    article_type = ContentType.objects.get_for_model(Article).pk
    postgres = connection.vendor == "postgresql"
    vector = "to_tsvector('simple', p.title)" if postgres else "p.title"
    columns, values = ("title_text, body_text, ", "p.title, '', ") if postgres else ("", "")
    body = "''::tsvector" if postgres else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO wagtailsearch_indexentry ({columns}content_type_id, object_id, title_norm, title, autocomplete, body) "
            f"SELECT {values}%s, CAST(p.id AS text), 1.5, {vector}, {vector}, {body} FROM govsites_sitepage p "
            "WHERE p.content_type_id = %s AND NOT EXISTS (SELECT 1 FROM wagtailsearch_indexentry e "
            "WHERE e.content_type_id = %s AND e.object_id = CAST(p.id AS text))",
            [article_type] * 3,
        )
