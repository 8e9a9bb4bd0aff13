"""The demo's old site, from its address to the acceptance report; then once more, and nothing has changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from legacy.demo import moving, site
from legacy.models import AddressResult, ItemState, LegacyItem, LegacyRaw, OldAddress
from sites import addresses
from sites.messages import Sentence
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.conftest import no_old_hosts  # noqa: F401 - a fixture for every test here

MOVED_AT_LEAST = 31  # of 32 articles: one has no date


@pytest.fixture
def told() -> list[str]:
    return []


def move(cast: Cast, told: list[str], *, crawl: bool) -> moving.Moved:
    def tell(said: Sentence) -> None:
        told.append(str(said))

    with tenant_scope(cast.department_a):
        return moving.move(cast.department_a, by=cast.operator, tell=tell, crawl=crawl)


@pytest.mark.parametrize("crawl", [True, False], ids=["over HTTP", "from a folder"])
def test_the_old_site_is_moved_and_every_old_address_answered(
    cast: Cast, told: list[str], crawl: bool, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    moved = move(cast, told, crawl=crawl)
    addresses.refresh()
    cache.clear()
    with tenant_scope(cast.department_a):
        items = {item.url: item for item in LegacyItem.objects.filter(transition=moved.transition)}
        for expected in site.expected():
            item = items[f"http://{moving.HOST}{expected.path}"]
            assert item.title == expected.title
            day = item.published_at.astimezone().date().isoformat() if item.published_at else ""
            assert day == expected.published, expected
            said = {name: (item.values.get(name) or {}).get("value") or "" for name in ("source", "document_number")}
            assert said == {"source": expected.source, "document_number": expected.document_number}, expected
        states = [item.state for item in items.values()]
        assert states.count(ItemState.LOADED) >= MOVED_AT_LEAST
        assert LegacyRaw.objects.filter(transition=moved.transition, kind="file").exclude(sha256="").count() == 4
        rows = list(OldAddress.objects.filter(transition=moved.transition))
    client = Client(headers={"host": moving.HOST})
    answered = {
        address: client.get(quote(address, safe="/?=&")).status_code
        for address in site.resources()
        if address not in ("/robots.txt",)
    }
    wrong = {address: status for address, status in answered.items() if status not in (200, 301, 410)}
    assert wrong == {}
    article = next(row for row in rows if row.path.endswith("content_101.htm"))
    assert article.result == AddressResult.REDIRECT
    first, third = (client.get(f"/gzdt/2015-12/30/content_112{part}.htm") for part in ("", "_3"))
    assert first.headers["Location"] == third.headers["Location"]  # the parts of a paged article are one page
    gbk = client.get("/upload/files/%C9%EA%B1%A8%B1%ED.docx")
    assert gbk.status_code == 301
    other_order = client.get("/show.asp?id=31&classid=3")
    assert other_order.status_code == 301
    assert moved.report is not None

    again = move(cast, told, crawl=crawl)
    counts = again.counts
    assert counts["collect"].get("created", 0) == 0
    assert counts["collect"].get("updated", 0) == 0
    assert counts["load"].get("created", 0) == counts["load"].get("updated", 0) == 0
    assert counts["load"]["unchanged"] >= MOVED_AT_LEAST
