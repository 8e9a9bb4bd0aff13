"""Joining (接受邀请): the link's address, its mail, and accepting it with the single columns it names."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from sites.members.grants import columns_of
from sites.models import ColumnGrant
from tenants import invitations
from tenants.models import Invitation, Membership

logger = logging.getLogger(__name__)
MAIL_SECONDS = 30  # for all links of a list: somebody waits for the answer


def link_of(secret: str) -> str:
    """Return the whole address of an invitation, on the first of the admin's hosts."""
    return settings.WAGTAILADMIN_BASE_URL + reverse("accept_invitation", args=[secret])


def mail(invitation: Invitation, link: str, connection: Any = None) -> bool:
    """Send the link to the invited address; return whether it went out. A mail server that is down stops nothing."""
    if not invitation.email or not settings.MAIL_ON:
        return False
    values = {
        "name": invitation.full_name,
        "unit": invitation.tenant.name,
        "link": link,
        "days": settings.INVITATION_DAYS,
        "site": settings.WAGTAIL_SITE_NAME,
    }
    text = _(
        "%(name)s,\n\nyou are invited to work on the website of %(unit)s. Open this link and choose a password:\n\n"
        "%(link)s\n\nThe link works once, and for %(days)s days. Give it to nobody.\n\n%(site)s\n"
    )
    try:
        subject = _("Invitation to the website of %(unit)s") % {"unit": invitation.tenant.name}
        return bool(send_mail(subject, text % values, None, [invitation.email], connection=connection))
    except (OSError, ValueError) as error:
        # smtplib's errors are OSErrors, too. The address is personal: only its row is named.
        logger.warning("The mail of invitation %s could not be sent: %s", invitation.pk, type(error).__name__)
        return False


def mail_all(invited: Iterable[tuple[Invitation, str]]) -> set[int]:
    """Mail the links of (invitation, link) over one connection; return the numbers of the invitations that went out.

    Call it when the invitations are stored for good. A server that cannot be reached is asked once, and one that is slow
    is left after MAIL_SECONDS: whose mail did not go out is handed the link by a person.
    """
    sent: set[int] = set()
    waiting = [pair for pair in invited if pair[0].email] if settings.MAIL_ON else []
    if not waiting:
        return sent
    until = time.monotonic() + MAIL_SECONDS
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        logger.warning("%d invitations could not be mailed: %s", len(waiting), type(error).__name__)
        return sent
    try:
        for done, (invitation, link) in enumerate(waiting):
            if time.monotonic() > until:
                logger.warning("%d invitations were not mailed: the mail server is too slow", len(waiting) - done)
                break
            if mail(invitation, link, connection):
                sent.add(invitation.pk)
    finally:
        connection.close()
    return sent


@transaction.atomic
def accept(take: Callable[..., tuple[Invitation, Membership]], secret: str, **how: Any) -> Membership:
    """Accept a link with `invitations.accept_as` or `accept_as_new`, and name the columns of a limited right.

    Columns that were closed or moved away meanwhile are left out. Raises GrantRefused.
    """
    invitation, membership = take(secret, **how)
    if membership.limited_to_columns:
        columns = columns_of(invitation.tenant).filter(pk__in=invitation.column_ids)
        ColumnGrant.objects.bulk_create([ColumnGrant(membership=membership, column_id=c.pk) for c in columns])
        if not columns:
            raise invitations.DeadLink
    return membership
