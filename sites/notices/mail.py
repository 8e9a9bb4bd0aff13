"""Notices by mail, in the background: handed over once where the mail server can be reached, written down either way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.utils import timezone

from sites.models import Notice, NoticePreference
from sites.notices.letters import letter
from sites.notices.recipients import belonging
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.tasks import durable, once

AT_ONCE = 100
TRIES = 8  # after 1, 2, 4, 8, 16, 32 and 60 minutes: the last one two hours after the first


class MailDown(RuntimeError):
    """Some mails could not be handed over; the task is tried again later."""


def queue(notices: Iterable[Notice]) -> None:
    """Have new notices (of one tenant) mailed in the background; nothing happens where mail is switched off."""
    waiting = list(notices) if settings.MAIL_ON else []
    for start in range(0, len(waiting), AT_ONCE):
        part = [notice.pk for notice in waiting[start : start + AT_ONCE]]
        once(deliver, f"{part[0]}-{part[-1]}", waiting[0].tenant_id, part)


@durable(tries=TRIES, first_wait_seconds=60, quick=True)
def deliver(tenant_id: int, notice_ids: list[int]) -> dict[str, int]:
    """Mail those of the notices that are neither mailed nor read; returns counts.

    Passed over: a notice whose person has left the tenant, has no address or wants no mail. An address the server
    refuses for good is not tried again. Raises MailDown where some are left for another try.
    """
    with tenant_scope(tenant_id):
        waiting = _wanted(tenant_id, notice_ids)
        counts = _mail(waiting) if waiting else {"mailed": 0, "refused": 0, "left": 0}
    if counts["left"]:
        raise MailDown(f"{counts['left']} mails wait: {waiting[-1].mail_error}")
    return counts


def _wanted(tenant_id: int, notice_ids: Sequence[int]) -> list[Notice]:
    tenant = Tenant.objects.select_related("region").get(pk=tenant_id)
    rows = Notice.objects.filter(pk__in=notice_ids, tenant=tenant, mailed_at=None, read_at=None, mail_tries__lt=TRIES)
    found = list(rows.select_related("page").order_by("pk"))
    people = {person.pk: person for person in belonging(tenant, {notice.user_id for notice in found}) if person.email}
    declined = set(NoticePreference.objects.filter(user__in=people, by_mail=False).values_list("user_id", flat=True))
    wanted = [notice for notice in found if notice.user_id in people and notice.user_id not in declined]
    for notice in wanted:
        notice.user, notice.tenant = people[notice.user_id], tenant
    return wanted


def _mail(waiting: Sequence[Notice]) -> dict[str, int]:
    """Hand over the mails on one connection; a server that cannot be reached is asked once, not once for each."""
    counts = {"mailed": 0, "refused": 0, "left": 0}
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        for notice in waiting:
            _failed(notice, error)
        return counts | {"left": len(waiting)}
    try:
        for notice in waiting:
            counts[_send(notice, connection)] += 1
    finally:
        connection.close()
    return counts


def _send(notice: Notice, connection: Any) -> str:
    """Hand over one mail and note how it went; return the count it belongs to."""
    try:
        validate_email(notice.user.email)
        letter(notice, connection).send()
    except (OSError, SMTPException, ValidationError, ValueError) as error:  # ValueError: an address with a line break
        _failed(notice, error)
        return "refused" if notice.mail_tries == TRIES else "left"
    notice.mailed_at, notice.mail_error = timezone.now(), ""
    notice.mail_tries += 1
    notice.save(update_fields=["mailed_at", "mail_error", "mail_tries"])
    return "mailed"


def _failed(notice: Notice, error: Exception) -> None:
    notice.mail_tries = TRIES if _is_final(error) else notice.mail_tries + 1
    notice.mail_error = f"{type(error).__name__}: {error}"[:200]
    notice.save(update_fields=["mail_error", "mail_tries"])


def _is_final(error: Exception) -> bool:
    """Return whether trying again is of no use: this address or this mail is refused for good (4xx asks to come back).

    What ails the server or our account at it (SMTPAuthenticationError, SMTPSenderRefused) is not the notice's fault.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, (ValidationError, ValueError))
