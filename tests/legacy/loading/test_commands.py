"""`manage.py legacy load`, `links` and `rollback`: what they print and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from legacy.commands import links, load, rollback
from legacy.models import Transition
from sites.models import Article
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.loading.build import column, item, news_of, transition_of, url

pytestmark = pytest.mark.django_db
LOAD = {"transition": "old", "format": "json", "by": "operator", "dry_run": False, "column": [], "item": []}
LOAD |= {"accept_proposals": False}
BACK = {"transition": "old", "format": "json", "by": "", "dry_run": False, "run": None, "column": None, "item": None}
BACK |= {"all": True}


@pytest.fixture
def old(cast: Cast) -> Iterator[Transition]:
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        item(made, "/a.html", html=f'<p><a href="{url("/later.html")}">x</a></p>')
        yield made


def said(command: Any, options: dict[str, Any], **changed: Any) -> tuple[int, Any]:
    """Run a subcommand the way the shell does, outside of any scope; return its exit code and what it printed."""
    out = StringIO()
    code = command.handle({**options, **changed}, out)
    return code, json.loads(out.getvalue())


def test_a_dry_run_counts_and_writes_nothing(old: Transition) -> None:
    assert said(load, LOAD, dry_run=True) == (0, {"created": 1})
    assert not Article.objects.exists()


def test_loading_again_and_taking_back(old: Transition) -> None:
    code, done = said(load, LOAD)
    assert (code, done["state"], done["counts"]["created"]) == (0, "finished", 1)
    assert said(load, LOAD)[1]["counts"]["unchanged"] == 1
    assert said(links, LOAD, dry_run=True) == (0, 1)
    assert said(links, LOAD)[1]["counts"]["links_open"] == 1
    assert said(rollback, BACK, dry_run=True) == (0, 1)
    code, done = said(rollback, BACK)
    assert (code, done["counts"]["removed"]) == (0, 1)
    assert not Article.objects.exists()


def test_a_load_with_refusals_ends_with_three(old: Transition) -> None:
    item(old, "/b.html", published_at=None)
    code, done = said(load, LOAD)
    assert (code, done["counts"]["refused"]) == (3, 1)
    assert done["lines"][0]["level"] == "refused"
