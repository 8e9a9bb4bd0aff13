"""The run: raw records to items; again, resumed, with a person's values above what is read."""

from __future__ import annotations

import pytest

from legacy import blobs, bodies
from legacy.extraction import extracting, storing
from legacy.extraction.recipe import dump
from legacy.ledger.canonical import canonical
from legacy.models import ItemState, LegacyItem, LegacyRaw, LegacyRun, RawKind, RunState, Step
from legacy.running import new_run
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.extraction.pages import MORE, PROSE, article, listing
from tests.legacy.transitions import HOST, begun


@pytest.fixture
def old(cast: Cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    transition = begun(cast.department_a)
    with tenant_scope(cast.department_a):
        yield transition


def add(old, path: str, html: str | bytes, *, family: str = "", status: int | None = 200) -> LegacyRaw:
    data = html.encode() if isinstance(html, str) else html
    url = f"http://{HOST}{path}"
    return LegacyRaw.objects.create(
        tenant_id=old.tenant_id, transition=old, source="mirror", key=canonical(url).key, url=url, kind=RawKind.PAGE,
        status=status, sha256=blobs.put(data), size=len(data), family=family,
    )  # fmt: skip


def extract(old, **options) -> LegacyRun:
    row = new_run(old, Step.EXTRACT, by=None, **options)
    extracting.carry_out(row)
    row.refresh_from_db()
    return row


def test_pages_become_items_lists_do_not_and_a_second_run_changes_nothing(old):
    add(old, "/gzdt/201908/t20190822_1.html", article(source="示例日报"))
    add(old, "/gzdt/index.html", listing())
    add(old, "/gone.html", "<p>404</p>", status=404)
    run = extract(old)
    assert run.state == RunState.FINISHED
    assert run.counts == {"created": 1, "lists": 1}
    item = LegacyItem.objects.get()
    assert (item.title, item.published_at.isoformat(), item.state) == (
        "全县农田建设工作会议召开", "2019-08-21T16:00:00+00:00", ItemState.EXTRACTED,
    )  # fmt: skip
    assert item.column_key == "/gzdt"
    assert item.values["source"]["value"] == "示例日报"
    assert PROSE in bodies.load(blobs.get(item.body_sha256))["blocks"][0]["html"]
    assert extract(old).counts == {"unchanged": 1, "lists": 1}


def test_what_a_person_said_wins_over_a_later_reading(old):
    raw = add(old, "/gzdt/201908/t20190822_1.html", article(day=""))
    extract(old)
    item = LegacyItem.objects.get()
    assert item.state == ItemState.REVIEW
    item.overrides = {"published_at": {"value": "2019-08-20", "by": None, "at": ""}}
    item.save()
    raw.sha256 = blobs.put(article(title="改过的标题在这里", day="").encode())
    raw.save()
    assert extract(old).counts == {"updated": 1}
    item.refresh_from_db()
    assert item.title == "改过的标题在这里"
    assert item.values["published_at"] == {"value": "2019-08-20", "method": "person", "evidence": "", "confidence": 1.0}
    assert (item.state, item.questions) == (ItemState.EXTRACTED, [])


def test_what_people_decided_stays(old):
    add(old, "/gzdt/201908/t20190822_1.html", article())
    extract(old)
    LegacyItem.objects.update(state=ItemState.DROPPED)
    assert extract(old).counts == {"unchanged": 1}
    assert LegacyItem.objects.get().state == ItemState.DROPPED


def test_the_parts_of_a_paged_article_are_one_item(old):
    def part(number: int) -> str:
        links = " ".join(
            f'<a href="t1_9000{f"_{other}" if other else ""}.html">[{other + 1}]</a>'
            for other in range(3)
            if other != number
        )
        return article(body=f"<p>第{number + 1}部分。{PROSE}</p><p>{MORE}{number}</p>", below=f"<div>{links}</div>")

    for number, name in enumerate(["t1_9000.html", "t1_9000_1.html", "t1_9000_2.html"]):
        add(old, f"/gzdt/{name}", part(number))
    assert extract(old).counts == {"created": 1, "parts": 2}
    item = LegacyItem.objects.get()
    body = bodies.load(blobs.get(item.body_sha256))
    text = str(body["blocks"])
    assert [text.count(f"第{number}部分") for number in (1, 2, 3)] == [1, 1, 1]
    assert body["parts"] == [f"http://{HOST}/gzdt/t1_9000_1.html", f"http://{HOST}/gzdt/t1_9000_2.html"]
    assert extract(old).counts == {"unchanged": 1, "parts": 2}


def test_a_record_with_fields_becomes_an_item(old):
    LegacyRaw.objects.create(
        tenant_id=old.tenant_id, transition=old, source="sql", key="dede_archives:12", url="", kind=RawKind.READY,
        fields={"title": "关于某事的通知", "published_at": "2012-03-04T05:06:07+08:00", "body": f"<p>{PROSE}</p>", "column": "12"},
    )  # fmt: skip
    assert extract(old).counts == {"created": 1}
    item = LegacyItem.objects.get()
    assert (item.key, item.column_key, item.state) == ("dede_archives:12", "12", ItemState.EXTRACTED)


def test_missing_bytes_are_a_line_and_the_run_goes_on(old):
    raw = add(old, "/gzdt/201908/t20190822_1.html", article())
    blobs.path_of(raw.sha256).unlink()
    add(old, "/gzdt/201908/t20190822_2.html", article("另一个会议的通知发布"))
    run = extract(old)
    assert (run.state, run.counts["created"], run.counts["refused"]) == (RunState.FINISHED, 1, 1)
    assert run.lines.get().place == raw.url


def test_a_run_that_was_killed_goes_on_and_ends_the_same(old, monkeypatch):
    monkeypatch.setattr(extracting, "BATCH", 2)
    for number in range(7):
        add(old, f"/gzdt/201908/t20190822_{number}0.html", article(f"关于第{number}项工作的通知"))
    row = new_run(old, Step.EXTRACT, by=None)
    real, seen = extracting._read_batch, []

    def once(*args):
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(extracting, "_read_batch", once)
    with pytest.raises(KeyboardInterrupt):
        extracting.carry_out(row)
    row = LegacyRun.objects.get(pk=row.pk)
    assert LegacyItem.objects.count() == 4
    extracting.carry_out(row)
    row.refresh_from_db()
    assert (row.state, row.done, row.counts) == (RunState.FINISHED, 7, {"created": 7})
    assert extract(old).counts == {"unchanged": 7}


def test_a_recipe_is_proposed_confirmed_by_a_person_and_then_used(old, cast: Cast):
    raws = [
        add(old, f"/gzdt/201908/t20190822_{number}0.html", article(f"关于第{number}项工作的通知", f"<p>{number}{PROSE}</p><p>{MORE}</p>"), family="a")
        for number in range(6)
    ]  # fmt: skip
    kept, proposal = storing.propose(old, "a", by=cast.operator)
    assert (kept.version, kept.confirmed_at, proposal.recipe.body) == (1, None, ("#Zoom",))
    assert storing.propose(old, "a", by=cast.operator)[0] == kept
    assert extracting.confirmed_recipes(old) == {}
    with pytest.raises(storing.RecipeRefused):
        storing.confirm(kept, [raws[0].pk], by=cast.operator)
    storing.confirm(kept, [raw.pk for raw in raws[:3]], by=cast.operator)
    assert list(extracting.confirmed_recipes(old)) == ["a"]
    extract(old)
    assert LegacyItem.objects.first().values["title"]["method"].startswith("recipe:")
    second = storing.keep(old, "a", kept.toml.replace("#Zoom", "#zoom"), by=cast.operator)
    assert (second.version, second.confirmed_at) == (2, None)
    assert dump(extracting.confirmed_recipes(old)["a"]) == kept.toml
