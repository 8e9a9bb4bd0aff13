"""Each page of the admin at 10, 500 and 5,000 tenants: queries, HTML and work, for a township's contributor and an operator.

The pages are those of the sweep (tests/isolation): every address of the resolver, filled with the township's own objects.
A page that costs more the more neighbours there are reads the neighbours' rows. Work is judged by what a busy machine
cannot disturb, the number of function calls, and by the time that the database takes; CPU time is told beside them.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import logging
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection

from bench import people
from bench.apart import say
from bench.measures import open_sites
from bench.province import province
from provisioning.management.commands.demo import DIVISIONS
from sites.models import Article, Column, HomePage, MediaShelf
from tenants.models import Membership, Region, Role, Tenant, User
from tenants.scope import every_tenant
from tests.isolation.rows import belonging
from tests.isolation.urls import Pattern, addresses, patterns
from tests.isolation.world import Side, World, verified

SIZES, QUICK_SIZES = (10, 500, 5_000), (10, 50, 250)
TURNS = 7  # each page is asked so often; the fastest counts, which a busy machine disturbs least
MOST_QUERIES, MOST_KB = 40, 150
GOALS = {"contributor": 1.2, "operator": 3.0}
SLOWER_BY_MS = 3.0  # of the database: below this a ratio is the clock's noise


@dataclass(frozen=True)
class Cost:
    queries: int
    kilobytes: float
    calls: int  # of functions, in Python and in C
    database_ms: float  # from asking to the answer, the fastest turn
    cpu_ms: float  # at the speed that the machine had when the bench began


def everything(options: argparse.Namespace) -> None:
    """Grow a province through the sizes, look at every page at each, and print costs, ratios and the pages over a goal."""
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.ERROR)  # pages that are not there for a person say so on stderr
    call_command("regions", "load", str(DIVISIONS), stdout=io.StringIO())
    operator = User.objects.create(username="bench", is_superuser=True)
    header, *rows = province(options.departments).decode().splitlines()
    rows = _township_first(rows)
    _speed_at_start()
    costs: dict[str, dict[str, list[Cost]]] = {name: defaultdict(list) for name in GOALS}
    opened = 0
    for size in QUICK_SIZES if options.quick else SIZES:
        open_sites("\n".join([header, *rows[opened:size]]).encode(), operator)
        opened = min(size, len(rows))
        people.settle(operator)
        side = _township()
        for name, client in (("contributor", verified(side.author)), ("operator", verified(operator))):
            started = time.perf_counter()
            found = _all_pages(client, side)
            for page, cost in found.items():
                costs[name][page].append(cost)
            _say_size(name, found, time.perf_counter() - started)
    for name, by_page in costs.items():
        _say_ratios(name, by_page)


def _township_first(rows: list[str]) -> list[str]:
    """Put the province, one city, one county and its towns in front: they are there at every size."""
    first = [row for row in rows if row.startswith(("430000,", "430100,", "430181"))]
    first.sort(key=lambda row: len(row.split(",")[0]))
    return first + [row for row in rows if row not in set(first)]


def _township() -> Side:
    """Return a town with its first contributor and all its rows, in the form in which the sweep knows a tenant."""
    tenant = Tenant.objects.filter(kind="town").order_by("pk")[0]
    author = User.objects.filter(memberships__tenant=tenant, memberships__role=Role.CONTRIBUTOR).order_by("pk")[0]
    with every_tenant("bench"):
        shelf = MediaShelf.objects.get(tenant=tenant)
        staff = set(Membership.objects.filter(tenant=tenant).values_list("user_id", flat=True))
        keys = belonging({Tenant: {tenant.pk}, User: staff, Collection: {shelf.collection_id}})
    article = Article.objects.filter(tenant=tenant).order_by("pk")[0]
    column = Column.objects.get(pk=article.column_id)
    pages = {
        "a live article": article,
        "home": HomePage.objects.get(tenant=tenant),
        "column": column,
        "a draft": article,
    }
    known = {Region: tenant.region, User: author, Tenant: tenant}
    return Side("a", tenant, author, pages=pages, known=known, keys=keys)


def _all_pages(client: Client, side: Side) -> dict[str, Cost]:
    """Return the cost of each page that answers 200, by its view's name (and words, where it has several)."""
    world = World(cast=None, marks=None, sides={"county_a": side}, visitors=[], theirs={})
    costs: dict[str, Cost] = {}
    for pattern in patterns():
        if not pattern.template.startswith(("/admin/", "/api/")) or pattern.name in ("wagtailadmin_logout",):
            continue
        for path in _own(pattern, world):
            cost = _cost(client, path)
            if cost is not None:
                costs.setdefault(pattern.name, cost)
    return costs


