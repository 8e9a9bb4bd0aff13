"""Loading: what becomes of an item, the first time and every later time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from legacy.loading import keeping
from legacy.mapping import decisions
from legacy.models import LegacyColumn, LegacyItem, OldAddress, Transition
from legacy.running import RunRefused, new_run
from legacy.sentences import tell
from legacy.steps import carry_out
from sites.desk.clock import State
from sites.desk.figures import delivery
from sites.desk.freshness import column_care
from sites.desk.quotas import task_at
from sites.models import Article, Notice, OfficialDocument, SitePage
from tenants.exclusive import exclusive
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.loading.build import (
    DAY,
    body,
    column,
    documents_of,
    item,
    news_of,
    run,
    said,
    text,
    transition_of,
    url,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(cast: Cast) -> Iterator[Transition]:
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        column(made, "/zcwj", documents_of(cast))
        yield made


def test_an_item_becomes_a_page_with_its_old_date_and_its_marks(cast: Cast, old: Transition) -> None:
    row = item(old, "/a.html", source="县政府办", summary="摘要", written_on="2015-04-13")
    done = run(old, by=cast.operator)
    assert (done.state, done.counts["created"]) == ("finished", 1)
    row.refresh_from_db()
    page = Article.objects.get(pk=row.page_id)
    assert (page.title, page.published_at, page.source, page.column_id) == (
        "关于防汛工作的通知", DAY, "县政府办", news_of(cast).pk
    )  # fmt: skip
    assert page.live
    assert page.loaded_at is not None
    assert page.slug.startswith("20150414-")
    assert (page.owner, page.latest_revision_id) == (cast.operator, row.loaded_revision)
    assert row.state == "loaded"
    assert OldAddress.objects.get(transition=old).page_id == page.pk


def test_an_official_document_keeps_its_numbers(cast: Cast, old: Transition) -> None:
    row = item(
        old, "/d.html", column_key="/zcwj", kind="document", document_number="芙政发〔2015〕1号", index_number="A-1"
    )
    run(old)
    row.refresh_from_db()
    page = OfficialDocument.objects.get(pk=row.page_id)
    assert (page.document_number, page.index_number) == ("芙政发〔2015〕1号", "A-1")


def test_a_second_run_says_unchanged_and_writes_nothing(old: Transition) -> None:
    for number in range(3):
        item(old, f"/{number}.html")
    run(old)
    before = list(SitePage.objects.order_by("pk").values())
    done = run(old)
    assert done.counts.get("unchanged") == 3
    assert not {"created", "updated", "refused", "conflict"} & {name for name, count in done.counts.items() if count}
    assert list(SitePage.objects.order_by("pk").values()) == before


def test_what_changed_on_the_old_site_is_published_anew_on_the_same_page(old: Transition) -> None:
    row = item(old, "/a.html")
    run(old)
    row.refresh_from_db()
    first = row.page_id
    write(row, title="更正后的通知", made=body(text("<p>新正文</p>")), published_at=DAY)
    done = run(old)
    row.refresh_from_db()
    assert (done.counts["updated"], row.page_id) == (1, first)
    page = Article.objects.get(pk=first)
    assert (page.title, page.published_at, page.revisions.count()) == ("更正后的通知", DAY, 2)
    assert page in Article.objects.search("更正后的通知").get_queryset() or page.pk in {
        found.pk for found in Article.objects.search("更正后的通知")
    }


def test_a_page_that_an_editor_has_changed_is_left_alone_and_listed(cast: Cast, old: Transition) -> None:
    row = item(old, "/a.html")
    run(old)
    row.refresh_from_db()
    page = Article.objects.get(pk=row.page_id)
    page.title = "编辑改过的标题"
    page.save_revision(user=cast.contributor_a, clean=False).publish(skip_permission_checks=True)
    assert run(old).counts.get("unchanged") == 1  # nothing new from the old site: nothing to say
    write(row, title="旧站也改了", made=body(text("<p>x</p>")))
    done = run(old)
    assert (done.counts["conflict"], done.counts.get("updated", 0)) == (1, 0)
    assert said(done) == ["The old item has changed, and an editor has changed its page here, too."]
    row.refresh_from_db()
    assert (row.state, Article.objects.get(pk=page.pk).title) == ("conflict", "编辑改过的标题")


def test_an_unpublished_draft_of_an_editor_counts_as_his_change(cast: Cast, old: Transition) -> None:
    row = item(old, "/a.html")
    run(old)
    row.refresh_from_db()
    Article.objects.get(pk=row.page_id).save_revision(user=cast.contributor_a, clean=False)
    write(row, title="旧站也改了", made=body(text("<p>x</p>")))
    assert run(old).counts["conflict"] == 1


def test_a_page_that_was_deleted_here_does_not_come_back(old: Transition) -> None:
    row = item(old, "/a.html")
    run(old)
    Article.objects.all().delete()
    assert run(old).counts.get("created", 0) == 0
    row.refresh_from_db()
    write(row, title="旧站也改了", made=body(text("<p>x</p>")))
    assert run(old).counts["conflict"] == 1
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"published_at": None}, "no publication date"),
        ({"published_at": timezone.now() + timedelta(days=2)}, "lies in the future"),
        ({"title": " "}, "no title"),
        ({"kind": "document", "document_number": "号" * 101}, "longer than 100"),
    ],
)
def test_what_cannot_be_published_is_refused_with_a_reason(old: Transition, values: dict, why: str) -> None:  # type: ignore[type-arg]
    row = item(old, "/a.html", column_key="/zcwj", **values)
    good = item(old, "/b.html")
    done = run(old)
    assert (done.counts["refused"], done.counts["created"]) == (1, 1)
    assert why in said(done)[0]
    row.refresh_from_db()
    good.refresh_from_db()
    assert (row.state, good.state, row.page_id) == ("refused", "loaded", None)
    assert why in tell(row.reason[0])


def test_a_refused_item_is_loaded_once_its_date_is_known(old: Transition) -> None:
    row = item(old, "/a.html", published_at=None)
    run(old)
    row.refresh_from_db()
    write(row, title="x", made=body(text("<p>x</p>")), published_at=DAY)
    assert run(old).counts["created"] == 1


def test_items_in_review_or_dropped_by_a_person_are_not_touched(old: Transition) -> None:
    item(old, "/a.html", state="review")
    item(old, "/b.html", state="dropped")
    done = run(old)
    assert not done.counts.get("created")
    assert not Article.objects.exists()


def test_a_column_that_is_not_moved_drops_its_items_with_its_reason(cast: Cast, old: Transition) -> None:
    column(old, "/old", None, decision="drop", reason="栏目已撤销")
    row = item(old, "/a.html", column_key="/old")
    assert run(old).counts["dropped"] == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == ("dropped", ["栏目已撤销"])
    assert run(old).counts.get("dropped", 0) == 0
    LegacyColumn.objects.filter(key="/old").update(decision="move", target=news_of(cast))
    assert run(old).counts["created"] == 1


def test_undecided_columns_wait_with_one_line_each(cast: Cast, old: Transition) -> None:
    column(old, "/new", None)
    column(old, "/proposed", news_of(cast), proposed=True)
    for number in range(3):
        item(old, f"/{number}.html", column_key="/new")
    item(old, "/p.html", column_key="/proposed")
    done = run(old)
    assert (done.counts["undecided"], len(said(done))) == (4, 2)
    assert set(LegacyItem.objects.values_list("state", flat=True)) == {"extracted"}
    assert run(old, accept_proposals=True).counts["created"] == 1


def test_a_batch_that_is_tried_again_says_its_lines(
    cast: Cast, old: Transition, monkeypatch: pytest.MonkeyPatch
) -> None:
    column(old, "/new", None)
    item(old, "/a.html", column_key="/new")
    item(old, "/b.html")
    write_rows, tries = keeping.keep, []

    def deadlock_at_first(*rows: Any) -> None:
        tries.append(rows)
        if len(tries) == 1:
            raise OperationalError("deadlock detected")
        write_rows(*rows)

    monkeypatch.setattr(keeping, "keep", deadlock_at_first)
    done = run(old)
    assert (done.counts["created"], done.counts["undecided"], done.done, len(tries)) == (1, 1, 2, 2)
    assert len(said(done)) == 1


def test_one_old_column_can_go_to_several_new_ones_by_title(cast: Cast, old: Transition) -> None:
    rules = [{"title": "通知|公告", "target": documents_of(cast).pk}]
    column(old, "/mixed", news_of(cast), rules=rules)
    notice = item(old, "/a.html", title="停水通知", column_key="/mixed")
    news = item(old, "/b.html", title="领导调研", column_key="/mixed")
    run(old)
    for row, target in ((notice, documents_of(cast)), (news, news_of(cast))):
        row.refresh_from_db()
        assert SitePage.objects.get(pk=row.page_id).column_id == target.pk


def test_items_go_where_the_mapping_said_they_would(cast: Cast, old: Transition) -> None:
    news, documents = news_of(cast).pk, documents_of(cast).pk
    rules = [
        {"title": "covid", "target": documents},
        {"title": "(", "target": documents},  # three that mapping would not have let in: they fit nothing
        {"title": "停水"},
        {"title": None, "target": documents},
        {"title": "通知", "target": documents},
    ]
    column(old, "/mixed", news_of(cast), rules=rules, items_found=4)
    for number, title in enumerate(("COVID 防控提示", "停水公告", "放假通知", "领导调研")):
        item(old, f"/{number}.html", title=title, column_key="/mixed")
    foreseen = decisions.coverage(old)["targets"]
    assert foreseen == {documents: 2, news: 2}
    assert run(old).counts["created"] == 4
    loaded = SitePage.objects.filter(loaded_at__isnull=False).values_list("column_id", flat=True)
    assert Counter(loaded) == foreseen


def test_a_column_can_be_loaded_alone(old: Transition) -> None:
    item(old, "/a.html")
    item(old, "/d.html", column_key="/zcwj", kind="document")
    assert run(old, columns=["/zcwj"]).counts["created"] == 1
    assert OfficialDocument.objects.count() == 1


def test_an_import_is_never_an_update(cast: Cast, old: Transition) -> None:
    news = news_of(cast)
    news.update_within_days = 14
    news.save()
    item(old, "/a.html", published_at=timezone.now() - timedelta(days=1))
    before = delivery(cast.county_a.pk, task_at(cast.county_a.region.lineage)).items.done
    run(old)
    [care] = [row for row in column_care(cast.county_a) if row.column_id == news.pk]
    assert (care.state, care.last_published) == (State.SOON, None)
    assert delivery(cast.county_a.pk, task_at(cast.county_a.region.lineage)).items.done == before
    item(old, "/b.html", published_at=timezone.now() - timedelta(days=400))
    run(old)
    LegacyItem.objects.get(key="old.example/a.html")
    SitePage.objects.filter(loaded_at__isnull=False, published_at__gt=timezone.now() - timedelta(days=5)).delete()
    [care] = [row for row in column_care(cast.county_a) if row.column_id == news.pk]
    assert care.state == State.OVERDUE


def test_nobody_is_notified(cast: Cast, old: Transition) -> None:
    before = Notice.objects.count()
    item(old, "/a.html")
    run(old, by=cast.operator)
    assert Notice.objects.count() == before


def test_a_run_cannot_begin_beside_another_one(old: Transition) -> None:
    item(old, "/a.html")
    row = new_run(old, "load", by=None)
    with exclusive(f"legacy-{old.pk}"), pytest.raises(RunRefused):
        _elsewhere(row)
    assert not Article.objects.exists()


def _elsewhere(row: object) -> None:
    """Carry the run out as another process would; PostgreSQL's lock belongs to a connection."""
    from unittest import mock

    from tenants.exclusive import Busy

    with mock.patch("legacy.running.exclusive", side_effect=Busy("legacy")):
        carry_out(row)  # type: ignore[arg-type]


def test_all_parts_of_a_paged_article_lead_to_its_page(old: Transition) -> None:
    row = item(old, "/a.html", made=body(text("<p>x</p>"), parts=(url("/a_1.html"), url("/a_2.html"))))
    run(old)
    row.refresh_from_db()
    assert OldAddress.objects.filter(page_id=row.page_id).count() == 3


def test_a_text_that_the_database_refuses_is_refused_alone(old: Transition, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DataError

    from sites.loading import writing

    write_all = writing.create

    def refusing(tenant_id: int, items: list, **values: object) -> object:  # type: ignore[type-arg]
        if any(made.title == "坏" for made in items):
            raise DataError("string is too long for tsvector")
        return write_all(tenant_id, items, **values)

    monkeypatch.setattr(writing, "create", refusing)
    for number in range(5):
        item(old, f"/{number}.html", title="坏" if number == 2 else "好")
    done = run(old)
    assert (done.counts["created"], done.counts["refused"], done.done) == (4, 1, 5)
    assert said(done) == ["The database refused it: string is too long for tsvector"]
    assert SitePage.find_problems() == ([], [], [], [], [])
