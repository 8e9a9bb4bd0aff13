"""The pattern of a number: what it gives, and which patterns are refused with which sentence."""

from datetime import date

import pytest

from sites.numbers import patterns

VALUES = {"unit": "430102001", "short": "文艺路街道", "region": "430102001", "column": "zcwj"}
DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("pattern", "serial", "number"),
    [
        ("{unit}/{year}-{serial:5}", 50, "430102001/2026-00050"),
        ("{short}发〔{year}〕{serial}号", 7, "文艺路街道发〔2026〕7号"),
        ("{region}-{unit}-{column}-{year}{month}{day}-{serial:3}", 12, "430102001-430102001-zcwj-20260305-012"),
        ("{unit}-{serial:3}", 12345, "430102001-12345"),
    ],
)
def test_what_a_pattern_gives(pattern: str, serial: int, number: str) -> None:
    patterns.check(pattern)
    assert patterns.number(patterns.stem(pattern, VALUES, DAY), serial) == number


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{unit}/{year}", "serial"),
        ("{unit}{serial}{serial}", "serial"),
        ("{unit}{who}{serial}", "who"),
        ("{unit:3}{serial}", "width"),
        ("{unit}{serial:99}", "width"),
        ("{year}-{serial}", "two units"),
        ("{unit}{serial}}", "brace"),
        ("{unit}{serial} {", "brace"),
        ("{unit}{serial}" + "甲" * 100, "100"),
        ("", "serial"),
    ],
)
def test_a_wrong_pattern_is_refused_with_a_sentence(pattern: str, words: str) -> None:
    with pytest.raises(patterns.WrongPattern, match=words):
        patterns.check(pattern)


def test_the_year_begins_a_new_series_because_it_is_part_of_the_stem() -> None:
    pattern = "{unit}/{year}-{serial:5}"
    assert patterns.stem(pattern, VALUES, DAY) != patterns.stem(pattern, VALUES, date(2027, 1, 1))
