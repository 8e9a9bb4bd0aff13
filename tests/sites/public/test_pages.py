"""What stands on the pages that every sub-site has: home, menu, footer, tags, and one page for each column."""

import pytest

from sites.models import Column
from tests.cast import change, column_of, home_of, own_column
from tests.sites.public import build
from tests.sites.public.build import read, visit
from tests.sites.public.markup import page_of


@pytest.mark.parametrize("who", ["portal", "county_a", "town_a", "department_a"])
def test_every_column_of_a_new_site_has_a_sound_page_with_all_column_tags(cast, who):
    tenant = getattr(cast, who)
    for column in Column.objects.filter(tenant=tenant):
        response = read(column)
        assert response.status_code == 200, column.title
        page = page_of(response)
        assert ("h1", column.title) in page.headings
        assert page.metas["ColumnName"] == column.title
        assert all(page.metas[name] for name in ("ColumnDescription", "ColumnKeywords", "ColumnType"))
        assert page.crumbs[0] == "首页"
        assert page.crumbs[-1] == column.title


@pytest.mark.parametrize("who", ["portal", "county_a", "town_a", "department_a"])
def test_the_home_page_of_a_new_site_is_sound_and_says_what_is_coming(cast, who):
    response = visit(getattr(cast, who))
    assert response.status_code == 200
    page = page_of(response)
    assert page.metas["ColumnType"] == "首页"
    assert "首批内容正在准备" in page.text
    assert page.menu[0] == "首页"


def test_the_home_page_shows_news_notices_policies_and_services_once_there_are_some(cast):
    county = cast.county_a
    for day in range(9):
        build.article(column_of(county, "xwdt-zwyw"), f"要闻{day}", day=day, summary="要闻摘要" if day == 0 else "")
    build.article(column_of(county, "tzgg"), "停水通知", day=1)
    build.document(column_of(county, "zcwj"), "供水管理办法", day=2)
    build.guide(column_of(county, "bszn"), "高龄津贴申领", audience="vulnerable")
    page = page_of(visit(county))
    assert "要闻摘要" in page.text
    assert "要闻5" in page.text
    assert "要闻7" not in page.text
    for title in ("停水通知", "供水管理办法", "高龄津贴申领"):
        assert title in page.text
    assert "首批内容正在准备" not in page.text


def test_news_with_a_picture_leads_the_home_page_and_is_not_repeated_in_the_list(cast):
    column = column_of(cast.county_a, "xwdt-zwyw")
    build.article(column, "老屋完成保护修缮", day=0, lead_image=build.image("白墙黛瓦的村落"))
    build.article(column, "公路通车", day=1)
    response = visit(cast.county_a)
    page = page_of(response)
    assert response.content.decode().count("老屋完成保护修缮") == 1
    assert 'alt="白墙黛瓦的村落"' in response.content.decode()
    assert "公路通车" in page.text


def test_a_town_begins_with_its_overview_and_how_to_reach_it(cast):
    change(cast.town_a, contact_phone="0731-6123880", office_hours="周一至周五 8:30—12:00", address="河东路6号")
    overview = column_of(cast.town_a, "zj-gk")
    overview.body = build.text("文艺路街道位于芙蓉区中部，" + "辖九个社区。" * 40)
    overview.save()
    page = page_of(visit(cast.town_a))
    assert "文艺路街道位于芙蓉区中部" in page.text
    assert "…" in page.text
    for fact in ("0731-6123880", "周一至周五 8:30—12:00", "河东路6号"):
        assert fact in page.text


def test_a_channel_site_carries_the_tags_of_the_registered_site_above_it(cast):
    for response in (visit(cast.town_a), read(column_of(cast.town_a, "gzdt"))):
        metas = page_of(response).metas
        assert metas["SiteName"] == "芙蓉区人民政府"
        assert metas["SiteDomain"] == "a.localhost"
        assert metas["SiteIDCode"] == "4301020001"


def test_a_channel_sites_links_stay_below_its_mount(cast):
    page = page_of(visit(cast.town_a))
    assert page.href("首页") == "/wyl/"
    assert page.href("动态公告").startswith("/wyl/")
    assert page.href("芙蓉区人民政府").startswith("http://a.localhost")


def test_a_channel_site_wears_the_colour_of_its_county_unless_it_has_its_own(cast):
    change(cast.county_a, theme="blue")
    assert b'data-theme="blue"' in visit(cast.town_a).content
    assert b"data-theme" not in visit(cast.town_b).content


def test_the_footer_has_the_required_marks(cast):
    change(
        cast.county_a,
        undertaker="区政务信息中心",
        icp_filing="湘ICP备00000123号",
        police_filing="湘公网安备43010200000001号",
        contact_phone="0731-6123001",
    )
    page = page_of(visit(cast.county_a))
    for mark in (
        "党政机关网站标识",
        "我为政府网站找错",
        "主办单位芙蓉区人民政府",
        "承办单位区政务信息中心",
        "0731-6123001",
        "网站标识码4301020001",
        "湘ICP备00000123号",
        "湘公网安备43010200000001号",
    ):
        assert mark in page.text, mark
    assert "site_code=4301020001" in page.href("我为政府网站找错")
    for link in ("网站地图", "关于我们", "网站声明", "联系我们"):
        assert visit(cast.county_a, page.href(link).lstrip("/")).status_code == 200


