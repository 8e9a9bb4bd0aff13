"""Sentences of the modules that know no Django: English by themselves, Chinese where they are shown."""

from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from sites.column_templates import ColumnSpec, ColumnTemplate, TemplateError, TemplateLibrary, load_template
from sites.rollout_plan import AmbiguousColumns, PresentColumn, plan_rollout

NEWS = ColumnSpec(code="dt", slug="dt", title="工作动态", kind="list", mandatory=True)
TEMPLATE = ColumnTemplate(kind="town", version=1, title="乡镇", columns=(NEWS,))


def test_a_warning_of_a_plan_is_said_in_chinese_with_its_parts() -> None:
    local = PresentColumn(code="", title="老动态", kind="list", slug="dt")
    [warning] = plan_rollout(TEMPLATE, [local]).warnings
    with override("zh-hans"):
        assert warning.say(gettext) == ("栏目“dt”的网址名“dt”在首页之下已被自建栏目（老动态）占用，改用“dt-2”。")
    assert "a local column (老动态)" in str(warning)


def test_a_change_of_kind_names_the_kinds_in_chinese() -> None:
    single = PresentColumn(code="dt", title="工作动态", kind="single", slug="dt", mandatory=True, items=3)
    [warning] = plan_rollout(TEMPLATE, [single]).warnings
    with override("zh-hans"):
        assert "由“单页”改为“列表”，其中已有 3 条内容" in warning.say(gettext)


def test_two_columns_with_one_code_are_told_in_chinese() -> None:
    twin = PresentColumn(code="dt", title="工作动态", kind="list", slug="dt")
    with pytest.raises(AmbiguousColumns) as caught:
        plan_rollout(TEMPLATE, [twin, twin])
    with override("zh-hans"):
        assert caught.value.say(gettext) == "该站点有两个栏目使用代码“dt”。请去掉其中一个的代码。"


def test_a_fault_of_a_template_is_told_in_chinese_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "town-1.toml"
    path.write_text('kind = "town"\nversion = "1"\n', encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        load_template(path)
    with override("zh-hans"):
        assert caught.value.say(gettext) == "town-1.toml 第 2 行，键“version”：值须为整数，不能是 '1'。"
    with pytest.raises(TemplateError) as missing:
        TemplateLibrary([tmp_path / "none"])
    with override("zh-hans"):
        assert missing.value.say(gettext).startswith("模板文件夹“")
