"""The Chinese catalogue is whole: nothing missing, nothing empty, nothing fuzzy, and compiled."""

import json

from django.test import Client

from tests import catalogue, catalogue_wagtail


def test_every_string_of_the_project_has_its_chinese_translation_and_is_compiled() -> None:
    assert catalogue.gaps() == []


def test_strings_of_code_and_of_templates_are_both_found() -> None:
    places = {
        message.locations[0][0].rsplit(".", 1)[1] for message in catalogue.entries(catalogue.collected()).values()
    }
    assert places >= {"py", "html"}


def test_what_wagtail_leaves_in_english_is_translated_by_us() -> None:
    assert catalogue_wagtail.gaps() == []


def test_the_admins_scripts_get_our_translations_too(db: None) -> None:
    answer = Client(headers={"host": "admin.localhost"}).get("/admin/jsi18n/").content.decode()
    assert json.dumps("已自动保存")[1:-1] in answer
