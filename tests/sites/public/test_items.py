"""Article, official document, service guide, leader: what each page says, and what it leads to."""

from datetime import date

from tests.cast import change, column_of
from tests.sites.public import build
from tests.sites.public.build import read
from tests.sites.public.markup import page_of


def test_an_article_carries_site_column_and_article_tags(cast):
    column = column_of(cast.county_a, "xwdt-zwyw")
    item = build.article(
        column,
        "老屋完成保护修缮",
        day=0,
        source="区融媒体中心",
        author="闻知远",
        keywords="传统村落 保护",
        summary="六百栋民居",
        lead_image=build.image("村落"),
    )
    page = page_of(read(item))
    assert page.title == "老屋完成保护修缮_芙蓉区人民政府"
    assert page.metas["SiteIDCode"] == "4301020001"
    assert page.metas["ColumnName"] == "政务要闻"
    assert page.metas["ColumnType"] == "工作动态"
    assert page.metas["ArticleTitle"] == "老屋完成保护修缮"
    assert page.metas["PubDate"] == "2026-11-20 12:00"
    assert page.metas["ContentSource"] == "区融媒体中心"
    assert page.metas["Keywords"] == "传统村落,保护"
    assert page.metas["Author"] == "闻知远"
    assert page.metas["Description"] == "六百栋民居"
    assert page.metas["Image"].startswith("http://a.localhost/media/")
    assert page.metas["Url"] == f"http://a.localhost/xwdt/zwyw/{item.slug}/"


def test_an_article_shows_where_and_when_it_comes_from(cast):
    item = build.article(
        column_of(cast.county_a, "xwdt-zwyw"),
        "标题",
        day=0,
        subtitle="副标题",
        source="区融媒体中心",
        body=build.text("正文第一段。"),
    )
    page = page_of(read(item))
    for fact in ("发布日期：2026-11-20 12:00", "来源：区融媒体中心", "副标题", "正文第一段。"):
        assert fact in page.text
    assert page.crumbs == ["首页", "新闻动态", "政务要闻", "正文"]


def test_an_article_without_a_source_names_the_site(cast):
    item = build.article(column_of(cast.town_a, "gzdt"), "标题")
    assert page_of(read(item)).metas["ContentSource"] == "文艺路街道办事处"


def test_attachments_show_kind_and_size(cast):
    item = build.article(column_of(cast.county_a, "tzgg"), "公告")
    build.attach(item, build.file("名录.xlsx"))
    build.attach(item, build.file("申请表", name="form.docx"), "奖补申请表")
    page = page_of(read(item))
    assert "表格 XLSX，48.0\xa0KB" in page.text
    assert "文档 DOCX" in page.text
    assert page.href("奖补申请表").startswith("/documents/")


def test_policy_and_interpretation_link_both_ways(cast):
    policy = build.document(
        column_of(cast.county_a, "zcwj"), "供水管理办法", document_number="芙政发〔2026〕21号", day=2
    )
    reading = build.article(column_of(cast.county_a, "zcjd"), "一图读懂供水管理办法", day=1)
    build.explain(reading, policy, "picture")
    there = page_of(read(policy))
    assert "本文件的解读" in there.text
    assert "图解" in there.text
    assert there.href("一图读懂供水管理办法").endswith(f"/{reading.slug}/")
    back = page_of(read(reading))
    assert back.href("供水管理办法（芙政发〔2026〕21号）").endswith(f"/{policy.slug}/")


def test_a_policy_of_another_site_is_linked_at_its_own_address_while_that_site_is_open(cast):
    policy = build.document(column_of(cast.portal, "zcwj"), "全省供水管理办法", day=2)
    reading = build.article(column_of(cast.county_a, "zcjd"), "解读", day=1)
    build.explain(reading, policy)
    assert page_of(read(reading)).href("全省供水管理办法").startswith("http://www.localhost/")
    change(cast.portal, status="closed", closed_on=date(2026, 11, 1))
    assert "全省供水管理办法" not in page_of(read(reading)).text


def test_an_interpretation_that_is_taken_down_is_not_linked(cast):
    policy = build.document(column_of(cast.county_a, "zcwj"), "供水管理办法")
    reading = build.article(column_of(cast.county_a, "zcjd"), "一图读懂")
    build.explain(reading, policy)
    reading.unpublish()
    assert "一图读懂" not in page_of(read(policy)).text


def test_previous_and_next_follow_the_list_and_stay_in_the_column(cast):
    column = column_of(cast.county_a, "tzgg")
    newest, middle, oldest = (
        build.article(column, title, day=day) for day, title in enumerate(("最新", "中间", "最早"))
    )
    build.article(column_of(cast.county_a, "xwdt-zwyw"), "别的栏目", day=1)
    page = page_of(read(middle))
    assert page.href("上一篇最新").endswith(f"/{newest.slug}/")
    assert page.href("下一篇最早").endswith(f"/{oldest.slug}/")
    assert "上一篇" not in page_of(read(newest)).text
    assert "下一篇" not in page_of(read(oldest)).text


