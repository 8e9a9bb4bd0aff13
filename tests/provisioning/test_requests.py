"""One row becomes a request, or a refusal that names every problem in it."""

from dataclasses import fields
from datetime import date

import pytest

from provisioning.request_words import HEADERS
from provisioning.requests import (
    Refusal,
    SiteRequest,
    canonical_region_code,
    default_short_name,
    parse_request,
    request_from_mapping,
)
from provisioning.slugs import RESERVED, slug_for
from tenants.tables import Problem, RawRow
from tenants.tables.reading import read_table

TOWN = {"name": "文艺路街道办事处", "kind": "town", "region_code": "430102001"}


def good(number: int = 5, **cells: str) -> SiteRequest:
    request = parse_request(RawRow(number, cells))
    assert isinstance(request, SiteRequest), request
    return request


def sentences(number: int = 5, **cells: str) -> list[str]:
    refusal = parse_request(RawRow(number, cells))
    assert isinstance(refusal, Refusal), refusal
    return [problem.sentence for problem in refusal.problems]


def test_a_full_chinese_row_becomes_a_request() -> None:
    header = "单位编码,主办单位,简称,站点类型,行政区划代码,上级单位编码,域名,网站标识码,状态,承办单位,地址,办公时间,"
    header += "ICP备案号,公安备案号,联系人,职务,联系电话,分管负责人,职务,电话,开通日期,主题色,模板版本\n"
    row = "430102,芙蓉区人民政府,芙蓉区,区县门户,430102,430100,www.Furong.gov.cn,4301020001,试运行,区政府办,人民东路,"
    row += "9:00-17:00,湘ICP备05000000号,43010202000000,张三,科长,0731-84683000,李四,主任,0731-84683001,2024年5月1日,蓝色,V3\n"
    raw = read_table((header + row).encode(), "x.csv", HEADERS).rows[0]
    assert parse_request(raw) == SiteRequest(
        row=2, code="430102", name="芙蓉区人民政府", short_name="芙蓉区", kind="county", region_code="430102",
        supervisor_code="430100", host="www.furong.gov.cn", site_code="4301020001", status="trial", undertaker="区政府办",
        address="人民东路", office_hours="9:00-17:00", icp_filing="湘ICP备05000000号", police_filing="43010202000000",
        contact_name="张三", contact_post="科长", contact_phone="0731-84683000", leader_name="李四", leader_post="主任",
        leader_phone="0731-84683001", opened_on=date(2024, 5, 1), theme="blue", template_version=3, slug="furong",
    )  # fmt: skip


def test_every_field_can_be_given_by_its_own_name() -> None:
    made = {"row", "mounted_under_code", "slug", "code_is_derived"}
    assert {HEADERS.get(field.name) or HEADERS.get(field.name.replace("_", " ")) for field in fields(SiteRequest)} - {
        None
    } == {field.name for field in fields(SiteRequest)} - made


def test_an_object_of_the_api_goes_by_the_same_rules() -> None:
    values = {"name": "教育局", "kind": "department", "region_code": 430102.0, "template_version": 2, "host": None}
    request = request_from_mapping(values)
    assert isinstance(request, SiteRequest)
    assert (request.code, request.region_code, request.template_version) == ("430102-jiaoyu", "430102", 2)
    refusal = request_from_mapping({"单位名称": "", "类型": "部门", "区划代码": "430102"})
    assert isinstance(refusal, Refusal)
    assert (refusal.row, refusal.field) == (1, "name")


def test_cells_keyed_by_headers_are_understood() -> None:
    raw = RawRow(3, {"单位名称": "甲镇", "类型": "乡镇", "区划代码": "430102001"})
    request = parse_request(raw)
    assert isinstance(request, SiteRequest)
    assert request.name == "甲镇"


def test_what_a_row_leaves_empty_stays_empty() -> None:
    request = good(**TOWN)
    assert (request.host, request.mount, request.status, request.short_name) == ("", "", "", "")
    assert (request.template_version, request.opened_on, request.code_is_derived) == (None, None, True)


def test_all_problems_of_a_row_are_told_at_once() -> None:
    refusal = parse_request(RawRow(7, {"code": "430102", "kind": "报社", "host": "http://x.gov.cn", "site_code": "12"}))
    assert isinstance(refusal, Refusal)
    assert [problem.field for problem in refusal.problems] == ["name", "kind", "host", "site_code"]
    assert refusal.problems[0].sentence == "Row 7, name: the name of the organiser is missing."
    assert (refusal.row, refusal.code, refusal.region_code) == (7, "430102", "430102")
    assert refusal.sentence.count("Row 7") == 4


