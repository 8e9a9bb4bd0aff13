"""Recipes: proposed from a family's pages, written and read as TOML, refused with a sentence."""

import pytest

from legacy.extraction import proposing, recipe as recipes
from legacy.extraction.page import from_text
from legacy.extraction.read import read
from tests.legacy.extraction.pages import MORE, PROSE, article, listing

URL = "http://old.example.gov.cn/gzdt/201908/t20190822_{}.html"


def family(count: int = 5):
    notice = "<div class='notice'>特别提示：本网站信息仅供参考，一切以正式文件为准。</div>"
    return [
        from_text(
            article(
                f"关于做好第{number}项工作的通知",
                f"<div class=text><p>第{number}号。{PROSE}</p><p>{MORE * number}</p></div>{notice}",
                day=f"2019年08月{number + 10}日",
                source="示例日报" if number == 1 else "",
            ),
            URL.format(number),
        )
        for number in range(1, count + 1)
    ]


def test_a_proposed_recipe_reads_the_other_pages_of_the_family():
    proposal = proposing.propose(family(), "article")
    recipe = recipes.load(recipes.dump(proposal.recipe), confirmed=True)
    page = from_text(
        article("另一个通知", "<p><img src=1.jpg></p>", day="2020年01月02日", author="王某", source="县委办"),
        URL.format(9),
    )
    reading = read(page, recipe)
    said = {name: reading.values[name].value for name in ("title", "published_at", "source", "author")}
    assert said == {"title": "另一个通知", "published_at": "2020-01-02", "source": "县委办", "author": "王某"}
    assert [block["type"] for block in reading.body["blocks"]] == ["picture"]
    assert reading.breadcrumb == [("工作动态", "http://old.example.gov.cn/gzdt/index.html")]


def test_what_every_page_repeats_in_its_body_is_taken_out():
    proposal = proposing.propose(family(), "article")
    for page in family():
        assert "特别提示" not in read(page, proposal.recipe).text


def test_too_few_articles_give_no_proposal():
    lists = [from_text(listing(), f"http://old.example.gov.cn/{name}/index.html") for name in "abcd"]
    with pytest.raises(proposing.NotEnough, match="2 of the 6 pages are"):
        proposing.propose([*lists, *family(2)], "mixed")


def test_a_field_that_most_pages_lack_is_a_doubt():
    pages = [from_text(article(f"第{number}个通知的标题", day=""), URL.format(number)) for number in range(4)]
    proposal = proposing.propose(pages, "article")
    assert any("published_at" in str(doubt) for doubt in proposal.doubts)


def test_a_recipe_survives_its_own_toml():
    rule = recipes.Rule("css", 'div[title="a"] > p', within="", attribute="data-x", pattern=r"来源：(\S+)")
    recipe = recipes.Recipe(
        "族",
        {"title": (rule, recipes.Rule("html_title", ""))},
        ("#Zoom",),
        ("div.share",),
        (".files a",),
        ("#p a",),
        (".path a",),
    )
    assert recipes.load(recipes.dump(recipe)) == recipe


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("x = [", "not valid TOML"),
        ("format = 2", "format 2"),
        ('format = 1\n[body]\nselect = ["#a"]\n[oops]', "oops"),
        ('format = 1\n[fields]\ncolour = [{css="a"}]\n[body]\nselect=["#a"]', "colour"),
        ('format = 1\n[fields]\ntitle = [{css="a", meta="b"}]\n[body]\nselect=["#a"]', "title"),
        ('format = 1\n[fields]\ntitle = [{css="a[["}]\n[body]\nselect=["#a"]', "selector"),
        ('format = 1\n[fields]\ntitle = [{css="a", pattern="("}]\n[body]\nselect=["#a"]', "pattern"),
        ('format = 1\n[body]\nselect = "#a"', "list of selectors"),
        ("format = 1\nbody = 3", "must be a table"),
        ("format = 1", "where the body stands"),
    ],
)
def test_a_wrong_recipe_is_refused_with_its_place(toml, said):
    with pytest.raises(recipes.RecipeError, match=said):
        recipes.load(toml)


def test_each_kind_of_rule_reads_its_place():
    page = from_text(
        """<html><head><title>甲通知_某网</title><meta name="PubDate" content="2015-01-02">
        <script type="application/ld+json">{"datePublished": "2016-01-02", "headline": "x"}</script><script>var ly = "县局";</script></head>
        <body><p class=i>作者：王某 来源：<b>某报</b></p><a id=f href=x title="编号 A01/12">t</a><div id=b>正文</div></body></html>"""
    )
    toml = """
format = 1
[fields]
title = [{ html_title = true, pattern = "^(.+?)_" }]
published_at = [{ css = ".none" }, { meta = "PubDate" }]
written_on = [{ linked = "datePublished" }]
source = [{ script = "ly" }]
author = [{ label = "作者", within = "p.i" }]
index_number = [{ xpath = "//a[@id='f']", attribute = "title" }]
issuing_authority = [{ fixed = "示例局" }]
[body]
select = [".gone", "#b"]
"""
    values = read(page, recipes.load(toml)).values
    said = {name: value.value for name, value in values.items() if value.value}
    assert said == {
        "title": "甲通知", "published_at": "2015-01-02", "written_on": "2016-01-02", "source": "县局", "author": "王某",
        "index_number": "A01/12", "issuing_authority": "示例局",
    }  # fmt: skip
    assert values["published_at"].method == "recipe:meta:PubDate"
