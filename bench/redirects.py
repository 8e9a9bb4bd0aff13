"""Old addresses: redirects a second in one process, entries into the ledger a second, and an access log of a million lines.

    python -m bench.redirects --addresses 100000 --lines 1000000 --on postgresql

In-process requests through the whole chain of middleware, uncached; CPU is this process's own, without the database's.
PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import apart
from bench.apart import peak_mb, say
from bench.old_site import HOST, site

PAGES = 50


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.redirects", description=__doc__)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=5_000)
    return apart.run("bench.redirects", parser, measure)


def measure(options: argparse.Namespace) -> None:
    from tenants.scope import tenant_scope

    transition, _by = site()
    with tenant_scope(transition.tenant_id):
        register(transition, options.addresses)
    redirects(options)
    with tenant_scope(transition.tenant_id):
        read_log(transition, options)


def register(transition: Any, count: int) -> None:
    from legacy.ledger.registering import loaded
    from sites.models import Article, Column

    column = Column.objects.filter(tenant_id=transition.tenant_id, kind="list").order_by("path").first()
    pages = []
    for number in range(PAGES):
        page = Article(title=f"通知 {number}", slug=f"n{number}")
        column.add_child(instance=page)
        pages.append(page.pk)
    started = time.perf_counter()
    loaded(transition, ((path(number), "item", pages[number % PAGES]) for number in range(count)))
    say(f"  {count:,} addresses entered                {count / (time.perf_counter() - started):8.0f} a second")
    started = time.perf_counter()
    loaded(transition, ((path(number), "item", pages[(number + 1) % PAGES]) for number in range(0, count, 5)))
    say(f"  targets changed                          {count / 5 / (time.perf_counter() - started):8.0f} a second")


def path(number: int) -> str:
    return f"/art/2015/{number % 12 + 1}/{number % 28 + 1}/art_{number % 97}_{number}.html"


def redirects(options: argparse.Namespace) -> None:
    from django.core.wsgi import get_wsgi_application

    from legacy.ledger import hits

    application = get_wsgi_application()

    def ask(asked: str) -> str:
        found: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": asked, "QUERY_STRING": "", "SCRIPT_NAME": "", "SERVER_NAME": "x",
            "SERVER_PORT": "80", "HTTP_HOST": HOST, "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        body = application(environ, lambda status, headers: found.append(status))
        body.close()
        return found[0]

    chance = random.Random(4)
    ask(path(0))
    wall, cpu = time.perf_counter(), time.process_time()
    for _turn in range(options.requests):
        status = ask(path(chance.randrange(options.addresses)).upper())
        if not status.startswith("301"):
            raise SystemExit(f"not a redirect: {status}")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    hits.flush()
    rate, core = options.requests / wall, options.requests / cpu
    say(
        f"  redirects, uncached                      {rate:8.0f} a second; {core:.0f} a second of CPU (goal: 800 a core)"
    )


def read_log(transition: Any, options: argparse.Namespace) -> None:
    from django.conf import settings

    from legacy.ledger import importing
    from legacy.models import Step
    from legacy.running import new_run

    chance = random.Random(5)
    file = Path(settings.DATA_DIR) / "access.log.gz"
    with gzip.open(file, "wt", compresslevel=1) as log:
        for number in range(options.lines):
            # A few addresses are asked for often, many hardly ever; every twentieth line is noise.
            asked = path(int(options.addresses * 1.2 * chance.random() ** 3)) if number % 20 else "/wp-login.php"
            log.write(f'10.0.0.1 - - [05/Jan/2015:10:00:00 +0800] "GET {asked} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n')
    row = new_run(transition, Step.ADDRESSES, by=None, what="log", path=str(file))
    started = time.perf_counter()
    importing.carry_out(row)
    seconds = time.perf_counter() - started
    say(f"  access log, {options.lines:,} lines            {options.lines / seconds:8.0f} a second ({seconds:.0f} s, {peak_mb():.0f} MB at most)")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
