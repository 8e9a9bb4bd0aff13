"""Loading an old site: articles a second with revision, log, search and reference index, beside the floor and Wagtail.

    python -m bench.legacy --articles 20000 --on postgresql

The floor is the same rows written raw (COPY, or executemany on SQLite). Records are generated: about a thousand Han
characters each, every fifth with a link to another article, every tenth with a table, every twentieth with a file.
PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = "www.old.example"
SLICE = 5000
FIRST = 10_000  # what the rest is compared with
STOCK = 20
TABLES = (
    "wagtailcore_revision", "govsites_sitepage", "govsites_article", "govsites_attachment",
    "wagtailcore_pagelogentry", "wagtailcore_referenceindex", "wagtailsearch_indexentry",
)  # fmt: skip
WORDS = [
    "乡村振兴",
    "防汛抗旱",
    "安全生产",
    "营商环境",
    "放管服改革",
    "重点项目",
    "民生实事",
    "生态环境",
    "耕地保护",
    "森林防火",
    "教育均衡",
    "医疗保障",
    "就业创业",
    "养老服务",
    "基层治理",
    "信访维稳",
    "招商引资",
    "工业园区",
    "文化旅游",
    "交通运输",
    "水利建设",
    "城市管理",
    "老旧小区",
    "农村道路",
    "粮食生产",
    "疫情防控",
    "统计调查",
    "财政预算",
    "公开招聘",
    "食品安全",
    "市场监管",
    "知识产权",
    "依法行政",
    "政务公开",
    "数据共享",
    "智慧城市",
    "会议精神",
    "贯彻落实",
    "扎实推进",
    "取得实效",
    "有关部门",
    "乡镇街道",
    "责任分工",
    "督促检查",
    "工作方案",
    "实施意见",
    "专项行动",
    "联席会议",
    "调研指导",
    "座谈交流",
    "情况汇报",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.legacy", description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.articles)
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        command = [sys.executable, "-m", "bench.legacy", f"--articles={options.articles}", "--inside"]
        env = os.environ | {
            "DATA_DIR": folder,
            "DEMO": "1",
            "DEBUG": "0",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        if options.on == "sqlite":
            env["DATABASE_URL"] = f"sqlite:///{folder}/db.sqlite3"
        elif "DATABASE_URL" not in env:
            command = [sys.executable, "-m", "tests.embedded_postgres", *command]
        return subprocess.call(command, cwd=ROOT, env=env)


def inside(count: int) -> None:
    import django

    django.setup()
    from bench.worker import own_database

    with own_database():
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0, skip_checks=True)
        say(f"=== {connection.vendor} {connection.get_database_version()} ===")
        measure(count)


def measure(count: int) -> None:
    from django.db import connection

    from tenants.scope import tenant_scope

    transition, by = site()
    with tenant_scope(transition.tenant_id):
        started = time.perf_counter()
        generate(transition, count)
        say(f"  {count:,} records generated                       {time.perf_counter() - started:8.1f} s")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        marks, seconds = load(transition, by)
        rate = count / seconds
        say(
            f"  loaded, all in all                            {rate:8.0f} articles a second ({seconds:.1f} s; goal: 1,500)"
        )
        report_course(marks, count)
        stock = stock_rate(transition, by)
        say(
            f"  stock add_child + publish, beside them        {stock:8.2f} articles a second: {rate / stock:.0f} x (goal: 100)"
        )
        again = load(transition, by)[1]
        say(f"  the second run, all unchanged                 {count / again:8.0f} articles a second")
    floor = raw_seconds()
    say(f"  the same rows written raw                     {count / floor:8.0f} articles a second: {seconds / floor:.2f} x the floor (goal: 4)")  # fmt: skip


def site() -> tuple[Any, Any]:
    """Return a transition of a county's site, with one old column that goes to its news, and the person who loads."""
    from django.db import transaction

    from legacy.models import LegacyColumn, Transition
    from sites.building import SiteSpec, build_sites
    from sites.models import Column
    from sites.templates_library import library
    from tenants.models import Region, Tenant, User
    from tenants.scope import tenant_scope

    by = User.objects.create(username="bench", is_superuser=True)
    region = Region.objects.create(code="430000", name="湖南省", level="province", lineage="430000/")
    template = library().latest("county")
    with transaction.atomic():
        tenant = Tenant.objects.create(
            code="430102", name="芙蓉区人民政府", short_name="芙蓉区", kind="county", region=region, status="live",
            host="a.localhost", template_version=template.version,
        )  # fmt: skip
        build_sites([SiteSpec(tenant, template)], by=by)
    with tenant_scope(tenant):
        transition = Transition.objects.create(tenant=tenant, code="bench", name="旧站", hosts=[HOST], created_by=by)
        column = Column.objects.filter(tenant=tenant, kind="list").order_by("path").first()
        LegacyColumn.objects.create(
            tenant=tenant, transition=transition, key="/news", title="新闻", decision="move", target_id=column.pk
        )
    return transition, by


