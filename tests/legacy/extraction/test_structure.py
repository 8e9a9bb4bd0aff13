"""The parts of paged articles: named by their numbers, never mixed up with neighbours whose addresses look alike."""

import pytest

from legacy.extraction import structure
from legacy.extraction.page import from_text

PARTS = ["http://x.cn/content_112.htm", "http://x.cn/content_112_2.htm", "http://x.cn/content_112_3.htm"]


def links(*addresses: str) -> str:
    return (
        "<body>"
        + " ".join(f"<a href='{address}'>[{number}]</a>" for number, address in enumerate(addresses, 1))
        + "</body>"
    )


@pytest.mark.parametrize("own", range(3))
def test_short_numbers_of_articles_are_not_taken_for_numbers_of_parts(own):
    page = from_text(links("content_112.htm", "content_112_2.htm", "content_112_3.htm", "content_113.htm"), PARTS[own])
    assert structure.next_parts(page) == [part for part in PARTS if part != PARTS[own]]


def test_a_part_that_only_leads_back_and_on_names_both():
    html = "<a href=content_112.htm>上一页</a><a href=content_112_3.htm>下一页</a><a href=content_113.htm>下一篇</a>"
    assert structure.next_parts(from_text(html, PARTS[1])) == [PARTS[0], PARTS[2]]


@pytest.mark.parametrize(
    "ordered",
    [
        PARTS,
        [
            "http://x.cn/t2019_1.html",
            "http://x.cn/t2019_1_1.html",
            "http://x.cn/t2019_1_2.html",
            "http://x.cn/t2019_1_10.html",
        ],
        ["http://x.cn/s.asp?id=5", "http://x.cn/s.asp?id=5&page=2", "http://x.cn/s.asp?id=5&page=3"],
    ],
)
def test_parts_are_put_in_order(ordered):
    assert structure.in_order(list(reversed(ordered))) == ordered
