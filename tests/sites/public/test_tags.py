from datetime import UTC, datetime

from sites.public.parts import moment
from sites.public.tags import ColumnFacts, article_tags, column_tags, keywords, site_tags


def test_the_site_tags_stand_in_the_order_of_the_annex():
    assert site_tags("云溪县人民政府", "yunxi.gov.cn", "4301020001") == (
        ("SiteName", "云溪县人民政府"),
        ("SiteDomain", "yunxi.gov.cn"),
        ("SiteIDCode", "4301020001"),
    )


def test_no_column_tag_is_ever_empty():
    assert column_tags(ColumnFacts("通知公告"), "云溪县人民政府") == (
        ("ColumnName", "通知公告"),
        ("ColumnDescription", "云溪县人民政府通知公告"),
        ("ColumnKeywords", "通知公告,云溪县人民政府"),
        ("ColumnType", "通知公告"),
    )


def test_a_publication_date_is_written_in_beijing_time():
    published = moment(datetime(2026, 11, 19, 16, 30, tzinfo=UTC))
    tags = dict(article_tags(title="通告", published=published, source="", site_name="云溪县人民政府"))
    assert tags == {"ArticleTitle": "通告", "PubDate": "2026-11-20 00:30", "ContentSource": "云溪县人民政府"}


def test_optional_article_tags_appear_only_when_they_say_something():
    tags = dict(
        article_tags(
            title="通告", published=None, source="县融媒体中心", site_name="云溪县人民政府", author="闻知远", image=""
        )
    )
    assert tags["ContentSource"] == "县融媒体中心"
    assert tags["Author"] == "闻知远"
    assert "Image" not in tags


def test_keywords_get_plain_commas():
    assert keywords("传统村落、保护，修缮;老屋　供水") == "传统村落,保护,修缮,老屋,供水"
