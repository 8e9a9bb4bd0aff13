"""What links of an item lead to here, from the persisted ledger of addresses: one query for many links."""

from __future__ import annotations

from collections.abc import Iterable

from legacy.ledger import hosts
from legacy.ledger.canonical import Canonical, canonical
from legacy.loading.rewriting import Goal
from legacy.models import AddressResult, OldAddress, Transition


class Resolver:
    """Answers for the links of one batch."""

    def __init__(self, transition: Transition) -> None:
        self._transition = transition
        self._rule = hosts.rule_of(transition)
        self._own = hosts.own_hosts(transition)
        self._goals: dict[str, Goal | None] = {}  # by digest

    def look_up(self, urls: Iterable[str]) -> None:
        """Read what the ledger says of these addresses."""
        digests = {found.digest for found in map(self.own, urls) if found} - self._goals.keys()
        rows = OldAddress.objects.filter(
            transition=self._transition, digest__in=digests, result=AddressResult.REDIRECT
        ).values_list("digest", "page_id", "file_id")
        self._goals.update(dict.fromkeys(digests))
        for digest, page_id, file_id in rows:
            if page_id:
                self._goals[digest] = Goal("page", page_id)
            elif file_id:
                self._goals[digest] = Goal("document", file_id)

    def own(self, url: str) -> Canonical | None:
        """Return the canonical address of a link into the old site, None of any other."""
        found = canonical(url, self._rule)
        return found if found.host in self._own else None

    def __call__(self, url: str) -> Goal | None:
        found = self.own(url)
        return self._goals.get(found.digest) if found else None

    def is_open(self, url: str) -> bool:
        """Return whether the link leads into the old site and to nothing here."""
        found = self.own(url)
        return found is not None and self._goals.get(found.digest) is None
