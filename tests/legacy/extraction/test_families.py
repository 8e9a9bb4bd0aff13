"""Families in the manner of five publishing systems: read without a recipe, and by the one proposed from four pages."""

from datetime import date

import pytest

from legacy.extraction import proposing, recipe as recipes
from legacy.extraction.page import from_text
from legacy.extraction.read import Reading, read
from legacy.extraction.text import squeezed
from tests.legacy.extraction.families import FAMILIES, Expected, pages

TODAY = date(2026, 1, 1)


def differences(reading: Reading, expected: Expected) -> list[str]:
    values = {name: value.value for name, value in reading.values.items()}
    wanted = {"title": expected.title, "source": expected.source, "document_number": expected.number}
    found = [f"{name}: {values[name]!r}, not {value!r}" for name, value in wanted.items() if values[name] != value]
    if (values["published_at"] or "")[:10] != expected.day:
        found.append(f"date: {values['published_at']!r}, not {expected.day!r}")
    if squeezed(reading.text) != squeezed("".join(expected.paragraphs)):
        found.append(f"body: {reading.text!r}")
    if reading.is_list:
        found.append("taken for a list")
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_pages_of_an_unknown_system_are_read(name):
    for url, html, expected in pages(name):
        assert differences(read(from_text(html, url), None, TODAY), expected) == []


@pytest.mark.parametrize("name", FAMILIES)
def test_a_proposed_recipe_reads_the_whole_family_without_a_question(name):
    taken = [(from_text(html, url), expected) for url, html, expected in pages(name)]
    proposal = proposing.propose([page for page, _expected in taken[:4]], name)
    recipe = recipes.load(recipes.dump(proposal.recipe), confirmed=True)
    for page, expected in taken:
        reading = read(page, recipe, TODAY)
        assert differences(reading, expected) == []
        assert reading.questions == []
