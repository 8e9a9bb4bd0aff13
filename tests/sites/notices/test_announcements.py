"""Announcements: who may write them, whom they reach, who sees the receipts; and taken up again nobody gets two."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from sites.models import Announcement, Notice
from sites.notices import announcing
from sites.notices.announcing import AnnouncementRefused, announce
from tenants.models import Role
from tenants.scope import every_tenant
from tests.cast import Cast, person, signed_in
from tests.sites.notices.people import mail_on, run_tasks, with_mail  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("mail_on")
ANNOUNCE, SENT = "/admin/notices/announce/", "/admin/notices/announcements/"


def readers(made: Announcement) -> set[str]:
    with every_tenant("what a test looks at"):
        return set(Notice.objects.filter(announcement=made).values_list("user__username", flat=True))


def test_a_site_manager_reaches_the_people_of_the_own_site_alone(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    answer = client.post(ANNOUNCE, {"tenant": cast.county_a.pk, "title": "值班", "text": "请到岗"}, follow=True)
    assert "值班" in answer.content.decode()
    run_tasks()
    assert readers(Announcement.objects.get()) == {"contributor-a", "reviewer-a"}


def test_a_site_manager_cannot_write_to_another_site_or_a_region(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    answer = client.post(ANNOUNCE, {"tenant": cast.county_b.pk, "title": "值班", "text": "请到岗"})
    assert answer.status_code == 200
    for audience in ({"tenant": cast.county_b}, {"region": cast.county_a.region}, {}):
        with pytest.raises(AnnouncementRefused):
            announce("值班", "请到岗", by=cast.manager_a, **audience)
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("name", ["contributor_a", "reviewer_a", "supervisor"])
def test_who_manages_no_site_writes_no_announcement(cast: Cast, name: str) -> None:
    client = signed_in(getattr(cast, name))
    assert client.get(ANNOUNCE).status_code == 403
    assert client.get(SENT).status_code == 403
    with pytest.raises(AnnouncementRefused):
        announce("值班", "请到岗", by=getattr(cast, name), tenant=cast.county_a)


def test_an_operator_reaches_a_region_with_all_below_it(cast: Cast) -> None:
    town = person("town-clerk", Role.CONTRIBUTOR, tenant=cast.town_a)
    person("town-clerk-b", Role.CONTRIBUTOR, tenant=cast.town_b)
    client = signed_in(cast.operator)
    client.post(ANNOUNCE, {"region": "430102", "title": "普查", "text": "本周开始"})
    run_tasks()
    assert readers(Announcement.objects.get()) == {
        "contributor-a", "reviewer-a", "manager-a", "supervisor", town.username,
    }  # fmt: skip


def test_an_unknown_region_is_a_fault_of_its_field(cast: Cast) -> None:
    answer = signed_in(cast.operator).post(ANNOUNCE, {"region": "499999", "title": "普查", "text": "本周开始"})
    assert "499999" in answer.content.decode()
    assert not Announcement.objects.exists()


def test_a_person_of_several_sites_gets_one_notice_however_often_it_is_sent(cast: Cast) -> None:
    with_mail(cast.contributor_a, cast.contributor_b)
    person_of_two = cast.contributor_a
    type(person_of_two.memberships.get()).objects.create(
        user=person_of_two, role=Role.CONTRIBUTOR, tenant=cast.county_b
    )
    made = announce("停机维护", "今晚", by=cast.operator)
    run_tasks()
    announcing.spread.call(made.pk)
    run_tasks()
    with every_tenant("what a test looks at"):
        assert Notice.objects.filter(announcement=made, user=person_of_two).count() == 1
    assert sorted(sent.to[0] for sent in mail.outbox) == [
        "contributor-a@example.gov.cn", "contributor-b@example.gov.cn",
    ]  # fmt: skip
    made.refresh_from_db()
    assert made.sent_at is not None


def test_receipts_are_for_the_manager_of_the_readers_and_for_operators(cast: Cast) -> None:
    made = announce("停机维护", "今晚八点", by=cast.operator)
    run_tasks()
    with every_tenant("what a test prepares"):
        Notice.objects.filter(announcement=made, user=cast.contributor_a).update(read_at=timezone.now())
    address = f"{SENT}{made.pk}/"
    shown = signed_in(cast.manager_a).get(address)
    assert {row.user for row in shown.context["receipts"]} == {cast.contributor_a, cast.reviewer_a, cast.manager_a}
    assert shown.context["counts"] == {"all": 3, "opened": 1}
    only = signed_in(cast.manager_a).get(address, {"only": "unopened"})
    assert cast.contributor_a not in {row.user for row in only.context["receipts"]}
    assert signed_in(cast.operator).get(address).context["counts"]["all"] >= 6
    reader = signed_in(cast.contributor_b).get(address)
    assert "今晚八点" in reader.content.decode()
    assert "receipts" not in reader.context


def test_an_announcement_of_a_neighbour_does_not_exist(cast: Cast) -> None:
    made = announce("内部", "只给乙县", by=cast.manager_b, tenant=cast.county_b)
    run_tasks()
    for stranger in (cast.contributor_a, cast.manager_a, cast.supervisor):
        assert signed_in(stranger).get(f"{SENT}{made.pk}/").status_code == 404
    assert "内部" not in signed_in(cast.manager_a).get(SENT).content.decode()
