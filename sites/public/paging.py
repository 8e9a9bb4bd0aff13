"""Paging (分页) with addresses that stay: `?page=n`, counted from 1, newest first."""

import re
from dataclasses import dataclass

PER_PAGE = 20
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True, slots=True)
class Step:
    """One place in the pager: a page number with its address, the current page (no address), or a gap (no label)."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    steps: tuple[Step, ...]
    previous: str
    next: str
    total: int
    per_page: int


def page_number(raw: str | None) -> int | None:
    """Return the wished page, 1 if none was named, None if it is not a plain positive number."""
    if raw is None:
        return 1
    return int(raw) if _NUMBER.fullmatch(raw) else None


def pages_of(total: int, per_page: int = PER_PAGE) -> int:
    """Return the number of pages; an empty list still has one."""
    return max(1, -(-total // per_page))


def pager(total: int, current: int, path: str, per_page: int = PER_PAGE) -> Pager | None:
    """Return the pager of a list, None when one page holds everything.

    Shows the first, the last and the two neighbours of the current page. Page 1 has the bare path as its address.
    Raises ValueError if `current` is not one of the pages.
    """
    last = pages_of(total, per_page)
    if not 1 <= current <= last:
        raise ValueError(f"Page {current} of {last} does not exist.")
    if last == 1:
        return None

    def href(number: int) -> str:
        return path if number == 1 else f"{path}?page={number}"

    steps: list[Step] = []
    shown = 0
    for number in sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)}):
        if number > shown + 1:
            steps.append(Step("", ""))
        steps.append(Step(str(number), "", current=True) if number == current else Step(str(number), href(number)))
        shown = number
    return Pager(
        tuple(steps),
        href(current - 1) if current > 1 else "",
        href(current + 1) if current < last else "",
        total,
        per_page,
    )
