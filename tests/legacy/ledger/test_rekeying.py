"""Another rule for addresses after collecting: records and items get their new keys, doubles are joined or named."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from legacy.ledger import rekeying, ruling
from legacy.ledger.address_rule import RuleRefused
from legacy.models import LegacyItem, LegacyRaw, OldAddress, Transition
from legacy.running import RunRefused
from tenants.exclusive import Busy
from tenants.scope import tenant_scope
from tests.cast import Cast, first_column, publish_article
from tests.legacy.ledger.making import OLD_HOST, old_site, raw_page
from tests.legacy.sources.build import collected, picture, raws

HOST = OLD_HOST.removeprefix("www.")
BY_ID = {"significant": ["id"]}


@pytest.fixture
def site(cast: Cast) -> Any:
    with tenant_scope(cast.county_a):
        yield old_site(cast.county_a)


def item(raw: LegacyRaw, **values: Any) -> LegacyItem:
    return LegacyItem.objects.create(
        tenant_id=raw.tenant_id, transition_id=raw.transition_id, key=raw.key, raw=raw, state="extracted", **values
    )


def mirrored(folder: Path) -> str:
    for number in range(3):
        for way in ("list", "home"):
            (folder / f"show.asp@id={number}&from={way}.html").write_text(f"<html>{number}</html>")
    (folder / "a.html").write_text("<html>a</html>")
    return str(folder)


def test_what_was_collected_is_found_again_under_the_new_rule(site: Transition, tmp_path: Path) -> None:
    path = mirrored(tmp_path)
    collected(site, "mirror", path=path)
    for row in raws(site).values():
        item(row)
    assert ruling.set_rule(site, BY_ID, dry_run=True)["joined"] == 3
    assert len(raws(site)) == 7
    assert site.address_rule == {}
    counts = ruling.set_rule(site, BY_ID)
    assert (counts["rekeyed"], counts["joined"], counts["merged"]) == (3, 3, 3)
    expected = {f"{HOST}/show.asp?id={number}" for number in range(3)} | {f"{HOST}/a.html"}
    assert set(raws(site)) == expected
    items = LegacyItem.objects.filter(transition=site).select_related("raw")
    assert {(row.key, row.raw and row.raw.key) for row in items} == {(key, key) for key in expected}
    assert {row.raw and row.raw.key for row in OldAddress.objects.filter(transition=site)} == expected
    again = collected(site, "mirror", path=path)
    assert (again.counts.get("created", 0), again.counts.get("updated", 0)) == (0, 0)
    assert ruling.set_rule(site, BY_ID)["rekeyed"] == 0


def test_different_content_does_not_become_one_unasked_and_then_the_newest_stays(site: Transition) -> None:
    old = raw_page(site, "/show.asp?id=1&page=1", "<p>1", fetched_at=datetime(2015, 1, 1, tzinfo=UTC))
    new = raw_page(site, "/show.asp?id=1&page=2", "<p>2", fetched_at=datetime(2016, 1, 1, tzinfo=UTC))
    before = picture(None, site)  # type: ignore[arg-type]
    with pytest.raises(
        RuleRefused, match=r"1 addresses with different content become one: .*page=2 = .*page=1.*--join"
    ):
        ruling.set_rule(site, BY_ID)
    assert picture(None, site) == before  # type: ignore[arg-type]
    assert (site.address_rule, OldAddress.objects.filter(transition=site).count()) == ({}, 2)
    assert ruling.set_rule(site, BY_ID, join=True)["joined"] == 1
    assert [row.pk for row in raws(site).values()] == [new.pk]
    assert OldAddress.objects.get(transition=site).raw_id == new.pk
    assert not LegacyRaw.objects.filter(pk=old.pk).exists()


def test_what_a_person_worked_on_and_what_was_loaded_stays(cast: Cast, site: Transition) -> None:
    page = publish_article(first_column(cast.county_a), "通知")
    texts = ("<p>同一篇", "<p>同一篇", "<p>同一篇")
    rows = [raw_page(site, f"/show.asp?id=1&from={number}", text) for number, text in enumerate(texts)]
    item(rows[0])
    item(rows[1], page=page)
    item(rows[2], overrides={"title": {"value": "改过"}})
    ruling.set_rule(site, BY_ID)
    assert LegacyItem.objects.get(transition=site).page_id == page.pk
    assert raws(site)[f"{HOST}/show.asp?id=1"].pk == rows[1].pk


def test_two_loaded_articles_do_not_become_one(cast: Cast, site: Transition) -> None:
    for number in (1, 2):
        item(
            raw_page(site, f"/show.asp?id=1&from={number}", "<p>同一篇"),
            page=publish_article(first_column(cast.county_a), f"通知{number}"),
        )
    with pytest.raises(RuleRefused, match="1 loaded articles are one with another"):
        ruling.set_rule(site, BY_ID, join=True)
    assert LegacyItem.objects.filter(transition=site).count() == 2


def test_records_that_their_source_numbers_keep_their_keys_and_keys_may_change_places(site: Transition) -> None:
    raw_page(site, "/A.html", "<p>A", key=f"{HOST}/a.html")
    numbered = raw_page(site, "/show.asp?id=1&from=1", "<p>1", key="v9_news:1", source="sql", kind="ready")
    ruling.set_rule(site, {"fold_case": False, **BY_ID})
    assert set(raws(site)) == {f"{HOST}/A.html", "v9_news:1"}
    raw_page(site, "/a.html", "<p>B", key=f"{HOST}/a.html")
    with pytest.raises(RuleRefused):
        ruling.set_rule(site, {})
    ruling.set_rule(site, {"keep_www": True, "fold_case": False})
    assert set(raws(site)) == {f"{OLD_HOST}/A.html", f"{OLD_HOST}/a.html", "v9_news:1"}
    numbered.refresh_from_db()
    assert numbered.key == "v9_news:1"


def test_killed_on_the_way_the_old_rule_stands_and_the_change_is_made_again(
    site: Transition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected(site, "mirror", path=mirrored(tmp_path))
    before, update = picture(None, site), rekeying.writing.update  # type: ignore[arg-type]
    for moment in range(4):
        left = [moment]

        def dies(*values: Any, left: list[int] = left, **named: Any) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            update(*values, **named)

        with monkeypatch.context() as patched:
            patched.setattr(rekeying.writing, "update", dies)
            with pytest.raises(KeyboardInterrupt):
                ruling.set_rule(site, BY_ID)
        assert picture(None, site) == before  # type: ignore[arg-type]
        assert site.address_rule == {}
    assert ruling.set_rule(site, BY_ID)["rekeyed"] == 3


def test_the_rule_does_not_change_under_a_run_at_work(site: Transition, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def busy(name: str) -> Any:
        raise Busy(name)
        yield

    monkeypatch.setattr(ruling, "exclusive", busy)
    with pytest.raises(RunRefused, match="Another run"):
        ruling.set_rule(site, BY_ID)


def test_many_records_cost_as_many_queries_as_few(site: Transition) -> None:
    def cost(first: int, count: int, rule: dict[str, Any]) -> int:
        for number in range(first, first + count):
            raw_page(site, f"/show.asp?id={number}&from=1", f"<p>{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ruling.set_rule(site, rule)
        return len(queries)

    assert cost(0, 5, BY_ID) == cost(5, 60, {"significant": ["id"], "keep_www": True})
