"""The measurements, each a figure beside its floor and beside stock Wagtail's own calls."""

from __future__ import annotations

import argparse
import io
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench import fill, floor, served
from bench.apart import median_of, peak_mb, say
from bench.province import province
from provisioning import runs
from provisioning.management.commands.demo import DIVISIONS
from sites import addresses
from sites.building import ensure_region_pages, home_slug
from sites.models import Article, Column, HomePage, SitePage
from sites.prototypes import new_column
from sites.templates_library import library
from tenants.models import Region, Tenant, User

TABLES = (
    "tenants_tenant", "wagtailcore_revision", "govsites_sitepage", "govsites_regionpage", "govsites_homepage",
    "govsites_column", "govsites_article", "wagtailcore_site", "wagtailcore_pagelogentry", "wagtailsearch_indexentry",
)  # fmt: skip
STOCK_SEARCH = {"default": {"BACKEND": "wagtail.search.backends.database"}}
COUNTY, HOST = "430181", "liuyang.localhost"
OPTIONS = runs.Options(host_pattern="{slug}.localhost", status="live", with_optional=True)


def everything(options: argparse.Namespace) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    call_command("regions", "load", str(DIVISIONS), stdout=io.StringIO())
    by = User.objects.create(username="bench", is_superuser=True)
    data = province(options.departments)
    lines = data.decode().splitlines()
    county = [line for line in lines if line.startswith((f"{COUNTY},", "430000,", "430100,"))]
    towns = [line for line in lines if line.startswith(COUNTY) and not line.startswith(f"{COUNTY},")][:7]
    open_sites("\n".join([lines[0], *county, *towns]).encode(), by)
    column = Column.objects.get(tenant__code=COUNTY, code="xwdt-zwyw")
    fill.articles(column, 100)
    small = column_page("10 sub-sites, 100 articles in the column", column)
    first_publish = publishing(column, by, "at about 700 pages")

    stock = stock_site(by)
    fifty = [line for line in lines[1:] if line not in county and line not in towns][:50]
    rate_50 = provisioning("50 sub-sites", "\n".join([lines[0], *fifty]).encode(), by)
    rate_all = provisioning("all sub-sites", data, by)
    raw = floor.copy_again(TABLES)
    pages = SitePage.objects.count()
    say(f"  stock add_child + publish, one county portal       {stock:8.4f} s a page")
    ours = rate_all[1]
    say(
        f"  this platform, page                                {ours:8.6f} s a page   {stock / ours:7.0f} x stock (goal: 100)"
    )
    say(
        f"  the same {pages:,} pages' rows written raw            {raw / pages:8.6f} s a page   {ours / (raw / pages):7.2f} x the floor (goal: 2.5)"
    )
    say(
        f"  all ÷ 50 sub-sites, seconds a page                 {rate_all[1] / rate_50[1]:8.2f}                (goal: 1)"
    )
    large = column_page(f"{Tenant.objects.count():,} sub-sites, 100 articles", column)
    fill.articles(column, 100_000)
    deep = column_page("the same, 100,000 articles in the column", column)
    say(f"  CPU at 5,000 ÷ 10 sub-sites {large / small:.2f}, at 100,000 ÷ 100 articles {deep / large:.2f} (goal: 1.1)")
    rate = served.requests_per_second(HOST, column.get_url_parts()[2])
    say(f"  column page through gunicorn, {served.WORKERS} workers        {rate:8.0f} requests/s, nothing cached")
    fill.grow_to(options.pages)
    last_publish = publishing(column, by, f"at {SitePage.objects.count():,} pages")
    say(
        f"  publishing, last ÷ first                           {last_publish / first_publish:8.2f}                (goal: 1.5)"
    )
    with override_settings(WAGTAILSEARCH_BACKENDS=STOCK_SEARCH):
        stock_publish = publishing(column, by, "with Wagtail's own search back end", times=2)
    say(f"  Wagtail's own ÷ ours                               {stock_publish / last_publish:8.1f}")


