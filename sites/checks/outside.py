"""What is known of addresses outside the platform. The page that is checked only asks; a background task tries them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from sites import addresses
from sites.checks.reaching import Answer, try_address
from sites.models import LinkOutcome, LinkState
from tenants.tasks import durable, once

FRESH = timedelta(days=7)
FORGOTTEN = timedelta(days=90)
AT_ONCE = 100


def is_web(url: str) -> bool:
    return url.strip().lower().startswith(("http://", "https://"))


def is_ours(url: str) -> bool:
    """Return whether the address lies on a sub-site of the platform: the network says nothing of a site on trial."""
    host = urlsplit(url.strip()).hostname or ""
    return addresses.by_host(host) is not None


def key_of(url: str) -> str:
    return hashlib.sha256(url.strip().encode()).hexdigest()


def states(urls: Collection[str]) -> dict[str, LinkState]:
    """Return what is known of the addresses, and have the unknown and the old ones tried where LINK_CHECKS is on."""
    if not urls:
        return {}
    by_key = {key_of(url): url for url in urls}
    known = {state.key: state for state in LinkState.objects.filter(key__in=by_key)}
    if settings.LINK_CHECKS:
        _ask(by_key, known)
    return {by_key[key]: state for key, state in known.items()}


def _ask(by_key: dict[str, str], known: dict[str, LinkState]) -> None:
    now = timezone.now()
    new = [LinkState(key=key, url=url.strip()) for key, url in by_key.items() if key not in known]
    LinkState.objects.bulk_create(new, ignore_conflicts=True)
    stale = [key for key, state in known.items() if state.asked_at < now - timedelta(days=1)]
    if stale:
        LinkState.objects.filter(key__in=stale).update(asked_at=now)
    old = any(state.tried_at is None or state.tried_at < now - FRESH for state in known.values())
    if new or old:
        once(try_due, f"{now:%Y-%m-%dT%H:%M}")


@durable(tries=3, first_wait_seconds=300)
def try_due() -> dict[str, int]:
    """Try the addresses that were never tried, then those tried more than a week ago; returns counts by outcome."""
    counts: dict[str, int] = {}
    if not settings.LINK_CHECKS:
        return counts
    now = timezone.now()
    LinkState.objects.filter(asked_at__lt=now - FORGOTTEN).delete()
    waiting = LinkState.objects.filter(outcome=LinkOutcome.WAITING).order_by("pk")[:AT_ONCE]
    old = LinkState.objects.exclude(outcome=LinkOutcome.WAITING).filter(tried_at__lt=now - FRESH)
    for state in [*waiting, *old.order_by("tried_at")[:AT_ONCE]]:
        answer = try_address(state.url)
        _note(state, answer)
        counts[state.outcome] = counts.get(state.outcome, 0) + 1
    return counts


def _note(state: LinkState, answer: Answer) -> None:
    state.outcome, state.status_code, state.tried_at = answer.outcome, answer.status_code, timezone.now()
    state.save(update_fields=["outcome", "status_code", "tried_at"])
