"""Loading an old site: articles a second with revision, log, search and reference index, beside the floor and Wagtail.

    python -m bench.legacy --articles 20000 --on postgresql
    python -m bench.legacy --articles 20000 --beside 1000000     (beside a million articles that were loaded before)

The floor is the same rows written raw (COPY, or executemany on SQLite). Records are generated: about a thousand Han
characters each, every fifth with a link to another article, every tenth with a table, every twentieth with a file.
PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import apart
from bench.apart import held_mb, peak_mb, say
from bench.old_site import generate, site, text

FIRST = 10_000  # what the rest is compared with
STOCK = 20
TABLES = (
    "wagtailcore_revision", "govsites_sitepage", "govsites_article", "govsites_attachment",
    "wagtailcore_pagelogentry", "wagtailcore_referenceindex", "wagtailsearch_indexentry",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.legacy", description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--beside", type=int, default=0)
    return apart.run("bench.legacy", parser, measure)


def measure(options: argparse.Namespace) -> None:
    from django.db import connection

    from bench.floor import copy_again
    from tenants.scope import tenant_scope

    count = options.articles
    transition, by = site()
    with tenant_scope(transition.tenant_id):
        if options.beside:
            from bench.standing import stand

            started = time.perf_counter()
            stand(transition, options.beside)
            say(f"  {options.beside:,} articles stand already                   {time.perf_counter() - started:8.1f} s")
        started = time.perf_counter()
        generate(transition, count)
        say(f"  {count:,} records generated                       {time.perf_counter() - started:8.1f} s")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        before = apart.spent()
        marks, seconds = load(transition, by)
        own, server = (after - at for after, at in zip(apart.spent(), before, strict=True))
        rate = count / seconds
        say(
            f"  loaded, all in all                            {rate:8.0f} articles a second ({seconds:.1f} s; goal: 1,500)"
        )
        say(
            f"  CPU for 1,000 articles: this process {own * 1000 / count:.2f} s, the database's {server * 1000 / count:.2f} s"
        )
        report_course(marks, count)
        stock = stock_rate(transition, by)
        say(
            f"  stock add_child + publish, beside them        {stock:8.2f} articles a second: {rate / stock:.0f} x (goal: 100)"
        )
        again = load(transition, by)[1]
        say(f"  the second run, all unchanged                 {count / again:8.0f} articles a second")
    if options.beside:
        return
    floor = copy_again(TABLES)
    say(f"  the same rows written raw                     {count / floor:8.0f} articles a second: {seconds / floor:.2f} x the floor (goal: 4)")  # fmt: skip


def load(transition: Any, by: Any) -> tuple[list[tuple[int, float, float]], float]:
    """Load what is there; return (items done, seconds, MB held) at each beat, and the seconds in all."""
    from legacy.loading.load import carry_out
    from legacy.running import Run, new_run

    marks: list[tuple[int, float, float]] = []
    beat = Run.beat
    row = new_run(transition, "load", by=by, columns=["/news"])
    started = time.perf_counter()

    def marked(self: Run, **values: Any) -> None:
        beat(self, **values)
        marks.append((self.row.done, time.perf_counter() - started, held_mb()))

    Run.beat = marked  # type: ignore[method-assign]
    try:
        carry_out(row)
    finally:
        Run.beat = beat  # type: ignore[method-assign]
    return marks, time.perf_counter() - started


def report_course(marks: list[tuple[int, float, float]], count: int) -> None:
    """Say how fast the first and the last articles came in, what memory did meanwhile, and what the links took."""
    loaded = next((at for done, at, _mb in marks if done >= count), marks[-1][1])
    say(f"  of that the second pass over links            {marks[-1][1] - loaded:8.1f} s")
    spans = list(rates(marks))
    first, last = spans[0], spans[-1]
    say(f"  first, last {FIRST:,}                          {first[1]:8.0f}, {last[1]:.0f} articles a second: {first[1] / last[1]:.2f} (goal: 1)")  # fmt: skip
    say(
        f"  memory after the first, at the end            {first[2]:8.0f}, {marks[-1][2]:.0f} MB, highest {peak_mb():.0f}"
    )
    if len(spans) > 4:
        for done, rate, mb in spans[:: max(1, len(spans) // 10)]:
            say(f"    {done:>9,}  {rate:6.0f} a second  {mb:5.0f} MB")


def rates(marks: list[tuple[int, float, float]]) -> Iterator[tuple[int, float, float]]:
    """Yield (items done, articles a second, MB) for each FIRST items."""
    done_before, at_before = 0, 0.0
    for done, at, mb in marks:
        if done - done_before >= FIRST or (done == marks[-1][0] and done_before == 0):
            yield done, (done - done_before) / (at - at_before), mb
            done_before, at_before = done, at


def stock_rate(transition: Any, by: Any) -> float:
    """Return how many articles a second Wagtail adds and publishes one by one, with its own search back end."""
    from django.test.utils import override_settings

    from legacy.models import LegacyColumn
    from sites.models import Article, SitePage

    target = LegacyColumn.objects.get(transition=transition).target_id
    stock = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    chance = random.Random(0)
    with override_settings(WAGTAILSEARCH_BACKENDS=stock):
        started = time.perf_counter()
        for number in range(STOCK):
            html = "".join(f"<p>　　{text(chance, 60)}</p>" for _unused in range(4))
            article = Article(title=f"{text(chance, 3)}{number}", body=[{"type": "paragraph", "value": html}], owner=by)
            SitePage.objects.get(pk=target).add_child(instance=article)
            article.save_revision(user=by).publish(user=by, skip_permission_checks=True)
        return STOCK / (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
