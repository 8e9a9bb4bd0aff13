"""An archived page shows what it showed, and nothing in it runs, whatever it was."""

from __future__ import annotations

import random

import pytest

from legacy.ledger.address_rule import Rule
from legacy.ledger.archived import cleaned, in_css, needed
from tests.legacy.hostile import HOSTILE

URL = "http://www.old.example/a/b.html"
OWN = frozenset({"old.example"})


def shown(html):
    return cleaned(html, URL, OWN, Rule())


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("../c.html", 'href="/c.html"'),
        ("http://old.example/x?id=1#p", 'href="/x?id=1#p"'),
        ("https://www.old.example/y", 'href="/y"'),
        ("http://other.example/z", 'href="http://other.example/z"'),
        ("//www.old.example//evil.example/", 'href="/evil.example/"'),
        ("#top", 'href="#top"'),
        ("mailto:a@b.example", 'href="mailto:a@b.example"'),
    ],
)
def test_links_of_the_old_site_become_paths(written, found):
    assert found in shown(f'<a href="{written}">x</a>').body


def test_a_base_counts_and_goes():
    page = shown('<head><base href="http://www.old.example/deep/"></head><a href="x.html">x</a>')
    assert 'href="/deep/x.html"' in page.body
    assert "<base" not in page.body


def test_what_the_look_needs_is_named():
    page = shown(
        '<link rel="stylesheet" href="s.css"><style>p{background:url(bg.gif)}</style><img src="1.png"><img src="1.png">'
    )
    assert needed(page) == ["/a/s.css", "/a/1.png", "bg.gif"]
    assert in_css('@import "a.css"; b{background:url( "c.png" )} d{background:url(data:x)}') == ["a.css", "c.png"]


def test_nothing_runs_whatever_is_put_together():
    chance = random.Random(9)
    for _turn in range(1500):
        html = "".join(chance.choices(HOSTILE, k=chance.randint(1, 8)))
        page = shown(html)
        low = page.body.lower()
        for tag in ("<script", "<iframe", "<object", "<form", "<input", "<meta", "<base", "<svg", "<link", "<style"):
            assert tag not in low, html
        assert "<" not in page.styles
        for address in page.sheets:
            assert not address.lower().startswith(("javascript", "data")), html
        for part in low.split("<")[1:]:
            inside = part.partition(">")[0]
            assert " onerror" not in inside.replace('"', " ").split("title=")[0], html
            assert "href=javascript" not in inside.replace('"', ""), html
