import pytest

from sites.public.paging import page_number, pager, pages_of


@pytest.mark.parametrize(("raw", "number"), [(None, 1), ("1", 1), ("20", 20)])
def test_a_page_number_is_a_plain_positive_number(raw, number):
    assert page_number(raw) == number


@pytest.mark.parametrize("raw", ["", "0", "-1", "01", "1.0", "１", "abc", "9" * 8, "2 ", "1e3"])
def test_anything_else_is_no_page(raw):
    assert page_number(raw) is None


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (20, 1), (21, 2), (476, 24)])
def test_twenty_items_make_a_page(total, pages):
    assert pages_of(total) == pages


def test_a_single_page_needs_no_pager():
    assert pager(20, 1, "/xwdt/") is None


def test_the_pager_shows_the_ends_and_the_neighbours_with_gaps_between():
    shown = [step.label or "…" for step in pager(476, 12, "/xwdt/").steps]
    assert shown == ["1", "…", "10", "11", "12", "13", "14", "…", "24"]


def test_addresses_stay_the_same_and_the_first_page_has_the_bare_one():
    made = pager(476, 2, "/xwdt/")
    assert made.previous == "/xwdt/"
    assert made.next == "/xwdt/?page=3"
    assert [step.href for step in made.steps if step.label in {"1", "2", "24"}] == ["/xwdt/", "", "/xwdt/?page=24"]


def test_the_last_page_leads_no_further():
    assert pager(476, 24, "/xwdt/").next == ""


def test_a_page_beyond_the_last_one_is_refused():
    with pytest.raises(ValueError, match="Page 25 of 24 does not exist"):
        pager(476, 25, "/xwdt/")
