"""The second pass: links between moved pages, rewritten from the persisted ledger when all of them stand.

A link becomes a reference to the page or file by number. Pages that an editor has changed since are left alone. What
still leads nowhere (not moved, not known) keeps its old address, which the ledger answers, and is tried again next time.
"""

from __future__ import annotations

from legacy.loading.resolving import Resolver
from legacy.loading.rewriting import links_in, rewrite
from legacy.models import ItemState, LegacyItem
from legacy.running import Run
from sites.loading import relinking, session, writing

BATCH = 200


def second_pass(run: Run) -> None:
    """Rewrite the open links of all loaded items of the transition; counts "links" and "links_open". Resumable."""
    after = int(run.row.cursor.get("linked", 0))
    transition = run.row.transition
    rows = LegacyItem.objects.filter(transition=transition, state=ItemState.LOADED, open_links__gt=0)
    while True:
        batch = list(
            rows.filter(pk__gt=after)
            .order_by("pk")
            .only("pk", "tenant_id", "page_id", "loaded_revision", "open_links")[:BATCH]
        )
        if not batch:
            return
        after = batch[-1].pk
        with run.together():
            session.for_a_batch()
            _rewrite(run, batch)
            run.beat(cursor={**run.row.cursor, "linked": after})


def _rewrite(run: Run, batch: list[LegacyItem]) -> None:
    transition = run.row.transition
    pages = {int(item.page_id): item.loaded_revision for item in batch if item.page_id}
    before = {pk: [url for html in texts for url in links_in(html)] for pk, texts in relinking.texts_of(pages).items()}
    goals = Resolver(transition)
    goals.look_up(url for urls in before.values() for url in urls)
    leading = {pk for pk, urls in before.items() if any(goals(url) for url in urls)}
    changed = (
        relinking.relink({pk: pages[pk] for pk in leading}, lambda html: rewrite(html, goals)) if leading else set()
    )
    by_count: dict[int, list[int]] = {}
    for item in batch:
        urls = before.get(int(item.page_id or 0), [])
        left = sum(goals.is_open(url) for url in urls)
        if item.page_id in changed:
            run.counts["links"] += sum(goals(url) is not None for url in urls)
        elif item.page_id in leading:  # an editor's page by now
            left = len([url for url in urls if goals.own(url)])
        run.counts["links_open"] += left
        if left != item.open_links:
            by_count.setdefault(left, []).append(item.pk)
    for left, ids in by_count.items():
        LegacyItem.objects.filter(pk__in=ids).update(open_links=left)
    if changed:
        writing.published(transition.tenant_id)
