"""`manage.py legacy collect`: one run that reads a source into raw records."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from legacy import commanding
from legacy.models import LegacyRun, Step
from legacy.sources.choosing import SOURCES, source_of
from sites.messages import _, sentence

HELP = """Collect an old site: crawl it, or read a mirror, an archive, an export, a dump or a table.

manage.py legacy collect county-hr crawl --delay 0.5
manage.py legacy collect county-hr mirror --path /data/mirror
manage.py legacy collect county-hr sql --path /data/dede_backup --system dedecms
manage.py legacy collect county-hr table --path list.xlsx --column 标题栏=title --column 时间=published_at
"""


def arguments(parser: ArgumentParser) -> None:
    commanding.common_arguments(parser, writes=True)
    parser.add_argument("source", choices=list(SOURCES), help="the form in which the old site is there")
    parser.add_argument("--path", help="file or folder (mirror, zip, warc, wxr, sql, table)")
    parser.add_argument("--base", help="address of the root, for what names no host: http://www.example.gov.cn/")
    parser.add_argument(
        "--layout", choices=("auto", "site", "hosts"), help="mirror, zip: whether first folders are hosts"
    )
    parser.add_argument("--strip", help="mirror, zip: leading folders that belong to the machine, not to the site")
    parser.add_argument(
        "--system", help="sql: the system that the dump is of (dedecms, phpcms); found by itself if left out"
    )
    parser.add_argument("--queries", help="sql, database: a query file (TOML)")
    parser.add_argument(
        "--url-from", help="database: environment variable that holds its address (LEGACY_DATABASE_...)"
    )
    parser.add_argument(
        "--column", action="append", metavar="THEIRS=OURS", help="table: a header and our field; repeatable"
    )
    parser.add_argument("--start", action="append", dest="starts", help="crawl: an address to begin with; repeatable")
    parser.add_argument("--addresses", help="list: a file with one address a line")
    parser.add_argument("--sitemap", action="append", dest="sitemaps", help="list: address of a site map; repeatable")
    parser.add_argument(
        "--host", action="append", dest="hosts", help="crawl: a further host of the old site; repeatable"
    )
    parser.add_argument(
        "--file-host", action="append", dest="file_hosts", help="crawl: other host of pictures and files"
    )
    parser.add_argument("--inner-host", action="append", dest="inner_hosts", help="host that may have an inner address")
    parser.add_argument(
        "--connect", action="append", metavar="HOST=ADDRESS:PORT", help="crawl: where a host is to be found"
    )
    parser.add_argument("--no-robots", action="store_true", help="crawl: set robots.txt aside (the owner's decision)")
    parser.add_argument("--no-media", action="store_true", help="crawl: pages and files that are linked, no pictures")
    parser.add_argument("--delay", type=float, help="crawl: seconds between two requests (0.2)")
    parser.add_argument("--parallel", type=int, help="crawl: requests at a time (4)")
    parser.add_argument("--retries", type=int, help="crawl: further attempts (2)")
    parser.add_argument("--timeout", type=float, help="crawl: seconds that one answer may take (180)")
    parser.add_argument("--max-depth", type=int, help="crawl: steps from the start (30)")
    parser.add_argument("--max-pages", type=int, help="crawl: addresses in all (1,000,000)")
    parser.add_argument("--max-mb", type=float, help="size of one file in MB (300)")


_PASSED = (
    "path base layout strip system queries url_from starts addresses sitemaps hosts file_hosts inner_hosts delay parallel"
    " retries timeout max_depth max_pages max_mb"
)


def handle(options: dict[str, Any], out: Any) -> int:
    with commanding.transition_in_scope(options["transition"]) as transition:
        asked = asked_options(options)
        if options.get("dry_run"):
            row = LegacyRun(tenant_id=transition.tenant_id, transition=transition, step=Step.COLLECT, options=asked)
            source_of(row)  # raises where the options do not fit
            text = json.dumps(asked, ensure_ascii=False)
            said = gettext("Nothing was collected. The run would have these options: %(options)s") % {"options": text}
            out.write(json.dumps({"options": asked}, ensure_ascii=False) if options["format"] == "json" else said)
            return commanding.DONE
        label = str(options.get("path") or options.get("addresses") or options["source"])
        return commanding.carry_out_here(
            transition,
            Step.COLLECT,
            out,
            by=commanding.person(options.get("by", "")),
            label=label[:300],
            form=options["format"],
            **asked,
        )


def asked_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the run's options. Raises Misused where a pair has no "="."""
    asked: dict[str, Any] = {"source": options["source"], "at_command_line": True}
    asked |= {name: options[name] for name in _PASSED.split() if options.get(name) is not None}
    for name in ("path", "queries", "addresses"):
        if asked.get(name):
            asked[name] = str(Path(asked[name]).resolve())
    if options.get("column"):
        asked["columns"] = _pairs(options["column"])
    if options.get("connect"):
        asked["connect"] = _pairs(options["connect"])
    if options.get("no_robots"):
        asked["robots"] = False
    if options.get("no_media"):
        asked["media"] = False
    return asked


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name.strip() or not value.strip():
            raise commanding.Misused(sentence(_("“%(text)s” should be a pair with “=” between."), text=text))
        pairs[name.strip()] = value.strip()
    return pairs
