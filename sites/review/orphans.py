"""Articles that wait while no reviewer of their site may decide: found, and told to site managers and operators."""

from __future__ import annotations

from sites.models import Review
from sites.review import queue, telling


def find_orphans(*, dry_run: bool = False) -> tuple[list[Review], int]:
    """Tell of the orphaned rounds of the scope, each once for its stage; return all of them, and how many were told."""
    found = list(queue.orphans())
    told = 0 if dry_run else sum(telling.of_no_reviewer(review) for review in found)
    return found, told
