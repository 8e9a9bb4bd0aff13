"""Requests that say nothing about the old site are told by patterns, and the patterns are data."""

from __future__ import annotations

import pytest

from legacy.ledger.junk import JunkRefused, is_junk


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/favicon.ico", "/wp-login.php", "/a/.git/config", "/x?id=1%20union%20select%201"]
)
def test_scanners_and_robots_are_junk(path):
    assert is_junk(path)


@pytest.mark.parametrize("path", ["/", "/art/2015/1/5/art_1.html", "/show.asp?id=5", "/images/logo.png", "/a.rar"])
def test_pages_and_files_are_not(path):
    assert not is_junk(path)


def test_another_file_of_patterns_takes_their_place(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('ours = ["/test*"]', encoding="utf-8")
    assert is_junk("/test/1", file)
    assert not is_junk("/robots.txt", file)


@pytest.mark.parametrize("text", ['ours = "x"', "ours = ["])
def test_a_wrong_file_is_refused_with_its_name(tmp_path, text):
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(JunkRefused, match="own.toml"):
        is_junk("/", file)
