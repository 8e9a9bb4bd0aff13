"""What a person decides about old addresses: where they lead, kept as an archived copy, not moved; with who and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.utils import timezone

from legacy import blobs
from legacy.ledger import archive, hosts, registering
from legacy.ledger.archived import in_css
from legacy.ledger.canonical import canonical
from legacy.models import AddressResult, OldAddress, RawKind, Transition
from sites import addresses, old_hosts
from sites.messages import SaidError, Sentence, _, sentence
from tenants.digits import whole

CHUNK = 200
MOST_REASON = 300


class DecisionRefused(SaidError):
    """The decision cannot be taken for any address; the message is a sentence. `field` names what is wrong."""

    def __init__(self, said: Sentence, field: str = "") -> None:
        self.field = field
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an address. A redirect leads to a page of the tenant, or to an address that is none."""

    result: str
    reason: str = ""
    page_id: int | None = None
    target_url: str = ""


@dataclass
class Decided:
    """How many lines changed, and which did not, with the sentence that says why."""

    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[str, Sentence]] = field(default_factory=list)


def decision(transition: Transition, result: str, *, reason: str = "", target: str = "") -> Decision:
    """Read a decision as people write it; `target`: an address, or the number of a page. Raises DecisionRefused."""
    reason, target = reason.strip(), target.strip()
    if result not in AddressResult.values:
        raise DecisionRefused(
            sentence(
                _("“%(result)s” is no result. There are: %(known)s."),
                result=result,
                known=", ".join(AddressResult.values),
            ),
            "result",
        )
    if len(reason) > MOST_REASON:
        raise DecisionRefused(
            sentence(_("The reason is too long; %(most)d characters fit."), most=MOST_REASON), "reason"
        )
    if result in {AddressResult.GONE, AddressResult.ARCHIVE} and not reason:
        raise DecisionRefused(sentence(_("Say why it is not moved.")), "reason")
    if result != AddressResult.REDIRECT:
        return Decision(result, reason)
    page_id, url = _target(transition, target)
    return Decision(result, reason, page_id, url)


def decide(transition: Transition, ids: Collection[int], what: Decision, *, by: Any) -> Decided:
    """Take one decision for lines of the transition's ledger, by their ids; see `decide_each`."""
    return decide_each(transition, dict.fromkeys(ids, what), by=by)


def decide_each(transition: Transition, wanted: Mapping[int, Decision], *, by: Any) -> Decided:
    """Take a decision for each line of the transition's ledger, by its id; each is decided or refused by itself.

    An archived page takes the pictures and style sheets that it needs into the archive, where they are unresolved.
    Raises DecisionRefused where nobody decides.
    """
    if by is None:
        raise DecisionRefused(sentence(_("Nothing is decided without a name: say who decides.")), "by")
    done = Decided()
    ids = list(wanted)
    for start in range(0, len(ids), CHUNK):
        rows = OldAddress.objects.filter(transition=transition, pk__in=ids[start : start + CHUNK])
        with transaction.atomic():
            _decide(transition, list(rows.select_related("raw")), wanted, by, done)
    return done


def _decide(
    transition: Transition, rows: list[OldAddress], wanted: Mapping[int, Decision], by: Any, done: Decided
) -> None:
    changed, needed = [], []
    for row in rows:
        what = wanted[row.pk]
        fault = _fault(transition, row, what)
        if fault is not None:
            done.refused.append((f"{row.host}{row.path}", fault))
            continue
        new = (what.result, what.page_id, what.target_url, what.reason)
        if (row.result, row.page_id, row.target_url, row.reason) == new and not (row.image_id or row.file_id):
            done.unchanged += 1
            continue
        row.result, row.page_id, row.target_url, row.reason = new
        row.image_id = row.file_id = None
        row.decided_by, row.decided_at = by, timezone.now()
        changed.append(row)
        if what.result == AddressResult.ARCHIVE and row.raw is not None:
            needed += archive.resources(row.raw, transition)
    names = ["result", "page", "target_url", "reason", "image", "file", "decided_by", "decided_at"]
    OldAddress.objects.bulk_update(changed, names)
    done.changed += len(changed)
    if needed:
        _archive_resources(transition, needed, by)


