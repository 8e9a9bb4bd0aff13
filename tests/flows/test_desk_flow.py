"""The township's day at the desk, through the real doors: a blank site, the first article, care for the columns."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sites.desk.clock import State
from sites.models import Article, Column
from sites.review import actions
from tenants.models import Role
from tenants.scope import every_tenant
from tests.cast import A_HOST, Cast, column_of, person, signed_in
from tests.sites.review.build import sign, steps

pytestmark = pytest.mark.django_db


def desk(client: Client) -> Any:
    return client.get("/admin/").context["desk"]


def state_of(client: Client, code: str) -> State:
    found = desk(client)
    return next(line.care.state for line in found.urgent + found.calm if line.care.code == code)


def test_from_a_blank_column_to_a_fresh_one_and_a_tidy_site(cast: Cast) -> None:
    town = cast.town_a
    steps(town, 1)
    editor = person("editor", Role.CONTRIBUTOR, tenant=town)
    reviewer = person("reviewer", Role.REVIEWER, tenant=town)
    manager = person("manager", Role.SITE_MANAGER, tenant=town)
    supervisor = cast.supervisor
    writing, deciding = signed_in(editor), signed_in(reviewer)

    # The news are blank; the button beside them opens the form for an article.
    news = column_of(town, "gzdt")
    line = next(line for line in desk(writing).urgent if line.care.code == "gzdt")
    assert state_of(writing, "gzdt") == State.EMPTY
    assert writing.get(line.main.url).status_code == 200

    # He begins an article; it waits for him under "to be finished", then for the reviewer.
    article = Article(title="街道召开防汛工作会议", live=False, owner=editor, source="党政办公室")
    news.add_child(instance=article)
    article.save_revision(user=editor)
    assert [draft.title for draft in desk(writing).inbox.drafts.rows] == ["街道召开防汛工作会议"]
    with every_tenant("handing in, as the page of the review does"):
        review = actions.submit(Article.objects.get(pk=article.pk), editor)
    assert [each.pk for each in desk(deciding).queue.rows] == [review.pk]
    assert not desk(writing).inbox.drafts

    # It comes back with a reason, is handed in again, and is signed.
    with every_tenant("the reviewer's decision"):
        actions.send_back(review, reviewer, "请写明会议日期")
    assert desk(writing).inbox.sent_back.rows[0].step.comment == "请写明会议日期"
    assert not desk(deciding).queue
    with every_tenant("handed in again, and signed"):
        sign(actions.submit(Article.objects.get(pk=article.pk), editor), reviewer)

    # The column is fresh, the figures count it, and citizens read it.
    assert state_of(writing, "gzdt") == State.FRESH
    assert desk(writing).delivery.items.done == 1
    public = Client(headers={"host": A_HOST})
    assert "街道召开防汛工作会议" in public.get("/wyl/xwdt/gzdt/").content.decode()

    # The supervisor sees the site among those below, and reads the article.
    watching = signed_in(supervisor)
    assert any(line.tenant_id == town.pk for line in watching.get("/admin/desk/sites/").context["page"])
    assert watching.get(reverse("govsites_desk:item", args=[article.pk])).status_code == 200

    # The manager opens a column of the town's own, closes it again, and its article goes to the news.
    caring = signed_in(manager)
    home = news.get_parent().get_parent()
    add = {"parent_id": home.pk, "title": "抗旱专栏", "kind": "topic", "intro": "抗旱工作专栏。"}
    caring.post(reverse("govsites_columns:add", args=[town.pk]), add)
    own = Column.objects.get(tenant=town, title="抗旱专栏")
    report = Article(title="抗旱简报", live=False, owner=editor, source="党政办公室")
    own.add_child(instance=report)
    report.save_revision(user=editor)
    with every_tenant("handed in and signed"):
        sign(actions.submit(Article.objects.get(pk=report.pk), editor), reviewer)
    old = f"/wyl/{own.slug}/{report.slug}/"
    assert public.get(old).status_code == 200
    close = reverse("govsites_columns:close", args=[own.pk])
    caring.post(close, {"into": str(news.pk), "sure": "1"})
    answer = public.get(old, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/wyl/xwdt/gzdt/{report.slug}/")
    assert "抗旱简报" in answer.content.decode()
    assert own.pk not in {line.care.column_id for line in desk(writing).urgent + desk(writing).calm}
