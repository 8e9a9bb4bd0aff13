"""The ledger, logs and the cut-over on the command line."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from legacy.commands import cutover, ledger, logs
from legacy.ledger import answering
from legacy.ledger.registering import Seen, known
from legacy.models import OldAddress
from tenants.scope import tenant_scope
from tests.legacy.ledger.making import line, old_site


@pytest.fixture
def site(cast):
    return old_site(cast.county_a)


def run(module, **values):
    out = io.StringIO()
    options = {
        "transition": "old-county", "format": "text", "by": "", "dry_run": False, "list": None, "export": None,
        "decide": None, "address": [], "to": "", "reason": "", "top": 20, "files": [], "look_up": False, "try_out": False, "rule": None, "join": False,
    }  # fmt: skip
    return module.handle(options | values, out), out.getvalue()


def test_a_decision_needs_a_name_and_is_shown(cast, site):
    with pytest.raises(ValueError, match="--by"):
        run(ledger, decide="gone", address=["/a"], reason="过期")
    code, text = run(ledger, decide="gone", address=["/a"], reason="过期", by=cast.manager_a.username)
    assert (code, text) == (0, "changed 1, unchanged 0, refused 0")
    assert line(site, "/a").decided_by == cast.manager_a
    code, text = run(ledger, format="json")
    assert json.loads(text)["addresses"]["gone"] == 1


def test_a_log_is_read_and_the_gaps_are_shown(site, tmp_path):
    file = tmp_path / "access.log"
    file.write_text('1.2.3.4 - - [05/Jan/2015:10:00:00 +0800] "GET /x.html HTTP/1.1" 200 1\n' * 3, encoding="utf-8")
    assert run(logs, files=[str(file)], dry_run=True)[1] == "access.log: requests 3, junk 0, unanswered 0, damaged 0"
    assert run(logs, files=[str(file)])[0] == 0
    assert "3  old-county.example/x.html" in run(ledger)[1]


def test_a_rule_brings_the_ledger_into_its_form(cast, site):
    with tenant_scope(site.tenant_id):
        known(site, [Seen(f"/show.asp?id=5&from={number}", hits=number) for number in range(1, 4)], "log")
        OldAddress.objects.filter(path__contains="from=2").update(result="gone", decided_by=cast.manager_a)
        known(site, ["/show.asp?from=1", "/a.html"], "list")
    assert run(ledger, rule='{"significant": ["id"]}')[1] == "rekeyed 0, joined 0, rewritten 2, merged 2, unchanged 1"
    row = line(site, "/show.asp?id=5")
    assert (row.result, row.hits) == ("gone", 6)
    assert line(site, "/show.asp")
    assert run(ledger, rule='{"significant": ["id"]}')[1] == "rekeyed 0, joined 0, rewritten 0, merged 0, unchanged 3"
    assert answering.answer("www.old-county.example", "/SHOW.asp?x=1&id=5").status == 410
    with pytest.raises(ValueError, match="colour"):
        run(ledger, rule='{"colour": 1}')
    with pytest.raises(ValueError, match="JSON"):
        run(ledger, rule="{")


def test_a_list_in_and_out(cast, site, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("旧地址,结果,原因\n/a,不迁移,过期\n/b,搬走,\n", encoding="utf-8")
    assert run(ledger, list=str(file), dry_run=True)[0] == 0
    code, _text = run(ledger, list=str(file), by=cast.manager_a.username)
    assert code == 3
    out = tmp_path / "out.csv"
    run(ledger, export=str(out))
    assert "不迁移" in out.read_text(encoding="utf-8-sig")
    with tenant_scope(site.tenant_id):
        assert OldAddress.objects.filter(result="gone").count() == 1


def test_the_cut_over_says_what_is_open(site):
    code, text = run(cutover, try_out=True)
    assert code == 3
    assert text.startswith("old-county: ")
    facts = json.loads(run(cutover, format="json")[1])
    assert facts["phase"] == "survey"
    assert len(facts["checks"]) == 15


def test_the_subcommands_are_found(site):
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("legacy", "cutover", "old-county", stdout=out)