def generate(transition: Any, count: int) -> None:
    from legacy import blobs
    from legacy.models import LegacyItem, LegacyRaw

    data = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"
    LegacyRaw.objects.create(
        tenant_id=transition.tenant_id, transition=transition, source="bench", key="old.example/a.pdf",
        url=f"http://{HOST}/a.pdf", kind="file", status=200, sha256=blobs.put(data), size=len(data),
    )  # fmt: skip
    for begin in range(0, count, SLICE):
        rows = [item(transition, number) for number in range(begin, min(begin + SLICE, count))]
        LegacyItem.objects.bulk_create(rows, batch_size=1000)


def item(transition: Any, number: int) -> Any:
    from legacy import blobs, bodies
    from legacy.models import LegacyItem

    chance = random.Random(number)
    body = bodies.empty()
    paragraphs = [
        "".join(f"<p>　　{text(chance, 60)}</p>" for _unused in range(2)),
        "".join(f"<p>　　{text(chance, 60)}</p>" for _unused in range(2)),
    ]
    if number % 5 == 4:
        other = chance.randrange(number)
        paragraphs[1] += f'<p>相关：<a href="http://{HOST}/news/{other}.html">{text(chance, 3)}</a></p>'
    body["blocks"] = [{"type": "text", "html": paragraphs[0]}, {"type": "text", "html": paragraphs[1]}]
    if number % 10 == 9:
        value = {"data": [[text(chance, 1) for _column in range(4)] for _row in range(5)], "cell": [], "mergeCells": []}
        body["blocks"].insert(1, {"type": "table", "value": value})
    if number % 20 == 19:
        body["attachments"] = [{"url": f"http://{HOST}/a.pdf", "name": "附件.pdf"}]
    published = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=7 * (number % 1_000_000))
    plain = {"title": f"{text(chance, 3)}的通知（{number}）", "source": "本站", "published_at": published.isoformat()}
    sha256 = blobs.put(bodies.dump(body))
    return LegacyItem(
        tenant_id=transition.tenant_id,
        transition=transition,
        key=f"old.example/news/{number}.html",
        url=f"http://{HOST}/news/{number}.html",
        column_key="/news",
        title=plain["title"],
        published_at=published,
        values={
            name: {"value": value, "method": "", "evidence": "", "confidence": 1.0} for name, value in plain.items()
        },
        body_sha256=sha256,
        content_hash=bodies.digest(plain, sha256),
        state="extracted",
    )


def text(chance: random.Random, words: int) -> str:
    return "".join(chance.choice(WORDS) + chance.choice(("", "", "，", "、", "。")) for _word in range(words))


def load(transition: Any, by: Any) -> tuple[list[tuple[int, float, float]], float]:
    """Load what is there; return (items done, seconds, MB held) at each beat, and the seconds in all."""
    from legacy.loading.load import carry_out
    from legacy.running import Run, new_run

    marks: list[tuple[int, float, float]] = []
    beat = Run.beat
    row = new_run(transition, "load", by=by)
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


def raw_seconds() -> float:
    """Take the rows out, empty the tables, and return the seconds that writing them back takes."""
    from django.db import connection, transaction

    if connection.vendor == "postgresql":
        files: dict[str, Any] = {}
        with connection.cursor() as cursor, transaction.atomic():
            for table in TABLES:
                files[table] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the dict goes
                cursor.copy_expert(f"COPY (SELECT * FROM {table} ORDER BY 1) TO STDOUT", files[table])
            cursor.execute("SET session_replication_role = replica")  # nothing hangs on to what goes
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
        started = time.perf_counter()
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in TABLES:
                files[table].seek(0)
                cursor.copy_expert(f"COPY {table} FROM STDIN", files[table])
        return time.perf_counter() - started
    raw = connection.connection
    rows = {table: raw.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}
    raw.execute("PRAGMA foreign_keys = OFF")
    for table in reversed(TABLES):
        raw.execute(f"DELETE FROM {table}")
    raw.execute("PRAGMA foreign_keys = ON")
    started = time.perf_counter()
    with transaction.atomic():
        raw.execute("PRAGMA defer_foreign_keys = ON")
        for table in TABLES:
            if rows[table]:
                marks = ", ".join("?" * len(rows[table][0]))
                raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    return time.perf_counter() - started


def held_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
