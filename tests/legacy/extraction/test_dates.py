"""Dates as old pages write them."""

from datetime import date

import pytest

from legacy.extraction import dates


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2015年4月14日", "2015-04-14"),
        ("2015 年 4 月 14 日", "2015-04-14"),
        ("２０１５年４月１４日", "2015-04-14"),
        ("二〇一五年四月十四日", "2015-04-14"),
        ("二○一五年四月十四日", "2015-04-14"),
        ("二零一五年四月十四日", "2015-04-14"),
        ("二0一五年四月十四日", "2015-04-14"),
        ("二Ｏ一五年四月十四日", "2015-04-14"),
        ("二O一五年十二月三十一日", "2015-12-31"),
        ("二〇〇九年元月廿一日", "2009-01-21"),
        ("二〇二〇年十月二十日", "2020-10-20"),
        ("2007-08-20-23:59:59", "2007-08-20T23:59:59+08:00"),
        ("2007/8/20", "2007-08-20"),
        ("2007.08.20", "2007-08-20"),
        ("2022-02-11 08:52:25", "2022-02-11T08:52:25+08:00"),
        ("2022年02月11日 08:52", "2022-02-11T08:52:00+08:00"),
        ("2022-02-06T12:48:06+00:00", "2022-02-06T20:48:06+08:00"),
        ("2022-02-06T12:48:06Z", "2022-02-06T20:48:06+08:00"),
        ("2012-3-5 下午 3:20:00", "2012-03-05T15:20:00+08:00"),
        ("20150414", "2015-04-14"),
        ("20150414093000", "2015-04-14"),
        ("15-04-14", "2015-04-14"),
        ("Wed, 20 Aug 2008 10:30:00 +0000", "2008-08-20T18:30:00+08:00"),
        ("发布时间：2015-4-14　来源：某局", "2015-04-14"),
    ],
)
def test_a_date_is_read_in_every_form(written, value):
    assert dates.parse(written) == value


@pytest.mark.parametrize(
    "written",
    ["2015年4月  日", "2015年  月  日", "二〇一五年四月　　日", "2015年4月", "2015-13-01", "2015-02-30", "12/01/2004 - 01/01/2005",
     "电话 2019-1234567", "版本 2.10.3", "", "第2015号"],
)  # fmt: skip
def test_what_is_no_whole_date_is_none(written):
    assert dates.parse(written) is None


def test_a_blank_day_is_found_as_a_date_without_value():
    assert [one.value for one in dates.find("某某局\n2015年4月  日")] == [None]


def test_all_dates_of_a_line_are_found_in_their_order():
    found = dates.find("自2015年1月1日起施行，二〇一五年三月一日印发，2016-02-03 10:00更新")
    assert [one.value for one in found] == ["2015-01-01", "2015-03-01", "2016-02-03T10:00:00+08:00"]


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("http://x.cn/gzdt/201708/t20170811_21250993.html", "2017-08-11"),
        ("http://x.cn/2009/03/05/a.html", "2009-03-05"),
        ("http://x.cn/art/2015/4/7/art_1_2.html", None),
        ("http://x.cn/show.asp?id=20170811", "2017-08-11"),
        ("http://x.cn/a/1234.html", None),
    ],
)
def test_the_day_in_an_address_is_read_for_evidence_only(url, value):
    assert dates.from_address(url) == value


def test_a_day_in_the_future_or_before_the_web_is_not_plausible():
    assert not dates.plausible("2031-01-01", date(2026, 1, 1))
    assert not dates.plausible("1970-01-01", date(2026, 1, 1))
    assert dates.plausible("2003-07-24T10:00:00+08:00", date(2026, 1, 1))
