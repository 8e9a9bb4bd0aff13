"""What a page of the admin may cost for somebody in a town: 40 queries and 150 KB, with full lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.models import Role
from tests.cast import Cast, first_column, home_of, person, publish_article, signed_in
from tests.sites.doors.neighbour import give_file, give_image

pytestmark = pytest.mark.django_db
MOST_QUERIES = 40
MOST_BYTES = 150 * 1024


def pages_of_a_day(cast: Cast) -> Iterator[str]:
    """Yield the addresses that a contributor of a town opens; lists are a screen long."""
    tenant = cast.town_a
    home, column = home_of(tenant), first_column(tenant)
    articles = [publish_article(column, f"通知{number}") for number in range(22)]
    for number in range(22):
        draft = type(articles[0])(title=f"草稿{number}", live=False)
        column.add_child(instance=draft)
        draft.save_revision()
    article = articles[0]
    article.title = "改过的通知"
    revision = article.save_revision()
    pictures = [give_image(tenant, f"图{number}", tag=f"标签{number}") for number in range(22)]
    files = [give_file(tenant, f"件{number}") for number in range(22)]
    yield from ("", "account/", "pages/search/?q=", "pages/search/?q=通知", "pages/usage/govsites/article/")
    for page in (home.pk, column.pk):
        yield from (f"pages/{page}/", f"pages/{page}/results/", f"choose-page/{page}/", f"pages/{page}/edit/")
    yield f"pages/{column.pk}/?q=通知"
    yield from ("choose-page/", "choose-page/search/?q=通知", "choose-page/?page_type=govsites.article")
    yield from (f"pages/add/govsites/article/{column.pk}/", f"pages/add/govsites/officialdocument/{column.pk}/")
    for rest in ("edit", "history", "copy", "usage", "view_draft", "delete", "move", f"revisions/{revision.pk}/view",
                 f"revisions/{revision.pk}/revert", f"revisions/compare/live...{revision.pk}"):  # fmt: skip
        yield f"pages/{article.pk}/{rest}/"
    yield from (f"bulk/govsites/sitepage/{verb}/?id={article.pk}" for verb in ("move", "delete"))
    for kind, row, edit in (("images", pictures[0].pk, "{}"), ("documents", files[0].pk, "edit/{}")):
        yield from (f"{kind}/", f"{kind}/results/", f"{kind}/chooser/", f"{kind}/chooser/results/?q=1")
        yield from (f"{kind}/add/", f"{kind}/multiple/add/", f"{kind}/{edit.format(row)}/", f"{kind}/usage/{row}/")
    yield "tag-autocomplete/?term=标"


def test_no_page_of_a_town_contributors_day_costs_more_than_the_budget(cast: Cast) -> None:
    client = signed_in(person("town-a", Role.CONTRIBUTOR, tenant=cast.town_a))
    over = []
    for url in pages_of_a_day(cast):
        client.get(f"/admin/{url}")  # renditions are made, content types are read: once in a process, not once a page
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/admin/{url}")
        assert answer.status_code in (200, 302), url
        if len(queries) > MOST_QUERIES or len(answer.content) > MOST_BYTES:
            over.append(f"{url}: {len(queries)} queries, {len(answer.content) // 1024} KB")
    assert not over, "\n".join(over)
