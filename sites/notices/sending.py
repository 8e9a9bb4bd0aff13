"""Sends notices: one row for each person who belongs to the tenant at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from sites.models import Notice
from sites.notices import mail
from sites.notices.recipients import belonging, language_of
from tenants.models import Tenant
from tenants.scope import tenant_scope

TEXT_LENGTH = 500
URL_LENGTH = 300


def send(
    tenant: Tenant,
    users: Iterable[Any],
    kind: str,
    text_msgid: str,
    params: Mapping[str, Any],
    page: Any = None,
    url: str = "",
) -> list[Notice]:
    """Make a notice for each of `users` who has an active membership that covers `tenant`; return the notices.

    `text_msgid` is an English msgid with named placeholders (marked for the catalogue where it is written), said in
    each person's own language with `params`. `url` is a path of the admin ("/admin/…"); without one the notice leads
    to the page's editor. Raises ValueError for an address outside the admin. Mail goes out after the commit.
    """
    if url and (not url.startswith("/admin/") or len(url) > URL_LENGTH):
        raise ValueError(f"A notice leads to a path of the admin, not to {url!r}.")
    if not url and page is not None:
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    made = [
        Notice(tenant=tenant, user=person, kind=kind, text=_said(text_msgid, params, person), page=page, url=url)
        for person in belonging(tenant, users)
    ]
    with transaction.atomic(), tenant_scope(tenant):
        Notice.objects.bulk_create(made)
        mail.queue(made)  # a row of the task queue: it exists from the commit on, and not without it
    return made


def _said(msgid: str, params: Mapping[str, Any], person: Any) -> str:
    with translation.override(language_of(person)):
        return (gettext(msgid) % params)[:TEXT_LENGTH]
