"""Lists: order, paging, what a row says, and what a page costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import column_of, home_of, own_column
from tests.sites.public import build
from tests.sites.public.build import read
from tests.sites.public.markup import page_of, parse

HOSTILE = """<script>alert(1)</script><b>&"'</b> {{ 7|add:7 }} {% load x %}"""


def fill(column, count, **fields):
    return [build.article(column, f"第{number}条", day=number, **fields) for number in range(1, count + 1)]


def queries_of(page, /, **query):
    read(page, **query)
    with CaptureQueriesContext(connection) as queries:
        assert read(page, **query).status_code == 200
    return len(queries)


def test_the_newest_item_comes_first_and_twenty_make_a_page(cast):
    column = column_of(cast.county_a, "tzgg")
    fill(column, 21)
    page = page_of(read(column))
    shown = [text for text, _ in page.links if text.startswith("第") and text.endswith("条")]
    assert shown == [f"第{number}条" for number in range(1, 21)]
    assert "2026-11-19" in page.text
    assert "共 21 条，每页 20 条" in page.text
    assert "第21条" in page_of(read(column, page="2")).text


def test_items_of_the_same_moment_stand_in_the_order_they_came(cast):
    column = column_of(cast.county_a, "tzgg")
    for title in ("先来", "后到"):
        build.article(column, title, day=1)
    text = page_of(read(column)).text
    assert text.index("后到") < text.index("先来")


@pytest.mark.parametrize("number", ["0", "3", "abc", "-1", "01", "", "99999999"])
def test_a_page_of_a_list_that_does_not_exist_is_not_found(cast, number):
    column = column_of(cast.county_a, "tzgg")
    fill(column, 21)
    assert read(column, page=number).status_code == 404


def test_an_unpublished_item_and_a_neighbours_item_are_in_no_list(cast):
    hidden, *_ = fill(column_of(cast.county_a, "tzgg"), 2)
    hidden.unpublish()
    build.article(column_of(cast.county_b, "tzgg"), "天心区的公告")
    text = page_of(read(column_of(cast.county_a, "tzgg"))).text
    assert "第2条" in text
    assert "第1条" not in text
    assert "天心区的公告" not in text


def test_what_is_published_is_in_its_list_and_count_at_once(cast):
    column = column_of(cast.county_a, "tzgg")
    fill(column, 20)
    assert read(column, page="2").status_code == 404
    build.article(column, "第21条", day=99)
    assert read(column, page="2").status_code == 200


def test_a_repealed_document_says_so_in_every_list(cast):
    build.document(
        column_of(cast.county_a, "zcwj"), "养老服务指导意见", validity="repealed", document_number="芙政发〔2019〕27号"
    )
    build.document(column_of(cast.county_a, "ghjh"), "旧规划", validity="repealed")
    assert "已废止" in page_of(read(column_of(cast.county_a, "zcwj"))).text
    assert "已废止" in page_of(read(column_of(cast.county_a, "ghjh"))).text


def test_the_catalogue_shows_the_record_of_each_document(cast):
    build.document(
        column_of(cast.county_a, "fdzd-gfxwj"),
        "供水工程管理办法",
        day=0,
        index_number="11430102006/2026-00218",
        document_number="芙政发〔2026〕21号",
        written_on="2026-11-12",
        validity="partly",
    )
    text = page_of(read(column_of(cast.county_a, "fdzd-gfxwj"))).text
    for cell in (
        "供水工程管理办法",
        "11430102006/2026-00218",
        "芙政发〔2026〕21号",
        "2026-11-12",
        "2026-11-20",
        "部分失效",
    ):
        assert cell in text
    assert "供水工程管理办法" in page_of(read(column_of(cast.county_a, "fdzd"))).text


def test_a_section_shows_the_newest_items_of_its_columns_and_leads_to_the_others(cast):
    fill(column_of(cast.county_a, "tzgg"), 8)
    page = page_of(read(column_of(cast.county_a, "xwdt")))
    assert "第5条" in page.text
    assert "第6条" not in page.text
    other = column_of(cast.county_a, "xwdt-bmdt")
    assert other.title + other.intro in {text for text, _ in page.links}


def test_guides_are_grouped_by_who_they_are_for(cast):
    column = column_of(cast.county_a, "bszn")
    build.guide(column, "高龄津贴申领", audience="vulnerable")
    build.guide(column, "营业执照", audience="company")
    page = page_of(read(column))
    text = page.text
    assert text.index("营业执照") < text.index("高龄津贴申领")
    assert len([heading for heading in page.headings if heading[0] == "h2"]) >= 2


