"""Killed anywhere and taken up again, a load ends in the very same site as an undisturbed one.

LEGACY_KILLS=50 kills that many times (some minutes); the suite does a few.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.provisioning.platforms import Platform

# The suite's own database is only copied; but without the mark it might not be there.
pytestmark = pytest.mark.django_db

KILLS = int(os.environ.get("LEGACY_KILLS", "4"))
ITEMS = 60 + 12 * KILLS
BEGIN = """
import os, sys
sys.path[:0] = ["platform", "."]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from legacy.loading import links, load
from legacy.models import LegacyRun, Transition
from legacy.running import new_run
from tenants.scope import every_tenant, tenant_scope
load.BATCH = links.BATCH = 5
"""
BUILD = (
    BEGIN
    + """
from tests.cast import make_regions, new_tenant, open_sites
from tests.legacy.loading.build import HOST, body, column, item, picture, raw, text, url
from tests.sites.writing.pictures import png
from sites.models import Column
count = int(sys.argv[1])
tenant = new_tenant("430102", "芙蓉区人民政府", "county", make_regions()["430102"], host="a.localhost")
open_sites([tenant])
with tenant_scope(tenant):
    old = Transition.objects.create(tenant=tenant, code="old", name="旧站", hosts=[HOST])
    news = Column.objects.filter(kind="list", mandatory=True).order_by("path").first()
    column(old, "/gzdt", news)
    for number in range(4):
        raw(old, f"/img/{number}.png", png(size=(20 + number, 10)), "picture")
    raw(old, "/att/1.pdf", b"%PDF-1.4 made for this test")
    for number in range(count):
        html = f'<p>第{number}条 <a href="{url(f"/{(number * 7 + 3) % count}.html")}">相关</a></p>'
        made = body(text(html))
        if number % 4 == 0:
            made["blocks"].append(picture(url(f"/img/{number % 16 // 4}.png"), "图"))
        if number % 9 == 0:
            made["attachments"] = [{"url": url("/att/1.pdf"), "name": "附件"}]
        values = {"published_at": None} if number % 25 == 7 else {}
        item(old, f"/{number}.html", title=f"通知第{number}号", made=made, **values)
"""
)
# One process that has everything imported; each load is a child of its own, which is killed as any process is.
LOADS = (
    BEGIN
    + """
def carry_out():
    with every_tenant("a test"):
        old = Transition.objects.select_related("tenant").get()
    with tenant_scope(old.tenant):
        row = LegacyRun.objects.filter(step="load").exclude(state="finished").order_by("pk").first()
        load.carry_out(row or new_run(old, "load", by=None))
for _asked in sys.stdin:
    child = os.fork()
    if not child:
        carry_out()
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
)
PAGE_KEY = "CAST(p.id AS varchar(20))"
STATE = {
    "pages": (
        "SELECT p.url_path, p.path, p.depth, p.numchild, p.title, p.live, a.body,"
        " CASE WHEN p.loaded_at IS NULL THEN NULL ELSE p.published_at END"
        " FROM govsites_sitepage p LEFT JOIN govsites_article a ON a.sitepage_ptr_id = p.id"
    ),
    "revisions": (
        "SELECT p.url_path, count(v.id), count(l.id) FROM govsites_sitepage p"
        f" LEFT JOIN wagtailcore_revision v ON v.object_id = {PAGE_KEY}"
        " LEFT JOIN wagtailcore_revision l ON l.id = v.id AND l.id = p.live_revision_id AND l.id = p.latest_revision_id"
        " GROUP BY p.url_path"
    ),
    "log": (
        "SELECT p.url_path, e.action, count(e.id) FROM govsites_sitepage p"
        " LEFT JOIN wagtailcore_pagelogentry e ON e.page_id = p.id GROUP BY p.url_path, e.action"
    ),
    "search": (
        f"SELECT p.url_path, i.title, i.body FROM govsites_sitepage p LEFT JOIN wagtailsearch_indexentry i"
        f" ON i.object_id = {PAGE_KEY} AND i.content_type_id = p.content_type_id"
    ),
    "references": (
        "SELECT p.url_path, r.model_path, r.content_path LIKE 'body.%', count(r.id) FROM govsites_sitepage p"
        f" JOIN wagtailcore_referenceindex r ON r.object_id = {PAGE_KEY}"
        " GROUP BY p.url_path, r.model_path, r.content_path LIKE 'body.%'"
    ),
    "attachments": (
        "SELECT p.url_path, t.title, f.original_name, f.file FROM govsites_attachment t"
        " JOIN govsites_sitepage p ON p.id = t.page_id JOIN govsites_sitefile f ON f.id = t.file_id"
    ),
    "pictures": "SELECT file, title, file_size FROM govsites_siteimage",
    "items": (
        "SELECT i.key, i.state, i.open_links, i.content_hash = i.loaded_hash, i.loaded_media, p.url_path"
        " FROM legacy_legacyitem i LEFT JOIN govsites_sitepage p ON p.id = i.page_id"
    ),
    "ledger": (
        "SELECT o.path, o.kind, o.result, p.url_path FROM legacy_oldaddress o"
        " LEFT JOIN govsites_sitepage p ON p.id = o.page_id"
    ),
    "lines": "SELECT level, place, count(*) FROM legacy_runline GROUP BY level, place",
    "rows of nothing": (
        "SELECT (SELECT count(*) FROM wagtailcore_revision), (SELECT count(*) FROM wagtailcore_pagelogentry),"
        " (SELECT count(*) FROM wagtailsearch_indexentry), (SELECT count(*) FROM wagtailcore_referenceindex),"
        " (SELECT count(*) FROM govsites_article), (SELECT count(*) FROM legacy_legacymedia)"
    ),
}


