"""Rollback (回退): what a run, an old column or single items brought in is taken back as if it had never come.

Pages that an editor has changed, taken from the site, referred to or put under review stay, with a line each. The
items can be loaded again. An item belongs to the load that wrote it last: one that a later load published anew goes or
stays with that one, and never falls back to what it was before. Pictures and files that loading stored and nothing
shows any more go with them.

Options of the run, one of them: "run" (the id of a load), "columns" (old columns' keys), "items" (ids), "all": true.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from legacy.ledger import registering
from legacy.loading import keeping
from legacy.loading.keeping import Kept
from legacy.models import ItemState, LegacyItem, LegacyMedia, LegacyRun, LineLevel
from legacy.running import Run, running
from sites.loading import media, session, standing, writing
from sites.messages import SaidError, _, sentence

BATCH = 200
SHOWN_BATCH = 1000


class RollbackRefused(SaidError):
    """The rollback cannot begin; the message is a sentence."""


@dataclass(slots=True)
class Preview:
    """What a rollback would do at this moment: its items, how many pages would go, the items whose pages would stay."""

    items: int = 0
    going: int = 0
    staying: list[LegacyItem] = field(default_factory=list)


def carry_out(row: LegacyRun) -> None:
    """Do the run's work. Safe to call again after a kill: what is gone is not looked for again."""
    with running(row) as run:
        chosen = items_of(row)
        run.row.total = run.row.done + chosen.count()
        _pages(run, chosen)
        _media(run)


def items_of(row: LegacyRun) -> Any:
    """Return the loaded items that a rollback is about. Raises RollbackRefused where the options name none."""
    options = row.options
    loaded = LegacyItem.objects.filter(transition=row.transition).filter(loaded_at__isnull=False)
    if "run" in options:
        return loaded.filter(load_run_id=options["run"])
    if "columns" in options:
        return loaded.filter(column_key__in=options["columns"])
    if "items" in options:
        return loaded.filter(pk__in=options["items"])
    if options.get("all"):
        return loaded
    raise RollbackRefused(sentence(_("Say what to roll back: a run, old columns, items, or all of it.")))


def preview(row: LegacyRun) -> Preview:
    """Return what the run would do; nothing is locked or written. Raises RollbackRefused as `items_of` does."""
    found = Preview()
    chosen = items_of(row).only("page_id", "loaded_revision", "title", "key", "url").order_by("pk")
    after = 0
    while batch := list(chosen.filter(pk__gt=after)[:SHOWN_BATCH]):
        after = batch[-1].pk
        pages = {int(item.page_id): item.loaded_revision for item in batch if item.page_id}
        gone, stays = standing.removable_now(pages)
        found.items += len(batch)
        found.going += len(gone)
        found.staying += [item for item in batch if item.page_id in stays]
    return found


def _pages(run: Run, chosen: Any) -> None:
    after = int(run.row.cursor.get("after", 0))
    while True:
        batch = list(chosen.filter(pk__gt=after).order_by("pk")[:BATCH])
        if not batch:
            return
        after = batch[-1].pk
        with run.together():
            session.for_a_batch()
            _take_back(run, batch)
            run.beat(done=run.row.done + len(batch), cursor={**run.row.cursor, "after": after})


def _take_back(run: Run, batch: list[LegacyItem]) -> None:
    transition = run.row.transition
    pages = {int(item.page_id): item.loaded_revision for item in batch if item.page_id}
    gone, stays = standing.removable(pages)
    registering.unloaded(transition, gone)  # while the ledger still knows the pages
    standing.remove(gone, by=run.row.started_by)
    rows = []
    for item in batch:
        if item.page_id in stays:
            said = sentence(_("Its page stays: somebody has changed it or works with it."))
            run.line(LineLevel.REFUSED, item.url or item.key, said)
            run.counts["kept"] += 1
            continue
        run.counts["removed"] += 1
        # Extraction set REVIEW and DROPPED itself meanwhile: that stays. What had been loaded can be loaded again.
        state = item.state if item.state in (ItemState.REVIEW, ItemState.DROPPED) else ItemState.EXTRACTED
        rows.append(Kept(pk=item.pk, state=state, reason=[]))
    keeping.keep(transition.tenant_id, rows)
    if gone:
        writing.published(transition.tenant_id)


def _media(run: Run) -> None:
    """Take pictures and files away that loads of the chosen run, or of any run, stored and nothing shows any more."""
    transition = run.row.transition
    rows = LegacyMedia.objects.filter(transition=transition).filter(Q(image__isnull=False) | Q(file__isnull=False))
    after = 0
    while True:
        batch = list(rows.filter(pk__gt=after).order_by("pk")[:BATCH])
        if not batch:
            return
        after = batch[-1].pk
        with run.together():
            images, files = media.unused(
                image_ids=[row.image_id for row in batch if row.image_id],
                file_ids=[row.file_id for row in batch if row.file_id],
            )
            registering.media_unloaded(transition, image_ids=images, file_ids=files)
            for row in batch:
                image_id = None if row.image_id in images else row.image_id
                file_id = None if row.file_id in files else row.file_id
                mine = LegacyMedia.objects.filter(pk=row.pk)
                if image_id or file_id:
                    mine.update(image_id=image_id, file_id=file_id)
                else:
                    mine.delete()
            media.remove(image_ids=images, file_ids=files)
            run.counts.update({"pictures": len(images), "files": len(files)})
            run.beat()