def test_a_channel_site_without_pages_about_itself_leads_to_those_of_its_county(cast):
    page = page_of(visit(cast.town_a))
    assert visit(cast.county_a, page.href("网站声明").lstrip("/")).status_code == 200
    assert "承办单位文艺路街道办事处" in page.text


def test_a_portal_lists_its_sub_sites_and_they_lead_back(cast):
    portal = page_of(visit(cast.portal))
    assert portal.href("芙蓉区人民政府") == "http://a.localhost/"
    county = page_of(visit(cast.county_a))
    assert county.href("文艺路街道办事处") == "http://a.localhost/wyl/"
    assert county.href("湖南省人民政府") == "http://www.localhost/"
    assert "坡子街街道办事处" not in county.text
    assert page_of(visit(cast.department_a)).href("文艺路街道办事处") == "http://a.localhost/wyl/"


def test_a_sub_site_that_opens_appears_in_the_list_at_once_and_a_closed_one_goes(cast):
    assert "文艺路街道办事处" in page_of(visit(cast.county_a)).text
    change(cast.town_a, status="suspended")
    assert "文艺路街道办事处" not in page_of(visit(cast.county_a)).text
    change(cast.town_a, status="live")
    assert "文艺路街道办事处" in page_of(visit(cast.county_a)).text


def test_the_menu_marks_where_the_reader_is(cast):
    section = column_of(cast.county_a, "xwdt")
    inside = read(column_of(cast.county_a, "xwdt-zwyw")).content.decode()
    assert f'aria-current="true">{section.title}' in inside
    assert f'aria-current="page">{section.title}' in read(section).content.decode()


def test_breadcrumbs_lead_from_home_through_every_column(cast):
    column = column_of(cast.county_a, "fdzd-gfxwj")
    page = page_of(read(column))
    assert page.crumbs == ["首页", "政务公开", "法定主动公开内容", "行政法规、规章和规范性文件"]
    assert page_of(visit(cast.county_a, page.href("法定主动公开内容").lstrip("/"))).crumbs == page.crumbs[:-1]


def test_the_site_map_lists_every_column_that_is_open(cast):
    page = page_of(read(column_of(cast.county_a, "wzdt")))
    shown = {text.rsplit("›")[-1].strip() for text, _ in page.links}
    assert {column.title for column in Column.objects.filter(tenant=cast.county_a)} <= shown


def test_a_renamed_column_is_renamed_in_the_menu_at_once(cast):
    own = own_column(home_of(cast.county_a), "zsyz", "招商引资", kind="list", show_in_menus=True)
    assert "招商引资" in page_of(visit(cast.county_a)).menu
    own.title = "投资芙蓉"
    own.save()
    assert "投资芙蓉" in page_of(visit(cast.county_a)).menu


def test_a_retired_column_answers_and_says_so_but_no_menu_or_tree_shows_it(cast):
    section = column_of(cast.county_a, "xwdt")
    Column.objects.filter(tenant=cast.county_a, code="xwdt-bmdt").update(retired_on="2026-11-01")
    change(cast.county_a)
    retired = column_of(cast.county_a, "xwdt-bmdt")
    page = page_of(read(retired))
    assert "已停止更新" in page.text
    assert retired.title not in page_of(read(section)).text


def test_an_external_column_leads_out_directly_and_its_own_page_says_so(cast):
    own = own_column(
        home_of(cast.county_a),
        "zwfw",
        "政务服务网",
        kind="external",
        external_url="https://zwfw.example.gov.cn/",
        show_in_menus=True,
    )
    assert page_of(visit(cast.county_a)).href("政务服务网") == "https://zwfw.example.gov.cn/"
    assert "您即将离开本网站" in page_of(read(own)).text


def test_a_topic_that_is_over_is_marked_and_stays_readable(cast):
    topics = column_of(cast.county_a, "zt")
    over = own_column(topics, "ms25", "2025年民生实事", kind="topic", ends_on="2026-01-01")
    running = own_column(topics, "ctcl", "传统村落保护", kind="topic", intro="修缮进度")
    build.article(over, "年度民生实事完成情况", day=3)
    page = page_of(read(over))
    assert "已结束" in page.text
    assert "年度民生实事完成情况" in page.text
    home = page_of(visit(cast.county_a)).text
    assert running.title in home
    assert over.title not in home


@pytest.mark.parametrize("code", ["xzxx", "zjdc", "zxft", "ysqgk", "tjsj"])
def test_a_service_that_is_not_open_yet_says_so_and_how_to_reach_the_unit(cast, code):
    change(cast.county_a, contact_phone="0731-6123001")
    page = page_of(read(column_of(cast.county_a, code)))
    assert "本服务即将开通" in page.text
    assert "0731-6123001" in page.text


def test_pages_need_no_cookie(cast):
    response = visit(cast.county_a)
    assert not response.cookies
