"""Document numbers: in any bracket, and only the page's own."""

import pytest

from legacy.extraction import numbers


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("国办发〔2015〕3号", "国办发〔2015〕3号"),
        ("国办发[2015]3号", "国办发〔2015〕3号"),
        ("国办发【2015】第3号", "国办发〔2015〕第3号"),
        ("国办发（2015）3号", "国办发〔2015〕3号"),
        ("国办发(２０１５)０３号", "国办发〔2015〕3号"),
        ("示 人社发 〔 2015 〕 3 号", "人社发〔2015〕3号"),
        ("没有文号", None),
    ],
)
def test_a_number_is_written_in_one_way(written, value):
    assert numbers.normal(written) == value


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["示例县示例局文件", "示局发〔2015〕3号", "关于做好工作的通知", "各乡镇："], "示局发〔2015〕3号"),
        (["示例县示例局文件 示局发〔2015〕3号", "关于做好工作的通知"], "示局发〔2015〕3号"),
        (["关于印发《办法》的通知", "（示局发[2015]3号）"], "示局发〔2015〕3号"),
        (["根据《省政府关于某事的意见》（省发〔2014〕9号）精神，现通知如下。", "一、总体要求"], None),
        (["按照市发〔2014〕9号", "要求做好工作"], None),
    ],
)
def test_a_number_alone_on_its_line_is_the_papers_own_and_a_cited_one_is_not(lines, value):
    found = numbers.own(lines)
    assert (found[0] if found else None) == value


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("关于进一步做好就业工作的通知（人社厅发〔2017〕32号）", "人社厅发〔2017〕32号"),
        ("某某院关于若干问题的规定 法释【2014】9号", "法释〔2014〕9号"),
        ("转发《关于加强管理工作的意见》县发[2007]11号", "县发〔2007〕11号"),
        ("关于贯彻《示发〔2014〕9号》文件的通知", None),
        ("关于做好工作的通知", None),
    ],
)
def test_a_title_may_carry_the_number(title, value):
    found = numbers.in_title(title)
    assert (found[0] if found else None) == value


def test_an_attachment_may_carry_the_number():
    found = numbers.in_file_name("示局发〔2018〕11号：关于印发实施方案的通知.pdf")
    assert found is not None
    assert found[0] == "示局发〔2018〕11号"
