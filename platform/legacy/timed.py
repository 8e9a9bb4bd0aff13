"""What the room does at its time: hits on old hosts are written down, names and certificates looked up."""

from __future__ import annotations

from legacy.cutover.probing import probe_all
from legacy.ledger import hits
from tenants.tasks import durable
from tenants.tasks.timer import every_day, every_minute


@durable(tries=1, first_wait_seconds=5, quick=True)
def write_hits() -> int:
    """Write down the hits that this process counted; each web process writes its own, with the first one after a minute."""
    return hits.flush()


every_minute(write_hits)
every_day(probe_all, hour=5)
