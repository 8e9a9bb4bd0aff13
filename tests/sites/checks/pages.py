"""Articles for the tests of the checks: whole pages with blocks whose ids a test can name."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Picture

from sites.checks.findings import Finding, Report
from sites.checks.run import check_page
from sites.media.shelves import shelf_for
from sites.models import Article, Attachment, SiteFile, SiteImage
from tests.cast import Cast, first_column

FIRST, SECOND = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def paragraph(html: str, block: str = FIRST) -> dict[str, Any]:
    return {"type": "paragraph", "id": block, "value": html}


def draft(cast: Cast, *blocks: dict[str, Any], title: str = "春耕现场会", **values: Any) -> Article:
    """Return a saved draft of county A's contributor."""
    facts = {"source": "本站", "live": False, "owner": cast.contributor_a, **values}
    article = Article(title=title, body=json.dumps(blocks), **facts)
    first_column(cast.county_a).add_child(instance=article)
    article.save_revision(user=cast.contributor_a)
    return Article.objects.get(pk=article.pk)


def checked(cast: Cast, article: Article) -> Report:
    return check_page(article, cast.contributor_a)


def only(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


def image(tenant: Any, width: int = 400, height: int = 300) -> SiteImage:
    data = io.BytesIO()
    Picture.new("RGB", (width, height), "red").save(data, "PNG")
    file = ContentFile(data.getvalue(), name="picture.png")
    return SiteImage.objects.create(title="picture", file=file, collection=shelf_for(tenant))


def document(tenant: Any, name: str, content: bytes) -> SiteFile:
    made = SiteFile(title=name, file=ContentFile(content, name=name), collection=shelf_for(tenant))
    made.file_size = len(content)
    made.save()
    return made


def attach(article: Article, file: SiteFile, title: str = "") -> None:
    article.attachments.add(Attachment(file=file, title=title))
    article.save_revision()
