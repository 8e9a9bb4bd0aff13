"""Where the links of a page lead: pages and files of the platform, and what is known of addresses outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from sites.checks import links, outside
from sites.checks.findings import Finding, Severity
from sites.checks.gathering import Gathered
from sites.checks.passages import Link, Passage
from sites.messages import Sentence, _, sentence
from sites.models import LinkOutcome, LinkState, SiteFile, SitePage
from tenants.digits import whole
from tenants.models import Tenant


def find(found: Gathered, tenant: Tenant) -> Iterator[Finding]:
    """Yield links that lead nowhere. Addresses outside are never asked here: what was last found out is said."""
    inner = [(text, link) for text in found.passages for link in text.links if "linktype" in link.attributes]
    yield from _to_pages([pair for pair in inner if pair[1].attributes["linktype"] == "page"])
    yield from _to_files([pair for pair in inner if pair[1].attributes["linktype"] == "document"], tenant)
    outer: list[tuple[str, Any]] = [
        (link.attributes["href"], (text, link)) for text in found.passages for link in links.outside_links(text)
    ]
    for address in found.addresses:
        judged = links.judge(address.url)
        if judged is not None:
            place = address.place
            yield Finding("link", *judged, place.field, place.block_id, place.path, around=address.url[:200])
        outer.append((address.url, address.place))
    yield from _outside(outer)


def _to_pages(pairs: list[tuple[Passage, Link]]) -> Iterator[Finding]:
    ids = {number for _text, link in pairs if (number := _number(link)) is not None}
    live = dict(SitePage.objects.filter(pk__in=ids).values_list("pk", "live")) if ids else {}
    for text, link in pairs:
        number = _number(link)
        if number not in live:
            yield _at(text, link, Severity.REFUSE, sentence(_("The page that the link leads to has been deleted.")))
        elif not live[number]:
            message = sentence(_("The page that the link leads to is not public. Citizens will not find it."))
            yield _at(text, link, Severity.CONFIRM, message)


def _to_files(pairs: list[tuple[Passage, Link]], tenant: Tenant) -> Iterator[Finding]:
    ids = {number for _text, link in pairs if (number := _number(link)) is not None}
    owners = dict(SiteFile.objects.filter(pk__in=ids).values_list("pk", "tenant_id")) if ids else {}
    for text, link in pairs:
        number = _number(link)
        if number not in owners:
            yield _at(text, link, Severity.REFUSE, sentence(_("The file that the link leads to has been deleted.")))
        elif owners[number] not in {None, tenant.pk}:
            message = sentence(_("The file belongs to another site. Upload it to this one."))
            yield _at(text, link, Severity.REFUSE, message)


def _outside(outer: list[tuple[str, Any]]) -> Iterator[Finding]:
    """Yield what the background found out about the addresses, and have it look at those it does not know."""
    wanted = [
        (url, where)
        for url, where in outer
        if outside.is_web(url) and links.judge(url) is None and not outside.is_ours(url)
    ]
    states = outside.states({url for url, _where in wanted})
    for url, where in wanted:
        state = states.get(url)
        if state is None or state.outcome != LinkOutcome.DEAD:
            continue
        message = _dead(state)
        if isinstance(where, tuple):
            yield _at(*where, Severity.CONFIRM, message)
        else:
            yield Finding("dead", Severity.CONFIRM, message, where.field, where.block_id, where.path, around=url[:200])


def _dead(state: LinkState) -> Sentence:
    tried = timezone.localtime(state.tried_at).strftime("%Y-%m-%d") if state.tried_at else ""
    return sentence(
        _("The address did not answer when it was last tried (%(on)s): %(url)s"), on=tried, url=state.url[:80]
    )


def _number(link: Link) -> int | None:
    return whole(link.attributes.get("id", ""))


def _at(text: Passage, link: Link, severity: Severity, message: Sentence) -> Finding:
    return text.found("dead", severity, message, link.start, link.end)
