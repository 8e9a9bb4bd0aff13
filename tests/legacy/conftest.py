"""What tests of the room start from: no memory of old hosts and of hits, whose rows are gone."""

from collections.abc import Iterator

import pytest

from legacy.ledger import hits, hosts


@pytest.fixture(autouse=True)
def no_old_hosts() -> Iterator[None]:
    hosts.book.clear()
    hits.forget()
    yield
    hosts.book.clear()
    hits.forget()