def test_leaders_stand_in_their_own_order(cast):
    column = column_of(cast.county_a, "ldxx")
    build.leader(column, "苏映川", 20, post="常务副区长")
    build.leader(column, "闻知远", 10, post="区长", duties="领导全面工作", photo=build.image("闻知远"))
    page = page_of(read(column))
    assert page.text.index("闻知远") < page.text.index("苏映川")
    assert "领导全面工作" in page.text


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("tzgg", lambda column, number: build.article(column, f"第{number}条", day=number)),
        ("zcwj", lambda column, number: build.document(column, f"第{number}号", day=number)),
        ("bszn", lambda column, number: build.guide(column, f"事项{number}")),
        ("ldxx", lambda column, number: build.leader(column, f"姓名{number}", number, post="副区长")),
    ],
)
def test_a_list_costs_the_same_with_two_rows_and_with_twenty(cast, code, make):
    column = column_of(cast.county_a, code)
    for number in range(2):
        make(column, number)
    few = queries_of(column)
    for number in range(2, 20):
        make(column, number)
    assert queries_of(column) == few <= 8


def test_home_and_section_cost_the_same_with_two_items_a_column_and_with_ten(cast):
    lists = [column_of(cast.county_a, code) for code in ("xwdt-zwyw", "tzgg", "zcjd")]
    for column in lists:
        fill(column, 2)
    pages = (home_of(cast.county_a), column_of(cast.county_a, "xwdt"))
    few = [queries_of(page) for page in pages]
    for column in lists:
        fill(column, 8)
    assert [queries_of(page) for page in pages] == few


def test_hostile_titles_are_text_wherever_they_stand(cast):
    county = cast.county_a
    topics = own_column(
        home_of(county), "zt2", HOSTILE, kind="list", show_in_menus=True, intro=HOSTILE, keywords=HOSTILE
    )
    item = build.article(
        topics, HOSTILE, subtitle=HOSTILE, source=HOSTILE, author=HOSTILE, summary=HOSTILE, keywords=HOSTILE,
        body=[("quotation", {"text": HOSTILE, "source": HOSTILE}), ("table", {"data": [[HOSTILE, HOSTILE]], "table_caption": HOSTILE})],
    )  # fmt: skip
    build.attach(item, build.file(HOSTILE), HOSTILE)
    news = build.article(column_of(county, "xwdt-zwyw"), HOSTILE, summary=HOSTILE, lead_image=build.image(HOSTILE))
    person = build.leader(column_of(county, "ldxx"), HOSTILE, 1, post=HOSTILE, duties=HOSTILE, biography=HOSTILE)
    service = build.guide(
        column_of(county, "bszn"), HOSTILE, place=HOSTILE, procedure=HOSTILE, fee=HOSTILE, summary=HOSTILE
    )
    paper = build.document(
        column_of(county, "zcwj"), HOSTILE, index_number="<i>1</i>", document_number="<i>2</i>", theme="<i>3</i>"
    )
    for page in (
        topics,
        item,
        news,
        person,
        service,
        paper,
        home_of(county),
        column_of(county, "ldxx"),
        column_of(county, "zcwj"),
    ):
        response = read(page)
        assert response.status_code == 200
        assert "<script" not in response.content.decode()
        assert HOSTILE in page_of(response).text
    assert page_of(read(item)).metas["ArticleTitle"] == HOSTILE


def test_an_empty_list_says_so_and_leads_home(cast):
    page = page_of(read(column_of(cast.county_a, "tzgg")))
    assert "本栏目暂无内容" in page.text
    assert page.href("返回首页") == "/"


def test_a_forged_page_number_does_not_reach_the_page(cast):
    fill(column_of(cast.county_a, "tzgg"), 21)
    response = read(column_of(cast.county_a, "tzgg"), page="2", q="<script>")
    assert "<script" not in response.content.decode()


def test_very_many_guides_are_paged_instead_of_grouped(cast, monkeypatch):
    monkeypatch.setattr("sites.public.columns.GUIDES_GROUPED", 1)
    column = column_of(cast.county_a, "bszn")
    for number in range(21):
        build.guide(column, f"事项{number}")
    assert "共 21 条，每页 20 条" in page_of(read(column)).text
    assert "事项0" in page_of(read(column, page="2")).text


def test_the_pager_leads_to_the_columns_own_address_however_it_was_asked_for(cast):
    column = column_of(cast.county_a, "tzgg")
    fill(column, 21)
    response = Client(headers={"host": "a.localhost"}).get("//xwdt//tzgg/")
    links = [href for _, href in parse(response.content.decode()).links]
    assert not [href for href in links if href.startswith("//")]