def _own(pattern: Pattern, world: World) -> list[str]:
    try:
        return [address.path for address in addresses(pattern, world, own_alone=True)][:1]
    except (KeyError, ValueError):  # the township has none of these: nothing to look at
        return []


def _cost(client: Client, path: str) -> Cost | None:
    response = client.get(path)
    if response.status_code != 200:
        return None
    body = response.content if not response.streaming else b"".join(response.streaming_content)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
        queries = len(captured)
    turns = [(*_seconds(client, path), _fixed_work()) for _turn in range(TURNS)]
    fastest, database, fixed = (min(each) for each in zip(*turns, strict=True))
    cpu_ms = fastest * 1000 * _speed_at_start() / fixed
    return Cost(queries, len(body) / 1000, _calls(client, path), database * 1000, cpu_ms)


def _calls(client: Client, path: str) -> int:
    profile = cProfile.Profile(subcalls=False)
    profile.runcall(client.get, path)
    return sum(entry.callcount for entry in profile.getstats())


@cache
def _speed_at_start() -> float:
    return min(_fixed_work() for _turn in range(50))


def _fixed_work() -> float:
    """Return the CPU seconds of a work that is always the same: a shared machine is not always as fast."""
    started = time.process_time()
    for _turn in range(20):
        json.loads(json.dumps({str(number): [number] * 5 for number in range(200)}))
    return time.process_time() - started


def _seconds(client: Client, path: str) -> tuple[float, float]:
    """Return the process's CPU seconds and the seconds of waiting for the database."""
    waited = 0.0

    def wait(execute: Any, *arguments: Any) -> Any:
        nonlocal waited
        asked = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            waited += time.perf_counter() - asked

    started = time.process_time()
    with connection.execute_wrapper(wait):
        client.get(path)
    return time.process_time() - started, waited


def _say_size(name: str, found: dict[str, Cost], seconds: float) -> None:
    most = {
        what: max(found.items(), key=lambda item: getattr(item[1], what)) for what in ("queries", "kilobytes", "cpu_ms")
    }
    say(
        f"  {Tenant.objects.count():6,} tenants {name:<12} {len(found):4} pages  most queries {most['queries'][1].queries:4}  "
        f"most HTML {most['kilobytes'][1].kilobytes:5.0f} KB  slowest {most['cpu_ms'][1].cpu_ms:6.1f} ms CPU   ({seconds:.0f} s)"
    )


def _say_ratios(name: str, by_page: dict[str, list[Cost]]) -> None:
    """Print the greatest ratio of the largest size to the smallest, and each page that misses a goal."""
    over = []
    worst = (0.0, "")
    for page, costs in by_page.items():
        if len(costs) < 2:
            continue
        first, last = costs[0], costs[-1]
        ratio = last.calls / first.calls
        worst = max(worst, (ratio, page))
        faults = [f"{ratio:.2f} times the calls"] if ratio > GOALS[name] else []
        if last.database_ms - first.database_ms > max(SLOWER_BY_MS, first.database_ms * (GOALS[name] - 1)):
            faults.append(f"{first.database_ms:.1f} -> {last.database_ms:.1f} ms of the database")
        if last.queries > first.queries and last.queries > first.queries * GOALS[name]:
            faults.append(f"{first.queries} -> {last.queries} queries")
        if name == "contributor" and last.queries > MOST_QUERIES:
            faults.append(f"{last.queries} queries")
        if name == "contributor" and last.kilobytes > MOST_KB:
            faults.append(f"{last.kilobytes:.0f} KB")
        if faults:
            over.append(f"    {page:<52} {', '.join(faults)}")
    grown = [costs for costs in by_page.values() if len(costs) > 1]
    cpu = [statistics.quantiles([costs[-1].cpu_ms / costs[0].cpu_ms for costs in grown], n=10)[at] for at in (4, 8)]
    say(f"  {name}: {len(by_page)} pages, greatest ratio of calls {worst[0]:.2f} (goal: {GOALS[name]}) {worst[1]}")
    say(f"  {name}: CPU time, the middle page {cpu[0]:.2f} times, nine pages of ten at most {cpu[1]:.2f} times")
    say("\n".join(over) if over else f"  {name}: no page over a goal")
