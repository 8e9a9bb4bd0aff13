"""A survey of a small old site, from raw records to families, columns and a report."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from legacy import blobs
from legacy.models import LegacyColumn, LegacyRaw, LegacyRun, RunState, Step, Transition
from legacy.running import new_run
from legacy.survey import making, reading, report
from tenants.models import Membership, Role
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.survey import site


@pytest.fixture
def old(cast: Cast):
    with tenant_scope(cast.department_a):
        transition = site.transition_of(cast.department_a)
        site.fill(transition)
        yield transition


def survey_of(transition: Transition) -> LegacyRun:
    row = new_run(transition, Step.SURVEY, by=None)
    making.carry_out(row)
    row.refresh_from_db()
    return row


def data_of(transition: Transition) -> dict:
    survey_of(transition)
    found = reading.newest(transition)
    assert found is not None
    return found


def test_articles_and_lists_are_two_families_with_sample_pages(old):
    families = data_of(old)["families"]
    assert [(line["pages"], line["kind"]) for line in families] == [(10, "article"), (3, "list")]
    assert families[0]["samples"][0]["title"] == "关于第1号事项的通知"
    assert LegacyRaw.objects.filter(transition=old, family=families[0]["name"]).count() == 10


def test_families_keep_their_names_in_a_later_survey_with_more_pages(old):
    before = {line["name"]: line["pages"] for line in data_of(old)["families"]}
    for number in range(20, 40):
        site.add(
            old,
            f"/x{number}.html",
            f"<div class=a id=b{number}><div class=c><ul class=d><li>{number}</ul></div></div>".encode(),
        )
    after = {line["name"]: line["pages"] for line in data_of(old)["families"]}
    assert before.items() <= after.items()
    assert len(after) == 3


def test_old_columns_are_read_from_breadcrumbs_with_their_titles(old):
    data_of(old)
    rows = {row.key: (row.title, row.items_found) for row in LegacyColumn.objects.filter(transition=old)}
    assert rows == {"/gzdt": ("工作动态", 5), "/tzgg": ("公示公告", 5), "/zjgk": ("机构概况", 0)}
    assert LegacyRaw.objects.get(transition=old, url__endswith="t7.html").column_key == "/gzdt"


def test_a_second_survey_changes_nothing_and_keeps_decisions(old):
    data_of(old)
    LegacyColumn.objects.filter(transition=old, key="/gzdt").update(decision="drop", reason="已由省里统一发布")
    before = list(LegacyColumn.objects.filter(transition=old).values())
    first = reading.newest(old)
    data_of(old)
    assert list(LegacyColumn.objects.filter(transition=old).values()) == before
    assert {**reading.newest(old), "made_at": ""} == {**first, "made_at": ""}


def test_what_is_missing_or_doubtful_is_counted(old):
    data = data_of(old)
    totals = data["totals"]
    assert (totals["undated"], totals["duplicates"], totals["personal"], totals.get("declared_wrongly", 0)) == (
        1,
        1,
        1,
        0,
    )
    assert data["undated"] == [f"http://{site.HOST}/gzdt/201504/t10.html"]
    assert [row["address"] for row in data["broken"]] == ["old-a.example/down/gone.doc"]
    assert [row["address"] for row in data["not_collected"]] == ["old-a.example/"]
    assert data["external"][0]["host"] == "other.example"
    assert data["forms"][0]["action"] == f"http://{site.HOST}/search.asp"
    assert data["by"]["encoding"] == [{"name": "gb18030", "count": 13, "bytes": 0}]


def test_a_survey_that_was_killed_goes_on_and_ends_the_same(old, monkeypatch):
    whole = {**data_of(old), "made_at": ""}
    monkeypatch.setattr(making, "BATCH", 4)
    row = new_run(old, Step.SURVEY, by=None)
    real, seen = making.facts_of, []

    def dies(*args):
        seen.append(args)
        if len(seen) == 7:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(making, "facts_of", dies)
    with pytest.raises(KeyboardInterrupt):
        making.carry_out(row)
    row = LegacyRun.objects.get(pk=row.pk)
    making.carry_out(row)
    row.refresh_from_db()
    assert (row.state, row.done) == (RunState.FINISHED, 13)
    assert {**reading.of_run(row), "made_at": ""} == whole
    assert len(seen) == 3 + 4 + 9  # the first batch was not read again


def test_a_page_whose_bytes_are_lost_is_a_line_and_the_survey_goes_on(old):
    raw = LegacyRaw.objects.get(transition=old, url__endswith="/tzgg/201504/t3.html")
    blobs.path_of(raw.sha256).unlink()
    row = survey_of(old)
    assert row.state == RunState.FINISHED
    assert [line.place for line in row.lines.filter(level="error")] == [raw.url]


def test_records_with_known_fields_count_by_their_own_column(old):
    LegacyRaw.objects.create(
        tenant_id=old.tenant_id,
        transition=old,
        source="sql",
        key="archives:1",
        kind="ready",
        fields={
            "title": "一则",
            "published_at": "2009-03-02T08:00:00+08:00",
            "body": "<p>正文</p>",
            "column": "7",
            "column_title": "政策法规",
        },
    )
    data = data_of(old)
    assert LegacyColumn.objects.get(transition=old, key="7").title == "政策法规"
    assert {"name": "2009", "count": 1, "bytes": 0} in data["by"]["year"]


def test_the_report_stands_alone_and_speaks_chinese(old, settings):
    text = report.html(data_of(old))
    assert 'lang="zh-hans"' in text
    assert "县教育局旧网站" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="', text)
    assert not re.search(r'\sstyle="', text)
    assert text.count("<svg") >= 6


def test_the_workbook_has_a_sheet_for_each_table_and_no_formula(old):
    site.add(old, "/evil.html", b"<div><form action='=cmd()'></form></div>")
    book = openpyxl.load_workbook(io.BytesIO(report.xlsx(data_of(old))))
    assert len(book.sheetnames) >= 12
    values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert values == []


def test_the_page_in_the_admin_shows_the_survey_to_its_site_manager_alone(old, cast):
    row = survey_of(old)
    Membership.objects.create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.department_a)
    answers = {}
    for user in (cast.manager_a, cast.manager_b):
        client = signed_in(user)
        page = client.get(f"/admin/legacy/{old.pk}/survey/")
        file = client.get(f"/admin/legacy/{old.pk}/survey/{row.pk}/report.html")
        answers[user.username] = (page.status_code, file.status_code)
        if page.status_code == 200:
            assert "公示公告" in page.content.decode()
            assert file["Content-Disposition"].startswith("attachment")
    assert answers == {"manager-a": (200, 200), "manager-b": (404, 404)}
