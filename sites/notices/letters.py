"""What a mailed notice says: its sentence and a link to the admin. Nothing of the article but its title."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sites.models import Notice
from sites.notices.recipients import language_of
from tenants.names import shown_name

SUBJECT_LENGTH = 150
# Line breaks end a header, other controls and direction marks disguise it.
UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def letter(notice: Notice, connection: Any = None) -> EmailMessage:
    """Return the mail for a notice, in its person's language. `notice.user` and `notice.tenant` are loaded."""
    address = settings.WAGTAILADMIN_BASE_URL + reverse("govsites_notices:read", args=[notice.pk])
    with translation.override(language_of(notice.user)):
        about = one_line(notice.page.draft_title if notice.page else notice.text)
        subject = _("[%(platform)s] %(kind)s: %(about)s") % {
            "platform": settings.WAGTAIL_SITE_NAME,
            "kind": notice.get_kind_display(),
            "about": about,
        }
        body = _(
            "%(name)s,\n\n%(text)s\n\nSite: %(site)s\nOpen: %(address)s\n\n"
            "This mail was sent by the platform; please do not answer it. "
            "You can switch mails off in your account settings.\n"
        ) % {
            "name": one_line(shown_name(notice.user)),
            "text": one_line(notice.text),
            "site": one_line(notice.tenant.name),
            "address": address,
        }
    return EmailMessage(
        subject=one_line(subject)[:SUBJECT_LENGTH],
        body=body,
        to=[notice.user.email],
        connection=connection,
        # The same for every try, so that a mail that went out twice is shown once.
        headers={
            "Message-ID": f"<notice-{notice.pk}@{urlsplit(address).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def one_line(text: str) -> str:
    """Return the text on one line, without control characters and direction marks."""
    return " ".join(UNFIT.sub(" ", text).split())
