"""What the tests of the desk are about: articles of a certain age, and the columns they stand in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from sites.dates import dated_elsewhere
from sites.desk.freshness import ColumnCare, column_care
from sites.models import Article, Column
from tenants.models import Tenant
from tests.cast import publish_article


def published(column: Column, title: str, *, days_ago: int = 0, **values: Any) -> Article:
    """Return a public article whose date of publication lies some days back."""
    with dated_elsewhere("a test needs an older article"):
        return publish_article(column, title, published_at=timezone.now() - timedelta(days=days_ago), **values)


def care_by_code(tenant: Tenant) -> dict[str, ColumnCare]:
    return {row.code: row for row in column_care(tenant)}
