"""What scripts would have written, and text behind labels."""

import pytest

from legacy.extraction import labels, scripts


def test_a_variable_that_a_script_writes_is_text():
    found, printed = scripts.read("var  pubdata='2010年10月11日';\nif(pubdata!=''){\n document.write(pubdata);\n}")
    assert found == {"pubdata": "2010年10月11日"}
    assert printed == "2010年10月11日"


def test_a_script_writes_what_an_earlier_one_declared():
    assert scripts.read("document.write(wzly)", {"wzly": "县局"})[1] == "县局"


def test_an_empty_variable_writes_nothing_not_its_label():
    assert scripts.read("var wzly=''; if(wzly!=''){document.write('文章来源：'+wzly+'&emsp;');}")[1] == ""


def test_escapes_are_read_and_what_depends_on_more_is_left_out():
    assert scripts.read(r"var a='\u53bf\u653f\u5e9c';document.write(a)")[1] == "县政府"
    assert scripts.read("document.write('x'+getIt()+'y'); document.write(unknown)")[1] == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "发布时间：2015-04-14 08:30 字体：大 中 小 来源：县政府办公室 作者：王某 点击：123 【打印】",
            {"published_at": "2015-04-14 08:30 字体：大 中 小", "source": "县政府办公室", "author": "王某"},
        ),
        ("[来源：示例日报][作者：李某]", {"source": "示例日报", "author": "李某"}),
        (
            "索 引 号：\tA00001/2015-00012\t发文机关：\t示例局",
            {"index_number": "A00001/2015-00012", "issuing_authority": "示例局"},
        ),
        ("2022-02-13 07:00:00来源：示例网", {"source": "示例网"}),
        ("会议指出：要做好工作", {}),
    ],
)
def test_a_line_is_split_at_its_labels(line, said):
    found = {one.name: one.text for one in labels.split(line)}
    assert found.keys() == said.keys()
    assert all(found[name].startswith(text.split(" 字体")[0]) for name, text in said.items())


def test_labels_in_cells_of_their_own_need_no_colon():
    found = {one.name: one.text for one in labels.split("发布机构\t示例局\t成文日期\t2014-05-28")}
    assert found == {"issuing_authority": "示例局", "written_on": "2014-05-28"}
    found = {one.name: one.text for one in labels.split("名 称\t关于某事的通知\t发布日期\t2014-06-03")}
    assert found == {"named": "关于某事的通知", "published_at": "2014-06-03"}
