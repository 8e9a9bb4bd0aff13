"""Taking back in the admin: a page that says what goes and what stays, and the run that does it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from legacy.models import LegacyColumn, LegacyItem, LegacyRun, Step, Transition
from sites.models import Article
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.loading.build import column, item, news_of, run, transition_of

IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}


@pytest.fixture
def old(cast: Cast, settings: Any, tmp_path: Any) -> Transition:
    """Three articles of one column, loaded; an editor has changed the second one since."""
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}
    settings.DATA_DIR = tmp_path
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast), title="工作动态")
        for number in range(3):
            item(made, f"/{number}.html", title=f"第{number}号通知")
        run(made, by=cast.operator)
        page = Article.objects.get(title="第1号通知")
        page.title = "编辑改过的通知"
        page.save_revision().publish()
    return made


def urls(transition: Transition) -> dict[str, str]:
    load = LegacyRun.objects.get(transition=transition, step=Step.LOAD)
    pk = transition.pk
    return {
        "run": reverse("legacy:rollback_run", args=[pk, load.pk]),
        "column": reverse("legacy:rollback_column", args=[pk, LegacyColumn.objects.get(transition=transition).pk]),
        "item": reverse("legacy:rollback_item", args=[pk, LegacyItem.objects.get(title="第0号通知").pk]),
    }


def in_scope(cast: Cast, old: Transition) -> dict[str, str]:
    with tenant_scope(cast.county_a):
        return urls(old)


def titles(cast: Cast) -> set[str]:
    with tenant_scope(cast.county_a):
        pages = [row.page_id for row in LegacyItem.objects.filter(loaded_at__isnull=False)]
    return set(Article.objects.filter(pk__in=pages).values_list("title", flat=True))


def took_back(client: Client, url: str, cast: Cast) -> LegacyRun:
    answer = client.post(url)
    with tenant_scope(cast.county_a):
        row = LegacyRun.objects.get(step=Step.ROLLBACK)
        assert answer.headers["Location"] == reverse("legacy:run", args=[row.transition_id, row.pk])
    return row


@pytest.mark.parametrize("what", ["run", "column"])
def test_the_page_says_what_goes_and_names_what_stays_and_the_run_does_so(
    cast: Cast, old: Transition, what: str
) -> None:
    client, url = signed_in(cast.manager_a), in_scope(cast, old)[what]
    shown = client.get(url)
    assert (shown.context["found"].items, shown.context["found"].going) == (3, 2)
    assert [row.title for row, _url in shown.context["staying"]] == ["第1号通知"]
    assert titles(cast) == {"第0号通知", "编辑改过的通知", "第2号通知"}  # looking changes nothing
    row = took_back(client, url, cast)
    assert (row.counts["removed"], row.counts["kept"], row.started_by_id) == (2, 1, cast.manager_a.pk)
    assert titles(cast) == {"编辑改过的通知"}
    again = client.get(url)
    assert (again.context["found"].items, again.context["found"].going) == (1, 0)


def test_a_single_item_is_taken_back_and_then_there_is_nothing_left_to_take(cast: Cast, old: Transition) -> None:
    client, url = signed_in(cast.operator), in_scope(cast, old)["item"]
    took_back(client, url, cast)
    assert titles(cast) == {"编辑改过的通知", "第2号通知"}
    assert 'method="post" class="legacy-buttons"' not in client.get(url).content.decode()


def test_the_pages_of_run_column_and_item_lead_there_while_something_is_loaded(cast: Cast, old: Transition) -> None:
    client, found = signed_in(cast.manager_a), in_scope(cast, old)
    places = {
        "run": found["run"].replace("rollback/run", "runs"),
        "column": found["column"].replace("rollback/column", "columns"),
        "item": found["item"].replace("rollback/item", "items"),
    }
    assert [found[name] in client.get(url).content.decode() for name, url in places.items()] == [True] * 3
    with tenant_scope(cast.county_a):
        LegacyItem.objects.update(loaded_at=None)
    assert [found[name] in client.get(url).content.decode() for name, url in places.items()] == [False] * 3


@pytest.mark.parametrize(
    ("who", "status"), [("contributor_a", 403), ("reviewer_a", 403), ("supervisor", 403), ("manager_b", 404)]
)
def test_others_neither_see_nor_take_back(cast: Cast, old: Transition, who: str, status: int) -> None:
    client = signed_in(getattr(cast, who))
    for url in in_scope(cast, old).values():
        assert (client.get(url).status_code, client.post(url).status_code) == (status, status)
    assert len(titles(cast)) == 3


def test_only_a_load_of_the_same_transition_is_taken_back(cast: Cast, old: Transition) -> None:
    client = signed_in(cast.manager_a)
    with tenant_scope(cast.county_a):
        other = transition_of(cast, "other")
        verify = LegacyRun.objects.create(tenant_id=old.tenant_id, transition=old, step=Step.VERIFY)
        load = LegacyRun.objects.get(transition=old, step=Step.LOAD)
    for transition, pk in ((other.pk, load.pk), (old.pk, verify.pk), (old.pk, 10**9)):
        assert client.post(reverse("legacy:rollback_run", args=[transition, pk])).status_code == 404
    assert len(titles(cast)) == 3


def test_nothing_is_taken_back_while_another_run_is_at_work(cast: Cast, old: Transition) -> None:
    with tenant_scope(cast.county_a):
        LegacyRun.objects.create(tenant_id=old.tenant_id, transition=old, step=Step.EXTRACT, state="waiting")
    url = in_scope(cast, old)["run"]
    answer = signed_in(cast.manager_a).post(url)
    assert answer.headers["Location"] == url.replace("rollback/run", "runs")
    assert len(titles(cast)) == 3
