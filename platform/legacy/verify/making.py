"""The acceptance report as a run: items and their pages, then every old address; stopped or killed, it goes on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from legacy.ledger.address_rule import Rule
from legacy.ledger.answering import answer
from legacy.ledger.canonical import canonical
from legacy.models import (
    Acceptance,
    ItemState,
    LegacyColumn,
    LegacyItem,
    LegacyRaw,
    LegacyRun,
    LineLevel,
    OldAddress,
    RawKind,
)
from legacy.running import Run, running
from legacy.sentences import tell
from legacy.verify import tally
from legacy.verify.asking import Asker
from legacy.verify.comparing import compare, missing_page
from legacy.verify.gathering import OldSite
from legacy.verify.rendered import Rendered, read
from sites import addresses, old_hosts
from sites.columns.targets import targets_of
from sites.messages import _, sentence

ITEMS, ADDRESSES, RAWS, DONE = "items", "addresses", "raws", "done"
BATCH = 50
ADDRESS_BATCH = 500
SAMPLES = 12


def carry_out(row: LegacyRun) -> None:
    """Make an acceptance report of the transition as it stands now; it is kept as an Acceptance."""
    # What is asked for here is stored as a page of the public site would be shown: in the platform's own language.
    with running(row) as run, translation.override(settings.LANGUAGE_CODE):
        _Making(run).all()


class _Making:
    def __init__(self, run: Run) -> None:
        self._run, self._transition = run, run.row.transition
        self._rule = Rule.from_json(self._transition.address_rule)
        self._asker = Asker()
        cursor = run.row.cursor or {}
        self._state: dict[str, Any] = copy.deepcopy(cursor.get("state")) or tally.new_state()
        self._phase, self._last = cursor.get("phase", ITEMS), cursor.get("last", 0)
        self._done = run.row.done
        dropped = LegacyColumn.objects.filter(transition=self._transition, decision="drop", proposed=False)
        self._dropped: dict[str, str] = dict(dropped.values_list("key", "reason"))

    def all(self) -> None:
        addresses.refresh()
        site = addresses.get(self._transition.tenant_id)
        if site is None or site.status not in addresses.PUBLIC:
            said = _(
                "The sub-site is not open to the public: none of its pages answers. Put it into trial service first."
            )
            self._run.line(LineLevel.ERROR, self._transition.tenant.name, sentence(said))
        items = LegacyItem.objects.filter(transition=self._transition)
        ledger = OldAddress.objects.filter(transition=self._transition)
        if self._run.row.total is None:
            self._run.row.total = items.count() + ledger.count()
        if self._phase == ITEMS:
            self._items(items)
            self._next(ADDRESSES)
        if self._phase == ADDRESSES:
            self._addresses(ledger)
            self._next(RAWS)
        if self._phase == RAWS:
            self._unlisted()
            self._next(DONE)
        self._keep()

    # Items

    def _items(self, items: Any) -> None:
        site = OldSite(self._transition)
        if not site.has_lists:
            said = _("There is no survey with list pages: titles and dates are not checked against lists.")
            self._run.line(LineLevel.WARNING, "", sentence(said))
        while True:
            batch = list(items.filter(pk__gt=self._last).order_by("pk")[:BATCH])
            if not batch:
                return
            loaded = [item for item in batch if item.state == ItemState.LOADED]
            places = old_hosts.places(self._transition.tenant_id, [item.page_id for item in loaded if item.page_id])
            for item in batch:
                reason = self._dropped.get(item.column_key)
                if reason is not None and item.state in (ItemState.REVIEW, ItemState.EXTRACTED):
                    # Nobody needs to look closer at an item whose column a person has left behind.
                    tally.add_item(self._state, item.column_key, ItemState.DROPPED, [reason])
                else:
                    tally.add_item(self._state, item.column_key, item.state, _reasons(item))
            for item, (old, _body) in zip(loaded, site.of(loaded), strict=True):
                self._item(item, old, places.get(item.page_id or 0))
            self._last, self._done = batch[-1].pk, self._done + len(batch)
            self._beat()

    def _item(self, item: LegacyItem, old: Any, place: dict[str, Any] | None) -> None:
        url = place["url"] if place and place["live"] else ""
        shown = {"key": item.key, "title": item.title[:100], "url": item.url, "page": url}
        reply = self._asker.get(url) if url else None
        if reply is not None:
            self._asker.remember(url, reply)
        if reply is None or reply.status != 200:
            tally.add_results(self._state, item.column_key, shown, missing_page(reply.status if reply else 410))
            return
        new = read(reply.body, url)
        sizes = [brief.size for file in new.files if (brief := self._asker.brief(file)).status == 200]
        dead = [link for link in new.links if self._is_dead(link, url)]
        tally.add_results(self._state, item.column_key, shown, compare(old, new, file_bytes=sizes, dead_links=dead))
        self._count_text(item, old, new)

    def _count_text(self, item: LegacyItem, old: Any, new: Rendered) -> None:
        counts = self._state.setdefault("media", {"pictures_old": 0, "pictures_new": 0, "files_old": 0, "files_new": 0})
        counts["pictures_old"] += old.pictures
        counts["pictures_new"] += new.pictures
        counts["files_old"] += len(old.files)
        counts["files_new"] += len(new.files)
        counts["bytes_old"] = counts.get("bytes_old", 0) + sum(old.files)
        samples = self._state.setdefault("samples", {})
        # The first loaded item of each column, as long as there is room: a spread that every run finds again.
        if item.column_key not in samples and len(samples) < SAMPLES:
            samples[item.column_key] = {"title": item.title[:100], "key": item.key, "page_id": item.page_id}

    def _is_dead(self, link: str, page_url: str) -> bool:
        """Return whether a link of the platform's own, or of the old site, leads to nothing. Others are not asked for."""
        parts = urlsplit(link)
        if parts.scheme not in {"http", "https"}:
            return False
        if canonical(link, self._rule).host in _hosts(self._transition.hosts, self._rule):
            return answer(parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")).status == 404
        if parts.netloc == urlsplit(page_url).netloc or addresses.by_host(parts.hostname or ""):
            return self._asker.status(link) >= 400
        return False

    # Addresses

    def _addresses(self, ledger: Any) -> None:
        """Ask for every line of the ledger as the old site's visitor would."""
        while True:
            rows = list(
                ledger.filter(pk__gt=self._last).order_by("pk").only("pk", "host", "path", "hits")[:ADDRESS_BATCH]
            )
            if not rows:
                return
            for row in rows:
                self._address(row.host, row.path, row.hits)
            self._last, self._done = rows[-1].pk, self._done + len(rows)
            self._beat()

    def _address(self, host: str, path: str, hits: int) -> None:
        found = answer(host, path)
        url = f"http://{host}{path}"
        status = found.status
        result = {301: "redirect", 410: "gone", 200: "archive"}.get(status, "unresolved")
        if status == 200 and getattr(found, "itself", False):
            result = "redirect"
        if found.location and _is_ours(found.location):
            status = self._asker.status(found.location)
            result = result if status < 400 else "broken"
        tally.add_address(self._state, result, url, hits, status)

    def _unlisted(self) -> None:
        """Find what the old site gave and the ledger does not know."""
        raws = LegacyRaw.objects.filter(
            transition=self._transition, kind__in=(RawKind.PAGE, RawKind.PICTURE, RawKind.FILE), sha256__gt=""
        )
        hosts = _hosts(self._transition.hosts, self._rule)
        while True:
            rows = list(raws.filter(pk__gt=self._last).order_by("pk").values_list("pk", "url")[:ADDRESS_BATCH])
            if not rows:
                return
            wanted = {
                found.digest: url for _pk, url in rows if url and (found := canonical(url, self._rule)).host in hosts
            }
            known = set(OldAddress.objects.filter(digest__in=wanted).values_list("digest", flat=True))
            for digest in sorted(wanted.keys() - known):
                tally.add_address(self._state, "unlisted", wanted[digest])
            self._last = rows[-1][0]
            self._beat()

    # The report

    def _keep(self) -> None:
        before = Acceptance.objects.filter(transition=self._transition).order_by("-pk").first()
        data = tally.finish(self._state, self._facts(), before.data if before else None)
        # What the database gives back is what is signed: the digest is taken of the stored form.
        data = json.loads(json.dumps(data, ensure_ascii=False))
        with self._run.together():
            made = Acceptance.objects.filter(run=self._run.row).first() or Acceptance(
                tenant_id=self._transition.tenant_id, transition=self._transition, run=self._run.row
            )
            if not made.signed_at:
                made.data, made.digest, made.passed = data, tally.digest(data), data["passed"]
                made.save()
            counts = self._run.counts
            counts.update({name: data["items"][name] for name in ("found", "loaded")})
            counts["open"] = len(data["open"])
            self._run.beat(done=self._done, cursor={"phase": DONE, "acceptance": made.pk})

    def _facts(self) -> dict[str, Any]:
        columns = {
            row.key: {"title": row.title, "decision": row.decision, "target": row.target_id, "reason": row.reason}
            for row in LegacyColumn.objects.filter(transition=self._transition)
        }
        paths = {target.page_id: target.path for target in targets_of(self._transition.tenant_id)}
        for one in columns.values():
            one["target"] = paths.get(one["target"], "")
        return {
            "transition": self._transition.code,
            "name": self._transition.name,
            "tenant": self._transition.tenant.name,
            "hosts": list(self._transition.hosts),
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "run": self._run.row.pk,
            "old_columns": columns,
        }

    def _next(self, phase: str) -> None:
        self._phase, self._last = phase, 0
        self._beat()

    def _beat(self) -> None:
        # A copy: what the next batch has counted when it fails must not be stored with this batch's position.
        state = copy.deepcopy(self._state)
        self._run.beat(done=self._done, cursor={"phase": self._phase, "last": self._last, "state": state})


def _reasons(item: LegacyItem) -> list[str]:
    """Return why an item is where it is, as texts in the platform's language: they are counted and signed."""
    told = item.questions if item.state == ItemState.REVIEW else item.reason
    return [tell(one, gettext)[:300] for one in told]


def _hosts(hosts: Iterable[str], rule: Rule) -> frozenset[str]:
    return frozenset(canonical(f"http://{host}/", rule).host for host in hosts)


def _is_ours(location: str) -> bool:
    return addresses.by_host(urlsplit(location).hostname or "") is not None
