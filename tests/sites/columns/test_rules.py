"""What a site may do with its columns, from data alone: titles, addresses, limits, order."""

from __future__ import annotations

import random

import pytest

from sites.columns import rules, slugs
from sites.columns.ordering import Sibling, moved, shown_order
from sites.columns.rules import CareRefused


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("通知公告", "tzgg"),
        ("“十四五”规划", "sswgh"),
        ("12345热线", "12345rx"),
        ("Q&A", "qa"),
        ("……", "lanmu"),
    ],
)
def test_an_address_is_proposed_from_the_pinyin(title: str, slug: str) -> None:
    assert slugs.proposed(title) == slug
    assert slugs.is_slug(slug)


def test_a_taken_address_gets_the_first_free_number() -> None:
    assert slugs.proposed("通知公告", {"tzgg", "tzgg-2"}) == "tzgg-3"


@pytest.mark.parametrize("text", ["", "Tzgg", "通知", "a--b", "-a", "a b", "a/b", "a" * 41])
def test_what_is_no_address_is_refused_with_a_sentence(text: str) -> None:
    fault = rules.slug_fault(text)
    assert fault is not None
    assert text in str(fault)


@pytest.mark.parametrize(
    ("title", "good"),
    [("便民服务", True), ("", False), ("   ", False), ("长" * 20, True), ("长" * 21, False), ("工作动态", False)],
)
def test_titles_are_short_and_differ_from_their_siblings(title: str, good: bool) -> None:
    assert (rules.title_fault(title, {"工作动态"}) is None) is good


@pytest.mark.parametrize(
    ("days", "template", "good"),
    [
        (14, 14, True),
        (7, 14, True),
        (15, 14, False),
        (None, 14, False),
        (None, None, True),
        (90, None, True),
        (0, None, False),
    ],
)
def test_a_site_may_be_stricter_than_its_template_never_laxer(
    days: int | None, template: int | None, good: bool
) -> None:
    assert (rules.limit_fault(days, template) is None) is good


def test_depth_and_number_have_limits() -> None:
    assert rules.depth_fault(3) is None
    assert rules.depth_fault(4) is not None
    assert rules.number_fault(19, 20) is None
    assert "20" in str(rules.number_fault(20, 20))


def line(*positions: int, fixed: str = "") -> list[Sibling]:
    """Return siblings 1, 2, 3 …; `fixed` names the mandatory ones by number."""
    return [Sibling(n, position, fixed=str(n) in fixed) for n, position in enumerate(positions, start=1)]


def order_after(siblings: list[Sibling], changed: dict[int, int]) -> list[int]:
    now = [(changed.get(each.pk, each.position), n, each.pk) for n, each in enumerate(siblings)]
    return [pk for _position, _n, pk in sorted(now)]


def test_a_column_passes_a_mandatory_one_without_touching_it() -> None:
    siblings = line(10, 20, 30, 40, fixed="124")
    assert moved(siblings, 3, up=True) == {3: 15}
    assert order_after(siblings, {3: 15}) == [1, 3, 2, 4]


def test_the_ends_of_the_line_are_the_end() -> None:
    assert moved(line(10, 20), 1, up=True) == {}
    assert moved(line(10, 20), 2, up=False) == {}


def test_columns_with_the_same_position_are_spread() -> None:
    siblings = line(10, 1000, 1000, 1000, fixed="1")
    changed = moved(siblings, 4, up=True)
    assert order_after(siblings, changed) == [1, 2, 4, 3]


def test_a_mandatory_column_stays_where_it_is() -> None:
    with pytest.raises(CareRefused, match="mandatory"):
        moved(line(10, 20, fixed="1"), 1, up=False)


def test_where_two_mandatory_columns_leave_no_room_it_is_said() -> None:
    with pytest.raises(CareRefused, match="no room"):
        moved(line(10, 11, 20, fixed="12"), 3, up=True)


def test_buttons_are_offered_where_there_is_somewhere_to_go() -> None:
    assert [(up, down) for _each, up, down in shown_order(line(10, 20, 30, fixed="2"))] == [
        (False, True),
        (False, False),
        (True, False),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_any_number_of_moves_gives_the_order_that_was_asked_for(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(2, 8)
    siblings = [Sibling(n, n * 10, fixed=chance.random() < 0.4) for n in range(1, count + 1)]
    for _step in range(25):
        movable = [each.pk for each in siblings if not each.fixed]
        if not movable:
            return
        pk, up = chance.choice(movable), chance.random() < 0.5
        try:
            changed = moved(siblings, pk, up=up)
        except CareRefused:
            continue
        wanted = [each.pk for each in siblings]
        place = wanted.index(pk)
        other = place - 1 if up else place + 1
        if changed:
            wanted[place], wanted[other] = wanted[other], wanted[place]
        assert order_after(siblings, changed) == wanted
        assert not {each.pk for each in siblings if each.fixed} & changed.keys()
        siblings = sorted(
            (Sibling(each.pk, changed.get(each.pk, each.position), each.fixed) for each in siblings),
            key=lambda each: wanted.index(each.pk),
        )
