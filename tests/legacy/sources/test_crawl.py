"""The live crawl against a server of our own on 127.0.0.1."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from legacy.models import Transition
from legacy.sources import collecting
from legacy.sources.records import SourceRefused
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.sources.build import FAST, collected, page, raws, said, self_signed, serving
from tests.legacy.transitions import begun

INNER = {"inner_hosts": ["127.0.0.1"]}


def crawl(transition: Transition, **options: Any) -> Any:
    return collected(transition, "crawl", **{**FAST, **INNER, **options})


def test_lists_are_followed_through_their_paging_and_query_strings(cast: Cast) -> None:
    pages = {
        "/": page('<a href="list/">list</a><a href="show.asp?id=1&cat=2">one</a><img src="/logo.gif">'),
        "/list/": page('<script>createPageHTML(3,0,"index","html")</script><a href="a.html">a</a>'),
        "/list/index_1.html": page('<a href="b.html">b</a>'),
        "/list/index_2.html": page("<a href=\"javascript:window.open('c.html')\">c</a>"),
        "/list/a.html": page("a"),
        "/list/b.html": page('<a href="/show.asp?cat=2&id=1">the same</a>'),
        "/list/c.html": page('<a href="http://elsewhere.example/x.html">out</a>'),
        "/show.asp?id=1&cat=2": page("one"),
        "/logo.gif": (200, {"Content-Type": "text/html"}, b"GIF89a..."),
    }
    with serving(pages) as (host, asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        run = crawl(transition)
        rows = raws(transition)
    assert set(rows) == {f"{host}{path}" for path in (
        "/", "/list", "/list/index_1.html", "/list/index_2.html", "/list/a.html", "/list/b.html", "/list/c.html",
        "/show.asp?cat=2&id=1", "/logo.gif",
    )}  # fmt: skip
    assert rows[f"{host}/logo.gif"].kind == "picture"
    assert rows[f"{host}/list/c.html"].kind == "page"
    assert run.counts["created"] == 9
    assert len([path for path, _headers in asked if "show.asp" in path]) == 1


def test_a_second_crawl_asks_only_for_what_changed_and_changes_nothing(cast: Cast) -> None:
    def etag(handler: Any) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.send_response(304)
            handler.end_headers()
            return
        body = b'<html><body><a href="b.html">b</a></body></html>'
        handler.send_response(200)
        handler.send_header("ETag", '"1"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    pages = {"/": etag, "/b.html": page("b")}
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        crawl(transition)
        first = raws(transition)
        pages["/b.html"] = page("b, changed")
        second = crawl(transition)
        rows = raws(transition)
    assert (second.counts.get("unchanged"), second.counts.get("updated")) == (1, 1)
    assert rows[f"{host}/"].sha256 == first[f"{host}/"].sha256
    assert rows[f"{host}/"].status == 200
    assert rows[f"{host}/b.html"].sha256 != first[f"{host}/b.html"].sha256


def test_what_goes_wrong_is_a_line_and_the_crawl_goes_on(cast: Cast) -> None:
    def hangs(handler: Any) -> None:
        handler.connection.settimeout(8)
        with suppress(OSError):
            handler.connection.recv(1)
        handler.close_connection = True

    def closes(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<html>")
        handler.close_connection = True

    pages = {
        "/": page(
            '<a href="hangs">1</a><a href="closes">2</a><a href="huge.zip">3</a><a href="ring1">4</a>'
            '<a href="/private/x.html">5</a><a href="gone.html">6</a><a href="last.html">7</a>'
            '<a href="lies">8</a><a href="/cal?year=2026&month=1">9</a>'
        ),
        "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n"),
        "/hangs": hangs,
        "/closes": closes,
        "/huge.zip": (200, {"Content-Length": str(3 * 2**30)}, b"PK\x03\x04"),
        "/ring1": (302, {"Location": "/ring2"}, b""),
        "/ring2": (302, {"Location": "/ring1"}, b""),
        "/lies": (200, {"Content-Type": "application/octet-stream"}, b'<html><body><a href="found.html">x</a></body></html>'),
        "/found.html": page("found"),
        "/last.html": page("last"),
        "/cal?year=2026&month=1": page('<a href="/cal?year=2999&month=1">next</a>'),
    }  # fmt: skip
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        run = crawl(transition, timeout=1)
        rows, lines = raws(transition), {place: text for _level, place, text in said(run)}
    base = f"http://{host}"
    assert "did not answer within 1 seconds" in lines[f"{base}/hangs"]
    assert f"{base}/closes" in lines
    assert "larger than 300 MB" in lines[f"{base}/huge.zip"]
    assert "in a circle" in lines[f"{base}/ring2"]
    assert "robots.txt" in lines[f"{base}/private/x.html"]
    assert "404" in lines[f"{base}/gone.html"]
    assert "calendar" in lines[f"{base}/cal?year=2999&month=1"]
    assert rows[f"{host}/huge.zip"].headers["x-not-fetched"] == "size"
    assert rows[f"{host}/ring1"].headers["location"] == f"{base}/ring2"
    assert rows[f"{host}/lies"].kind == "page"
    assert rows[f"{host}/found.html"].sha256
    assert rows[f"{host}/last.html"].sha256
    assert run.state == "finished"


def test_what_has_no_length_or_unpacks_without_end_is_cut_where_the_limit_is(cast: Cast) -> None:
    sent: list[int] = []

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        with suppress(OSError):
            for _number in range(3 * 2**30 // 2**16):  # 3 GB, and nobody was told
                handler.wfile.write(b"10000\r\n" + bytes(2**16) + b"\r\n")
                sent.append(2**16)
        handler.close_connection = True

    packed = gzip.compress(b"<html>" + bytes(20 * 2**20))
    pages: dict[str, Any] = {
        "/": page('<a href="endless.zip">1</a><a href="packed.html">2</a><a href="last.html">3</a>'),
        "/endless.zip": endless,
        "/packed.html": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, packed),
        "/last.html": page("last"),
    }
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        run = crawl(transition, max_mb=1, timeout=60)
        rows, lines = raws(transition), {place: text for _level, place, text in said(run)}
    assert "larger than 1 MB" in lines[f"http://{host}/endless.zip"]
    assert sum(sent) < 64 * 2**20
    assert "larger than 1 MB" in lines[f"http://{host}/packed.html"]
    assert not rows[f"{host}/packed.html"].sha256
    assert rows[f"{host}/last.html"].sha256
    assert run.state == "finished"


def test_addresses_that_grow_without_end_are_left(cast: Cast) -> None:
    pages = {"*": page('<a href="more/">more</a><a href="/cal.asp?year=2015&amp;month=1">calendar</a>')}
    pages |= {
        f"/cal.asp?year={year}&month=1": page(f'<a href="/cal.asp?year={year + 1}&amp;month=1">next</a>')
        for year in range(2015, 2040)
    }
    with serving(pages) as (host, asked), tenant_scope(cast.county_a):
        run = crawl(begun(cast.county_a, host=host))
        texts = [text for _level, _place, text in said(run)]
    assert [text for text in texts if "repeats within itself" in text]
    assert [text for text in texts if "calendar that runs on" in text]
    assert len(asked) < 30
    assert run.state == "finished"


def test_no_link_and_no_redirect_leads_to_a_metadata_service(cast: Cast) -> None:
    secret = (
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "100.100.100.200",
        "2852039166",
        "0xa9fea9fe",
        "[fd00:ec2::254]",
    )
    pages = {
        "/": page("".join(f'<a href="/{n}">{n}</a><a href="http://{name}/l">{n}</a>' for n, name in enumerate(secret)))
    }
    pages |= {f"/{n}": (302, {"Location": f"http://{name}/latest/"}, b"") for n, name in enumerate(secret)}
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        transition.hosts = [host, *secret]
        transition.save()
        run = crawl(transition, inner_hosts=["127.0.0.1", "169.254.0.0/16", "metadata.example"])
        lines = {place: text for _level, place, text in said(run)}
        rows = raws(transition)
    for name in secret[:3]:
        assert "which is not asked" in lines[f"http://{name}/latest/"]
        assert "which is not asked" in lines[f"http://{name}/l"]
    assert not [row for row in rows.values() if row.sha256 and not row.key.startswith(host)]
    assert run.state == "finished"


def test_an_inner_address_is_not_asked_unless_allowed_by_name(cast: Cast) -> None:
    with serving({"*": page("secret")}) as (inner, asked), tenant_scope(cast.county_a):
        run = crawl(begun(cast.county_a, host=inner), inner_hosts=[])
        lines = said(run)
    assert [place for _level, place, text in lines if "inner address 127.0.0.1" in text] == [f"http://{inner}/"]
    assert asked == []


def test_a_redirect_to_an_inner_address_is_not_followed(cast: Cast) -> None:
    with serving({"*": page("secret")}) as (inner, inner_asked), tenant_scope(cast.county_a):
        targets = (f"http://{inner}/keys", f"http://localhost:{inner.rpartition(':')[2]}/keys")
        pages = {"/": page('<a href="/0">0</a><a href="/1">1</a>')}
        pages |= {f"/{number}": (302, {"Location": target}, b"") for number, target in enumerate(targets)}
        with serving(pages) as (outer, _asked):
            transition = begun(cast.county_a, host="front.example")
            transition.hosts = ["front.example", *(target.split("/")[2] for target in targets)]
            transition.save()
            run = crawl(
                transition,
                starts=["http://front.example/"],
                inner_hosts=["front.example"],
                connect={"front.example": outer},
            )
        lines = {place: text for _level, place, text in said(run)}
        rows = raws(transition)
    assert all("inner address 127.0.0.1" in lines[target] for target in targets)
    assert inner_asked == []
    assert rows["front.example/0"].headers["location"] == targets[0]


def test_going_on_after_a_kill_asks_for_nothing_twice(cast: Cast) -> None:
    pages = {"/": page("".join(f'<a href="{n}.html">{n}</a>' for n in range(20)))}
    pages |= {f"/{n}.html": page(f'{n} <a href="{n}-more.html">more</a>') for n in range(20)}
    pages |= {f"/{n}-more.html": page(f"{n} more") for n in range(20)}
    with serving(pages) as (host, asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        run = crawl(transition, max_pages=15)
        assert len(raws(transition)) == 15
        before = {path for path, _headers in asked}
        asked.clear()
        # As a kill would have left it: rows stored, the run not finished, its limit not reached.
        run.state, run.cursor, run.options = "stopped", {}, run.options | {"max_pages": 1000}
        run.save()
        collecting.carry_out(run)
        assert len(raws(transition)) == 41
        assert not before & {path for path, _headers in asked} - {"/robots.txt"}


def test_a_certificate_that_signed_itself_is_noted_and_the_site_read(cast: Cast, tmp_path: Path) -> None:
    pages = {"/": page('<a href="a.html">a</a>'), "/a.html": page("a")}
    with serving(pages, certificate=self_signed(tmp_path)) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        run = crawl(transition, starts=[f"https://{host}/"])
        rows, lines = raws(transition), said(run)
    assert sorted(rows) == [f"{host}/", f"{host}/a.html"]
    assert [text for _level, _place, text in lines if "signed itself" in text]


def test_a_site_map_and_a_list_of_addresses_are_fetched_and_not_followed(cast: Cast, tmp_path: Path) -> None:
    pages: dict[str, Any] = {"*": page('<a href="/never.html">never</a>')}
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        urls = "".join(f"<url><loc>http://{host}/s{n}.html</loc></url>" for n in range(3))
        pages["/sm1.xml.gz"] = (200, {}, gzip.compress(f"<urlset>{urls}</urlset>".encode()))
        index = f"<sitemapindex><sitemap><loc>http://{host}/sm1.xml.gz</loc></sitemap></sitemapindex>"
        pages["/sitemap.xml"] = (200, {}, index.encode())
        (tmp_path / "list.csv").write_text(
            f"地址,标题\n/l1.html,一\nhttp://{host}/l2.html,二\n不是地址,三\n", "gb18030"
        )
        transition = begun(cast.county_a, host=host)
        asked = {"addresses": str(tmp_path / "list.csv"), "sitemaps": [f"http://{host}/sitemap.xml"]}
        run = collected(transition, "list", **asked, **FAST, **INNER)
        rows, lines = raws(transition), said(run)
    assert sorted(key.removeprefix(host) for key in rows) == [
        "/l1.html",
        "/l2.html",
        "/s0.html",
        "/s1.html",
        "/s2.html",
    ]
    assert [(place, text) for _level, place, text in lines] == [("list.csv, 4", "This line is no address.")]


def test_a_site_that_is_gone_stops_the_run_which_can_be_continued(cast: Cast) -> None:
    pages = {"/": page("".join(f'<a href="http://gone.example/{n}.html">{n}</a>' for n in range(40)))}
    pages |= {f"/{n}.html": page(str(n)) for n in range(40)}
    with serving(pages) as (host, _asked), tenant_scope(cast.county_a):
        transition = begun(cast.county_a, host=host)
        transition.hosts = [host, "gone.example"]
        transition.save()
        asked = {"starts": [f"http://{host}/"], "inner_hosts": ["127.0.0.1", "gone.example"]}
        with pytest.raises(SourceRefused, match="does not answer any more"):
            crawl(transition, **asked, connect={"gone.example": "127.0.0.1:1"})
        run = transition.runs.first()
        run.options["connect"] = {"gone.example": host}
        collecting.carry_out(run)
        rows = raws(transition)
    assert run.state == "finished"
    assert len([key for key, row in rows.items() if key.startswith("gone.example") and row.sha256]) == 40
