"""Personal data: mobile numbers, identity cards and bank cards are found and masked, other numbers are left alone."""

from __future__ import annotations

import pytest

from sites.checks import personal
from sites.checks.findings import Severity
from sites.checks.passages import Passage


def found(text: str) -> list[tuple[str, str, str | None]]:
    return [(f.code, f.excerpt, f.replacement) for f in personal.find(Passage("body", text))]


def with_check_digit(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


def with_luhn_digit(first: str) -> str:
    for last in "0123456789":
        if personal.is_card_number(first + last):
            return first + last
    raise AssertionError(first)


@pytest.mark.parametrize(
    ("text", "number", "mask"),
    [
        ("电话13812345678。", "13812345678", "138****5678"),
        ("电话：138-1234-5678", "138-1234-5678", "138-****-5678"),
        ("+86 138 1234 5678", "138 1234 5678", "138 **** 5678"),
        ("１３８１２３４５６７８", "１３８１２３４５６７８", "１３８****５６７８"),
    ],
)
def test_mobile_numbers_are_masked_in_the_way_they_are_written(text: str, number: str, mask: str) -> None:
    assert found(text) == [("mobile", number, mask)]


@pytest.mark.parametrize(
    "text",
    [
        "咨询电话：0731-88886666",
        "热线12345，监督电话12388",
        "传真 (0731) 8888 6666-801",
        "邮编410000，文号湘政发〔2026〕138号",
        "统一社会信用代码 91430100MA4L000000",
        "合同编号 2026111913812345678900",
        "金额138123456.78元",
    ],
)
def test_landlines_and_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_an_identity_number_is_refused_and_its_birthday_masked() -> None:
    number = with_check_digit("43010219900307851")
    (finding,) = personal.find(Passage("body", f"张某，身份证{number}，住长沙"))
    assert (finding.severity, finding.replacement) == (Severity.REFUSE, f"430102********{number[-4:]}")


@pytest.mark.parametrize("last", "0123456789X")
def test_only_the_right_check_digit_makes_an_identity_number(last: str) -> None:
    right = with_check_digit("43010219900307851")
    assert personal.is_identity_number("43010219900307851" + last) is (right[-1] == last)


@pytest.mark.parametrize("first", ["43010219901307851", "43010219900230851", "99010219900307851", "43010218000307851"])
def test_an_impossible_birthday_or_division_is_no_identity_number(first: str) -> None:
    assert not personal.is_identity_number(with_check_digit(first))


def test_an_identity_number_of_fifteen_digits_must_be_confirmed() -> None:
    (finding,) = personal.find(Passage("body", "原证号430102750515123"))
    assert (finding.code, finding.severity, finding.replacement) == ("identity", Severity.CONFIRM, "430102******123")


def test_a_bank_card_is_known_by_its_beginning_and_its_check_digit() -> None:
    card = with_luhn_digit("622202000000000000")
    assert found(f"账号：{card}") == [("card", card, f"6222***********{card[-4:]}")]
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert found(f"账号：{wrong}") == []


def test_a_card_in_groups_of_four_keeps_its_spaces() -> None:
    card = with_luhn_digit("622202000000000")
    grouped = " ".join(card[start : start + 4] for start in range(0, 16, 4))
    assert found(grouped) == [("card", grouped, f"6222 **** **** {card[-4:]}")]


def test_a_number_in_bold_is_masked_in_the_stored_text() -> None:
    passage = Passage("body", "<p>联系 <b>138</b>12345678</p>", is_html=True)
    (finding,) = personal.find(passage)
    assert passage.replaced(finding.start, finding.end, finding.replacement or "") == "<p>联系 <b>138****5678</b></p>"
