"""Pages that share a skeleton are one family, whatever their text; charts say what they show."""

from __future__ import annotations

import random

from legacy.extraction.page import from_text
from legacy.survey import charts, families, skeleton

FRAME = '<div id="top"><ul class="menu"><li>甲</li></ul></div>{}<div class="foot"><div class="links"></div></div>'
ARTICLE = '<div class="main"><div class="crumb"></div><div class="article"><h1 class="t"></h1><div class="info"></div><div id="zoom">{}</div><div class="share"></div></div></div>'
LIST = '<div class="main"><div class="crumb"></div><div class="side"><ul class="sub"></ul></div><div class="rows"><ul class="news">{}</ul><div class="pages"></div></div></div>'


def features(inner: str) -> tuple[int, ...]:
    return skeleton.features(from_text(f"<html><body>{FRAME.format(inner)}</body></html>").root)


def test_text_and_pasted_markup_leave_no_trace():
    plain = features(ARTICLE.format("<p>一</p>"))
    assert (
        features(ARTICLE.format('<p class="MsoNormal"><span class="a1">二</span></p><img src="x"><p>三</p>')) == plain
    )


def test_articles_and_lists_are_told_apart_and_order_does_not_matter():
    pages = [features(ARTICLE.format(f"<p>{number}</p>")) for number in range(8)] + [
        features(LIST.format("<li></li>")) for _at in range(3)
    ]
    random.Random(1).shuffle(pages)
    found = families.cluster(families.counted(pages))
    assert [family.count for family in found] == [8, 3]


def test_a_page_with_an_open_tag_and_a_pasted_page_inside_stays_in_its_family():
    plain = features(ARTICLE.format("<p>一</p>"))
    odd = features(ARTICLE.format('<div class="Section1"><div class="word"><div class="deep">'))
    assert odd != plain
    found = families.cluster({plain: 30, odd: 1})
    assert [family.count for family in found] == [31]


def test_old_pages_without_names_are_told_apart_by_their_tables():
    one = '<table width="760"><tr><td width="200" bgcolor="#fff"><table width="100%"><tr><td align="center">{}</td></tr></table></td></tr></table>'
    other = '<table width="1000" align="center"><tr><td background="a.gif"><form><table><tr><td width="5"></td></tr></table></form></td></tr></table>'
    pages = [skeleton.features(from_text(text).root) for text in (one.format(1), one.format(2), other)]
    assert pages[0] == pages[1]
    assert len(families.cluster(families.counted(pages))) == 2


def test_names_stay_with_most_of_their_pages():
    a, b, c = (1, 3), (5, 7), (9, 11)
    found = families.cluster({a: 5, b: 3, c: 1})
    assert families.names(found, {a: {"": 5}, b: {"t1": 3}, c: {"": 1}}) == ["t2", "t1", "t3"]


def test_many_skeletons_are_all_grouped():
    spread = random.Random(2)
    groups = {tuple(sorted(spread.sample(range(400), 30))): spread.randint(1, 9) for _at in range(300)}
    assert sum(family.count for family in families.cluster(groups)) == sum(groups.values())


def test_charts_escape_their_labels_and_say_what_they_show():
    svg = charts.bars([("<b>&", 3), ("乙", 0)], '按"类型"', most=1, rest="其他")
    assert "<b>" not in svg
    assert 'aria-label="按&quot;类型&quot;"' in svg
    assert "style=" not in svg
    assert "其他" in svg
    assert "99.9%" in charts.share(9_999_999, 10_000_000, "应答")
    assert "100.0%" in charts.share(3, 3, "应答")
    assert charts.columns([], "空").startswith("<svg")
