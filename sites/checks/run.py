"""Runs all checks on the newest text of a page. `check_page` is what the editor, the submit page and the review call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sites.checks import attached, form, leaders, linked, links, marks, personal, pictured, twice, words
from sites.checks.findings import Finding, Report, report
from sites.checks.gathering import Gathered, gather
from sites.checks.lists import leader_list, word_list
from sites.models import Article, IgnoredFinding, SitePage
from tenants.models import Tenant
from tenants.scope import tenant_scope

# The texts of these fields name people and numbers on purpose: no order of precedence, no reprint.
LONG_TEXT = frozenset({"body", "summary"})


def newest(page: SitePage) -> Any:
    """Return the specific page with the text of its last saved draft."""
    return page.get_latest_revision_as_object()


def check_page(page: SitePage, user: Any, draft: Any = None) -> Report:
    """Return what the checks find in the last saved draft of the page, without the hints that were set aside.

    A page outside every sub-site is not checked. Never asks the network. `user` decides what may be said of others'
    pages: a title out of the person's reach is not named. `draft` is that text as a page, where the caller has it.
    """
    if page.tenant_id is None:
        return Report()
    with tenant_scope(page.tenant_id):
        draft = newest(page) if draft is None else draft
        ignored = frozenset(IgnoredFinding.objects.filter(page_id=page.pk).values_list("key", flat=True))
        return report(_findings(draft, user)).without(ignored)


def _findings(draft: Any, user: Any) -> Iterator[Finding]:
    """Yield the findings in the order in which an editor meets the places."""
    found = gather(draft)
    tenant = Tenant.objects.select_related("region").get(pk=draft.tenant_id)
    title = found.of_field("title")
    if title is not None:
        yield from form.find_title(title, getattr(draft, "short_title", ""))
    yield from _of_texts(found, tenant)
    yield from linked.find(found, tenant)
    yield from pictured.find(found, draft)
    yield from attached.find(found, tenant)
    if isinstance(draft, Article):
        yield from form.find_source(draft.source, [text for text in found.passages if text.field in LONG_TEXT])
    yield from twice.find(found, draft, user)


def _of_texts(found: Gathered, tenant: Tenant) -> Iterator[Finding]:
    known_words, known_leaders = word_list(), leader_list(tenant)
    for passage in found.passages:
        yield from words.find(passage, known_words)
        yield from personal.find(passage)
        yield from marks.find(passage)
        yield from links.find(passage)
        yield from leaders.find(passage, known_leaders)
