"""The pages of the review: who sees what, what a press of a button does, and what a list costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites.models import Review, ReviewPolicy, SitePage
from sites.review import actions, rounds
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, signed_in
from tests.sites.review.build import CLEAN, draft, edited, published, second_reviewer, sign, steps, submitted

pytestmark = pytest.mark.django_db
MEMBERS = (
    "contributor_a",
    "reviewer_a",
    "manager_a",
    "supervisor",
    "operator",
    "contributor_b",
    "reviewer_b",
    "manager_b",
)


@pytest.fixture
def review(cast: Cast) -> Review:
    with every_tenant("a test"):
        return submitted(cast)


def again(review: Review) -> Review:
    with every_tenant("a test"):
        return Review.objects.get(pk=review.pk)


def detail(review: Review) -> str:
    return f"/admin/review/{review.pk}/"


def signing(**changed: str) -> dict[str, str]:
    answers = {f"sign-q_{code}": answer for code, answer in CLEAN.items()}
    return {"act": "sign", "sign-signature": "reviewer-a", "sign-agreed": "on", **answers, **changed}


@pytest.mark.parametrize(("who", "status"), list(zip(MEMBERS, (200, 200, 200, 200, 200, 404, 404, 404), strict=True)))
@pytest.mark.parametrize("page", ["", "preview/text/"])
def test_a_round_is_read_in_its_own_site_and_above_and_is_not_there_for_the_neighbour(
    cast: Cast, review: Review, who: str, status: int, page: str
) -> None:
    assert signed_in(getattr(cast, who)).get(detail(review) + page).status_code == status


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("contributor_a", {"take_back"}),
        ("reviewer_a", {"approve", "send_back"}),
        ("manager_a", set()),
        ("supervisor", {"send_back"}),
        ("operator", {"approve", "send_back"}),
    ],
)
def test_nobody_is_offered_what_would_be_refused(cast: Cast, review: Review, who: str, offered: set[str]) -> None:
    text = signed_in(getattr(cast, who)).get(detail(review)).content.decode()
    assert {
        act for act in ("approve", "sign", "send_back", "take_back", "reroute") if f'value="{act}"' in text
    } == offered


@pytest.mark.parametrize("who", ["contributor_a", "manager_a", "supervisor"])
@pytest.mark.parametrize("data", [{"act": "approve"}, signing()])
def test_a_forged_decision_changes_nothing(cast: Cast, review: Review, who: str, data: dict[str, str]) -> None:
    assert signed_in(getattr(cast, who)).post(detail(review), data).status_code == 200
    assert (again(review).state, again(review).stage) == ("waiting", "first")


def test_the_neighbours_reviewer_decides_nothing(cast: Cast, review: Review) -> None:
    for data in ({"act": "approve"}, {"act": "send_back", "send_back-comment": "x"}, signing()):
        assert signed_in(cast.reviewer_b).post(detail(review), data).status_code == 404
    assert again(review).stage == "first"


def test_an_unknown_act_is_not_there(cast: Cast, review: Review) -> None:
    assert signed_in(cast.reviewer_a).post(detail(review), {"act": "publish"}).status_code == 404


def test_signing_in_the_browser_publishes(cast: Cast, review: Review) -> None:
    browser = signed_in(cast.reviewer_a)
    seen = str(review.revision_id)
    assert browser.post(detail(review), {"act": "approve", "approve-comment": "同意", "seen": seen}).status_code == 302
    assert browser.post(detail(review), signing(seen=seen)).status_code == 302
    assert SitePage.objects.get(pk=review.page_id).live


@pytest.mark.parametrize("missing", ["sign-agreed", "sign-q_basis", "sign-q_privacy", "sign-signature"])
def test_a_signature_that_lacks_something_keeps_what_was_typed(cast: Cast, missing: str) -> None:
    steps(cast.county_a, 1)
    with every_tenant("a test"):
        review = submitted(cast)
    answer = signed_in(cast.reviewer_a).post(detail(review), signing(**{missing: ""}))
    assert answer.status_code == 200
    assert (CLEAN["basis"] in answer.content.decode()) == (missing != "sign-q_basis")
    assert again(review).state == "waiting"


def test_the_page_that_was_on_the_screen_is_what_is_decided_on(cast: Cast, review: Review) -> None:
    seen = str(review.revision_id)
    with every_tenant("a test"):
        edited(review.page, second_reviewer(cast), title="悄悄改过")
    answer = signed_in(cast.reviewer_a).post(detail(review), {"act": "approve", "seen": seen})
    assert answer.status_code == 200
    assert again(review).stage == "first"


def test_the_reviewer_sees_what_changed_in_a_correction(cast: Cast) -> None:
    with every_tenant("a test"):
        page = edited(published(cast), cast.contributor_a, title="关于做好防汛工作的通知", source="县应急局")
        review = actions.submit(page, cast.contributor_a)
    browser = signed_in(cast.reviewer_a)
    text = browser.get(detail(review)).content.decode()
    assert "关于<ins>做好</ins>防汛工作的通知" in text
    assert "<ins>县应急局</ins>" in text
    assert "关于防汛工作的通知" in browser.get(f"{detail(review)}preview/public/").content.decode()
    assert "关于做好防汛工作的通知" in browser.get(f"{detail(review)}preview/text/").content.decode()


def test_the_preview_of_a_hidden_script_runs_nothing(cast: Cast) -> None:
    with every_tenant("a test"):
        page = draft(first_column(cast.county_a), cast.contributor_a, title="<script>alert(1)</script>")
        review = actions.submit(page, cast.contributor_a)
    browser = signed_in(cast.reviewer_a)
    text = browser.get(detail(review)).content.decode()
    assert "<script>alert(1)" not in text
    assert 'sandbox="allow-same-origin"' in text
    assert "<script>alert(1)" not in browser.get(f"{detail(review)}preview/text/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("manager_a", 200), ("operator", 200), ("reviewer_a", 403), ("manager_b", 404)]
)
def test_the_rules_belong_to_the_sites_manager(cast: Cast, who: str, status: int) -> None:
    url = f"/admin/review/rules/{cast.county_a.pk}/"
    browser = signed_in(getattr(cast, who))
    assert browser.get(url).status_code == status
    answer = browser.post(url, {"steps": "3", "allow_urgent": ""})
    assert answer.status_code == (302 if status == 200 else status)
    with every_tenant("a test"):
        rule = rounds.policy_of(cast.county_a.pk)
        assert (rule.steps, rule.allow_urgent) == ((3, False) if status == 200 else (2, True))
        assert not ReviewPolicy.objects.exclude(tenant=cast.county_a).exists()


@pytest.mark.parametrize(
    ("who", "status"), [("reviewer_a", 200), ("contributor_a", 403), ("manager_a", 403), ("reviewer_b", 404)]
)
def test_withdrawing_is_the_reviewers(cast: Cast, who: str, status: int) -> None:
    with every_tenant("a test"):
        page = published(cast)
    browser, url = signed_in(getattr(cast, who)), f"/admin/review/withdraw/{page.pk}/"
    assert browser.get(url).status_code == status
    browser.post(url, {"reason": "内容有误"})
    assert SitePage.objects.get(pk=page.pk).live == (status != 200)


def test_a_member_who_kept_no_right_in_the_column_cannot_submit(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a)
    for who, status in (("contributor_b", 404), ("supervisor", 403), ("contributor_a", 200)):
        assert signed_in(getattr(cast, who)).get(f"/admin/review/submit/{page.pk}/").status_code == status


def test_the_submit_page_asks_why_it_is_urgent_and_when_it_appears(cast: Cast) -> None:
    page = draft(first_column(cast.county_a), cast.contributor_a, source="县政府办")
    browser, url = signed_in(cast.contributor_a), f"/admin/review/submit/{page.pk}/"
    assert browser.post(url, {"urgent": "on", "reason": ""}).status_code == 200
    assert browser.post(url, {"publish_at": "2001-01-01 00:00"}).status_code == 200
    later = timezone.localtime() + timedelta(days=3)
    data = {"urgent": "on", "reason": "汛情", "publish_at": later.strftime("%Y-%m-%d %H:%M"), "comment": "请审"}
    assert browser.post(url, data).status_code == 302
    with every_tenant("a test"):
        made = Review.objects.get()
        assert (made.urgent, made.stage, made.records.get().comment) == (True, "sign", "请审")
        assert made.publish_at == later.replace(second=0, microsecond=0)
    assert browser.get(url).status_code == 302  # to the round that is open now


def queries(browser: Any, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "supervisor", "operator"])
@pytest.mark.parametrize("show", ["mine", "open", "submitted", "closed"])
def test_a_list_costs_the_same_with_2_rows_and_with_20(cast: Cast, who: str, show: str) -> None:
    browser = signed_in(getattr(cast, who))
    column = first_column(cast.county_a)

    def add(count: int) -> None:
        with every_tenant("a test"):
            for number in range(count):
                column.refresh_from_db()
                actions.submit(draft(column, cast.contributor_a, f"第{number}条"), cast.contributor_a)
                done = actions.submit(draft(column, cast.contributor_a, f"退{number}"), cast.contributor_a)
                actions.send_back(done, cast.reviewer_a, "改")

    add(2)
    few = queries(browser, f"/admin/review/?show={show}")
    add(9)
    many = queries(browser, f"/admin/review/?show={show}")
    assert many == few
    assert many <= 40


def test_a_round_costs_the_same_with_2_and_with_10_rounds_before_it(cast: Cast, review: Review) -> None:
    browser = signed_in(cast.reviewer_a)

    def more(count: int) -> Review:
        with every_tenant("a test"):
            for _number in range(count):
                last = rounds.last_round(review.page_id)
                actions.send_back(last, cast.reviewer_a, "改")
                actions.submit(edited(review.page, cast.contributor_a, title=f"第{_number}稿"), cast.contributor_a)
            return rounds.last_round(review.page_id)

    few = queries(browser, detail(more(2)))
    many = queries(browser, detail(more(8)))
    assert many <= few
    assert many <= 40


def test_reviewing_a_correction_and_editing_in_a_round_stay_within_the_budget(cast: Cast) -> None:
    with every_tenant("a test"):
        first = submitted(cast)
        actions.approve(first, cast.reviewer_a, "")
        sign(first, second_reviewer(cast))
        correction = actions.submit(edited(first.page, cast.contributor_a, title="改后"), cast.contributor_a)
        waiting = submitted(cast)
    reviewer = signed_in(cast.reviewer_a)
    for url in (detail(correction), f"/admin/pages/{waiting.page_id}/edit/"):
        reviewer.get(url)  # content types are read once in a process, not once a page
        assert queries(reviewer, url) <= 40, url
