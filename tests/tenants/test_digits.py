"""Whole numbers in other people's hands."""

from __future__ import annotations

import pytest

from tenants.digits import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_ascii_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "1e3", "²", "１２", "٣", "9" * 19, "9" * 5_000, "1\n"])
def test_anything_else_is_none(text: str) -> None:
    assert whole(text) is None