def state(platform: Platform) -> dict[str, Any]:
    """Return what a load leaves; numbers of pages in texts are replaced by what they stand for."""
    ids = {str(pk): path for pk, path in platform.query("SELECT id, url_path FROM govsites_sitepage")}
    images = {str(pk): name for pk, name in platform.query("SELECT id, file FROM govsites_siteimage")}

    def plain(value: Any) -> Any:
        text = str(value)
        text = re.sub(r'linktype=\\*"page\\*" id=\\*"(\d+)', lambda found: f"page {ids[found[1]]}", text)
        return re.sub(r"[\"']image[\"']: (\d+)", lambda found: f"image {images[found[1]]}", text)

    found: dict[str, Any] = {
        name: sorted([tuple(map(plain, row)) for row in platform.query(sql)]) for name, sql in STATE.items()
    }
    media = platform.folder / "media"
    found["files"] = sorted(str(path.relative_to(media)) for path in media.rglob("legacy/*/*"))
    return found


def loaded(platform: Platform) -> int:
    return int(platform.query("SELECT count(*) FROM govsites_article")[0][0])


class Loads:
    """Loads of one platform, one after the other."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._process = platform.start(code=LOADS, stdin=subprocess.PIPE)

    def __enter__(self) -> Loads:
        return self

    def __exit__(self, *_error: object) -> None:
        self.said = self._process.communicate()[1]

    def begin(self) -> int:
        """Begin a load and return the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write("load\n")
        self._process.stdin.flush()
        return self._number()

    def ended(self) -> int:
        """Wait for the load's end and return its exit code."""
        return self._number()

    def _number(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._process.communicate()[1]
        return int(line)

    def kill(self, *, after: int, pause: float) -> bool:
        """Load, wait until `after` more articles stand and `pause` seconds longer, kill; return whether it was at work."""
        begun, deadline = loaded(self.platform), time.monotonic() + 90
        child = self.begin()
        while is_there(child) and time.monotonic() < deadline and loaded(self.platform) < begun + after:
            time.sleep(0.01)
        time.sleep(pause)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self.ended() == -signal.SIGKILL


def refuse_another_beside(platform: Platform, first: int) -> None:
    """Try to load while another process is held in the middle of a load of the same site."""
    os.kill(first, signal.SIGSTOP)
    with Loads(platform) as second:
        second.begin()
        assert second.ended() == 1
    assert "Another run of this transition is at work." in second.said
    os.kill(first, signal.SIGCONT)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_killed_at_random_moments_a_load_ends_as_if_it_had_never_been_disturbed(
    new_platform: Callable[[], Platform],
) -> None:
    calm, killed = new_platform(), new_platform()
    for platform in (calm, killed):
        built = platform.manage(ITEMS, code=BUILD)
        assert built.returncode == 0, built.stderr
    moments = random.Random(20261122)
    with Loads(calm) as loads:
        first = loads.begin()
        while is_there(first) and not loaded(calm):
            time.sleep(0.01)
        refuse_another_beside(calm, first)
        assert loads.ended() == 0
    with Loads(killed) as loads:
        hits = sum(loads.kill(after=moments.choice((1, 6)), pause=moments.uniform(0, 0.1)) for _turn in range(KILLS))
        assert hits >= KILLS * 0.6
        assert 0 < loaded(killed)
        loads.begin()
        assert loads.ended() == 0
    expected = state(calm)
    assert len(expected["pages"]) > ITEMS * 0.9
    assert {row[2] for row in expected["items"]} == {"0", "1"}  # links to refused items stay open, the others do not
    assert state(killed) == expected
    counts = [platform.query("SELECT counts FROM legacy_legacyrun ORDER BY id")[0][0] for platform in (calm, killed)]
    assert counts[0] == counts[1]
    with Loads(killed) as loads:
        loads.begin()
        assert loads.ended() == 0
    assert {name: rows for name, rows in state(killed).items() if name != "lines"} == {
        name: rows for name, rows in expected.items() if name != "lines"
    }
