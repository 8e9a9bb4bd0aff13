"""The list of one's own notices, the bell, and reading."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites import notices
from sites.models import Notice, NoticeKind
from sites.notices.unread import unread_of
from tenants.models import Membership, User
from tenants.scope import every_tenant
from tests.cast import Cast, signed_in

LIST = "/admin/notices/"


def give(tenant: Any, user: Any, text: str, count: int = 1) -> list[Notice]:
    return [
        notices.send(tenant, [user], NoticeKind.SENT_BACK, text, {}, url="/admin/review/")[0]
        for _number in range(count)
    ]


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_shows_the_own_notices_alone(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "给我的")
    give(cast.county_a, cast.reviewer_a, "给同事的")
    give(cast.county_b, cast.contributor_b, "给邻县的")
    shown = text_of(signed_in(cast.contributor_a).get(LIST))
    assert "给我的" in shown
    assert "给同事的" not in shown
    assert "给邻县的" not in shown


def test_opening_a_notice_is_its_receipt_and_leads_on(cast: Cast) -> None:
    (notice,) = give(cast.county_a, cast.contributor_a, "退回")
    client = signed_in(cast.contributor_a)
    answer = client.get(f"{LIST}{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/review/")
    with every_tenant("what a test looks at"):
        first = Notice.objects.get().read_at
        client.get(f"{LIST}{notice.pk}/")
        assert Notice.objects.get().read_at == first is not None


def test_a_strangers_notice_does_not_exist_and_is_not_read(cast: Cast) -> None:
    (notice,) = give(cast.county_a, cast.contributor_a, "退回")
    for stranger in (cast.reviewer_a, cast.contributor_b, cast.operator):
        assert signed_in(stranger).get(f"{LIST}{notice.pk}/").status_code == 404
    with every_tenant("what a test looks at"):
        assert Notice.objects.get().read_at is None


def test_marking_all_as_read_touches_the_own_alone_and_asks_for_a_form(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "退回", 3)
    give(cast.county_a, cast.reviewer_a, "退回")
    client = signed_in(cast.contributor_a)
    assert client.get(f"{LIST}read-all/").status_code == 405
    client.post(f"{LIST}read-all/")
    assert unread_of(User.objects.get(pk=cast.contributor_a.pk)) == 0
    assert unread_of(User.objects.get(pk=cast.reviewer_a.pk)) == 1


def test_the_bell_counts_what_is_unread_in_sites_the_person_belongs_to(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "堤防巡查稿", 2)
    client = signed_in(cast.contributor_a)
    assert client.get(f"{LIST}unread/").json() == {"unread": 2}
    Membership.objects.filter(user=cast.contributor_a).update(tenant=cast.county_b)
    assert signed_in(cast.contributor_a).get(f"{LIST}unread/").json() == {"unread": 0}
    assert "堤防巡查稿" not in text_of(signed_in(cast.contributor_a).get(LIST))


def test_the_bell_stands_in_the_sidebar_with_its_number(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "退回", 7)
    assert '"data-notices-unread": "7"' in text_of(signed_in(cast.contributor_a).get(LIST))


def test_the_bell_costs_one_query(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "退回", 2)
    user = User.objects.get(pk=cast.contributor_a.pk)
    unread_of(user)  # the reach is known by then, as it is on every page of the admin
    with CaptureQueriesContext(
        connection,
    ) as asked:
        unread_of(user)
    assert len(asked) == 1


def test_filters_and_search(cast: Cast) -> None:
    give(cast.county_a, cast.contributor_a, "关于春耕的稿件")
    give(cast.county_a, cast.contributor_a, "关于防火的稿件")
    with every_tenant("what a test prepares"):
        Notice.objects.filter(text__contains="春耕").update(read_at=timezone.now())
    client = signed_in(cast.contributor_a)
    assert "春耕" not in text_of(client.get(LIST, {"unread": "on"}))
    assert "防火" not in text_of(client.get(LIST, {"q": "春耕"}))
    assert "春耕" not in text_of(client.get(LIST, {"kind": "published"}))


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_with_two_rows_and_with_twenty(cast: Cast, count: int) -> None:
    give(cast.county_a, cast.contributor_a, "退回", count)
    client = signed_in(cast.contributor_a)
    client.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    assert len(asked) <= 16
