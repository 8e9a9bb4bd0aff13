"""Links among moved pages: rewritten when all stand, by reference, in page and revision alike."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from wagtail.models import ReferenceIndex, Revision

from legacy.loading.rewriting import Goal, links_in, rewrite
from legacy.models import LegacyItem, Transition
from sites.models import Article
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.loading.build import body, column, item, news_of, run, text, transition_of, url, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(cast: Cast) -> Iterator[Transition]:
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        yield made


def html_of(row: LegacyItem) -> str:
    row.refresh_from_db()
    found = Article.objects.get(pk=row.page_id).body.raw_data[0]["value"]
    revision = Revision.objects.get(pk=row.loaded_revision)
    assert json.loads(revision.content["body"])[0]["value"] == found
    return str(found)


def test_links_forwards_and_backwards_become_references(old: Transition) -> None:
    first = item(old, "/1.html", html=f'<p><a href="{url("/2.html")}">后一条</a></p>')
    second = item(
        old, "/2.html", html='<p><a href="https://OLD.example/1.html#top">前</a> <a href="http://x.example/">外</a></p>'
    )
    done = run(old)
    for row in (first, second):
        row.refresh_from_db()
    assert html_of(first) == f'<p><a linktype="page" id="{second.page_id}">后一条</a></p>'
    assert html_of(second) == (
        f'<p><a linktype="page" id="{first.page_id}">前</a> <a href="http://x.example/">外</a></p>'
    )
    assert done.counts["links"] >= 1
    assert (first.open_links, second.open_links) == (0, 0)
    referred = set(ReferenceIndex.objects.filter(model_path="body.paragraph").values_list("object_id", "to_object_id"))
    assert referred == {(str(first.page_id), str(second.page_id)), (str(second.page_id), str(first.page_id))}
    assert Article.objects.get(pk=first.page_id).revisions.count() == 1


def test_a_link_to_what_comes_later_stays_old_and_is_counted_until_then(old: Transition) -> None:
    row = item(old, "/1.html", html=f'<p><a href="{url("/later.html")}">x</a></p>')
    assert run(old).counts["links_open"] == 1
    assert "/later.html" in html_of(row)
    assert row.open_links == 1
    later = item(old, "/later.html")
    run(old)
    later.refresh_from_db()
    assert html_of(row) == f'<p><a linktype="page" id="{later.page_id}">x</a></p>'
    assert run(old).counts["unchanged"] == 2


def test_the_links_of_a_page_that_an_editor_changed_are_left_to_him(cast: Cast, old: Transition) -> None:
    row = item(old, "/1.html", html=f'<p><a href="{url("/later.html")}">x</a></p>')
    run(old)
    row.refresh_from_db()
    Article.objects.get(pk=row.page_id).save_revision(user=cast.contributor_a, clean=False)
    item(old, "/later.html")
    run(old)
    assert "/later.html" in html_of(row)


def test_an_update_keeps_links_that_lead_to_pages(old: Transition) -> None:
    first = item(old, "/1.html")
    second = item(old, "/2.html")
    run(old)
    write(second, title="新", made=body(text(f'<p>新 <a href="{url("/1.html")}">一</a></p>')))
    LegacyItem.objects.filter(pk=second.pk).update(state="loaded")
    second.refresh_from_db()
    run(old)
    first.refresh_from_db()
    assert f'id="{first.page_id}"' in html_of(second)


def test_only_links_that_lead_somewhere_are_rewritten() -> None:
    html = '<p>a &lt;b <a href="http://o/1?a=1&amp;b=2">x</a><a href="#n">y</a><a class="k" href="http://o/3">z</a></p>'
    assert links_in(html) == ["http://o/1?a=1&b=2", "http://o/3"]
    goals = {"http://o/1?a=1&b=2": Goal("page", 7)}
    assert rewrite(html, goals.get) == html.replace('<a href="http://o/1?a=1&amp;b=2">', '<a linktype="page" id="7">')
