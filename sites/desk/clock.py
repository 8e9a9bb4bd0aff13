"""How fresh a column is (更新及时/逾期/空白): dates in, a judgement out. No Django here.

Calendar days in Asia/Shanghai; the day of publication is day 0. A limit of 14 days holds through the fourteenth day
after it: on that day 0 days are left, on the next the column is overdue.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Amber begins with the last fifth of the limit, and never later than three days before its end.
SOON_SHARE = 5
SOON_DAYS = 3


class State(StrEnum):
    """The members stand in the order in which a person should look at them."""

    OVERDUE = "overdue"
    EMPTY = "empty"
    SOON = "soon"
    FRESH = "fresh"
    UNTIMED = "untimed"  # holds something, and nothing says how often it must be renewed


URGENCY = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Clock:
    """A column's state. `days_left` is negative once it is overdue; both are None without a limit or without content."""

    state: State
    days_left: int | None = None
    due_on: date | None = None

    @property
    def urgency(self) -> tuple[int, int]:
        """Return the sorting key: the most urgent first, within a state the fewest days left."""
        return URGENCY[self.state], self.days_left if self.days_left is not None else 0

    @property
    def days_over(self) -> int:
        """Return for how many days the column has been overdue, 0 where it is not."""
        return max(0, -(self.days_left or 0))


def due_on(last: date, limit_days: int) -> date:
    """Return the last day on which a column still counts as fresh. Raises ValueError for a limit below 1."""
    if limit_days < 1:
        raise ValueError(f"An update limit of {limit_days} days makes no sense: write 1 or more.")
    return last + timedelta(days=limit_days)


def days_left(last: date, limit_days: int, today: date) -> int:
    """Return the days until the column is overdue: 0 on its last day, negative afterwards."""
    return (due_on(last, limit_days) - today).days


def soon_within(limit_days: int) -> int:
    """Return from how many days left a column is shown in amber. Never all of a short limit: that would warn always."""
    return min(limit_days - 1, max(SOON_DAYS, limit_days // SOON_SHARE))


def judge(last: date | None, limit_days: int | None, today: date) -> Clock:
    """Return the state of a column whose newest content is of `last`; None means that it holds nothing."""
    if last is None:
        return Clock(State.EMPTY)
    if not limit_days:
        return Clock(State.UNTIMED)
    left = days_left(last, limit_days, today)
    state = State.OVERDUE if left < 0 else State.SOON if left <= soon_within(limit_days) else State.FRESH
    return Clock(state, left, due_on(last, limit_days))
