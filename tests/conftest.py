"""What every test starts from: no memory of the test before, whose rows are gone."""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches

from sites import addresses, prototypes

pytest_plugins = ["tests.cast", "tests.provisioning.platforms"]


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Empty what a process keeps of the database: a rollback takes back rows, and numbers are given out again."""
    forget()
    yield
    forget()


def forget() -> None:
    addresses.book.clear()
    prototypes._for_template.cache_clear()
    prototypes._for_column.cache_clear()
    ContentType.objects.clear_cache()
    caches["default"].clear()
