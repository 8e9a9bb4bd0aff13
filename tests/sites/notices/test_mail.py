"""Mail: sent in the background, tried again while the server is down, and never in the way of publishing."""

from __future__ import annotations

from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sites import notices
from sites.models import Notice, NoticeKind, NoticePreference
from tenants.models import Membership
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, publish_article
from tests.sites.notices.people import mail_on, run_tasks, with_mail  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("mail_on")


class Down(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self) -> Any:
        raise ConnectionRefusedError("no mail server")


class Greylisting(EmailBackend):
    refusal: dict[str, tuple[int, bytes]] = {}

    def send_messages(self, messages: Any) -> int:
        if messages[0].to[0] in self.refusal:
            raise SMTPRecipientsRefused({messages[0].to[0]: self.refusal[messages[0].to[0]]})
        return super().send_messages(messages)


class WrongPassword(EmailBackend):
    def open(self) -> Any:
        raise SMTPAuthenticationError(535, b"no")


@pytest.fixture
def article(cast: Cast) -> Any:
    with_mail(cast.contributor_a, cast.reviewer_a)
    return publish_article(first_column(cast.county_a), "春耕现场会召开", summary="正文里的机密")


def send(cast: Cast, article: Any, *people: Any) -> list[Notice]:
    params = {"title": article.title}
    return notices.send(cast.county_a, people, NoticeKind.PUBLISHED, "“%(title)s” is published.", params, page=article)


def stored(notice: Notice) -> Notice:
    with every_tenant("what a test looks at"):
        return Notice.objects.get(pk=notice.pk)


def ready_again() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def test_a_mail_says_the_title_and_leads_to_the_admin(cast: Cast, article: Any) -> None:
    (notice,) = send(cast, article, cast.contributor_a)
    assert mail.outbox == []  # nothing is sent where the work is done
    assert run_tasks() == 1
    (sent,) = mail.outbox
    assert sent.to == ["contributor-a@example.gov.cn"]
    assert sent.subject.startswith("【政府网站集约化平台】")
    assert "春耕现场会召开" in sent.subject
    assert f"https://admin.example.gov.cn/admin/notices/{notice.pk}/" in sent.body
    assert "机密" not in sent.body
    assert sent.content_subtype == "plain"
    assert sent.extra_headers["Message-ID"] == f"<notice-{notice.pk}@admin.example.gov.cn>"
    assert stored(notice).mailed_at is not None


def test_a_line_break_in_a_title_cannot_add_a_header(cast: Cast, article: Any) -> None:
    type(article).objects.filter(pk=article.pk).update(draft_title="春耕\r\nBcc: all@example.com\u202e")
    article.refresh_from_db()
    send(cast, article, cast.contributor_a)
    run_tasks()
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert "\n" not in mail.outbox[0].subject
    assert "\u202e" not in mail.outbox[0].subject


def test_a_hostile_address_is_refused_for_good(cast: Cast, article: Any) -> None:
    cast.contributor_a.email = "a@example.com\nBcc: b@example.com"
    cast.contributor_a.save()
    (notice,) = send(cast, article, cast.contributor_a)
    run_tasks()
    ready_again()
    assert run_tasks() == 0
    assert mail.outbox == []
    assert stored(notice).mail_error


def test_while_the_server_is_down_notices_are_made_and_mails_wait(cast: Cast, article: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    one, two = send(cast, article, cast.contributor_a, cast.reviewer_a)
    assert run_tasks() == 1
    assert (stored(one).mailed_at, stored(one).mail_tries) == (None, 1)
    assert "no mail server" in stored(two).mail_error
    assert run_tasks() == 0  # waits for its time
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ready_again()
    assert run_tasks() == 1
    assert len(mail.outbox) == 2
    assert (stored(one).mail_error, stored(one).mail_tries) == ("", 2)


def test_a_server_that_stays_down_is_given_up_after_eight_tries(cast: Cast, article: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    (notice,) = send(cast, article, cast.contributor_a)
    for _try in range(8):
        assert run_tasks() == 1
        ready_again()
    assert run_tasks() == 0
    assert stored(notice).mail_tries == 8
    assert DBTaskResult.objects.get().status == "FAILED"


@pytest.mark.parametrize(("code", "tries"), [(450, 2), (550, 1)])
def test_a_refused_address_is_final_unless_the_server_asks_to_come_back(
    cast: Cast, article: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, code: int, tries: int
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Greylisting"
    monkeypatch.setattr(Greylisting, "refusal", {cast.contributor_a.email: (code, b"not now")})
    send(cast, article, cast.contributor_a, cast.reviewer_a)
    done = 0
    for _round in range(2):
        done += run_tasks()
        ready_again()
    assert done == tries
    assert [sent.to for sent in mail.outbox] == [[cast.reviewer_a.email]]  # once, whatever happens to the other


def test_a_wrong_password_of_ours_is_not_the_notices_fault(cast: Cast, article: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.WrongPassword"
    (notice,) = send(cast, article, cast.contributor_a)
    run_tasks()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ready_again()
    run_tasks()
    assert len(mail.outbox) == 1
    assert stored(notice).mailed_at is not None


def test_who_wants_none_has_read_it_or_has_left_gets_no_mail(cast: Cast, article: Any) -> None:
    with_mail(cast.manager_a, cast.supervisor)
    made = send(cast, article, cast.contributor_a, cast.reviewer_a, cast.manager_a, cast.supervisor, cast.operator)
    NoticePreference.objects.create(user=cast.contributor_a, by_mail=False)
    Membership.objects.filter(user=cast.reviewer_a).update(revoked_at=timezone.now())
    with every_tenant("what a test prepares"):
        Notice.objects.filter(user=cast.manager_a).update(read_at=timezone.now())
    assert run_tasks() == 1
    assert [sent.to for sent in mail.outbox] == [["supervisor@example.gov.cn"]]
    assert len(made) == 5


def test_nothing_is_queued_where_mail_is_off(cast: Cast, article: Any, settings: Any) -> None:
    settings.MAIL_ON = False
    assert len(send(cast, article, cast.contributor_a)) == 1
    assert not DBTaskResult.objects.exists()


def test_a_task_taken_up_again_mails_nobody_twice(cast: Cast, article: Any) -> None:
    send(cast, article, cast.contributor_a, cast.reviewer_a)
    run_tasks()
    DBTaskResult.objects.update(status="READY")
    run_tasks()
    assert len(mail.outbox) == 2
