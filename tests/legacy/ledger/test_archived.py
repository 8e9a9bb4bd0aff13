"""An archived page shows what it showed, and nothing in it runs, whatever it was."""

from __future__ import annotations

import random

import pytest

from legacy.ledger.address_rule import Rule
from legacy.ledger.archived import cleaned, in_css, needed

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


HOSTILE = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<a href=javascript:alert(1)>", "<a href='java\tscript:alert(1)'>", "<iframe srcdoc='<script>'>", "<object data=x>",
    "<style></style><script>alert(1)</script>", "<style>@import 'x'</style", "<!--", "-->", "<!--><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<math><mtext></mtext><script>", "<body onload=alert(1)>",
    "<form action=x><input type=submit formaction=javascript:alert(1)>", "<meta http-equiv=refresh content=0;url=//evil>",
    "<link rel=import href=x>", "<base href=javascript:>", "<template><script>", "<textarea><script>", "\0", "&lt;script&gt;",
    "<div style='x:expression(alert(1))'>", "<table background=javascript:alert(1)>", "]]>", "<![CDATA[", "<title><script>",
    "公告", "<p>", "</p>", '"', "'", ">", "<",
]  # fmt: skip


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
