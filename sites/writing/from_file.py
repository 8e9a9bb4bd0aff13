"""A new draft from a Word file: what was understood becomes an article or a document; what it came from is logged."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from sites.building import lock_tree
from sites.models import Column, OfficialDocument, SitePage
from sites.writing.parts import MISSING_PICTURE, Reading
from sites.writing.proposals import TITLE_MOST, proposals
from sites.writing.store import body_from

ACTION = "govsites.from_file"


@transaction.atomic
def draft_from(
    reading: Reading, *, model: Any, column: Column, by: Any, file_name: str, today: date, said: list[str]
) -> SitePage:
    """Return a new draft of `model` in the column, with the text and what the text proposes; never published.

    Title, document number and signing date are proposals that the person sees first. `said` (what was lost) is kept in
    the log with the file's name. Raises OverQuota where the pictures do not fit; then nothing is made.
    """
    lock_tree()
    column = Column.objects.get(pk=column.pk)
    found = proposals(reading.blocks, today)
    title = found.title or file_name.rpartition("/")[2].rpartition(".")[0].strip() or _("Untitled")
    page = model(title=title[:TITLE_MOST], owner=by, live=False, written_on=found.written_on)
    page.body = body_from(found.blocks, column.tenant, column, by)
    if isinstance(page, OfficialDocument):
        page.document_number = found.document_number
    column.add_child(instance=page)
    page.save_revision(user=by, clean=False)
    log(page, "wagtail.create", user=by)
    data = {"file": file_name[:255], "lost": said, "title": bool(found.title), "number": found.document_number}
    log(page, ACTION, user=by, data=data)
    return page


def origin_of(page: SitePage) -> dict[str, Any] | None:
    """Return what was logged when the page was made from a file: "file", "lost", "title", "number"; else None."""
    entry = PageLogEntry.objects.filter(page_id=page.pk, action=ACTION).order_by("timestamp").first()
    return entry.data if entry is not None else None


def may_discard(page: SitePage, by: Any) -> bool:
    """Return whether the draft is as it was made, by this person: then it can go without a trace of work lost."""
    return (
        not page.live
        and page.first_published_at is None
        and page.owner_id == by.pk
        and page.revisions.count() == 1
        and origin_of(page) is not None
    )


@transaction.atomic
def discard(page: SitePage, *, by: Any) -> None:
    """Delete a draft that was made from a file. Its pictures stay on the shelf: another draft may show the same ones."""
    lock_tree()
    page.delete(user=by)


def missing_pictures(page: Any) -> int:
    """Return how many notices of a missing picture stand in the page's text."""
    return sum(str(block.value).count(MISSING_PICTURE) for block in page.body if block.block_type == "paragraph")
