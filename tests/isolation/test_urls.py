"""The list of addresses comes from the resolver, and none is left out."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve

from tests.isolation.urls import CannotFill, Pattern, addresses, patterns
from tests.isolation.world import World


def test_every_pattern_can_be_filled_and_leads_to_its_view(world: World) -> None:
    lost = []
    for pattern in patterns():
        try:
            for address in addresses(pattern, world):
                resolve(address.path)
        except (CannotFill, Resolver404) as fault:
            lost.append(f"{pattern.name} {fault}"[:300])
    assert not lost, "\n".join(lost)


def test_a_parameter_nobody_knows_fails() -> None:
    with pytest.raises(CannotFill, match="say in tests/isolation/parameters.py"):
        addresses(Pattern("new:view", "/admin/new/%(thing)s/", ("thing",)), None)


def test_the_list_holds_what_each_door_has() -> None:
    names = {pattern.name for pattern in patterns()}
    assert {
        "wagtailadmin_pages:edit",
        "wagtailadmin_api:pages:detail",
        "wagtaildocs_serve",
        "provisioning:site",
    } <= names
    assert {"wagtailimages_chooser:chosen", "wagtailadmin_reports:site_history", "wagtail_serve"} <= names
    assert len(names) > 200