def open_sites(data: bytes, by: Any) -> runs.ProvisioningRun:
    run, _plan = runs.create_run(data, "bench.csv", by=by, options=OPTIONS)
    runs.apply_run(run, by=by)
    if run.counts["failed"] or run.counts["refused"]:
        raise SystemExit(f"bench: rows were not opened: {run.counts} {run.rows.exclude(problems=[]).first().problems}")
    return run


def provisioning(name: str, data: bytes, by: Any) -> tuple[float, float]:
    """Open a list and return seconds a new site and seconds a new page."""
    before = SitePage.objects.count()
    started = time.perf_counter()
    run = open_sites(data, by)
    seconds = time.perf_counter() - started
    made, pages = run.counts["created"], SitePage.objects.count() - before
    say(
        f"  provision {name:<15} {made:6,} sites {pages:8,} pages {seconds:7.1f} s {made / seconds:7.1f} sites/s "
        f"{seconds / made * 1000:6.1f} ms a site, peak memory {peak_mb():.0f} MB"
    )
    return seconds / made, seconds / pages


def stock_site(by: Any) -> float:
    """Make a county's first 25 columns as an ordinary Wagtail program would; return seconds a page."""
    template = library().latest("county")
    region = Region.objects.get(code="430102")
    stock_search = override_settings(WAGTAILSEARCH_BACKENDS=STOCK_SEARCH)
    with stock_search, transaction.atomic():
        tenant = Tenant.objects.create(
            code="stock", name="按页创建", short_name="按页", kind="county", region=region, host="stock.localhost"
        )
        parent = ensure_region_pages({region.pk}, by=by, now=timezone.now())[region.pk]
        started = time.perf_counter()
        home = HomePage(title=tenant.name, slug=home_slug(tenant), tenant=tenant, owner=by)
        parent.add_child(instance=home)
        home.save_revision(user=by).publish(user=by)
        made: dict[str, Any] = {"": home}
        specs = template.columns[:25]
        for spec in specs:
            page = new_column(template, spec)
            page.owner = by
            holder = made[spec.parent]
            holder.refresh_from_db()
            holder.add_child(instance=page)
            page.save_revision(user=by).publish(user=by)
            made[spec.code] = page
        seconds = (time.perf_counter() - started) / (1 + len(specs))
        transaction.set_rollback(True)
    addresses.book.clear()
    return seconds


def column_page(name: str, column: Any) -> float:
    """Return the CPU seconds of the column's page, uncached; print it with its queries."""
    from django.test import Client

    client = Client(headers={"host": HOST}, raise_request_exception=True)
    path = column.get_url_parts()[2]
    for _turn in range(5):
        response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"bench: {HOST}{path} answered {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    queries = len(captured)

    def once() -> float:
        started = time.process_time()
        client.get(path)
        return time.process_time() - started

    cpu = median_of(once, 200)
    say(f"  column page, {name:<44} {queries} queries {cpu * 1000:6.2f} ms CPU (goals: 8, 7)")
    return cpu


def publishing(column: Any, by: Any, name: str, times: int = 15) -> float:
    """Publish articles through the admin's own form; return the median seconds of one."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(by)
    url = f"/admin/pages/add/govsites/article/{column.pk}/"

    def once() -> float:
        before = Article.objects.filter(column_id=column.pk).count() if times < 5 else 0
        started = time.perf_counter()
        response = client.post(url, form_data())
        seconds = time.perf_counter() - started
        if response.status_code != 302:
            raise SystemExit(f"bench: publishing answered {response.status_code}")
        if times < 5 and Article.objects.filter(column_id=column.pk).count() != before + 1:
            raise SystemExit("bench: the article was not published")
        return seconds

    once()
    seconds = median_of(once, times)
    say(f"  publish an article, {name:<42} {seconds * 1000:8.1f} ms")
    return seconds


def form_data() -> dict[str, str]:
    """Return the fields of the article form with a body of one paragraph."""
    from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

    return nested_form_data(
        {
            "title": "全县组织开展冬季消防安全演练",
            "slug": "",
            "body": streamfield([("paragraph", rich_text("<p>演练内容包括初起火灾扑救、烟雾逃生和灭火器使用。</p>"))]),
            "attachments": inline_formset([]),
            "policy_links": inline_formset([]),
            "source": "县融媒体中心",
            "action-publish": "1",
        }
    )
