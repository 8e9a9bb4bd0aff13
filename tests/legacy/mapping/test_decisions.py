"""Decisions of a person about old columns: stored, exported, brought back, and what they cover."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from legacy.cutover import phases
from legacy.ledger import registering
from legacy.mapping import decisions, exchange
from legacy.mapping.deciding import Change, Decision
from legacy.models import LegacyColumn, LegacyItem, LegacyRaw, OldAddress, Step, Transition
from legacy.running import new_run
from legacy.survey import making
from tenants.models import Membership, Role
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.survey import site

OLD = (
    ("/gzdt", "工作动态", "", 20),
    ("/tzgg", "公示公告", "", 7),
    ("/wzdt", "网站地图", "", 1),
    ("/lfg", "雷锋岗", "", 3),
)


@pytest.fixture
def old(cast: Cast):
    with tenant_scope(cast.department_a):
        transition = site.transition_of(cast.department_a)
        for key, title, parent, items in OLD:
            LegacyColumn.objects.create(
                tenant_id=transition.tenant_id,
                transition=transition,
                key=key,
                title=title,
                parent_key=parent,
                items_found=items,
            )
        yield transition


def stored(transition: Transition, key: str) -> LegacyColumn:
    return LegacyColumn.objects.get(transition=transition, key=key)


def mapped(transition: Transition) -> bool:
    """Return what the check list of the cut-over says of the mapping."""
    return next(line.ok for line in phases.check_list(transition) if line.code == "mapped")


def test_proposals_wait_for_a_person_and_never_overwrite_one(old, cast):
    target = decisions.targets(old)[0].page_id
    decisions.decide(old, [Change("/gzdt", Decision("move", target))], by=cast.operator)
    counts = decisions.propose_all(old)
    assert (counts["move"], counts["drop"], counts["open"], counts["decided"]) == (1, 1, 1, 1)
    assert stored(old, "/gzdt").target_id == target
    assert not stored(old, "/gzdt").proposed
    assert stored(old, "/tzgg").proposed
    assert stored(old, "/tzgg").target.title == "通知公告"
    assert decisions.propose_all(old)["changed"] == 0


def test_confirmed_proposals_carry_the_persons_name(old, cast):
    decisions.propose_all(old)
    assert decisions.confirm(old, by=cast.operator) == 3
    row = stored(old, "/tzgg")
    assert (row.proposed, row.decided_by) == (False, cast.operator)
    assert row.decided_at is not None


def test_coverage_names_the_mandatory_columns_that_would_stay_empty(old, cast):
    before = decisions.coverage(old)
    assert before["items"]["open"] == 31
    decisions.propose_all(old)
    decisions.confirm(old, by=cast.operator)
    after = decisions.coverage(old)
    assert after["items"] == {"move": 27, "drop": 1, "proposed": 0, "open": 3}
    gone = {one.title for one in before["empty"]} - {one.title for one in after["empty"]}
    assert "通知公告" in gone
    assert not decisions.complete(old)
    assert not mapped(old)
    decisions.decide(old, [Change("/lfg", Decision("drop", reason="活动已结束"))], by=cast.operator)
    assert decisions.complete(old)
    assert mapped(old)


def test_a_column_of_the_neighbouring_county_is_no_target(old, cast):
    with tenant_scope(cast.department_b):
        foreign = decisions.targets_of(cast.department_b.pk)[0].page_id
    outcome = decisions.decide(old, [Change("/tzgg", Decision("move", foreign))], by=cast.operator)
    assert outcome.changed == []
    assert "not on this site" in str(outcome.refused[0])


def test_rules_count_the_extracted_titles(old, cast):
    one, other = (target.page_id for target in decisions.targets(old)[:2])
    for number, title in enumerate(("任命通知", "放假通知", "免去职务")):
        LegacyItem.objects.create(
            tenant_id=old.tenant_id, transition=old, key=f"k{number}", column_key="/lfg", title=title, state="extracted"
        )
    rules = ({"title": "任命|免去", "target": other},)
    decisions.decide(old, [Change("/lfg", Decision("move", one, rules))], by=cast.operator)
    assert decisions.coverage(old)["targets"] == {other: 2, one: 1}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_table_comes_back_as_it_went(old, cast, form):
    one, other = (target.page_id for target in decisions.targets(old)[:2])
    LegacyColumn.objects.create(tenant_id=old.tenant_id, transition=old, key="=工作/通知", title="通知", items_found=1)
    rules = ({"title": "任命", "target": other},)
    decisions.decide(
        old,
        [
            Change("/lfg", Decision("move", one, rules)),
            Change("/wzdt", Decision("drop", reason="新站自动生成")),
            Change("=工作/通知", Decision("move", other)),
        ],
        by=cast.operator,
    )
    data = exchange.as_csv(old) if form == "csv" else exchange.as_xlsx(old)
    changes, refused = exchange.changes(old, exchange.read(data, f"t.{form}"))
    assert refused == []
    outcome = decisions.decide(old, changes, by=cast.operator)
    assert (sorted(outcome.unchanged), outcome.changed, outcome.refused) == (["/lfg", "/wzdt", "=工作/通知"], [], [])


def test_lines_that_cannot_be_understood_are_refused_one_by_one(old, cast):
    text = "旧栏目标识,处理,新栏目,理由\n/gzdt,迁移,没有的栏目,\n/tzgg,也许,,\n/wzdt,不迁移,,重复\n/none,不迁移,,重复\n"
    changes, refused = exchange.changes(old, exchange.read(text.encode(), "t.csv"))
    outcome = decisions.decide(old, changes, by=cast.operator)
    assert [one.key for one in [*refused, *outcome.refused]] == ["/gzdt", "/tzgg", "/none"]
    assert outcome.changed == ["/wzdt"]


def test_the_command_decides_only_in_somebodys_name(old, cast):
    out = io.StringIO()
    call_command("legacy", "map", "old-a", "--propose", "--confirm", "--by", "operator", "--format", "json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["confirmed"], found["columns"]["open"]) == (3, 1)
    with pytest.raises(CommandError):
        call_command("legacy", "map", "old-a", "--confirm", stdout=io.StringIO())


def test_old_list_pages_lead_to_the_new_column_and_dropped_ones_are_gone(cast):
    with tenant_scope(cast.department_a):
        transition = site.transition_of(cast.department_a)
        site.fill(transition)
        making.carry_out(new_run(transition, Step.SURVEY, by=None))
        urls = [raw.url for raw in LegacyRaw.objects.filter(transition=transition, kind="page")]
        registering.known(transition, [(url, "page") for url in urls], "collect")
        target = decisions.targets(transition)[0].page_id
        wanted = [Change("/gzdt", Decision("move", target)), Change("/zjgk", Decision("drop", reason="已并入新栏目"))]
        decisions.decide(transition, wanted, by=cast.operator)
        result = {row.path: row for row in OldAddress.objects.filter(transition=transition)}
        assert (result["/gzdt"].result, result["/gzdt"].page_id) == ("redirect", target)
        assert result["/gzdt/201504/t7.html"].result == "unresolved"
        assert (result["/zjgk"].result, result["/zjgk"].reason) == ("gone", "已并入新栏目")
        assert result["/zjgk"].decided_by == cast.operator
        decisions.decide(transition, [Change("/zjgk", Decision("move", target))], by=cast.operator)
        again = OldAddress.objects.get(transition=transition, path="/zjgk")
        assert (again.result, again.page_id) == ("redirect", target)


def test_the_page_in_the_admin_takes_decisions_and_tables(old, cast):
    Membership.objects.get_or_create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.department_a)
    browser, base = signed_in(cast.manager_a), f"/admin/legacy/{old.pk}/columns/"
    assert browser.post(base, {"propose": "1"}).status_code == 302
    page = browser.get(base)
    assert page.status_code == 200
    assert "公示公告" in page.content.decode()
    row, other = stored(old, "/lfg"), stored(old, "/tzgg")
    target = decisions.targets(old)[0].page_id
    sent = {
        f"target-{row.pk}": "drop",
        f"reason-{row.pk}": "活动已结束",
        f"target-{other.pk}": str(other.target_id),
        f"reason-{other.pk}": "",
        "confirm": "1",
    }
    browser.post(base, sent)
    assert (stored(old, "/lfg").decision, stored(old, "/lfg").decided_by) == ("drop", cast.manager_a)
    assert not stored(old, "/tzgg").proposed
    assert stored(old, "/gzdt").proposed  # was not shown
    rules = {"rule-title": ["放假", ""], "rule-target": [str(target), ""], "target": str(target)}
    assert browser.get(f"{base}{row.pk}/").status_code == 200
    assert browser.post(f"{base}{row.pk}/", rules).status_code == 302
    assert stored(old, "/lfg").rules == [{"title": "放假", "target": target}]
    export = browser.get(f"{base}export.csv")
    assert export.content.decode("utf-8-sig").startswith("旧栏目标识")
    upload = SimpleUploadedFile("t.csv", "旧栏目标识,处理,新栏目,理由\n/gzdt,不迁移,,内容已过时\n".encode())
    assert browser.post(f"{base}import/", {"table": upload}).status_code == 302
    assert stored(old, "/gzdt").reason == "内容已过时"
    assert signed_in(cast.manager_b).get(base).status_code == 404


@pytest.mark.parametrize("target", ["", "abc", "²", "9" * 30])
def test_a_rule_that_leads_nowhere_is_answered_on_the_page(old, cast, target):
    Membership.objects.get_or_create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.department_a)
    row = stored(old, "/lfg")
    sent = {"rule-title": ["放假"], "rule-target": [target], "target": target}
    page = signed_in(cast.manager_a).post(f"/admin/legacy/{old.pk}/columns/{row.pk}/", sent)
    assert page.status_code == 200
    assert "规则“放假”的目标栏目不能存放稿件" in page.content.decode()
    assert stored(old, "/lfg").rules == []


def test_the_page_asks_the_database_as_often_for_24_columns_as_for_4(old, cast):
    Membership.objects.get_or_create(user=cast.manager_a, role=Role.SITE_MANAGER, tenant=cast.department_a)
    browser, base = signed_in(cast.manager_a), f"/admin/legacy/{old.pk}/columns/"
    decisions.propose_all(old)
    decisions.confirm(old, by=cast.operator)
    browser.get(base)
    with CaptureQueriesContext(connection) as few:
        browser.get(base)
    target = decisions.targets(old)[0].page_id
    for number in range(20):
        LegacyColumn.objects.create(
            tenant_id=old.tenant_id,
            transition=old,
            key=f"/n{number}",
            title=f"栏目{number}",
            decision="move",
            target_id=target,
            decided_by=cast.operator,
        )
    with CaptureQueriesContext(connection) as many:
        browser.get(base)
    assert len(many) == len(few)
