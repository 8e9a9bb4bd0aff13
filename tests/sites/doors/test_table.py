"""Every view has a verdict, and every verdict a view. What has none is closed to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from wagtail.admin.menu import admin_menu, reports_menu, settings_menu
from wagtail.admin.search import admin_search_areas

from sites.doors.menus import leads_nowhere
from sites.doors.table import VERDICTS, verdict_of, view_names
from sites.doors.verdicts import CLOSED, MEMBER, OPERATOR, PAGE, PUBLIC, Who
from tests.cast import ADMIN_HOST, Cast, first_column, home_of, person, publish_article, signed_in

pytestmark = pytest.mark.django_db


def test_every_view_has_a_verdict() -> None:
    missing = sorted(view_names() - set(VERDICTS))
    assert not missing, f"Give these views a verdict, in sites/doors/own.py: {missing}"


def test_every_verdict_belongs_to_a_view() -> None:
    assert not sorted(set(VERDICTS) - view_names())


def test_a_view_without_verdict_is_closed_to_everybody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(VERDICTS, "wagtailadmin_choose_page_anchor_link")
    for user in (cast.operator, cast.manager_a):
        assert signed_in(user).get("/admin/choose-anchor-link/").status_code == 404


@pytest.mark.parametrize(
    ("verdict", "answers"),
    [
        # who gets what: nobody signed in, an account without a right, a contributor, an operator
        (PUBLIC, (200, 200, 200, 200)),
        (MEMBER, (302, 302, 200, 200)),
        (OPERATOR, (302, 302, 404, 200)),
        (CLOSED, (404, 404, 404, 404)),
    ],
)
def test_who_comes_through_which_door(
    cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch, verdict: Any, answers: tuple[int, ...]
) -> None:
    # The view itself lets everybody in.
    monkeypatch.setitem(VERDICTS, "wagtailadmin_sprite", verdict)
    visitors = [client, *map(signed_in, (person("nobody"), cast.contributor_a, cast.operator))]
    got = tuple(each.get("/admin/sprite/", headers={"host": ADMIN_HOST}).status_code for each in visitors)
    assert got == answers


def test_a_stranger_gets_404_and_a_member_without_the_right_403(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "文章")
    url = reverse("wagtailadmin_pages:edit", args=[article.pk])
    answers = {
        who: signed_in(getattr(cast, who)).get(url).status_code
        for who in ("contributor_a", "reviewer_a", "manager_a", "contributor_b", "manager_b", "supervisor", "operator")
    }
    strangers = {"contributor_b": 404, "manager_b": 404}
    # The supervisor reads county A, elsewhere: the stock admin is for those who write.
    assert answers == strangers | {
        "contributor_a": 200, "reviewer_a": 200, "manager_a": 200, "supervisor": 403, "operator": 200
    }  # fmt: skip


def test_a_script_of_somebody_signed_out_is_refused_and_not_sent_to_a_form(cast: Cast, client: Any) -> None:
    headers = {"host": ADMIN_HOST, "x-requested-with": "XMLHttpRequest"}
    assert client.get("/admin/choose-page/", headers=headers).status_code == 403
    assert client.get("/admin/groups/", headers=headers).status_code == 404


def test_a_page_that_is_not_there_is_404_for_the_operator_too(cast: Cast) -> None:
    assert signed_in(cast.operator).get("/admin/pages/999999/edit/").status_code == 404


def test_two_verdicts_together_ask_for_both() -> None:
    both = OPERATOR & PAGE("page_id", "write")
    assert both.who is Who.OPERATOR
    assert len(both.checks) == 1
    assert (PUBLIC & MEMBER).who is Who.MEMBER


def test_what_lists_the_whole_platform_is_closed_to_operators_too() -> None:
    for name in (
        "wagtailusers_users:index",
        "wagtailusers_groups:edit",
        "wagtailsites:index",
        "wagtailadmin_collections:index",
        "wagtailadmin_workflows:index",
        "wagtailadmin_pages:set_privacy",
        "wagtailadmin_reports:page_types_usage",
        "wagtailadmin_reports:workflow",
    ):
        assert verdict_of(name) == CLOSED, name


def test_a_closed_page_looks_like_any_other_that_is_not_there(cast: Cast) -> None:
    client = signed_in(cast.contributor_a)
    closed, absent = client.get("/admin/groups/"), client.get("/admin/no-such-page/")
    assert (closed.status_code, absent.status_code) == (404, 404)
    assert closed.content == absent.content


def test_no_menu_and_no_button_leads_to_a_closed_door(cast: Cast) -> None:
    for who in ("contributor_a", "manager_a", "supervisor", "operator"):
        request = RequestFactory().get(reverse("wagtailadmin_home"))
        request.user = getattr(cast, who)
        request.govsite = None
        request.session = {}
        items = [
            item for menu in (admin_menu, settings_menu, reports_menu) for item in menu.menu_items_for_request(request)
        ]
        assert items
        assert "help" not in [item.name for item in items]  # it leads to an English guide elsewhere
        assert not [item.url for item in items if leads_nowhere(request.user, item.url)]
        html = admin_search_areas.render_html(request)
        assert "/admin/users/" not in html
    explorer = signed_in(cast.manager_a).get(f"/admin/pages/{home_of(cast.county_a).pk}/").content.decode()
    for gone in ("/lock/", "/unpublish/", "/bulk/govsites/sitepage/publish/"):
        assert gone not in explorer
