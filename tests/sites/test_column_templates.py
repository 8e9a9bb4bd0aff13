"""Column templates: what the loader refuses, what the library answers, what the shipped files hold."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from sites.column_templates import (
    COLUMN_TYPES,
    SHIPPED_FOLDER,
    ColumnTemplate,
    TemplateError,
    TemplateLibrary,
    load_template,
)

HEAD = 'kind = "town"\nversion = 1\ntitle = "乡镇"\nissued_on = 2026-11-01\nnote = ""\n'  # lines 1 to 5


def column(code: str, *more: str, kind: str = "section", mandatory: str = "true") -> str:
    """A [[column]] table of 7 lines: header, code, title, kind, mandatory, wording, wording; `more` follows."""
    lines = [
        "[[column]]",
        f'code = "{code}"',
        f'title = "{code}栏"',
        f'kind = "{kind}"',
        f"mandatory = {mandatory}",
        'responsible = "办公室"\nintro = "说明。"',
        'keywords = "词"',
        *more,
    ]
    return "\n".join(lines) + "\n"


def load(folder: Path, text: str, name: str = "town-1.toml") -> ColumnTemplate:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_template(path)


# Each column() above is 8 lines long: the first header stands on line 6, the second on line 14.
REFUSALS = {
    "broken TOML": (HEAD + "[[column]\n", 6, "", "not valid TOML"),
    "a key written twice": (HEAD + column("a", 'title = "b"'), 14, "", "not valid TOML"),
    "an unknown key in the head": (HEAD + "colour = 1\n" + column("a"), 6, "colour", "unknown"),
    "an unknown key in a column": (HEAD + column("a") + column("b", "colour = 1"), 22, "colour", "unknown"),
    "a missing head key": (HEAD.replace('title = "乡镇"\n', "") + column("a"), 1, "title", "missing"),
    "a missing column key": (HEAD + column("a") + '[[column]]\ncode = "b"\n', 14, "title", "missing"),
    "an empty title": (HEAD + column("a").replace("a栏", ""), 8, "title", "missing or empty"),
    "no columns at all": (HEAD, 1, "column", "missing"),
    "columns that are no tables": (HEAD + "column = [1]\n", 6, "column", "[[column]]"),
    "a text where true or false belongs": (HEAD + column("a", mandatory='"yes"'), 10, "mandatory", "true or false"),
    "true for a number": (HEAD + column("a", "update_within_days = true"), 14, "update_within_days", "number"),
    "a number as version text": (HEAD.replace("version = 1", 'version = "1"') + column("a"), 2, "version", "number"),
    "a code twice": (HEAD + column("a") + column("a"), 15, "code", "second time"),
    "a slug twice among siblings": (HEAD + column("a") + column("b", 'slug = "a"'), 22, "slug", "sibling 'a'"),
    "a missing parent": (HEAD + column("a", 'parent = "z"'), 14, "parent", "'z', which is not in this file"),
    "a column below itself": (HEAD + column("a", 'parent = "a"'), 14, "parent", "circle: a > a"),
    "a circle": (
        HEAD + column("a", 'parent = "b"') + column("b", 'parent = "a"'), 14, "parent", "circle: a > b > a",
    ),
    "a column below a list": (
        HEAD + column("a", kind="list") + column("b", 'parent = "a"'), 22, "parent", "kind 'list' can't have columns",
    ),
    "a fourth level": (
        HEAD + column("a") + "".join(column(code, f'parent = "{up}"') for up, code in ("ab", "bc", "cd")), 40, "parent",
        "'d' is 4 levels deep",
    ),
    "an unknown column kind": (HEAD + column("a", kind="blog"), 9, "kind", "'blog' is unknown"),
    "an unknown ColumnType": (HEAD + column("a", 'column_type = "依法申请公开"'), 14, "column_type", "unknown"),
    "an unknown keeper": (HEAD + column("a", 'keeper = "all"'), 14, "keeper", "one of one, shared"),
    "an unknown home block": (HEAD + column("a", 'home = "top"'), 14, "home", "unknown"),
    "an unknown rule": (HEAD + column("a", 'disclosure = ["20.16"]'), 14, "disclosure", "'20.16' is not a known"),
    "a rule that is no text": (HEAD + column("a", "disclosure = [[20]]"), 14, "disclosure", "not a known rule"),
    "a slug with capitals": (HEAD + column("a", 'slug = "Zwgk"'), 14, "slug", "lower-case"),
    "a slug in Chinese": (HEAD + column("a", 'slug = "公开"'), 14, "slug", "lower-case"),
    "a code with a line end": (HEAD + column("a\\n"), 7, "code", "lower-case"),
    "a title of 256 characters": (HEAD + column("a").replace("a栏", "字" * 256), 8, "title", "256 characters"),
    "a limit of no days": (HEAD + column("a", "update_within_days = 0"), 14, "update_within_days", "below 1 day"),
    "a mandatory column below an optional one": (
        HEAD + column("a", mandatory="false") + column("b", 'parent = "a"'), 18, "mandatory", "'a' is optional",
    ),
    "an unknown kind of site": (HEAD.replace("town", "village") + column("a"), 1, "kind", "'village' is unknown"),
    "a kind unlike the file name": (HEAD.replace("town", "city") + column("a"), 1, "kind", "file name"),
    "a version unlike the file name": (HEAD.replace("= 1", "= 2") + column("a"), 2, "version", "file name"),
    "a version below 1": (HEAD.replace("= 1", "= 0") + column("a"), 2, "version", "1 or more"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_bad_template_is_refused_with_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str, words: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        load(tmp_path, text)
    error = caught.value
    assert (error.file, error.line, error.key) == ("town-1.toml", line, key)
    assert str(error).startswith(f"town-1.toml, line {line}")
    assert words in str(error)
    assert str(error).endswith(".")


def test_a_file_name_that_is_no_kind_and_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"town\.toml, line 1, key 'kind': the file name must be"):
        load(tmp_path, HEAD + column("a"), "town.toml")


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "town-1.toml"
    path.write_bytes(HEAD.encode("gb18030"))
    with pytest.raises(TemplateError, match="line 3: the file is not UTF-8"):
        load_template(path)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"town-1\.toml: the file can't be read"):
        load_template(tmp_path / "town-1.toml")


def test_a_text_that_looks_like_a_header_does_not_shift_the_lines(tmp_path: Path) -> None:
    head = HEAD.replace('note = ""', 'note = """\n[[column]]\ntitle = 1\n"""')  # three lines more
    with pytest.raises(TemplateError, match="line 17, key 'keeper'"):
        load(tmp_path, head + column("a", 'keeper = "all"'))


def test_columns_stand_parents_first_with_positions_depths_slugs_and_inherited_types(tmp_path: Path) -> None:
    text = column("gk-nb", 'parent = "gk"', kind="list") + column("gk", 'column_type = "信息公开目录"') + column("dt")
    text += column("gk-zn", 'parent = "gk"', 'column_type = ""', kind="single")
    template = load(tmp_path, HEAD + text)
    assert [(c.code, c.slug, c.position, c.depth, c.column_type) for c in template.columns] == [
        ("gk", "gk", 10, 1, "信息公开目录"),
        ("gk-nb", "nb", 10, 2, "信息公开目录"),
        ("gk-zn", "zn", 20, 2, ""),
        ("dt", "dt", 20, 1, ""),
    ]
    assert template.by_code["gk-zn"].parent == "gk"
    assert [c.code for c in template.children("gk")] == ["gk-nb", "gk-zn"]
    with pytest.raises(FrozenInstanceError):
        template.columns[0].title = "x"  # type: ignore[misc]


def test_the_digest_counts_what_is_said_and_not_how(tmp_path: Path) -> None:
    first = load(tmp_path, HEAD + column("a"))
    assert load(tmp_path, "\ufeff# 说明\r\n" + HEAD + column("a")).digest == first.digest
    assert load(tmp_path, HEAD + column("a").replace("词", "字")).digest != first.digest


def test_a_later_folder_adds_versions_but_cannot_rewrite_one(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    load(one, HEAD + column("a"))
    load(two, HEAD + column("a"))
    load(two, HEAD.replace("version = 1", "version = 12") + column("a"), "town-12.toml")
    library = TemplateLibrary([one, two])
    assert library.kinds() == ("town",)
    assert library.versions("town") == (1, 12)
    assert library.versions("city") == ()
    assert library.latest("town").version == 12
    assert library.get("town", 1).columns[0].code == "a"
    load(two, HEAD + column("b"))
    with pytest.raises(TemplateError, match=r"town-1\.toml, key 'version': 'town' has a version 1 already"):
        TemplateLibrary([one, two])


def test_a_missing_version_kind_or_folder_is_told_with_what_there_is(tmp_path: Path) -> None:
    load(tmp_path, HEAD + column("a"))
    library = TemplateLibrary([tmp_path])
    with pytest.raises(TemplateError, match=r"'town' has no version 4\. There is 1: choose"):
        library.get("town", 4)
    with pytest.raises(TemplateError, match=r"no template for kind 'city'\. Kinds with a template: town"):
        library.latest("city")
    with pytest.raises(TemplateError, match="is not there"):
        TemplateLibrary([tmp_path / "none"])


# The rows of the requirements' table by level: M mandatory, O there but optional.
GOVERNMENT = """概况信息 机构职能 联系方式 政务要闻 部门动态 通知公告 国务院要闻 政策文件 政策解读 回应关切 规划计划
    人事信息 财政信息 重大项目 统计数据 政府信息公开指南 政府信息公开制度 法定主动公开内容 政府信息公开年报
    依申请公开 办事服务 办事指南 表格下载 部门信箱 咨询投诉 征集调查 在线访谈 专题专栏 网站年度工作报表
    关于我们 网站声明 网站地图 联系我们"""
GOVERNMENT_OPTIONAL = "直属单位 数据开放 重点工作 招商引资 视频"
MANDATORY = {
    "province": f"{GOVERNMENT} 领导信息 市州动态 省长信箱",
    "city": f"{GOVERNMENT} 领导信息 县区动态 市（州）长信箱",
    "county": f"{GOVERNMENT} 领导之窗 乡镇动态 县（区）长信箱 重点领域信息公开",
    "department": """部门职责 机构设置 领导分工 直属单位 联系方式 工作动态 通知公告 政策法规 政策解读 规划计划 人事信息
    财政信息 重点领域信息公开 政府信息公开指南 政府信息公开制度 法定主动公开内容 政府信息公开年报 依申请公开
    办事服务 办事指南 表格下载 部门信箱 咨询投诉 重点工作 网站年度工作报表 关于我们 网站声明 网站地图
    联系我们""",
    "town": """概况信息 机构职能 领导分工 联系方式 工作动态 通知公告 财政信息 基层政务公开 政府信息公开指南
    法定主动公开内容 政府信息公开年报 依申请公开 办事服务 办事指南 表格下载 咨询投诉 农业农村政策 农田水利
    土地承包流转 宅基地审核 土地征收 房屋征收 筹资筹劳 社会救助""",
}
OPTIONAL = {
    "province": GOVERNMENT_OPTIONAL,
    "city": GOVERNMENT_OPTIONAL,
    "county": GOVERNMENT_OPTIONAL,
    "department": "国务院要闻 回应关切 重大项目 统计数据 数据开放 征集调查 在线访谈 专题专栏",
    "town": "村（社区） 国务院要闻 政策文件 政策解读 规划计划 重大项目 政府信息公开制度 专题专栏 重点工作",
}
FOOTER = {"关于我们", "网站声明", "网站地图", "联系我们", "网站年度工作报表"}
LIMITS = {
    "政务要闻": 14, "工作动态": 14, "部门动态": 14, "市州动态": 14, "县区动态": 14, "乡镇动态": 14, "重点工作": 14,
    "省长信箱": 60, "市（州）长信箱": 60, "县（区）长信箱": 60, "部门信箱": 60, "咨询投诉": 60,
    "通知公告": 180, "政策文件": 180, "政策法规": 180, "政策解读": 180, "统计数据": 180,
    "概况信息": 365, "机构职能": 365, "领导信息": 365, "领导分工": 365, "规划计划": 365, "人事信息": 365,
    "财政信息": 365, "重大项目": 365, "征集调查": 365, "在线访谈": 365,
    "联系方式": None, "国务院要闻": None, "回应关切": None, "政府信息公开年报": None, "依申请公开": None,
    "专题专栏": None,
}  # fmt: skip
ARTICLE_20 = {f"20.{n}" for n in range(1, 16)}
NODES = {
    "province": ARTICLE_20,
    "city": ARTICLE_20 | {f"21.county.{n}" for n in range(1, 8)},
    "county": ARTICLE_20 | {f"21.county.{n}" for n in range(1, 8)} | {f"54.{n}" for n in range(1, 27)},
    "department": ARTICLE_20 | {f"54.{n}" for n in range(1, 27)},
    "town": ARTICLE_20 | {f"21.town.{n}" for n in range(1, 9)},
}
KINDS = pytest.mark.parametrize("kind", ["province", "city", "county", "department", "town"])


@pytest.fixture(scope="module")
def shipped() -> TemplateLibrary:
    return TemplateLibrary([SHIPPED_FOLDER])


@KINDS
def test_a_shipped_template_holds_every_column_of_the_table(shipped: TemplateLibrary, kind: str) -> None:
    template = shipped.get(kind, 1)
    marks = {c.title: c.mandatory for c in template.columns if c.depth < 3 or c.parent == "zdly"}
    wanted = dict.fromkeys(MANDATORY[kind].split(), True) | dict.fromkeys(OPTIONAL[kind].split(), False)
    assert {title: marks.get(title) for title in wanted} == wanted


@KINDS
def test_a_shipped_template_keeps_the_clocks_of_the_table(shipped: TemplateLibrary, kind: str) -> None:
    columns = [c for c in shipped.get(kind, 1).columns if c.title in LIMITS and c.depth < 3]
    assert {c.title: c.update_within_days for c in columns} == {c.title: LIMITS[c.title] for c in columns}


@KINDS
def test_a_shipped_template_has_a_place_for_every_item_of_the_disclosure_rules(
    shipped: TemplateLibrary, kind: str
) -> None:
    template = shipped.get(kind, 1)
    assert NODES[kind] <= {node for c in template.columns for node in c.disclosure}
    assert template.by_code["fdzd"].kind == "catalogue"
    if kind != "town":
        nodes = [c.disclosure for c in template.children("fdzd")]
        assert nodes[:15] == [(f"20.{n}",) for n in range(1, 16)]


@KINDS
def test_the_main_menu_is_short_and_the_footer_pages_stay_out_of_it(shipped: TemplateLibrary, kind: str) -> None:
    template = shipped.get(kind, 1)
    menu = [c for c in template.columns if c.menu]
    assert len(menu) <= (6 if kind in ("department", "town") else 8)
    assert {c.depth for c in menu} == {1}
    footer = {c.title for c in template.columns if c.title in FOOTER}
    assert footer == (set() if kind == "town" else FOOTER)
    assert not footer & {c.title for c in menu}


@KINDS
def test_every_shipped_column_has_what_the_page_tags_and_its_keepers_need(shipped: TemplateLibrary, kind: str) -> None:
    for spec in shipped.get(kind, 1).columns:
        assert spec.column_type in COLUMN_TYPES - {""}, spec.code
        assert spec.source, spec.code
        assert spec.intro.endswith("。"), spec.code
        assert "，" not in spec.keywords, spec.code
        assert spec.kind != "section" or shipped.get(kind, 1).children(spec.code), spec.code


@KINDS
def test_the_home_page_gets_one_column_for_its_lead_its_notices_its_services_and_its_letters(
    shipped: TemplateLibrary, kind: str
) -> None:
    blocks = [c.home for c in shipped.get(kind, 1).columns]
    assert [blocks.count(name) for name in ("lead", "notices", "services", "letters")] == [1, 1, 1, 1]
    assert blocks.count("tiles") == 6
    assert blocks.count("policy") == 2


def test_a_code_means_the_same_kind_of_column_in_every_shipped_template(shipped: TemplateLibrary) -> None:
    kinds: dict[str, set[str]] = {}
    for site in shipped.kinds():
        for spec in shipped.latest(site).columns:
            kinds.setdefault(spec.code, set()).add(spec.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


def test_the_shipped_templates_have_the_size_a_real_site_can_keep(shipped: TemplateLibrary) -> None:
    counts = {kind: len(shipped.latest(kind).columns) for kind in shipped.kinds()}
    assert counts == {"province": 73, "city": 80, "county": 103, "department": 82, "town": 40}
