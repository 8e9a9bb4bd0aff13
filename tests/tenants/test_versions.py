"""The version of the address book: what each request asks first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connections

from tenants import versions

pytestmark = pytest.mark.django_db
connection = connections["default"]


@pytest.fixture
def later_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the connection as a request finds it that is not its first: standing, and not looked at yet."""
    connection.ensure_connection()
    for name, value in (("health_check_enabled", True), ("health_check_done", False), ("in_atomic_block", False)):
        monkeypatch.setattr(connection, name, value)


@pytest.mark.usefixtures("later_request")
def test_asking_for_the_version_costs_no_other_look_at_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Any] = []
    monkeypatch.setattr(connection, "is_usable", lambda: looks.append(1) or True)
    assert versions.current() == versions.current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert looks == []


@pytest.mark.usefixtures("later_request")
def test_a_connection_that_the_server_gave_up_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = versions.current()
    connection.health_check_done = False
    asked, real = [], versions._current

    def broken_once() -> int:
        asked.append(connection.connection)
        if len(asked) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return real()

    monkeypatch.setattr(versions, "_current", broken_once)
    closed: list[Any] = []
    monkeypatch.setattr(connection, "close", lambda: closed.append(1))
    assert versions.current() == expected
    assert (len(asked), closed) == (2, [1])


@pytest.mark.usefixtures("later_request")
def test_a_database_that_is_away_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def away() -> int:
        asked.append(1)
        raise OperationalError("could not connect")

    monkeypatch.setattr(versions, "_current", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(OperationalError):
        versions.current()
    assert len(asked) == 2
