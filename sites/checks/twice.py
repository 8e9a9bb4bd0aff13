"""The same article twice: same title or same text in the tenant within a month."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from sites.checks.findings import Finding, Severity
from sites.checks.gathering import Gathered
from sites.messages import _, sentence
from sites.models import TextPrint
from sites.reach import reach_of

WITHIN = timedelta(days=30)
LEAST_CHARACTERS = 40  # shorter texts ("见附件。") are often alike


def find(found: Gathered, draft: Any, user: Any) -> Iterator[Finding]:
    """Note the page's fingerprints, and yield an older page of the tenant that has one of them."""
    if draft.column_id is None:
        return
    title_key, body_key = _print_of(draft.title), _print_of(found.body, LEAST_CHARACTERS)
    TextPrint.objects.update_or_create(
        page_id=draft.pk, defaults={"tenant_id": draft.tenant_id, "title_key": title_key, "body_key": body_key}
    )
    same = Q(title_key=title_key)
    if body_key:
        same |= Q(body_key=body_key)
    since = timezone.now() - WITHIN
    others = TextPrint.objects.filter(same, tenant_id=draft.tenant_id, at__gte=since).exclude(page_id=draft.pk)
    other = others.select_related("page").order_by("page_id").first()
    if other is None:
        return
    whole = bool(body_key) and other.body_key == body_key
    known = reach_of(user).may("read", other.page)
    message = sentence(
        _("The same text is in “%(title)s” already. Do not publish it twice.")
        if whole
        else _("“%(title)s” has the same title and is not older than a month. Is it the same item?"),
        title=other.page.draft_title if known else draft.title,  # out of reach: not named
    )
    yield Finding("twice", Severity.CONFIRM, message, "title", excerpt=draft.title[:60], around=str(other.page_id))


def _print_of(text: str, least: int = 1) -> str:
    """Return the fingerprint of a text without spaces, punctuation and width of characters; "" for a short one."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
    return hashlib.sha256(plain.encode()).hexdigest() if len(plain) >= least else ""
