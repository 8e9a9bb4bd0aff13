"""The items of one transaction: what is decided about each, what is written, and what their rows will say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone

from legacy.bodies import Body
from legacy.ledger.registering import Landed
from legacy.loading import assembling, found, keeping
from legacy.loading.assembling import Draft, Refused
from legacy.loading.found import Bytes, Media
from legacy.loading.keeping import Kept
from legacy.loading.resolving import Resolver
from legacy.loading.targets import Decided
from legacy.models import AddressKind, ItemState, LegacyItem, LineLevel
from legacy.sentences import store
from sites.loading import standing, writing
from sites.loading.places import Place
from sites.messages import Sentence, _, sentence

ANY = frozenset({"article", "document"})


class Conflict(Exception):
    """An editor has changed the page since; the argument is a sentence."""

    def __init__(self, said: Sentence) -> None:
        self.sentence = said
        super().__init__(str(said))


class Batch:
    """What a transaction of a load will write. `loading` is the run's Loading."""

    def __init__(self, loading: Any, rows: Sequence[LegacyItem]) -> None:
        self.loading, self.run, self.row = loading, loading.run, loading.run.row
        self.transition = loading.transition
        self.kept: list[Kept] = []
        self._new: list[Draft] = []
        self._changed: list[Draft] = []
        self._pages = standing.standing([row.page_id for row in rows if row.page_id])
        self._addresses: list[tuple[str, int, int | None]] = []  # (old address, item, its raw record)
        self._stands: dict[int, int] = {}  # page by item

    def take(self, row: LegacyItem, body: Body | Sentence, at: Bytes, media: Media, goals: Resolver) -> None:
        """Decide about one item. Raises Refused, NoSpace."""
        if isinstance(body, Sentence):
            raise Refused(body)
        if row.loaded_at is not None:
            if self._is_unchanged(row, body, at):
                self._unchanged(row)
                return
            try:
                place = self._untouched(row)
            except Conflict as conflict:
                self._conflict(row, conflict.sentence)
                return
            drafts = self._changed
        else:
            decided = self.loading.targets.of(row.column_key)
            if decided.decision != "move":
                self._leave(row, decided)
                return
            place, drafts = self._place(row, decided), self._new
        code = self.transition.code
        draft = assembling.assemble(row, body, place, code=code, at=at, media=media, goals=goals)
        drafts.append(draft)
        for said in draft.lacks:
            self.run.line(LineLevel.WARNING, row.url or row.key, said)
        addresses = [row.url, *body.get("parts", ())]
        self._addresses.extend((url, row.pk, row.raw_id if not n else None) for n, url in enumerate(addresses) if url)

    def refuse(self, row: LegacyItem, said: Sentence) -> None:
        """Note that the item cannot be loaded. A page that stands is left as it is."""
        self.run.counts["refused"] += 1
        self.run.line(LineLevel.REFUSED, row.url or row.key, said)
        by = row.load_run_id if row.loaded_at is not None else self.row.pk
        self.kept.append(Kept.of(row, state=ItemState.REFUSED, reason=[store(said)], load_run_id=by))

    def write(self) -> None:
        """Write the pages, and then the items' rows."""
        tenant_id, by = self.transition.tenant_id, self.row.started_by
        created = writing.create(tenant_id, [draft.item for draft in self._new], by=by)
        pages = [(int(draft.row.page_id or 0), draft.item) for draft in self._changed]
        revisions = writing.update(tenant_id, pages, by=by)
        now = timezone.now()
        written = [*zip(self._new, created, strict=True)]
        written += [
            (draft, (pk, revision))
            for draft, (pk, _item), revision in zip(self._changed, pages, revisions, strict=True)
        ]
        for draft, (page_id, revision_id) in written:
            self._stands[draft.row.pk] = page_id
            self.kept.append(
                Kept(
                    pk=draft.row.pk,
                    state=ItemState.LOADED,
                    page_id=page_id,
                    loaded_hash=draft.row.content_hash,
                    loaded_media=draft.media,
                    open_links=draft.open_links,
                    loaded_revision=revision_id,
                    loaded_at=now,
                    load_run_id=self.row.pk,
                    reason=[store(said) for said in draft.lacks],
                )
            )
        self.run.counts.update({"created": len(created), "updated": len(revisions)})
        keeping.keep(tenant_id, self.kept)

    def landed(self, media: Media) -> Iterator[Landed]:
        """Yield the old addresses whose content stands here now, for the ledger."""
        for url, item_id, raw_id in self._addresses:
            page_id = self._stands.get(item_id)
            if page_id is not None:
                yield Landed(url, AddressKind.ITEM, page_id=page_id, raw_id=raw_id)
        for (url, kind, pk), raw_id in media.landed.items():
            if kind == "picture":
                yield Landed(url, AddressKind.PICTURE, image_id=pk, raw_id=raw_id)
            else:
                yield Landed(url, AddressKind.FILE, file_id=pk, raw_id=raw_id)

    def _is_unchanged(self, row: LegacyItem, body: Body, at: Bytes) -> bool:
        if row.content_hash != row.loaded_hash:
            return False
        return found.digest(assembling.used(body, at)) == row.loaded_media

    def _unchanged(self, row: LegacyItem) -> None:
        self.run.counts["unchanged"] += 1
        if row.state != ItemState.LOADED:  # what had been in conflict, or was extracted again with the same result
            self.kept.append(Kept.of(row, state=ItemState.LOADED, reason=[]))

    def _untouched(self, row: LegacyItem) -> Place:
        """Return where the item's page stands. Raises Conflict where it is not as it was loaded."""
        page = self._pages.get(row.page_id or 0)
        if page is None:
            raise Conflict(sentence(_("The old item has changed, and its page here was deleted.")))
        if page.revision_id != row.loaded_revision:
            raise Conflict(sentence(_("The old item has changed, and an editor has changed its page here, too.")))
        if not page.live:
            raise Conflict(sentence(_("The old item has changed, and its page here was taken from the site.")))
        if page.kind != row.kind:
            raise Conflict(sentence(_("It was loaded as another kind of page. Roll the item back and load it again.")))
        return Place(page.column_id or 0, "", ANY)

    def _conflict(self, row: LegacyItem, said: Sentence) -> None:
        self.run.counts["conflict"] += 1
        self.run.line(LineLevel.WARNING, row.url or row.key, said)
        self.kept.append(Kept.of(row, state=ItemState.CONFLICT, reason=[store(said)]))

    def _leave(self, row: LegacyItem, decided: Decided) -> None:
        """Note an item whose column is not moved, or about which nobody has decided."""
        if decided.decision != "drop":
            self.run.counts["undecided"] += 1
            self.loading.tell_undecided(decided.key, decided.title)
            if row.state != ItemState.EXTRACTED:
                self.kept.append(Kept.of(row, state=ItemState.EXTRACTED, reason=[]))
            return
        reason = [decided.reason]
        same = row.state == ItemState.DROPPED and row.reason == reason
        self.run.counts["unchanged" if same else "dropped"] += 1
        self.kept.append(Kept.of(row, state=ItemState.DROPPED, reason=reason, load_run_id=self.row.pk))

    def _place(self, row: LegacyItem, decided: Decided) -> Place:
        place = self.loading.targets.place(decided, row.title)
        if place is None:
            raise Refused(
                sentence(
                    _("Its old column “%(column)s” leads to no column that stands here. Decide anew where it goes."),
                    column=decided.title or decided.key or "-",
                )
            )
        return place
