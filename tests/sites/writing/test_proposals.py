"""What a text says of itself: title, number, signing date; nothing where it is not plain."""

from datetime import date

import pytest

from sites.writing.html import read
from sites.writing.proposals import Proposals, proposals

TODAY = date(2026, 11, 22)


def found(html: str) -> Proposals:
    return proposals(read(html).blocks, TODAY)


def text_of(made: Proposals) -> str:
    return "".join(block.html for block in made.blocks)


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<h1>关于防汛的通知</h1><p>正文</p>", "关于防汛的通知"),
        ("<p align=center>关于防汛的通知</p><p>正文</p>", "关于防汛的通知"),
        ("<p align=center>芙蓉区人民政府办公室</p><p align=center>关于印发方案的通知</p><p align=center>（征求意见稿）</p>", "芙蓉区人民政府办公室关于印发方案的通知"),
        ("<p align=center>芙蓉区人民政府文件</p><p align=center>芙政发〔2026〕3号</p><p align=center>关于防汛的通知</p><p>正文</p>", "关于防汛的通知"),
        ("<p align=center>附件1</p><p align=center>值班安排</p><p>正文</p>", "值班安排"),
        ("<p>没有标题的正文</p>", ""),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><h1>后面的标题</h1>", ""),
        (f"<h1>{'长' * 300}</h1><p>正文</p>", ""),
        ("<p align=center>2026年1月1日</p><p>正文</p>", ""),
    ],
)  # fmt: skip
def test_the_title(html: str, title: str) -> None:
    assert found(html).title == title


def test_a_title_that_was_taken_no_longer_stands_in_the_text() -> None:
    made = found("<h1>关于防汛的通知</h1><p align=center>芙政发〔2026〕3号</p><p>甲<br>乙</p>")
    assert text_of(made) == '<p class="text-center">芙政发〔2026〕3号</p><p>甲<br/>乙</p>'


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("<p align=center>芙政发〔2026〕3号</p>", "芙政发〔2026〕3号"),
        ("<p>芙政办函[2026]12号</p>", "芙政办函〔2026〕12号"),
        ("<p>芙教【2026】第7号</p>", "芙教〔2026〕7号"),
        ("<p><span>芙</span><span>政发</span><b>（2026）</b><span>3 号</span></p>", "芙政发〔2026〕3号"),
        ("<p>芙政发〔2026〕3号　签发人：张三</p>", "芙政发〔2026〕3号"),
        ("<p>根据国发〔2025〕8号文件精神</p>", ""),
        ("<p>国发〔2025〕8号规定如下</p>", ""),
    ],
)
def test_the_document_number(line: str, number: str) -> None:
    assert found(f"<h1>标题</h1>{line}<p>正文</p>").document_number == number


@pytest.mark.parametrize(
    ("end", "written_on"),
    [
        ("<p align=right>2026年5月1日</p>", date(2026, 5, 1)),
        ("<p align=right>二〇二六年五月十二日</p>", date(2026, 5, 12)),
        ("<p>二○二六年十月三十一日</p>", date(2026, 10, 31)),
        ("<p align=right>2026年5月1日</p><p>（此件公开发布）</p>", date(2026, 5, 1)),
        ("<p align=right>2026年5月1日</p><p>2026年6月1日</p>", date(2026, 5, 1)),
        ("<p align=right>2026年5月　日</p>", None),
        ("<p align=right>2026年2月30日</p>", None),
        ("<p align=right>2030年1月1日</p>", None),
        ("<p>截止时间为2026年5月1日。</p>", None),
    ],
)
def test_the_signing_date(end: str, written_on: date | None) -> None:
    assert found(f"<h1>标题</h1><p>正文</p><p>又一段</p>{end}").written_on == written_on


def test_a_date_at_the_top_is_no_signing_date() -> None:
    assert found("<p>2026年5月1日</p><p>正文</p><p>又一段</p><p>末段</p>").written_on is None
