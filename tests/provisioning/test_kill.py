"""Killed anywhere and started again, opening a list ends in the very same platform as an undisturbed run."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import REGIONS
from tests.provisioning.lists import CITY, COUNTY, NEIGHBOUR, PROVINCE, sheet
from tests.provisioning.platforms import IN_SMALL_BATCHES, Platform

# The suite's own database is only copied; but without the mark it might not be there.
pytestmark = pytest.mark.django_db

KILLS = 10
THIRD = {
    "code": "430104",
    "name": "岳麓区人民政府",
    "kind": "county",
    "region_code": "430104",
    "host": "www.yuelu.gov.cn",
}
COUNTIES = (COUNTY, NEIGHBOUR, THIRD)
TOWNS_EACH, BUREAUS_EACH = 20, 28

# What the end state consists of. Numbers (ids, versions, times, uuids) are left out, places in the tree are not.
PAGE_KEY = "CAST(p.id AS varchar(20))"
STATE = {
    "tenants": (
        "SELECT t.code, t.name, t.kind, t.status, t.host, t.mount, t.template_version, t.conformance, s.code, m.code, r.code"
        " FROM tenants_tenant t JOIN tenants_region r ON r.id = t.region_id"
        " LEFT JOIN tenants_tenant s ON s.id = t.supervisor_id LEFT JOIN tenants_tenant m ON m.id = t.mounted_under_id"
    ),
    "pages": (
        "SELECT p.path, p.url_path, p.title, p.draft_title, p.slug, p.depth, p.numchild, p.live, p.has_unpublished_changes,"
        " t.code, c.code, c.kind, c.mandatory, c.position, c.intro"
        " FROM govsites_sitepage p LEFT JOIN govsites_column c ON c.sitepage_ptr_id = p.id"
        " LEFT JOIN tenants_tenant t ON t.id = p.tenant_id"
    ),
    "sites": "SELECT s.hostname, s.port, s.site_name, p.url_path FROM wagtailcore_site s JOIN govsites_sitepage p ON p.id = s.root_page_id",
    "revisions a page": (
        f"SELECT p.url_path, count(v.id), count(l.id) FROM govsites_sitepage p"
        f" LEFT JOIN wagtailcore_revision v ON v.object_id = {PAGE_KEY}"
        " LEFT JOIN wagtailcore_revision l ON l.id = v.id AND l.id = p.live_revision_id AND l.id = p.latest_revision_id"
        " GROUP BY p.url_path"
    ),
    "log entries a page": (
        "SELECT p.url_path, e.action, count(e.id) FROM govsites_sitepage p"
        " LEFT JOIN wagtailcore_pagelogentry e ON e.page_id = p.id GROUP BY p.url_path, e.action"
    ),
    "search rows a page": (
        f"SELECT p.url_path, count(i.id) FROM govsites_sitepage p LEFT JOIN wagtailsearch_indexentry i ON i.object_id = {PAGE_KEY}"
        " GROUP BY p.url_path"
    ),
    "rows of nothing": (
        "SELECT (SELECT count(*) FROM wagtailcore_revision), (SELECT count(*) FROM wagtailcore_pagelogentry),"
        " (SELECT count(*) FROM wagtailsearch_indexentry), (SELECT count(*) FROM govsites_homepage),"
        " (SELECT count(*) FROM govsites_column), (SELECT count(*) FROM govsites_regionpage)"
    ),
}


def places() -> tuple[tuple[str, str, str, str], ...]:
    towns = [
        (f"{county['code']}{n:03}", f"{county['name'][:3]}第{n}街道", "town", county["code"])
        for county in COUNTIES
        for n in range(1, TOWNS_EACH + 1)
    ]
    return (*REGIONS[:4], ("430104", "岳麓区", "county", "430100"), *towns)


def rows() -> list[dict[str, Any]]:
    """Return the province, the city, three counties with 20 streets and 28 bureaus each: 149 sub-sites."""
    streets = [
        {"code": code, "name": f"{name}办事处", "kind": "town", "region_code": code, "mount": f"jd{code[-3:]}"}
        for code, name, level, _parent in places()
        if level == "town"
    ]
    bureaus = [
        {
            "code": f"{county['code']}-b{n}",
            "name": f"{county['name'][:3]}第{n}局",
            "kind": "department",
            "region_code": county["code"],
            "mount": f"ju{n}",
        }
        for county in COUNTIES
        for n in range(1, BUREAUS_EACH + 1)
    ]
    made = [*streets, *bureaus, *COUNTIES, CITY, PROVINCE]
    random.Random(1).shuffle(made)
    return made


def state(platform: Platform) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(platform.query(sql), key=repr) for name, sql in STATE.items()}


def kill_at(platform: Platform, path: Any, *, tenants: int, pause: float) -> bool:
    """Start the command, wait until `tenants` more sub-sites are there and `pause` seconds longer, kill it.

    Return whether it was still at work.
    """
    (begun,) = platform.query("SELECT count(*) FROM tenants_tenant")[0]
    process = platform.start("provision", path, code=IN_SMALL_BATCHES)
    deadline = time.monotonic() + 90
    while process.poll() is None and tenants and time.monotonic() < deadline:
        if platform.query("SELECT count(*) FROM tenants_tenant")[0][0] >= begun + tenants:
            break
        time.sleep(0.02)
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_killed_ten_times_it_ends_as_if_it_had_never_been_disturbed(new_platform: Callable[[], Platform]) -> None:
    calm, killed = new_platform(), new_platform()
    for platform in (calm, killed):
        platform.load_regions(places())
        (platform.folder / "list.csv").write_bytes(sheet(*rows()))
    done = calm.manage("provision", calm.folder / "list.csv", code=IN_SMALL_BATCHES)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(": 149 created")

    moments = random.Random(20261120)
    # Two kills before anything is there, the others somewhere in one of the next two or three batches of five.
    plan = [(0, moments.uniform(0, 3)) for _ in range(2)]
    plan += [(moments.choice((1, 6)), moments.uniform(0, 0.15)) for _ in range(KILLS - 2)]
    hits = sum(kill_at(killed, killed.folder / "list.csv", tenants=tenants, pause=pause) for tenants, pause in plan)
    assert hits >= KILLS - 1
    (standing,) = killed.query("SELECT count(*) FROM tenants_tenant")[0]
    assert 0 < standing < 149

    done = killed.manage("provision", killed.folder / "list.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(f": {149 - standing} created, {standing} unchanged")
    assert state(killed) == state(calm)
    again = killed.manage("provision", killed.folder / "list.csv")
    assert again.stdout.strip().endswith(": 149 unchanged")
    assert state(killed) == state(calm)
    statuses = {status for (status,) in killed.query("SELECT status FROM provisioning_provisioningrun")}
    assert statuses <= {"finished", "failed", "planned"}  # planned: killed between planning and starting
