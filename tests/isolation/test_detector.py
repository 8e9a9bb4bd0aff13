"""The sweep can fail: a view that lets the neighbour through is found, by the sweep and by the random one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches

from sites.doors import table, verdicts
from tests.isolation.asking import Asker
from tests.isolation.leaky import LEAKS
from tests.isolation.sweeping import sweep
from tests.isolation.urls import patterns
from tests.isolation.wandering import Wanderer
from tests.isolation.world import World

# A view with one filter by name is asked for a picture of the neighbour in one turn of thirty or so.
TURNS = 200


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    return Asker(world)


@pytest.fixture
def _leaks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.isolation.leaky"
    clear_url_caches()
    for name in LEAKS:
        monkeypatch.setitem(table.VERDICTS, name, verdicts.MEMBER)
    yield
    clear_url_caches()


@pytest.mark.usefixtures("_leaks")
@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, (_path, kind) in LEAKS.items()])
def test_the_sweep_finds(name: str, kind: str, asker: Asker) -> None:
    contributor = asker.world.visitors[0]
    done = sweep(asker, contributor, of=[pattern for pattern in patterns() if pattern.name == name])
    assert {finding.kind for finding in done.findings} >= {kind}


@pytest.mark.usefixtures("_leaks")
@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, (_path, kind) in LEAKS.items()])
def test_the_random_sweep_finds(name: str, kind: str, asker: Asker) -> None:
    wanderer = Wanderer(asker.world, 7, of=[pattern for pattern in patterns() if pattern.name == name])
    found = {finding.kind for number in range(TURNS) for finding in asker.ask(*wanderer.draw(number)).findings}
    assert kind in found


def test_a_request_of_the_random_sweep_can_be_repeated(asker: Asker) -> None:
    first, second = (Wanderer(asker.world, 7).draw(41) for _turn in range(2))
    assert first == second
    assert Wanderer(asker.world, 8).draw(41) != first


def test_what_a_request_changed_is_taken_back(asker: Asker) -> None:
    tables = asker.snapshot.models
    assert asker.snapshot.changes(tables) == []


def test_a_door_without_a_verdict_is_shut(asker: Asker, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.isolation.leaky"
    clear_url_caches()
    try:
        done = sweep(asker, asker.world.visitors[0], of=[pattern for pattern in patterns() if pattern.name == "title"])
    finally:
        clear_url_caches()
    assert done.findings == []
