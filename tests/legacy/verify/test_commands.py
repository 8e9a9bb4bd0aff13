"""The commands survey and verify write their reports, and say what is wrong with how they were called."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from legacy.verify import pictures
from tenants.scope import tenant_scope
from tests.legacy.survey import site


def legacy(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("legacy", *words, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def old(cast):
    with tenant_scope(cast.department_a):
        transition = site.transition_of(cast.department_a)
        site.fill(transition)
    return transition


def test_the_survey_is_written_in_three_forms(old, tmp_path):
    files = [tmp_path / f"s{suffix}" for suffix in (".html", ".xlsx", ".json")]
    code, text = legacy("survey", "old-a", *(word for file in files for word in ("--report", str(file))))
    assert code == 0
    assert "columns 3" in text
    assert json.loads(files[2].read_text())["totals"]["articles"] == 10
    assert all(file.stat().st_size > 2000 for file in files)
    assert json.loads(legacy("survey", "old-a", "--last", "--format", "json")[1])["families"]


def test_a_report_without_items_does_not_pass_and_the_command_says_so(old, tmp_path):
    code, _text = legacy("verify", "old-a", "--report", str(tmp_path / "v.json"))
    assert code == 3
    assert json.loads((tmp_path / "v.json").read_text())["passed"] is False


def test_wrong_calls_are_sentences(old, tmp_path):
    for words in (
        ("survey", "old-a", "--last"),
        ("survey", "old-a", "--report", "x.pdf"),
        ("verify", "old-a", "--last"),
        ("verify", "old-a", "--pictures"),
        ("map", "none"),
    ):
        with pytest.raises(CommandError):
            legacy(*words)


def test_without_a_browser_the_sentence_says_what_to_install(old, monkeypatch, tmp_path):
    import builtins

    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(pictures.NoBrowser, match=r"requirements-dev\.txt"):
        pictures.take(None)
