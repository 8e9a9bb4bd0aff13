"""An acceptance report of loaded items: made by a run, repeated, read, and signed."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from legacy import blobs
from legacy.cutover import phases
from legacy.ledger import registering
from legacy.models import Acceptance, LegacyItem, LegacyRun, RunState, Step
from legacy.running import new_run
from legacy.verify import making, report, signing
from tenants.models import Membership, Role
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.loading import build

HTML = "<p>各中小学校要认真做好防汛工作，汛期安排专人值班，发现险情立即报告。</p>"
RAW = "<html><body><h1>{title}</h1><p>发布时间：2015-04-14</p><div id=z>{html}</div></body></html>"


@pytest.fixture
def old(cast: Cast):
    with tenant_scope(cast.county_a):
        transition = build.transition_of(cast)
        build.column(transition, "/gzdt", build.news_of(cast))
        for number in range(1, 6):
            title = f"关于第{number}次防汛工作的通知"
            data = RAW.format(title=title, html=HTML).encode()
            build.raw(transition, f"/gzdt/t{number}.html", data, "page")
            build.item(transition, f"/gzdt/t{number}.html", title=title, html=HTML)
        registering.known(
            transition, [(build.url(f"/gzdt/t{number}.html"), "page") for number in range(1, 6)], "collect"
        )
        build.run(transition)
        yield transition


def verified(transition) -> Acceptance:
    build.run(transition, Step.VERIFY)
    return Acceptance.objects.filter(transition=transition).first()


def accepted(transition) -> bool:
    """Return what the check list of the cut-over says of the signature."""
    return next(line.ok for line in phases.check_list(transition) if line.code == "signed")


def test_a_site_moved_whole_passes(old):
    found = verified(old)
    assert found.data["items"]["loaded"] == 5
    assert found.data["checks"]["text"] == {"made": 5, "failed": 0}
    assert found.data["checks"]["date"] == {"made": 5, "failed": 0}
    assert found.data["addresses"]["redirect"] == 5
    assert (found.data["open"], found.passed) == ([], True)


def test_an_edited_page_a_dead_address_and_a_waiting_item_are_open_points(old):
    item = LegacyItem.objects.get(transition=old, url__endswith="t2.html")
    page = item.page.specific
    page.body = [("text", "<p>全部换掉了</p>")] if "text" in dict(page.body.stream_block.child_blocks) else page.body
    page.title = "换掉的题目"
    page.save()
    registering.known(old, [(build.url("/gone.html"), "page")], "log")
    build.item(old, "/gzdt/t9.html", state="review")
    found = verified(old)
    opened = dict(found.data["open"])
    assert opened["items:review"] == 1
    assert opened["check:title"] == 1
    assert opened["address:unresolved"] == 1
    assert not found.passed
    assert {one["key"] for one in found.data["failures"]} == {item.key}


def test_a_page_that_was_taken_down_fails_with_its_addresses(old):
    page = LegacyItem.objects.get(transition=old, url__endswith="t3.html").page
    page.unpublish()
    found = verified(old)
    assert found.data["checks"]["page"] == {"made": 5, "failed": 1}
    assert found.data["columns"]["/gzdt"]["failed"] == {"page": 1}


def test_a_report_that_was_killed_goes_on_and_ends_the_same(old, monkeypatch):
    whole = verified(old).data
    monkeypatch.setattr(making, "BATCH", 2)
    row = new_run(old, Step.VERIFY, by=None)
    real, seen = making.read, []

    def dies(*args):
        seen.append(1)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(making, "read", dies)
    with pytest.raises(KeyboardInterrupt):
        making.carry_out(row)
    row = LegacyRun.objects.get(pk=row.pk)
    making.carry_out(row)
    row.refresh_from_db()
    again = Acceptance.objects.get(run=row).data
    aside = ("made_at", "run", "changes")
    assert row.state == RunState.FINISHED
    assert {name: value for name, value in again.items() if name not in aside} == {
        name: value for name, value in whole.items() if name not in aside
    }
    assert again["changes"]["figures"] == []


def test_an_attachment_of_another_size_is_noticed(old, monkeypatch):
    build.raw(old, "/f/a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    made = build.body(build.text(HTML), attachments=((build.url("/f/a.doc"), "附件.doc"),))
    build.item(old, "/gzdt/t7.html", title="有附件的通知", made=made)
    build.run(old)
    assert verified(old).data["checks"]["file_bytes"] == {"made": 1, "failed": 0}
    raw = old.raws.get(url=build.url("/f/a.doc"))
    raw.sha256, raw.size = blobs.put(b"other"), 5
    raw.save()
    assert verified(old).data["checks"]["file_bytes"] == {"made": 1, "failed": 1}


def test_the_report_is_signed_once_by_the_sites_own_person(old, cast):
    found = verified(old)
    with pytest.raises(signing.SigningRefused, match="platform's operator"):
        signing.sign(found, by=cast.operator, name="运维")
    signed = signing.sign(found, by=cast.manager_a, name="王某")
    assert signing.valid(signed)
    assert accepted(old)
    with pytest.raises(signing.SigningRefused, match="already"):
        signing.sign(found, by=cast.manager_a, name="李某")
    verified(old)
    assert not signing.valid(signed)
    assert not accepted(old)


def test_a_signed_report_that_was_changed_since_counts_as_unsigned(old, cast):
    signed = signing.sign(verified(old), by=cast.manager_a, name="王某")
    assert accepted(old)
    signed.data["items"]["loaded"] = 99
    signed.save()
    assert not signing.valid(signed)
    assert not accepted(old)


def test_open_points_need_a_remark_and_a_changed_report_cannot_be_signed(old, cast):
    build.item(old, "/gzdt/t9.html", state="review")
    found = verified(old)
    with pytest.raises(signing.SigningRefused, match="remark"):
        signing.sign(found, by=cast.manager_a, name="王某")
    found.data["items"]["loaded"] = 99
    found.save()
    with pytest.raises(signing.SigningRefused, match="changed"):
        signing.sign(found, by=cast.manager_a, name="王某", remark="待办另行处理")


def test_the_report_stands_alone_in_every_form(old):
    found = verified(old)
    text = report.html(found)
    assert found.digest in text
    assert not re.search(r"<script|\sstyle=|href=", text)
    book = openpyxl.load_workbook(io.BytesIO(report.xlsx(found)))
    assert len(book.sheetnames) == 9
    assert '"digest"' in report.as_json(found)


def test_the_manager_signs_in_the_admin_and_the_neighbour_sees_nothing(old, cast):
    Membership.objects.get_or_create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.county_a)
    found = verified(old)
    base = f"/admin/legacy/{old.pk}/acceptance/"
    browser = signed_in(cast.manager_a)
    assert browser.get(base).status_code == 200
    page = browser.get(f"{base}{found.pk}/")
    assert page.status_code == 200
    assert found.digest in page.content.decode()
    wrong = browser.post(f"{base}{found.pk}/sign/", {"name": "王某", "digest": "0" * 64})
    assert wrong.status_code == 200
    done = browser.post(f"{base}{found.pk}/sign/", {"name": "王某", "digest": found.digest})
    assert done.status_code == 302
    found.refresh_from_db()
    assert (found.signed_name, found.signed_by) == ("王某", cast.manager_a)
    assert browser.get(f"{base}{found.pk}/report.xlsx").status_code == 200
    assert signed_in(cast.manager_b).get(f"{base}{found.pk}/").status_code == 404


def test_an_item_that_waits_in_a_column_left_behind_is_settled(old):
    build.column(old, "/lj", None, decision="drop", reason="友情链接不迁移")
    build.item(old, "/lj/t9.html", state="review", column_key="/lj")
    found = verified(old)
    assert (found.data["items"]["review"], found.data["items"]["dropped"]) == (0, 1)
    assert found.data["reasons"]["dropped"] == {"友情链接不迁移": 1}
