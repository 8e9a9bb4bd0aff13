"""Publication dates (发布日期) are evidence: a forged one is a single-veto fault in the national check.

The first publication sets the date, and nothing changes it. A page may come with a date of its own only inside
`dated_elsewhere`: content that was published before it came here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_reason: ContextVar[str] = ContextVar("dated_elsewhere", default="")


@contextmanager
def dated_elsewhere(reason: str) -> Iterator[None]:
    """Let pages keep the date of a publication elsewhere; `reason` names the work, so that a search lists every use."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def kept_date(page: Any, stored: datetime | None) -> datetime | None:
    """Return the page's publication date where nothing forges it. Raises ValidationError where something does."""
    if page.published_at is None or page.published_at == stored:
        return stored
    if stored is None and (_reason.get() or page.alias_of_id):
        return page.published_at
    raise ValidationError(
        {"published_at": _("The publication date is set once, by publishing, and cannot be changed.")}
    )
