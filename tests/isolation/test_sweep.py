"""Nobody of county A sees, reaches or changes anything of county B: every address, every visitor, every verb."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from tests.isolation.asking import Asker, Request
from tests.isolation.sweeping import sweep
from tests.isolation.world import World

VISITORS = (
    "contributor",
    "reviewer",
    "site manager",
    "supervisor",
    "contributor of one column",
    "expired",
    "revoked",
    "anonymous at the admin",
    "anonymous at A",
)


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    return Asker(world)


def test_the_visitors_are_all_there(world: World) -> None:
    assert tuple(visitor.name for visitor in world.visitors) == VISITORS


@pytest.mark.parametrize("name", VISITORS)
def test_nothing_of_the_neighbour_shows_or_changes(name: str, asker: Asker, capsys: Any) -> None:
    visitor = next(visitor for visitor in asker.world.visitors if visitor.name == name)
    done = sweep(asker, visitor)
    with capsys.disabled():
        sys.stdout.write(f"\n  {done}\n")
    told = Counter((finding.kind, finding.request.view) for finding in done.findings)
    first = {(finding.kind, finding.request.view): finding for finding in reversed(done.findings)}
    assert not told, "\n".join(f"{count} x {first[key]}" for key, count in sorted(told.items()))


def test_the_sweep_looked_at_pages_that_show_the_own_site(asker: Asker) -> None:
    """An admin that shows nothing at all would pass the sweep; this one shows A's people their own texts."""
    visitors = {visitor.name: visitor for visitor in asker.world.visitors}
    for name in ("a live article", "a draft", "a scheduled article", "a document", "a leader"):
        path = f"/admin/pages/{asker.world.a.pages[name].pk}/edit/"
        assert asker.ask(visitors["contributor"], Request("edit", "GET", path)).status == 200, name
    path = asker.world.a.pages["a live article"].get_url_parts()[2]
    assert asker.ask(visitors["anonymous at A"], Request("wagtail_serve", "GET", path)).status == 200
    kinds = {asker.world.marks.meanings[mark].split(" of ")[0] for mark in asker.own}
    assert {"title", "draft title", "image title"} & kinds
    assert len(asker.own) >= 10
