"""What every test starts from: no memory of the test before, whose rows are gone."""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from pytest_django.plugin import blocking_manager_key

from sites import addresses, prototypes
from sites.loading import rows

pytest_plugins = ["tests.cast", "tests.provisioning.platforms"]  # imported by pytest, which rewrites their assertions


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, so that no worker is left with them at the end; then those that share the cast's rows."""
    from tests.cast import begins_with_the_cast

    items.sort(key=lambda item: (item.path.parent.name != "isolation", not begins_with_the_cast(item)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    from tests.cast import begins_with_the_cast, shared

    if not begins_with_the_cast(item):
        shared.end(item.config.stash[blocking_manager_key])


@pytest.fixture(autouse=True)
def fresh_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty what a process keeps of the database: a rollback takes back rows, and numbers are given out again."""
    from tests.cast import commits

    forget(also_prototypes=commits(request.node))
    yield
    forget(also_prototypes=commits(request.node))


def forget(*, also_prototypes: bool = False) -> None:
    """Prototypes hold the ids of content types and of the language: rows of the migrations, which only a commit changes."""
    addresses.book.clear()
    if also_prototypes:
        prototypes._for_template.cache_clear()
        prototypes._for_column.cache_clear()
        rows._prototypes.cache_clear()
    ContentType.objects.clear_cache()
    caches["default"].clear()
