"""Lists and logs are imported: rows fail alone, a kill loses nothing and doubles nothing, nobody decides without a name."""

from __future__ import annotations

import gzip

import pytest

from legacy.ledger import importing
from legacy.ledger.coverage import coverage, worst
from legacy.ledger.registering import known
from legacy.models import OldAddress, RunLine, RunState, Step
from legacy.running import Run, RunRefused, new_run
from tenants.scope import tenant_scope
from tests.cast import first_column, publish_article
from tests.legacy.ledger.making import OLD_HOST, line, old_site, raw_page


@pytest.fixture
def site(cast):
    transition = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        yield transition


def imported(site, file, what, by=None, **options):
    row = new_run(site, Step.ADDRESSES, by=by, what=what, path=str(file), name=file.name, **options)
    importing.carry_out(row)
    row.refresh_from_db()
    return row


def log_line(path, status=200):
    return f'1.2.3.4 - - [05/Jan/2015:10:00:00 +0800] "GET {path} HTTP/1.1" {status} 1\n'


@pytest.fixture
def log(tmp_path):
    file = tmp_path / "access.log.gz"
    text = (
        log_line("/art/1.html") * 5
        + log_line("/ART/1.html?spm=1") * 2
        + log_line("/b.html")
        + log_line("/wp-login.php")
    )
    file.write_bytes(gzip.compress((text + log_line("/c.html", 404) + "rubbish\n").encode()))
    return file


def test_a_log_weighs_the_addresses_and_names_unknown_ones(site, log):
    known(site, [f"http://{OLD_HOST}/art/1.html"], "collect")
    row = imported(site, log, "log")
    assert row.state == RunState.FINISHED
    wanted = {"requests": 8, "created": 1, "addresses": 2, "junk": 1, "unanswered": 1, "damaged": 1}
    assert {name: row.counts[name] for name in wanted} == wanted
    assert [(one.path, one.hits) for one in worst(site)] == [("/art/1.html", 7), ("/b.html", 1)]
    OldAddress.objects.filter(path="/art/1.html").update(result="redirect", target_url="http://x.example/")
    assert coverage(site).hit_share == 7 / 8
    assert coverage(site).share == 1 / 2


def test_the_same_log_is_not_counted_twice(site, log):
    imported(site, log, "log")
    with pytest.raises(RunRefused, match="before"):
        imported(site, log, "log")
    assert line(site, "/art/1.html").hits == 7


def test_a_killed_import_goes_on_where_it_was(site, tmp_path, monkeypatch):
    file = tmp_path / "access.log"
    file.write_text("".join(log_line(f"/{number % 7}.html") for number in range(50)), encoding="utf-8")
    monkeypatch.setattr(importing, "_LOG_PORTION", 10)
    row = new_run(site, Step.ADDRESSES, by=None, what="log", path=str(file))
    beat, calls = Run.beat, []

    def dies(self, **values):
        calls.append(values)
        if len(calls) in {2, 4}:
            raise KeyboardInterrupt
        beat(self, **values)

    monkeypatch.setattr(Run, "beat", dies)
    for _turn in range(2):
        with pytest.raises(KeyboardInterrupt):
            importing.carry_out(row)
        row.refresh_from_db()
    importing.carry_out(row)
    assert sum(OldAddress.objects.values_list("hits", flat=True)) == 50
    assert row.counts["requests"] == 50


def test_a_list_is_carried_out_row_by_row(cast, site, tmp_path):
    page = publish_article(first_column(cast.county_a), "通知")
    raw_page(site, "/old/kept.html", "<p>旧</p><img src=1.png>")
    raw_page(site, "/old/1.png", b"\x89PNG\r\n\x1a\n", kind="picture")
    file = tmp_path / "对应表.csv"
    rows = [
        "旧地址,结果,新地址,原因",
        f"http://{OLD_HOST}/a.html,,{page.specific.full_url},",
        f"/b.html,跳转,{page.pk},",
        "/c.html,不迁移,,已过期",
        "/d.html,不迁移,,",
        "/old/kept.html,存档,,资料",
        "/e.html,存档,,没有副本",
        "/f.html,跳转,javascript:alert(1),",
        f"/g.html,跳转,http://{OLD_HOST}/h.html,",
        "http://elsewhere.example/x,跳转,https://www.example.com/,",
        "/i.html,搬走,,",
        "/j.html,,,",
        "/k.html,跳转,https://www.example.com/k,",
    ]
    file.write_bytes("\n".join(rows).encode("gb18030"))
    row = imported(site, file, "list", by=cast.manager_a)
    results = {one.path: (one.result, one.page_id, one.target_url) for one in OldAddress.objects.all()}
    assert results["/a.html"] == results["/b.html"] == ("redirect", page.pk, "")
    assert results["/c.html"][0] == "gone"
    assert results["/old/kept.html"][0] == results["/old/1.png"][0] == "archive"
    assert results["/j.html"][0] == results["/e.html"][0] == "unresolved"
    assert results["/k.html"] == ("redirect", None, "https://www.example.com/k")
    assert line(site, "/c.html").decided_by == cast.manager_a
    assert row.counts["refused"] == 6
    assert RunLine.objects.filter(run=row, level="refused").count() == 6
    again = imported(site, file, "list", by=cast.manager_a)
    assert again.counts.get("changed", 0) == 0
    assert again.counts["unchanged"] == 5


def test_a_list_that_decides_needs_a_name(site, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("old,new\n/a,https://x.example/\n", encoding="utf-8")
    with pytest.raises(RunRefused, match="who"):
        imported(site, file, "list")


def test_what_is_no_table_is_refused_with_a_sentence(cast, site, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(b"%PDF-1.4")
    with pytest.raises(RunRefused, match="PDF"):
        imported(site, file, "list", by=cast.manager_a)
    with pytest.raises(RunRefused, match="no file"):
        imported(site, tmp_path / "none.csv", "list", by=cast.manager_a)
