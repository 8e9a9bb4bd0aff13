"""The check list and the phase follow from facts; nobody types them in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from legacy.cutover.checks import Facts, checks, current, phases
from legacy.mapping.deciding import Progress

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
TODAY = date(2026, 3, 10)
HOST = "www.old.example"
DONE = Facts(
    now=NOW,
    today=TODAY,
    site_status="live",
    raws=100,
    surveyed=True,
    columns=Progress(holding=4),
    items={"loaded": 90, "dropped": 3},
    addresses={"redirect": 100, "gone": 3},
    loaded_at=NOW - timedelta(days=3),
    report_at=NOW - timedelta(days=2),
    report_passed=True,
    signed_at=NOW - timedelta(days=2),
    signature_holds=True,
    signed_name="张三",
    hosts=(HOST,),
    dns={HOST: "moved"},
    dns_looked_at=NOW,
    certificates={HOST: "ok"},
    tested_at=NOW - timedelta(days=1),
    hits={TODAY: {"redirect": 200, "unresolved": 1}, TODAY - timedelta(days=4): {"redirect": 90, "unresolved": 9}},
)


def open_lines(**changes):
    return {line.code for line in checks(replace(DONE, **changes)) if not line.ok}


def test_everything_done_leaves_nothing_open():
    assert open_lines() == set()
    assert current(DONE).code == "live"
    assert {phase.state for phase in phases(DONE)} == {"done"}


@pytest.mark.parametrize(
    ("changes", "code", "phase"),
    [
        ({"raws": 0}, "collected", "survey"),
        ({"surveyed": False}, "surveyed", "survey"),
        ({"columns": Progress(holding=4, waiting=1)}, "mapped", "plan"),
        ({"columns": Progress()}, "mapped", "plan"),
        ({"site_status": "draft"}, "opened", "apply"),
        ({"items": {"loaded": 1, "review": 1}}, "reviewed", "prepare"),
        ({"items": {"loaded": 1, "extracted": 1}}, "loaded", "execute"),
        ({"items": {"loaded": 1, "conflict": 1}}, "loaded", "execute"),
        ({"mandatory_empty": ("机构职能",)}, "mandatory", "test"),
        ({"addresses": {"redirect": 9, "unresolved": 1}}, "addresses", "test"),
        ({"tested_at": None}, "tested", "test"),
        ({"tested_wrong": 1}, "tested", "test"),
        ({"tested_at": NOW - timedelta(days=30)}, "tested", "test"),
        ({"signed_at": None}, "signed", "test"),
        ({"signature_holds": False}, "signed", "test"),
        ({"loaded_at": NOW}, "signed", "test"),
        ({"dns": {HOST: "mixed"}}, "dns", "trial"),
        ({"dns_looked_at": NOW - timedelta(days=5)}, "dns", "trial"),
        ({"certificates": {}}, "certificate", "trial"),
        ({"hits": {}}, "first_hits", "trial"),
        ({"hits": {TODAY: {"redirect": 5, "unresolved": 5}}}, "falling", "live"),
        ({"site_status": "trial"}, "in_service", "live"),
    ],
)
def test_each_fact_opens_its_line_and_its_phase(changes, code, phase):
    assert code in open_lines(**changes)
    assert current(replace(DONE, **changes)).code == phase


def test_what_comes_after_the_present_phase_is_later():
    states = [phase.state for phase in phases(replace(DONE, columns=Progress(holding=4, waiting=2)))]
    assert states == ["done", "now", *["later"] * 6]


def test_a_site_without_hosts_needs_no_names_and_without_https_no_certificate():
    assert not {"dns", "certificate"} & open_lines(hosts=(), dns={}, dns_looked_at=None, certificates={})
    assert "certificate" not in open_lines(certificates={}, certificate_needed=False)


def test_dead_ends_that_become_fewer_are_good_enough():
    four = TODAY - timedelta(days=4)
    assert "falling" not in open_lines(
        hits={TODAY: {"redirect": 8, "unresolved": 2}, four: {"redirect": 5, "unresolved": 5}}
    )
    assert "falling" in open_lines(
        hits={TODAY: {"redirect": 5, "unresolved": 5}, four: {"redirect": 8, "unresolved": 2}}
    )
