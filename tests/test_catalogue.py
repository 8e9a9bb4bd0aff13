"""The Chinese catalogue is whole: nothing missing, nothing empty, nothing fuzzy, and compiled."""

from tests import catalogue


def test_every_string_of_the_project_has_its_chinese_translation_and_is_compiled() -> None:
    assert catalogue.gaps() == []


def test_strings_of_code_and_of_templates_are_both_found() -> None:
    places = {
        message.locations[0][0].rsplit(".", 1)[1] for message in catalogue.entries(catalogue.collected()).values()
    }
    assert places >= {"py", "html"}
