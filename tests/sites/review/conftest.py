from collections.abc import Iterator

import pytest

from tenants.scope import every_tenant
from tests.cast import Cast


@pytest.fixture
def cast_in_scope(cast: Cast) -> Iterator[Cast]:
    """The cast, with every tenant in scope: for tests of the acts themselves, below the doors that enter a scope."""
    with every_tenant("a test of the review's acts"):
        yield cast