def test_a_problem_can_be_said_in_another_language() -> None:
    chinese = {
        "Row %(row)d, %(field)s: %(text)s": "第%(row)d行“%(field)s”：%(text)s",
        "the name of the organiser is missing.": "缺少主办单位名称。",
        "name": "单位名称",
    }
    refusal = parse_request(RawRow(7, {"kind": "town", "region_code": "430102001"}))
    assert isinstance(refusal, Refusal)
    assert refusal.problems[0].say(lambda text: chinese.get(text, text)) == "第7行“单位名称”：缺少主办单位名称。"


def test_a_fault_of_a_cell_is_told_once() -> None:
    fault = Problem(4, "name", "cell %(cell)s holds a formula", {"cell": "C4"})
    refusal = parse_request(RawRow(4, {"kind": "town", "region_code": "430102001"}, (fault,)))
    assert isinstance(refusal, Refusal)
    assert refusal.problems == (fault,)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("省级门户", "province"), ("市级门户", "city"), ("市州门户", "city"), ("市/州门户", "city"), ("市政府门户网站", "city"),
        ("县级门户", "county"), ("县(区)门户", "county"), ("县（区）门户", "county"), ("区县门户", "county"), ("County", "county"),
        ("部门", "department"), ("县直部门", "department"), ("乡镇", "town"), ("街道", "town"), ("乡镇街道", "town"),
        ("乡镇（街道）", "town"), (" TOWN ", "town"),
    ],
)  # fmt: skip
def test_kinds_are_understood_in_both_languages(written: str, kind: str) -> None:
    region = {"province": "430000", "city": "430100", "town": "430102001"}.get(kind, "430102")
    assert good(name="甲", kind=written, region_code=region).kind == kind


@pytest.mark.parametrize(
    ("written", "status"),
    [("草稿", "draft"), ("试运行", "trial"), ("正式", "live"), ("在线", "live"), ("LIVE", "live"), ("关停", "closed")],
)
def test_statuses_are_understood_in_both_languages(written: str, status: str) -> None:
    assert good(**TOWN, status=written).status == status


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        ("43", "430000"), ("4301", "430100"), ("430102", "430102"), ("430102001", "430102001"), ("430102000", "430102"),
        ("430102000000", "430102"), ("430102001000", "430102001"), ("430102001003", "430102001003"), ("x", "x"),
    ],
)  # fmt: skip
def test_region_codes_have_one_form(code: str, stored: str) -> None:
    assert canonical_region_code(code) == stored


def test_a_code_is_made_from_the_region_or_says_the_region() -> None:
    assert good(**TOWN).code == "430102001"
    assert good(name="湖南省人民政府", kind="province", region_code="43").code == "430000"
    assert good(name="芙蓉区教育局", kind="department", region_code="430102").code == "430102-jiaoyu"
    assert good(name="芙蓉区教育局", kind="department", region_code="430102", mount="jyj").code == "430102-jyj"
    assert good(name="甲镇", kind="town", code="430102001000").region_code == "430102001"
    assert good(name="甲局", kind="department", code="430102-jj").region_code == "430102"


@pytest.mark.parametrize(
    ("field", "value", "sentence_part"),
    [
        ("name", "", "the name of the organiser is missing"),
        ("name", "长" * 101, "101 characters are too many; 100 fit"),
        ("kind", "", "the kind is missing"),
        ("kind", "网吧", "'网吧' is not known. Write one of: province, city, county, department, town."),
        ("region_code", "", "the region code is missing"),
        ("region_code", "43010", "it has 2, 4, 6, 9 or 12 digits"),
        ("region_code", "芙蓉区", "is no region code"),
        ("code", "a", "'a' is no code"),
        ("code", "-ab", "is no code"),
        ("code", "a_b", "is no code"),
        ("code", "x" * 41, "is no code"),
        ("supervisor_code", "芙蓉区人民政府", "Write the supervising organiser's code, not its name"),
        ("host", "https://www.furong.gov.cn/", "Write only 'www.furong.gov.cn'"),
        ("host", "furong.localhost", "own machine"),
        ("mount", "Wenyi路", "is no path"),
        ("mount", "a/b", "is no path"),
        ("mount", "-a", "is no path"),
        ("mount", "admin", "kept for the platform"),
        ("mount", "/healthz/", "kept for the platform"),
        ("mount", "sitemap.xml", "is no path"),
        ("site_code", "430102001", "'430102001' is no site code: 10 digits, or bm and 8 digits."),
        ("site_code", "bm123", "is no site code"),
        ("status", "飞", "Write one of: draft, trial, live."),
        ("theme", "绿色", "Write one of: red, blue."),
        ("opened_on", "2024-02-30", "is no date"),
        ("opened_on", "45413", "is no date"),
        ("opened_on", "1024-01-01", "is no date"),
        ("opened_on", "明年", "is no date"),
        ("template_version", "0", "no template version"),
        ("template_version", "-1", "no template version"),
        ("template_version", "1.5", "no template version"),
        ("contact_phone", "张三", "is no telephone number"),
        ("leader_phone", "--", "is no telephone number"),
        ("address", "长" * 201, "201 characters are too many"),
    ],
)
def test_a_bad_value_is_refused_with_row_field_and_sentence(field: str, value: str, sentence_part: str) -> None:
    found = sentences(**{**TOWN, field: value})
    assert len(found) == 1
    assert found[0].startswith(f"Row 5, {field}: ")
    assert sentence_part in found[0]


