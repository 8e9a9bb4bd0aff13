"""The world is built once for a module and taken back at its end; every request is taken back at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.cast import build_cast
from tests.conftest import forget
from tests.isolation.world import SETTINGS, World, build


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The suite's database, here for a whole module: building the world for each test would take minutes."""
    with django_db_blocker.unblock(), transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _as_in_the_sweep(settings: Any) -> None:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Leave out the thousands of lines about requests that were refused, as they should be."""
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture(scope="module")
def world(db: None) -> World:
    forget()
    return build(build_cast())
