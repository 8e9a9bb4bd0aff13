"""What an editor sees before publishing: the same page, built for the admin's host and for pages that are not there yet."""

from sites.models import Article, Column
from tests.cast import column_of, own_column
from tests.sites.public import build
from tests.sites.public.markup import page_of


def preview(page):
    return page_of(page.make_preview_request())


def test_a_draft_article_is_previewed_in_the_dress_of_its_site(cast):
    column = column_of(cast.county_a, "tzgg")
    draft = build.article(column, "草稿公告", live=False)
    page = preview(draft)
    assert ("h1", "草稿公告") in page.headings
    assert page.metas["SiteName"] == "芙蓉区人民政府"
    assert page.metas["PubDate"] == ""


def test_an_article_that_was_never_saved_can_be_previewed(cast):
    column = column_of(cast.county_a, "tzgg")
    fresh = Article(title="新公告", slug="new", body=build.text("正文"))
    fresh.path, fresh.depth = column.path + "0001", column.depth + 1
    fresh.url_path = column.url_path + "new/"
    page = preview(fresh)
    assert "正文" in page.text
    assert page.metas["SiteIDCode"] == "4301020001"


def test_a_column_that_was_never_saved_shows_nobodys_items(cast):
    section = column_of(cast.county_a, "xwdt")
    build.article(column_of(cast.county_a, "tzgg"), "停水公告")
    for kind in ("list", "catalogue", "people", "guide", "section", "topic"):
        fresh = Column(title="新栏目", slug="new", kind=kind)
        fresh.path, fresh.depth = section.path + "0099", section.depth + 1
        fresh.url_path = section.url_path + "new/"
        page = preview(fresh)
        assert ("h1", "新栏目") in page.headings
        assert "停水公告" not in page.text


def test_a_column_that_is_not_published_can_be_previewed(cast):
    draft = own_column(column_of(cast.county_a, "xwdt"), "bd", "本地草稿", kind="list", live=False)
    assert ("h1", "本地草稿") in preview(draft).headings
