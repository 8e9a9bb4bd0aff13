"""Addresses outside are tried by a task, once a week, and forgotten when no page links to them any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sites import addresses
from sites.checks import outside
from sites.checks.reaching import Answer
from sites.models import LinkOutcome, LinkState
from tests.cast import Cast
from tests.sites.notices.people import BACKGROUND

URL = "https://www.example.gov.cn/a"


@pytest.fixture(autouse=True)
def on(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> list[str]:
    settings.LINK_CHECKS, settings.TASKS = True, BACKGROUND
    tried: list[str] = []

    def answer(url: str) -> Answer:
        tried.append(url)
        return Answer("dead", 404)

    monkeypatch.setattr(outside, "try_address", answer)
    return tried


def test_an_unknown_address_is_asked_for_once_and_tried_by_the_task(on: list[str]) -> None:
    assert outside.states({URL}) == {}
    outside.states({URL})
    assert DBTaskResult.objects.filter(task_path=outside.try_due.module_path).count() == 1
    assert on == []
    assert outside.try_due.call() == {"dead": 1}
    state = outside.states({URL})[URL]
    assert (state.outcome, state.status_code) == (LinkOutcome.DEAD, 404)


def test_it_is_tried_again_after_a_week_and_not_before(on: list[str]) -> None:
    outside.states({URL})
    for days, tries in ((0, 1), (6, 1), (8, 2)):
        LinkState.objects.filter(tried_at__isnull=False).update(tried_at=timezone.now() - timedelta(days=days))
        outside.try_due.call()
        assert len(on) == tries


def test_an_address_nobody_asks_for_is_forgotten(on: list[str]) -> None:
    outside.states({URL})
    LinkState.objects.update(asked_at=timezone.now() - timedelta(days=91))
    outside.try_due.call()
    assert not LinkState.objects.exists()
    assert on == []


def test_nothing_is_asked_where_it_is_switched_off(settings: Any, on: list[str]) -> None:
    settings.LINK_CHECKS = False
    assert outside.states({URL}) == {}
    assert not LinkState.objects.exists()
    assert outside.try_due.call() == {}


def test_a_sub_site_of_the_platform_is_not_outside(cast: Cast) -> None:
    addresses.refresh()
    assert outside.is_ours("http://a.localhost/tzgg/")
    assert not outside.is_ours(URL)
