"""Taking back what a load brought in: a run, an old column, an item; never what an editor works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from legacy.loading.rollback import RollbackRefused
from legacy.models import LegacyItem, OldAddress, Transition
from sites.models import Article, IssuedNumber, SiteFile, SiteImage, SitePage
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.loading.build import (
    body,
    column,
    documents_of,
    item,
    news_of,
    picture,
    raw,
    run,
    said,
    text,
    transition_of,
    url,
)
from tests.sites.media.test_kinds import WORD
from tests.sites.writing.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(cast: Cast) -> Iterator[Transition]:
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        column(made, "/zcwj", documents_of(cast))
        yield made


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.managed}


def test_after_a_rollback_the_database_is_what_it_was_but_for_the_log(cast: Cast, old: Transition) -> None:
    raw(old, "/img/1.png", png(), "picture")
    raw(old, "/att/P1.docx", WORD)
    made = body(
        text(f'<p><a href="{url("/b.html")}">b</a></p>'), picture(url("/img/1.png")), attachments=((url("/att/P1.docx"), "附件"),)
    )  # fmt: skip
    item(old, "/a.html", made=made)
    item(old, "/b.html", column_key="/zcwj", kind="document", document_number="芙政发〔2015〕1号")
    from sites.media.shelves import shelf_for

    shelf_for(cast.county_a)
    before, tree = rows(), list(SitePage.objects.order_by("pk").values_list("pk", "path", "numchild"))
    load = run(old, by=cast.operator)
    done = run(old, "rollback", by=cast.operator, run=load.pk)
    assert (done.counts["removed"], done.counts["pictures"], done.counts["files"]) == (2, 1, 1)
    grown = Counter(rows()) - Counter(before)
    assert set(grown) <= {
        "wagtailcore.PageLogEntry", "legacy.LegacyRun", "legacy.OldAddress", "legacy.RunLine",
        "govsites.NumberCounter",
    }  # fmt: skip
    assert list(SitePage.objects.order_by("pk").values_list("pk", "path", "numchild")) == tree
    assert set(OldAddress.objects.values_list("result", flat=True)) == {"unresolved"}
    assert set(LegacyItem.objects.values_list("state", "loaded_at", "page_id")) == {("extracted", None, None)}
    assert SitePage.find_problems() == ([], [], [], [], [])


def test_what_was_taken_back_can_be_loaded_again_at_the_same_address(old: Transition) -> None:
    row = item(old, "/b.html", column_key="/zcwj", kind="document", document_number="芙政发〔2015〕1号")
    run(old)
    row.refresh_from_db()
    slug = SitePage.objects.get(pk=row.page_id).slug
    run(old, "rollback", all=True)
    assert run(old).counts["created"] == 1
    row.refresh_from_db()
    assert SitePage.objects.get(pk=row.page_id).slug == slug
    assert IssuedNumber.objects.get(number="芙政发〔2015〕1号").page_id == row.page_id


def test_a_column_and_an_item_are_taken_back_alone(old: Transition) -> None:
    first = item(old, "/a.html")
    item(old, "/b.html")
    item(old, "/c.html", column_key="/zcwj")
    run(old)
    assert run(old, "rollback", columns=["/zcwj"]).counts["removed"] == 1
    assert run(old, "rollback", items=[first.pk]).counts["removed"] == 1
    assert Article.objects.count() == 1


def edited(page: Article, cast: Cast) -> None:
    page.save_revision(user=cast.contributor_a, clean=False)


def withdrawn(page: Article, cast: Cast) -> None:
    page.unpublish()


def referred(page: Article, cast: Cast) -> None:
    page.create_alias(parent=documents_of(cast), update_slug="alias")


@pytest.mark.parametrize("touch", [edited, withdrawn, referred])
def test_a_page_that_somebody_works_with_stays(cast: Cast, old: Transition, touch: Any) -> None:
    row = item(old, "/a.html")
    run(old)
    row.refresh_from_db()
    touch(Article.objects.get(pk=row.page_id), cast)
    done = run(old, "rollback", all=True)
    assert (done.counts.get("removed", 0), done.counts["kept"]) == (0, 1)
    assert said(done) == ["Its page stays: somebody has changed it or works with it."]
    row.refresh_from_db()
    assert SitePage.objects.filter(pk=row.page_id).exists()
    assert OldAddress.objects.get().page_id == row.page_id


def test_a_picture_that_an_editors_page_shows_stays(cast: Cast, old: Transition) -> None:
    raw(old, "/img/1.png", png(), "picture")
    item(old, "/a.html", made=body(picture(url("/img/1.png"))))
    run(old)
    own = Article(title="自己的", slug="own", lead_image=SiteImage.objects.get())
    news_of(cast).add_child(instance=own)
    run(old, "rollback", all=True)
    assert SiteImage.objects.count() == 1
    assert not SiteFile.objects.exists()


def test_a_rollback_must_say_of_what(old: Transition) -> None:
    with pytest.raises(RollbackRefused):
        run(old, "rollback")
