"""The world holds a marked text of the neighbour in every model and field, so the sweep looks for all of them."""

from __future__ import annotations

from django.apps import apps

from tests.isolation.rows import NOBODYS, all_models, ours
from tests.isolation.world import World, unmarked


def test_every_model_has_rows_of_the_neighbour_or_a_reason(world: World) -> None:
    tables = [model for model in all_models() if ours(model) and not model._meta.auto_created]  # those hold keys alone
    missing = [model._meta.label for model in tables if not world.theirs.get(model)]
    assert missing == []


def test_every_text_field_of_the_neighbour_is_marked(world: World) -> None:
    assert sorted(unmarked(world)) == []


def test_no_reason_is_given_for_a_model_that_is_gone() -> None:
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(NOBODYS) <= labels
