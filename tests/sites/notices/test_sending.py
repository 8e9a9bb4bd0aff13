"""Who gets a notice: people with an active membership of the tenant, in their own language, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from sites import notices
from sites.models import Notice, NoticeKind
from tenants.models import Membership, Role
from tenants.scope import every_tenant, tenant_scope
from tests.cast import Cast, first_column, person, publish_article


def received(user: object) -> list[str]:
    with every_tenant("what a test looks at"):
        return list(Notice.objects.filter(user=user).values_list("text", flat=True))


def send(cast: Cast, *people: object, **values: object) -> list[Notice]:
    params = {"title": "春耕"}
    return notices.send(cast.county_a, people, NoticeKind.PUBLISHED, "“%(title)s” is published.", params, **values)


def test_only_people_of_the_tenant_get_it(cast: Cast) -> None:
    everybody = (
        cast.contributor_a, cast.reviewer_a, cast.manager_a, cast.supervisor, cast.operator,
        cast.contributor_b, cast.reviewer_b, cast.manager_b,
    )  # fmt: skip
    made = send(cast, *everybody, cast.contributor_a)
    assert {notice.user for notice in made} == {
        cast.contributor_a, cast.reviewer_a, cast.manager_a, cast.supervisor, cast.operator,
    }  # fmt: skip
    assert len(made) == 5
    assert received(cast.contributor_b) == []


def test_a_membership_that_has_ended_counts_no_more(cast: Cast) -> None:
    now = timezone.now()
    Membership.objects.filter(user=cast.contributor_a).update(revoked_at=now)
    Membership.objects.filter(user=cast.reviewer_a).update(expires_at=now - timedelta(minutes=1))
    cast.manager_a.is_active = False
    cast.manager_a.save()
    assert send(cast, cast.contributor_a, cast.reviewer_a, cast.manager_a) == []


def test_a_supervisor_of_another_region_gets_nothing(cast: Cast) -> None:
    other = person("other-supervisor", Role.SUPERVISOR, region=cast.regions()["430103"])
    above = person("city-supervisor", Role.SUPERVISOR, region=cast.regions()["430100"])
    assert [notice.user for notice in send(cast, other, above)] == [above]


def test_each_person_reads_the_own_language(cast: Cast) -> None:
    UserProfile.objects.create(user=cast.reviewer_a, preferred_language="en")
    texts = {notice.user: notice.text for notice in send(cast, cast.contributor_a, cast.reviewer_a)}
    assert texts[cast.reviewer_a] == "“春耕” is published."
    assert texts[cast.contributor_a] != texts[cast.reviewer_a]
    assert "春耕" in texts[cast.contributor_a]


def test_a_notice_leads_to_the_page_unless_it_is_told_where(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "春耕")
    assert send(cast, cast.reviewer_a, page=article)[0].url == f"/admin/pages/{article.pk}/edit/"
    assert send(cast, cast.reviewer_a, page=article, url="/admin/review/7/")[0].url == "/admin/review/7/"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_but_into_the_admin(cast: Cast, url: str) -> None:
    with pytest.raises(ValueError, match="a path of the admin"):
        send(cast, cast.reviewer_a, url=url)


def test_a_long_text_is_cut_and_not_refused(cast: Cast) -> None:
    with tenant_scope(cast.county_a):
        (made,) = notices.send(cast.county_a, [cast.reviewer_a], NoticeKind.SENT_BACK, "%(why)s", {"why": "长" * 900})
    assert len(made.text) == 500


def test_sending_costs_the_same_for_two_people_and_for_twenty(cast: Cast, django_assert_num_queries) -> None:
    people = [person(f"member-{number}", Role.CONTRIBUTOR, tenant=cast.county_a) for number in range(20)]
    tenant = type(cast.county_a).objects.select_related("region").get(pk=cast.county_a.pk)
    for some in (people[:2], people):
        with django_assert_num_queries(4):  # people, savepoint, rows, release
            notices.send(tenant, some, NoticeKind.PUBLISHED, "x", {})
