"""When a column counts as fresh: days and limits alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sites.desk.clock import Clock, State, days_left, due_on, judge, soon_within

TODAY = date(2026, 11, 22)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("age", "limit", "state", "left"),
    [
        (0, 14, State.FRESH, 14),
        (10, 14, State.FRESH, 4),
        (11, 14, State.SOON, 3),  # three days before the end
        (14, 14, State.SOON, 0),  # the last day
        (15, 14, State.OVERDUE, -1),
        (143, 180, State.FRESH, 37),
        (144, 180, State.SOON, 36),  # the last fifth
        (400, 365, State.OVERDUE, -35),
        (0, 1, State.FRESH, 1),  # a daily column is not amber from the start
        (1, 1, State.SOON, 0),
        (2, 1, State.OVERDUE, -1),
    ],
)
def test_the_state_follows_from_age_and_limit(age: int, limit: int, state: State, left: int) -> None:
    clock = judge(ago(age), limit, TODAY)
    assert (clock.state, clock.days_left) == (state, left)


def test_a_column_without_content_is_empty_whatever_its_limit() -> None:
    assert judge(None, 14, TODAY) == judge(None, None, TODAY) == Clock(State.EMPTY)


def test_a_column_without_a_limit_never_becomes_overdue() -> None:
    assert judge(ago(5000), None, TODAY) == Clock(State.UNTIMED)


def test_publication_is_day_nought_across_months_and_leap_years() -> None:
    assert due_on(date(2028, 2, 27), 3) == date(2028, 3, 1)
    assert days_left(date(2026, 12, 30), 14, date(2027, 1, 13)) == 0


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one_day_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        due_on(TODAY, limit)


@pytest.mark.parametrize("limit", range(1, 60))
def test_a_column_renewed_today_is_never_amber(limit: int) -> None:
    assert soon_within(limit) < limit


def test_what_needs_care_comes_first() -> None:
    clocks = [judge(ago(age), limit, TODAY) for age, limit in ((0, None), (1, 14), (12, 14), (20, 14), (40, 14))]
    clocks.append(judge(None, 14, TODAY))
    assert [(clock.state, clock.days_left) for clock in sorted(clocks, key=lambda clock: clock.urgency)] == [
        (State.OVERDUE, -26),
        (State.OVERDUE, -6),
        (State.EMPTY, None),
        (State.SOON, 2),
        (State.FRESH, 13),
        (State.UNTIMED, None),
    ]
    assert clocks[4].days_over == 26
