"""Publication dates (发布日期) are evidence: a forged one is a single-veto fault in the national check.

The first publication sets the date, and nothing changes it. A page may come with a date of its own only inside
`dated_elsewhere`: content that was published before it came here. What is taken from the site and published again
keeps its first date, and the page says when it was away. `loaddata` restores a backup and so brings the dates it holds;
it is a command for those who could change the database as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

_reason: ContextVar[str] = ContextVar("dated_elsewhere", default="")
ABSENCE = ("withdrawn_at", "republished_at")


@contextmanager
def dated_elsewhere(reason: str) -> Iterator[None]:
    """Let pages keep the date of a publication elsewhere; `reason` names the work, so that a search lists every use."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def published_elsewhere() -> bool:
    """Return whether the running work brings in content that was published before it came here."""
    return bool(_reason.get())


def kept_date(page: Any, stored: datetime | None) -> datetime | None:
    """Return the page's publication date where nothing forges it. Raises ValidationError where something does."""
    if page.published_at is None or page.published_at == stored:
        return stored
    if stored is None and (_reason.get() or page.alias_of_id):
        return page.published_at
    raise ValidationError(
        {"published_at": _("The publication date is set once, by publishing, and cannot be changed.")}
    )


def mark_absence(page: Any, stored: Mapping[str, Any], update_fields: Collection[str] | None) -> bool:
    """Note on the page when it was taken from the site and put back; return whether that happens now.

    `stored` is the row as it is; what the page in memory claims of its absence is overwritten with it.
    """
    marks = {name: stored[name] for name in ABSENCE}
    turns = page.live != stored["live"] and (update_fields is None or "live" in update_fields)
    happens = turns and stored["published_at"] is not None and (not page.live or stored["withdrawn_at"] is not None)
    if happens:
        marks["republished_at" if page.live else "withdrawn_at"] = timezone.now()
    for name, value in marks.items():
        setattr(page, name, value)
    return happens