def test_neighbours_of_the_same_moment_are_not_skipped(cast):
    column = column_of(cast.county_a, "tzgg")
    items = [build.article(column, f"同时{number}", day=1) for number in range(3)]
    page = page_of(read(items[1]))
    assert page.href("上一篇同时2")
    assert page.href("下一篇同时0")


def test_an_official_document_has_its_catalogue_head(cast):
    item = build.document(
        column_of(cast.county_a, "zcwj"),
        "供水管理办法",
        day=0,
        index_number="11430102006/2026-00218",
        document_number="芙政发〔2026〕21号",
        issuing_authority="芙蓉区人民政府",
        theme="水利",
        written_on="2026-11-12",
        keywords="供水",
    )
    page = page_of(read(item))
    for fact in (
        "索引号11430102006/2026-00218",
        "文号芙政发〔2026〕21号",
        "发文机关芙蓉区人民政府",
        "成文日期2026-11-12",
        "发布日期2026-11-20 12:00",
        "主题分类水利",
        "主题词供水",
        "有效性有效",
    ):
        assert fact in page.text, fact


def test_a_repealed_document_says_so_above_its_title(cast):
    item = build.document(
        column_of(cast.county_a, "zcwj"), "养老服务指导意见", validity="repealed", repealed_on="2026-06-01"
    )
    text = read(item).content.decode()
    assert 0 < text.index("本文件已于2026-06-01废止") < text.index("<h1>")


def test_a_guide_has_the_eight_elements(cast):
    item = build.guide(column_of(cast.county_a, "bszn"), "高龄津贴申领", online_url="https://zwfw.example.gov.cn/1")
    page = page_of(read(item))
    elements = [text[1:] for tag, text in page.headings if tag == "h2" and text[:1].isdigit()]
    assert elements == [
        "事项名称",
        "设定依据",
        "申请条件",
        "办理材料",
        "办理地点",
        "办理时间",
        "联系电话",
        "办理流程",
    ]
    for fact in ("居民身份证", "7个工作日", "不收费", "0900-6123457", "材料齐全的当场受理"):
        assert fact in page.text
    assert page.href("在线办理") == "https://zwfw.example.gov.cn/1"


def test_a_leaders_page_leads_back_to_the_others(cast):
    column = column_of(cast.county_a, "ldxx")
    person = build.leader(column, "闻知远", 1, post="区长", biography="1974年3月生")
    page = page_of(read(person))
    assert "1974年3月生" in page.text
    assert page.metas["ArticleTitle"] == "闻知远"
    assert page.crumbs == ["首页", "领导之窗", "闻知远"]


def test_every_kind_of_block_is_sound_markup(cast):
    picture = build.image("白墙黛瓦的村落")
    item = build.article(
        column_of(cast.county_a, "xwdt-zwyw"),
        "标题",
        lead_image=picture,
        body=[
            *build.text("第一段", "第二段"),
            ("image", {"image": picture, "caption": "修缮后的村落"}),
            ("gallery", [{"image": picture, "caption": "一"}, {"image": picture, "caption": "二"}]),
            (
                "table",
                {
                    "data": [["指标", "累计"], ["工业增加值", None]],
                    "first_row_is_table_header": True,
                    "first_col_is_header": True,
                    "table_caption": "主要指标",
                    "mergeCells": [],
                },
            ),
            ("attachment", {"file": build.file("说明"), "title": "填报说明"}),
            ("video", {"file": build.file("航拍", name="v.mp4"), "poster": picture, "caption": "航拍"}),
            ("video", {"address": "https://v.example.gov.cn/1"}),
            ("quotation", {"text": "住着和新房一样。", "source": "屋主"}),
        ],
    )
    response = read(item)
    page = page_of(response)
    for text in ("第二段", "修缮后的村落", "主要指标", "工业增加值", "填报说明", "住着和新房一样。"):
        assert text in page.text
    assert page.href("观看视频") == "https://v.example.gov.cn/1"
    assert "<video" in response.content.decode()
    assert page.metas.get("Image") is None  # the body shows pictures, so the lead picture is not put above it


def test_a_page_stands_when_the_file_of_its_picture_is_gone(cast):
    picture = build.image("村落")
    item = build.article(column_of(cast.county_a, "xwdt-zwyw"), "标题", lead_image=picture)
    picture.file.storage.delete(picture.file.name)
    assert read(item).status_code == 200