def _fault(transition: Transition, row: OldAddress, what: Decision) -> Sentence | None:
    if what.result == AddressResult.ARCHIVE:
        kept = row.raw is not None and row.raw.sha256 and blobs.path_of(row.raw.sha256).is_file()
        if not kept:
            return sentence(_("There is no copy of it: its bytes were never collected."))
    if what.target_url:
        rule = hosts.rule_of(transition)
        target = canonical(what.target_url, rule)
        if (target.host or row.host, target.path) == (row.host, row.path):
            return sentence(_("It would lead to itself."))
    return None


def _archive_resources(transition: Transition, urls: list[str], by: Any) -> None:
    """Take pictures and style sheets of archived pages into the archive, with the style sheets' own pictures."""
    for _turn in range(2):
        rows = [row for row in _lines(transition, urls) if row.result == AddressResult.UNRESOLVED and row.raw]
        urls = []
        for row in rows:
            row.result, row.decided_by, row.decided_at = AddressResult.ARCHIVE, by, timezone.now()
            urls += _of_style(row)
        OldAddress.objects.bulk_update(rows, ["result", "decided_by", "decided_at"])


def _lines(transition: Transition, urls: list[str]) -> Iterator[OldAddress]:
    rule = hosts.rule_of(transition)
    digests = list({canonical(url, rule).digest for url in urls})
    for start in range(0, len(digests), 500):
        chosen = OldAddress.objects.filter(transition=transition, digest__in=digests[start : start + 500])
        yield from chosen.exclude(raw__kind=RawKind.PAGE).select_related("raw")


def _of_style(row: OldAddress) -> list[str]:
    raw: Any = row.raw
    if not raw.content_type.startswith("text/css") and not row.path.partition("?")[0].endswith(".css"):
        return []
    place = blobs.path_of(raw.sha256)
    if not place.is_file() or place.stat().st_size > archive.MOST_HTML:
        return []
    found = []
    for address in in_css(place.read_text(encoding="utf-8", errors="replace")):
        try:
            found.append(urljoin(raw.url, address))
        except ValueError:
            continue
    return found


def _target(transition: Transition, target: str) -> tuple[int | None, str]:
    """Return (page id, "") or (None, address) of what a person wrote. Raises DecisionRefused."""
    if not target:
        raise DecisionRefused(sentence(_("Say where it leads: an address, or the number of a page.")), "target")
    if (page := whole(target)) is not None:
        if page not in old_hosts.places(transition.tenant_id, [page]):
            raise DecisionRefused(sentence(_("The sub-site has no page %(number)s."), number=target), "target")
        return page, ""
    parts = _parts(target)
    if not target.startswith("/") and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
        raise DecisionRefused(
            sentence(
                _("“%(target)s” is no address. Write one that begins with http:// or https://, or with /."),
                target=target,
            ),
            "target",
        )
    if target.startswith("//") or any(char < " " for char in target):
        raise DecisionRefused(sentence(_("“%(target)s” is no address of a page."), target=target), "target")
    page_id = old_hosts.page_at(transition.tenant_id, target)
    if page_id is not None:
        return page_id, ""
    host = parts.hostname if parts is not None else None
    if host and hosts.find(host) is not None and addresses.by_host(host) is None:
        raise DecisionRefused(
            sentence(
                _("“%(target)s” is on an old host, and would lead round in a circle. Name the new address."),
                target=target,
            ),
            "target",
        )
    return None, target


def _parts(target: str) -> Any:
    try:
        return urlsplit(target)
    except ValueError:
        return None


def add(transition: Transition, urls: Collection[str], *, found_by: str = "hand") -> list[int]:
    """Enter addresses by hand and return the ids of their lines; those of other hosts are left out."""
    registering.known(transition, urls, found_by)
    rule, main = hosts.rule_of(transition), hosts.main_host(transition)
    digests = []
    for url in urls:
        address = canonical(url, rule)
        digests.append(address.digest if address.host else canonical(f"http://{main}{address.path}", rule).digest)
    rows = OldAddress.objects.filter(transition=transition, digest__in=digests)
    return list(rows.values_list("pk", flat=True))