def test_a_host_and_a_path_exclude_each_other() -> None:
    assert "not both" in sentences(**TOWN, host="www.x.gov.cn", mount="x")[0]


def test_a_portal_takes_no_path() -> None:
    assert "no path" in sentences(name="芙蓉区", kind="county", region_code="430102", mount="x")[0]


def test_local_hosts_are_accepted_where_the_setting_allows_them() -> None:
    request = parse_request(RawRow(1, {**TOWN, "host": "Wenyi.localhost"}), allow_local_hosts=True)
    assert isinstance(request, SiteRequest)
    assert request.host == "wenyi.localhost"


@pytest.mark.parametrize(
    "phone", ["0731-84683000", "（0731）84683000转8001", "13800000000、0731-84683000", "12345", "+86 731 8468"]
)
def test_telephone_numbers_are_checked_loosely(phone: str) -> None:
    assert good(**TOWN, contact_phone=phone).contact_phone == phone


@pytest.mark.parametrize(
    "written", ["2024-05-01", "2024/5/1", "2024.5.1", "2024年5月1日", "20240501", "2024-05-01 00:00:00"]
)
def test_dates_are_understood_as_people_write_them(written: str) -> None:
    assert good(**TOWN, opened_on=written).opened_on == date(2024, 5, 1)


def test_codes_in_full_width_forms_are_understood() -> None:
    request = good(
        **{**TOWN, "region_code": "４３０１０２００１", "site_code": "ＢＭ０１００００００", "mount": "/wenyi/"}
        | {"site_code": "ＢＭ01000001"}
    )
    assert (request.region_code, request.site_code, request.mount) == ("430102001", "bm01000001", "wenyi")


@pytest.mark.parametrize(
    ("name", "kind", "slug"),
    [
        ("湖南省人民政府", "province", "hunan"), ("广西壮族自治区", "province", "guangxi"),
        ("湘西土家族苗族自治州", "city", "xiangxi"), ("长沙市人民政府", "city", "changsha"),
        ("长沙县人民政府", "county", "changshaxian"), ("江华瑶族自治县", "county", "jianghua"), ("芙蓉区", "county", "furong"),
        ("文艺路街道", "town", "wenyilu"), ("芙蓉区文艺路街道办事处", "town", "wenyilu"), ("长沙县安沙镇人民政府", "town", "ansha"),
        ("鹅公岭侗族苗族乡", "town", "egongling"), ("许家桥回族维吾尔族乡", "town", "xujiaqiao"), ("长塘瑶族乡", "town", "changtang"),
        ("城区街道", "town", "chengqu"), ("镇", "town", "zhen"),
        ("岳麓区教育局", "department", "jiaoyu"), ("长沙市市场监督管理局", "department", "shichangjianduguanli"),
        ("市场监督管理局", "department", "shichangjianduguanli"), ("城市管理局", "department", "chengshiguanli"),
        ("岳麓区卫生健康委员会", "department", "weishengjiankang"), ("高新区管委会", "department", "gaoxinqu"),
        ("社区服务中心", "department", "shequfuwuzhongxin"), ("长沙县数据资源（政务服务）局", "department", "shujuziyuan"),
        ("湖南衡阳松木经济开发区教育局", "department", "jiaoyu"), ("委员会", "department", "weiyuanhui"), ("！", "town", ""),
    ],
)  # fmt: skip
def test_a_path_is_made_from_the_names_own_part(name: str, kind: str, slug: str) -> None:
    assert slug_for(name, kind) == slug


def test_a_path_made_from_a_long_name_stays_short() -> None:
    assert len(slug_for("阳明山国家森林公园管理局" * 3, "town")) <= 30


def test_a_department_whose_name_gives_no_code_is_told_to_write_one() -> None:
    assert "Write one in the column 'code'" in sentences(name="！！", kind="department", region_code="430102")[0]


def test_the_short_name_is_the_name_without_its_office() -> None:
    assert default_short_name("长沙市人民政府") == "长沙市"
    assert default_short_name("文艺路街道办事处") == "文艺路街道"
    assert default_short_name("人民政府") == "人民政府"
    assert len(default_short_name("长" * 100)) == 50


def test_the_platforms_own_addresses_are_reserved() -> None:
    asked = "admin documents static media api healthz search accounts django-admin sitemap.xml"
    assert set(asked.split()) <= RESERVED
