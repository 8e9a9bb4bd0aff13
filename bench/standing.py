"""A site into which much was brought before: pages with revision, log, search rows, items and ledger, by INSERT … SELECT."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from bench import fill
from bench.old_site import HOST

COLUMN = "/older"  # the old column of these items: a load of another one leaves them alone


def stand(transition: Any, count: int) -> None:
    """Let `count` loaded articles stand where the transition's column goes, on PostgreSQL. Their texts are short; the rows and indexes count."""
    from legacy.models import LegacyColumn
    from sites.models import Article, Column, SitePage

    if connection.vendor != "postgresql":
        raise SystemExit("--beside is for PostgreSQL.")
    target = Column.objects.get(pk=LegacyColumn.objects.get(transition=transition).target_id)
    fill.articles(target, count)
    article, base = ContentType.objects.get_for_model(Article).pk, ContentType.objects.get_for_model(SitePage).pk
    names = {"article": article, "base": base, "column": target.pk, "host": HOST, "old": COLUMN}
    names |= {"tenant": transition.tenant_id, "transition": transition.pk}
    with connection.cursor() as cursor:
        for sql in _ROWS:
            cursor.execute(sql, names)
    fill.analyze()


_OF = "FROM govsites_sitepage p WHERE p.column_id = %(column)s AND p.content_type_id = %(article)s"
_ROWS = (
    (
        "INSERT INTO wagtailcore_revision (content_type_id, base_content_type_id, object_id, created_at, object_str, content)"
        f" SELECT %(article)s, %(base)s, p.id::text, now(), p.title, jsonb_build_object('pk', p.id, 'title', p.title) {_OF}"
    ),
    (
        "UPDATE govsites_sitepage p SET latest_revision_id = r.id, live_revision_id = r.id, loaded_at = now()"
        " FROM wagtailcore_revision r WHERE r.base_content_type_id = %(base)s AND r.object_id = p.id::text"
        " AND p.column_id = %(column)s"
    ),
    (
        "INSERT INTO wagtailcore_pagelogentry (content_type_id, label, action, data, timestamp, content_changed, deleted,"
        " page_id, revision_id) SELECT %(article)s, p.title, a.action, '{}', now(), true, false, p.id, p.live_revision_id"
        " FROM govsites_sitepage p, (VALUES ('wagtail.create'), ('wagtail.publish')) AS a (action)"
        " WHERE p.column_id = %(column)s AND p.content_type_id = %(article)s"
    ),
    (
        "INSERT INTO legacy_legacyitem (tenant_id, transition_id, key, url, column_key, kind, title, published_at, values,"
        " overrides, questions, body_sha256, content_hash, state, reason, page_id, loaded_hash, loaded_media, open_links,"
        " loaded_revision, loaded_at) SELECT %(tenant)s, %(transition)s, 'older/' || p.id,"
        " 'http://' || %(host)s || '/older/' || p.id, %(old)s, 'article', p.title, p.published_at, '{}', '{}', '[]', '',"
        f" md5(p.slug), 'loaded', '[]', p.id, md5(p.slug), '', 0, p.live_revision_id, now() {_OF}"
    ),
    (
        "INSERT INTO legacy_oldaddress (tenant_id, transition_id, digest, host, path, url, kind, result, page_id, hits,"
        " target_url, reason, found_by) SELECT %(tenant)s, %(transition)s, md5('older' || p.id), %(host)s, '/older/' || p.id,"
        f" 'http://' || %(host)s || '/older/' || p.id, 'item', 'redirect', p.id, 0, '', '', 'load' {_OF}"
    ),
)
