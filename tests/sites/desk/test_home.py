"""The desk: what each role finds there, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sites.models import Column, ColumnGrant, Notice, SitePage
from sites.review import actions
from tenants.models import Membership, Role, User
from tenants.scope import every_tenant
from tests.cast import Cast, column_of, first_column, home_of, own_column, person, publish_article, signed_in
from tests.sites.desk.build import published
from tests.sites.review.build import draft

pytestmark = pytest.mark.django_db
HOME = "/admin/"
MOST_QUERIES, MOST_BYTES = 40, 150_000


def shown(client: Client, url: str = HOME) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def desk(client: Client) -> Any:
    return client.get(HOME).context["desk"]


@pytest.fixture
def at_work(cast: Cast) -> Cast:
    """Contributor A has one article sent back, one in review and one draft."""
    column = column_of(cast.county_a, "tzgg")
    with every_tenant("a test"):
        back = actions.submit(draft(column, cast.contributor_a, "退回的通知"), cast.contributor_a)
        actions.send_back(back, cast.reviewer_a, "第二段的日期不对")
        actions.submit(draft(column, cast.contributor_a, "审核中的通知"), cast.contributor_a)
        draft(column, cast.contributor_a, "没写完的通知")
        draft(column, cast.manager_a, "别人的草稿")
    return cast


def test_a_contributor_finds_what_waits_and_why_it_was_sent_back(at_work: Cast) -> None:
    client = signed_in(at_work.contributor_a)
    found = desk(client).inbox
    assert [(each.review.title, each.step.comment) for each in found.sent_back.rows] == [
        ("退回的通知", "第二段的日期不对")
    ]
    assert [each.title for each in found.drafts.rows] == ["没写完的通知"]
    assert [each.title for each in found.under_review.rows] == ["审核中的通知"]
    text = shown(client)
    assert "第二段的日期不对" in text
    assert reverse("govsites_review:submit", args=[found.drafts.rows[0].page_id]) in text
    assert "别人的草稿" not in text


def test_a_correction_that_was_begun_is_a_draft_and_a_withdrawn_article_is_none(cast: Cast) -> None:
    column = column_of(cast.county_a, "tzgg")
    live = publish_article(column, "已发布", owner=cast.contributor_a)
    gone = publish_article(column, "已撤下", owner=cast.contributor_a)
    gone.unpublish()
    live.title = "已发布，改正一处"
    live.save_revision(user=cast.contributor_a)
    assert [(each.title, each.published) for each in desk(signed_in(cast.contributor_a)).inbox.drafts.rows] == [
        ("已发布，改正一处", True)
    ]


def test_a_text_that_was_begun_in_a_column_waits_for_who_began_it(cast: Cast) -> None:
    column = column_of(cast.county_a, "zj-gk")
    column.body = [("paragraph", "本区面积四十二平方公里。")]
    column.save_revision(user=cast.contributor_a)
    assert [each.page_id for each in desk(signed_in(cast.contributor_a)).inbox.drafts.rows] == [column.pk]
    assert not desk(signed_in(cast.reviewer_a)).inbox.drafts


def test_columns_stand_with_the_most_urgent_first_and_a_way_to_the_right_form(cast: Cast) -> None:
    published(column_of(cast.town_a, "gzdt"), "旧动态", days_ago=30)
    published(column_of(cast.town_a, "tzgg"), "新公告", days_ago=1)
    editor = person("town-editor", Role.CONTRIBUTOR, tenant=cast.town_a)
    found = desk(signed_in(editor))
    assert found.urgent[0].care.code == "gzdt"
    assert [line.care.code for line in found.calm][:1] == ["tzgg"]
    forms = {line.care.code: line.main.url for line in found.urgent + found.calm}
    for code, end in {
        "gzdt": "add/govsites/article/{}/",
        "fdzd-yj": "add/govsites/officialdocument/{}/",
        "ldxx": "add/govsites/leader/{}/",
        "bszn": "add/govsites/serviceguide/{}/",
        "zj-gk": "{}/edit/",
    }.items():
        assert forms[code] == f"/admin/pages/{end.format(column_of(cast.town_a, code).pk)}"
        assert signed_in(editor).get(forms[code]).status_code == 200, code


def test_a_new_site_greets_with_first_steps_until_something_is_written(cast: Cast) -> None:
    editor = person("town-editor", Role.CONTRIBUTOR, tenant=cast.town_a)
    Column.objects.filter(tenant=cast.town_a, code="lxfs").update(code="lxfs-alt")
    assert desk(signed_in(editor)).is_new
    publish_article(column_of(cast.town_a, "gzdt"), "第一条动态")
    assert not desk(signed_in(editor)).is_new


def test_a_reviewer_finds_the_oldest_first(at_work: Cast) -> None:
    column = column_of(at_work.county_a, "tzgg")
    with every_tenant("a test"):
        actions.submit(draft(column, at_work.contributor_a, "更晚的通知"), at_work.contributor_a)
    found = desk(signed_in(at_work.reviewer_a))
    assert [each.title for each in found.queue.rows] == ["审核中的通知", "更晚的通知"]
    assert desk(signed_in(at_work.contributor_a)).queue is None
    # The manager does not decide.
    assert desk(signed_in(at_work.manager_a)).queue is None


def test_a_site_manager_finds_the_ways_to_columns_and_members(cast: Cast) -> None:
    text = shown(signed_in(cast.manager_a))
    for url in (
        reverse("govsites_columns:care", args=[cast.county_a.pk]),
        reverse("govsites_columns:appearance", args=[cast.county_a.pk]),
        reverse("govsites_members:site", args=[cast.county_a.code]),
    ):
        assert url in text
        assert url not in shown(signed_in(cast.contributor_a))


def test_a_supervisor_is_led_to_the_sites_below(cast: Cast) -> None:
    answer = signed_in(cast.supervisor).get(HOME)
    assert (answer.status_code, answer["location"]) == (302, reverse("govsites_desk:sites"))


def test_an_operator_begins_with_the_list_of_sub_sites_and_gets_the_desk_of_a_chosen_one(cast: Cast) -> None:
    client = signed_in(cast.operator)
    front = client.get(HOME, follow=True)
    assert front.redirect_chain == [("/admin/platform/sites/", 302)]
    assert "芙蓉区人民政府" in front.content.decode()
    assert client.get("/admin/desk/")["location"] == HOME
    session = client.session
    session["working_tenant"] = cast.county_a.pk
    session.save()
    assert client.get("/admin/desk/").context["desk"].tenant == cast.county_a


def test_whoever_keeps_a_single_column_sees_that_one_alone(cast: Cast) -> None:
    kept = column_of(cast.county_a, "tzgg")
    guest = person("jyj-editor")
    membership = Membership.objects.create(
        user=guest, role=Role.CONTRIBUTOR, tenant=cast.county_a, limited_to_columns=True
    )
    ColumnGrant.objects.create(membership=membership, column=SitePage.objects.get(pk=kept.pk))
    client = signed_in(User.objects.get(pk=guest.pk))
    found = desk(client)
    assert [line.care.column_id for line in found.urgent + found.calm] == [kept.pk]
    assert found.delivery is None  # the quota is the county's, not the guest's
    listed = client.get(reverse("govsites_desk:columns")).context["rows"]
    assert [care.column_id for care, _links in listed] == [kept.pk]
    assert client.get(reverse("govsites_desk:items", args=[kept.pk])).status_code == 200
    other = column_of(cast.county_a, "ghjh")
    assert client.get(reverse("govsites_desk:items", args=[other.pk])).status_code in {403, 404}


def test_the_working_site_decides_whose_desk_it_is(cast: Cast) -> None:
    Membership.objects.create(user=cast.contributor_a, role=Role.CONTRIBUTOR, tenant=cast.town_a)
    client = signed_in(User.objects.get(pk=cast.contributor_a.pk))
    assert desk(client).tenant == cast.county_a
    client.post(reverse("govsites_members:switch", args=[cast.town_a.pk]))
    assert desk(client).tenant == cast.town_a


def test_notices_are_the_persons_own_and_of_this_site(cast: Cast) -> None:
    with every_tenant("a test"):
        for tenant, user, text in (
            (cast.county_a, cast.contributor_a, "给我的提醒"),
            (cast.county_a, cast.reviewer_a, "给别人的提醒"),
            (cast.county_b, cast.contributor_a, "别站的提醒"),
        ):
            Notice.objects.create(tenant=tenant, user=user, kind="announcement", text=text)
    text = shown(signed_in(cast.contributor_a))
    assert "给我的提醒" in text
    assert "给别人的提醒" not in text
    assert "别站的提醒" not in text


def test_members_have_my_columns_in_the_menu_and_no_tree_to_wander(cast: Cast) -> None:
    for who, there in (("contributor_a", True), ("manager_a", True), ("supervisor", False)):
        text = shown(signed_in(getattr(cast, who)))
        assert ('"name": "explorer"' in text) is False
        assert (reverse("govsites_desk:columns") in text) is there, who


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
def test_the_desk_stays_small_with_more_columns_and_articles(
    at_work: Cast, who: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(getattr(at_work, who))
    client.get(HOME)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        first = client.get(HOME)
    asked = len(few)  # the next request empties the log
    section = own_column(home_of(at_work.county_a), "bendi", kind="section")
    for number in range(12):
        publish_article(own_column(section, f"b{number}", f"本地{number}"), f"文章{number}")
    for number in range(6):
        draft(first_column(at_work.county_a), at_work.contributor_a, f"草稿{number}")
    client.get(HOME)
    with django_assert_max_num_queries(asked):
        answer = client.get(HOME)
    assert len(first.content) < len(answer.content) < MOST_BYTES
